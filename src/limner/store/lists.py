"""What FTS5 finds, in the order of the sequence.

FTS5 goes along the lists of all that is looked for at once, and leaves off when there is enough. Two things cost: a
list that has nearly everything, such as that of a large team, for it is read wherever the others lead; and the
beginnings of words that have no lists of their own, for which it first puts one together. So it is asked without
these, as long as a look at the little that it finds shows enough of what is looked for, and exactly else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Connection

from limner.store import questions, search
from limner.store.questions import Seen, Way
from limner.store.search import Learned, Sought
from limner.store.stretches import SPARE, Place

LOOKED = 300
"""At so many it is looked before FTS5 is asked exactly."""

Along = Callable[[int | None], tuple[Way, dict[str, int]]]
"""The part of the sequence beyond a place, and what it is asked with."""


class Lists:
    """One question to FTS5."""

    def __init__(self, connection: Connection, sought: Sought, seen: Seen, values: dict[str, Any]) -> None:
        """`values`: what `seen` is asked with."""
        self._connection, self._sought, self._seen, self._values = connection, sought, seen, values

    def beyond(self, limit: int, at: int | None, along: Along, *, common: Collection[str]) -> list[Place]:
        """What matches, so many of them, beyond a place. `common`: marks that very many pictures have."""
        found: list[Place] = []
        loose = self._sought._replace(marks=tuple(each for each in self._sought.marks if each not in common))
        if loose.anything and (match := search.match(loose, near=True)) != search.match(self._sought):
            for most in (limit + SPARE, LOOKED):
                some, last = self._some(match, at, along, most)
                found += some
                if len(found) >= limit or last is None:
                    return found[:limit]
                at = last
        way, between = along(at)
        asked = {**self._values, **between, "match": search.match(self._sought), "most": limit - len(found)}
        rows = self._connection.execute(questions.in_fts5(self._seen, way), asked).all()
        return found + [(row[0], row[1]) for row in rows]

    def _some(self, match: str, at: int | None, along: Along, most: int) -> tuple[list[Place], int | None]:
        """Of the first that go with this, those that match; and how far was looked, if there may be more."""
        way, between = along(at)
        query = questions.near_in_fts5(self._seen, way)
        rows = self._connection.execute(query, {**self._values, **between, "match": match, "most": most}).all()
        rows = sorted(rows, key=lambda row: row[0], reverse=not way.back)
        learned = (Learned(row[0], row[1], row[2]) for row in rows if row[1] is not None)  # the others are not seen
        found = [(each.sequence, each.prompt) for each in learned if search.has(each, self._sought)]
        return found, rows[-1][0] if len(rows) == most else None
