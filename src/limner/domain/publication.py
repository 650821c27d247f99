"""Public links: pictures that whoever has the address may see."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from limner.domain.record import Record

PUBLIC = "/p"
"""Where the web page shows them."""


class Lasting(StrEnum):
    """How long a public link lasts, unless it is withdrawn."""

    DAY = "a-day"
    WEEK = "a-week"
    MONTH = "a-month"
    ALWAYS = "always"

    @property
    def life(self) -> timedelta | None:
        """None: until it is withdrawn."""
        return _LIVES.get(self)


_LIVES = {Lasting.DAY: timedelta(days=1), Lasting.WEEK: timedelta(weeks=1), Lasting.MONTH: timedelta(days=30)}


class Publication(Record):
    """One picture that was made public. Its address cannot be told again: only whoever made it was told."""

    id: str
    """As people say it, to withdraw it."""
    team: str
    asset: str
    """The picture, as people say it."""
    member: str
    """Who made it public."""
    member_name: str
    created: datetime
    expires: datetime | None = None
    """None: it lasts until it is withdrawn."""
