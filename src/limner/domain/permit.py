"""Permits: what a signed link stands for."""

from __future__ import annotations

from datetime import datetime

from limner.domain.ask import Ask
from limner.domain.money import Micros
from limner.domain.record import Record

PAGE = "/area"
"""Where the web page takes them."""


class Permit(Record):
    """Whoever holds its link may ask one thing, about one picture, for one member, once, for a short while: the link is
    the permission, and no sign-in is needed."""

    id: str
    team: str
    member: str
    name: str
    """The member's, so that whoever opens the link sees whose it is."""
    asset: str
    """The picture, as people say it."""
    ask: Ask
    """What is asked when it is used: by whom, where the answer goes, and about what. The options come with its use."""
    estimate: Micros = Micros(0)
    """What its use will cost, about."""
    created: datetime
    expires: datetime
