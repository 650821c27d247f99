"""Cards that are being shown at this moment. A chat may take its time to say that it has one, and only then is it on
record; whoever is forgotten meanwhile is taken out of it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from limner.domain.card import Card
from limner.domain.place import Address
from limner.domain.traces import Traces
from limner.store.anonymous import without


@dataclass(eq=False)
class Showing:
    """One of them."""

    address: Address
    card: Card
    """As it is to stand; it may change while it is being shown."""
    began: datetime


class Underway:
    """Knows them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._every: set[Showing] = set()

    @contextmanager
    def of(self, address: Address, card: Card) -> Iterator[Showing]:
        """One more, until it is on record."""
        showing = Showing(address, card, self._now())
        self._every.add(showing)
        try:
            yield showing
        finally:
            self._every.discard(showing)

    def forget(self, traces: Traces) -> None:
        """Takes somebody out of those that are on their way since before they were forgotten."""
        for each in self._every:
            if each.began <= traces.at and traces.within(each.address):
                each.card = without(each.card, traces.names)
