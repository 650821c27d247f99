"""Budgets: what a team's admins let be spent, by whom and where, on a day or in a month."""

from __future__ import annotations

import re
from enum import StrEnum

from limner.domain.calendar import Period
from limner.domain.money import DOLLAR, Micros
from limner.domain.record import Record
from limner.domain.text import one_line, shorten
from limner.errors import BadOption

MOST = 1_000_000
"""Dollars; nobody means more."""
DECIMALS = 6
"""Those of a dollar that is counted in millionths."""


class Scope(StrEnum):
    """Whom a budget is for."""

    TEAM = "team"
    """All of it together."""
    CHANNEL = "channel"
    """All that is asked for in a channel, by whomever."""
    EVERYONE = "everyone"
    """Each member for themselves."""
    ROLE = "role"
    """Each member who holds the role; of several the most generous counts, in place of everyone's."""
    MEMBER = "member"
    """One member, in place of everyone's and their roles'."""


class Budget(Record):
    """One of a team's caps."""

    scope: Scope
    key: str = ""
    """A member's id, a channel's key, the platform's id of a role; empty for the team and for everyone."""
    period: Period
    amount: Micros
    name: str = ""
    """Whom it is for, as members read it."""
    set_by: str = ""
    """The name of the admin who set it."""


_AMOUNT = re.compile(r"(?:US)?\$?\s*(?P<number>\d[\d,']*(?:\.\d*)?|\.\d+)\s*(?:\$|USD|dollars?|US\$)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:[,']\d{3})*(?:\.\d*)?|\d*\.?\d*")
NONE = frozenset({"none", "no", "off", "remove", "unlimited", "-"})


def read_amount(words: str) -> Micros | None:
    """An amount of dollars as people write it (`$5`, `5`, `5.50`); None for `none`, which means no cap.

    Raises:
        BadOption: It is no such amount.
    """
    said = one_line(words)
    if said.lower() in NONE:
        return None
    match = _AMOUNT.fullmatch(said)
    if match is None or not _GROUPED.fullmatch(match["number"]):
        raise _bad(said, _why(said))
    whole, _, part = match["number"].replace(",", "").replace("'", "").partition(".")
    if len(part.rstrip("0")) > DECIMALS:
        raise _bad(said, "a millionth of a dollar is the smallest part there is")
    if len(whole.lstrip("0")) > len(str(MOST)) or (micros := int(f"{whole or 0}{part[:DECIMALS]:0<6}")) > MOST * DOLLAR:
        raise _bad(said, f"the most is ${MOST:,}; “none” means no limit")
    return Micros(micros)


def _why(said: str) -> str:
    if said.startswith(("-", "−", "–")):
        return "it cannot be less than nothing; 0 means that nothing may be spent, “none” that there is no limit"
    if re.search(r"[€£¥₹]|EUR|GBP|CHF|JPY", said, re.IGNORECASE):
        return "amounts are in US dollars, as OpenAI bills them; write 5 or $5.50"
    if re.fullmatch(r"\$?\d+,\d{1,2}\$?", said):
        return "write it with a point, such as 5.50"
    return "write dollars, such as 5 or $5.50, or “none” for no limit"


def _bad(said: str, why: str) -> BadOption:
    return BadOption(name="amount", value=shorten(said, 40), why=why)
