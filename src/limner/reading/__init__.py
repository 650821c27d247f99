"""Reading: what pages show of a team's library, accounts, queue and rules, as records. Whoever reads is known by person
and place, and is shown what their team has and they may see."""

from __future__ import annotations

from limner.reading.library import LibraryReading
from limner.reading.line import LineReading
from limner.reading.spending import SpendingReading
from limner.store import Store
from limner.studio import Studio

__all__ = ["Reading"]


class Reading:
    """Reads."""

    def __init__(self, *, store: Store, studio: Studio) -> None:
        self.library = LibraryReading(store=store, studio=studio)
        self.line = LineReading(store=store, studio=studio)
        self.spending = SpendingReading(store=store, studio=studio)
