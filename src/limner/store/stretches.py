"""What PostgreSQL's index finds, in the order of the sequence.

GIN gives what matches in no order. So it is asked for one stretch of the library's sequence after the other (each is a
word of the index, see `limner.store.search`), as long as what was found so far lets expect that the rest is near; what
is rare it is asked for in all of the library. So there is never much to be put in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from limner.store import questions, search
from limner.store.questions import Seen, Way
from limner.store.search import STRETCHES, Learned, Sought

STEPS = 3
"""In how many stretches of a length the rest may be expected, that these are asked for and no longer ones."""
SPARE = 20
"""Besides what is wanted, for those that are not to be seen."""
FEW = 5_000
"""As many places of what is rare are held in memory."""
NEAR = STRETCHES[:-1]
"""Stretches so short that nothing in them is too common to be asked for."""
SAMPLE, COMMON = 32, 8
"""Of so many pictures from everywhere in the library, so many have what is common."""

Place = tuple[int, str]
"""A picture's place, and its words."""


class Stretches:
    """One question to GIN."""

    def __init__(self, connection: Connection, sought: Sought, seen: Seen, values: dict[str, Any]) -> None:
        """`values`: what `seen` is asked with."""
        self._connection, self._sought, self._seen, self._values = connection, sought, seen, values
        self._telling: list[Sought] | None = None
        self.places: list[int] | None = None
        """All that match, once that is known."""

    def beyond(
        self, found: Sequence[Place], limit: int, *, begun: int, at: int, end: int | None, back: bool
    ) -> list[Place]:
        """What matches, so many of them. `found` are those between the places `begun` and `at`; it is gone on from
        there towards `end`: to older ones, or `back` to newer ones."""
        every = list(found)
        while len(every) < limit and (end is None or abs(end - at) > 1):
            length = _length(limit - len(every), len(every), abs(at - begun) + 1)
            if length not in NEAR:
                self._telling = self._telling or self._told(max(begun, at))
            if length is None:
                return every + self._everywhere(limit - len(every), at, end, back=back)
            number = (at + 1 if back else at - 1) // length
            asked = asking(self._sought, search.stretch(number, length), telling=self._telling)
            rows, last = self._some(asked, limit - len(every), at, end, back=back)
            every += rows
            at = last if last is not None else (number + 1) * length - 1 if back else number * length
        return every[:limit]

    def seen(self, places: Sequence[int], limit: int, at: int | None, end: int | None, *, back: bool) -> list[Place]:
        """The first of these places beyond one, of which the pictures are to be seen."""
        low, high = (at, end) if back else (end, at)
        within = [each for each in places if (low is None or each > low) and (high is None or each < high)]
        if not back:
            within.reverse()
        every: list[Place] = []
        for start in range(0, len(within), limit + SPARE):
            some = within[start : start + limit + SPARE]
            query = questions.at_places(self._seen, "prompt")
            rows = self._connection.execute(query, {**self._values, "places": some}).all()
            words = {row[0]: row[1] for row in rows}
            every += [(place, words[place]) for place in some if place in words]
            if len(every) >= limit:
                break
        return every[:limit]

    def _everywhere(self, limit: int, at: int, end: int | None, *, back: bool) -> list[Place]:
        asked = asking(self._sought, telling=self._telling)
        query = questions.every(None, *kind(asked))
        places = self._connection.execute(query, {**asked, "most": FEW + 1}).scalars().all()
        if len(places) <= FEW:
            self.places = sorted(places)
            return self.seen(self.places, limit, at, end, back=back)
        every, last = self._some(asked, limit, at, end, back=back)
        while len(every) < limit and last is not None:
            rows, last = self._some(asked, limit - len(every), last, end, back=back)
            every += rows
        return every

    def _some(
        self, asked: dict[str, str], limit: int, at: int, end: int | None, *, back: bool
    ) -> tuple[list[Place], int | None]:
        """The first of what matches beyond a place; and how far was looked, if there may be more."""
        low, high = (at, end) if back else (end, at)
        query = questions.in_gin(self._seen, Way(low is not None, high is not None, back), *kind(asked))
        between = {"low": low, "high": high, "most": limit + SPARE}
        rows = self._connection.execute(query, {**self._values, **asked, **between}).all()
        found = [(row[0], row[1]) for row in rows if row[1] is not None]  # the others are not to be seen
        if len(found) > limit:
            return found[:limit], found[limit - 1][0]
        return found, rows[-1][0] if len(rows) == limit + SPARE else None

    def _told(self, newest: int) -> list[Sought]:
        """What of all that is looked for tells pictures apart, the rarest of it first: without what is common, whose
        long lists GIN would go through, and which is quicker looked for in what the rest finds."""
        places = [newest * number // SAMPLE for number in range(1, SAMPLE + 1)]
        rows = self._connection.execute(questions.at_places(None, "prompt", "marks"), {"places": places}).all()
        some = [Learned(*row) for row in rows]
        counted = [(sum(search.has(each, part) for each in some), part) for part in self._sought.parts]
        counted.sort(key=lambda each: each[0])
        return [part for count, part in counted if count < COMMON] or [counted[0][1]]


def asking(sought: Sought, stretch: str | None = None, *, telling: Sequence[Sought] | None = None) -> dict[str, str]:
    """What GIN is asked: its keys, and the `whole` of what is looked for where they may find more. `telling`: what it
    is asked for, if not for all of it, the rarest first."""
    parts = [sought] if telling is None else telling
    keys = [search.exactly(stretch)] if stretch is not None else []
    for some in (parts[:1], parts[1:]):
        keys += [" & ".join(search.gin(part, near=stretch is not None) for part in some)] if some else []
    whole = search.loose(sought) or (telling is not None and len(telling) < len(sought.parts))
    return {f"key{at}": key for at, key in enumerate(keys)} | ({"whole": search.tsquery(sought)} if whole else {})


def kind(asked: dict[str, str]) -> tuple[int, bool]:
    """How many keys that are, and whether what they find is looked at again."""
    whole = "whole" in asked
    return len(asked) - whole, whole


def _length(wanted: int, found: int, among: int) -> int | None:
    """How long the next stretch is to be, when so many were found among that many places; None: all that is left."""
    if not found:  # among so many it is rare
        return next((length for length in STRETCHES[:-1] if 2 * among < length), None)
    far = wanted * among / found
    return next((length for length in STRETCHES if far <= STEPS * length), None)
