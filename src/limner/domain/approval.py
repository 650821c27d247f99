"""Approval: whether those who decide have agreed to a picture."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from limner.domain.record import Record
from limner.domain.text import one_line, shorten


class Standing(StrEnum):
    """How far an approval is."""

    ASKED = "asked"
    APPROVED = "approved"
    CHANGE = "change"
    """Something is to be changed first."""


class Approval(Record):
    """What was asked, and what was decided."""

    state: Standing = Standing.ASKED
    asked_by: str
    """The member's name."""
    asked: datetime
    asker: str | None = None
    """Their id; None: not known any longer, or from before ids were kept."""
    decided_by: str | None = None
    decider: str | None = None
    """Their id, likewise."""
    decided: datetime | None = None
    words: str | None = None
    """What is to be changed."""


def told(asset: str, approval: Approval) -> str:
    """How an approval stands, in a sentence."""
    begun = f"{MARK} {asset}: "
    match approval.state:
        case Standing.ASKED:
            return f"{begun}asked for by {approval.asked_by}."
        case Standing.APPROVED:
            return f"{begun}approved by {approval.decided_by}."
        case _:
            return f"{begun}{approval.decided_by} asks for a change: “{shorten(one_line(approval.words or ''), 200)}”"


def tells(words: str, asset: str | None = None) -> bool:
    """Whether a sentence tells of an approval (of this picture)."""
    return words.startswith(f"{MARK} {asset}: " if asset else f"{MARK} ")


MARK = "☑ Approval of"
