"""Descriptions: prompts that were written for a picture, and wait whether somebody paints from them."""

from __future__ import annotations

from datetime import datetime, timedelta

from limner.domain.money import Micros
from limner.domain.record import Record
from limner.store.database import Database
from limner.store.waiting import Waiting

KEPT = timedelta(days=30)


class Description(Record):
    """What was seen in a picture."""

    id: str
    team: str
    member: str
    """Who asked."""
    asset: str | None
    """The picture, where it is of the library."""
    shape: str
    """The picture's, as it is asked for again."""
    private: bool
    """The picture is a private draft, and so is whatever is painted from this."""
    description: str
    prompts: tuple[str, ...]
    cost: Micros
    created: datetime


class Descriptions(Waiting[Description]):
    """Keeps them for a month."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, Description, mark="v", life=KEPT)
