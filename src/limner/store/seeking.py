"""Seeking: the places in the library of what matches, the newest first, on one connection.

- Without anything to look for, the index over team and sequence has the pages.
- A team's newest few are looked at first, one by one: what is common is found among them, and all of a small team's.
- SQLite: FTS5 gives what matches in the order of the sequence, so a page is read and no more (`lists`).
- PostgreSQL: GIN gives what matches in no order, and is asked for one stretch after the other (`stretches`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from limner.domain.look import SAME, apart, near
from limner.domain.wanted import Wanted
from limner.store import ids, questions, search
from limner.store.lists import Lists
from limner.store.marks import mark
from limner.store.questions import Seen, Way
from limner.store.search import Learned
from limner.store.stretches import Place, Stretches, asking, kind
from limner.store.tables import assets

LIKE = 60
"""How many that look the same are found."""
COMPARED = 20_000
"""Of how many that have a part of their likeness in common with it."""
COMMON = 4
"""What one of so many pictures has is common."""
AT_ONCE = 1_000
"""So many of these are looked up at a time."""
NEWEST = 150
"""How many of the newest are looked at one by one."""
SKEW = timedelta(hours=1)
"""How much later than another a picture may be dated that came into the library before it: processes' clocks differ,
and a picture is dated a moment before it is kept."""


class Seek:
    """One question."""

    def __init__(self, connection: Connection, team: str, wanted: Wanted, member: str | None, *, sqlite: bool) -> None:
        self._connection, self._team, self._sqlite = connection, team, sqlite
        self.phrases, begun, signs = search.read(wanted.words or "")
        either = tuple(mark("like", band) for band in near(wanted.like)) if wanted.like else ()
        self._sought = search.Sought(self.phrases, begun, signs, tuple(_marks(wanted, member)), either)
        self._asked = self._sought._replace(marks=(mark("team", team), *self._sought.marks))  # the team is in the index
        self._bounds = _bounds(connection, team, wanted)
        but_job, but_number = (ids.read(wanted.but) if wanted.but else None) or (None, None)
        self._seen = Seen(wanted.since is not None, wanted.until is not None, but_job is not None)
        times = {"since": wanted.since, "until": wanted.until}
        values = {"team": team, "member": member, **times, "but_job": but_job, "but_number": but_number}
        self._values = {name: value for name, value in values.items() if name == "member" or value is not None}
        self._stretches = Stretches(connection, self._asked, self._seen, self._values)
        self._lists = Lists(connection, self._asked, self._seen, self._values)

    def places(self, limit: int, *, at: int | None = None, back: bool = False) -> list[Place]:
        """What matches, the newest first: older than the picture at this place; `back`: newer ones, the oldest of them
        first."""
        if not self._sought.anything:
            return [(row[0], row[1]) for row in self._one_by_one(limit, at, back=back)]
        first, last = self._bounds
        if self._stretches.places is not None:
            return self._stretches.seen(self._stretches.places, limit, at, last if back else first, back=back)
        newest = self._one_by_one(NEWEST, at, back=back)
        learned = [Learned(row[0], row[1], row[2] or ()) for row in newest]
        found = [(each.sequence, each.prompt) for each in learned if search.has(each, self._sought)]
        if len(found) >= limit or len(newest) < NEWEST:
            return found[:limit]
        begun, at = learned[0].sequence, learned[-1].sequence
        if self._sqlite:
            way, common = partial(self._way, back=back), self._common(learned)
            return found + self._lists.beyond(limit - len(found), at, way, common=common)
        return self._stretches.beyond(found, limit, begun=begun, at=at, end=last if back else first or 0, back=back)

    def alike(self, like: str) -> list[int]:
        """Those that look the same, the most alike first: of all that have a part in common with it, which are few,
        those that are near."""
        every = self._every()
        close: list[tuple[int, int]] = []
        for start in range(0, len(every), AT_ONCE):
            query = questions.at_places(self._seen, "likeness")
            places = every[start : start + AT_ONCE]
            found = self._connection.execute(query, {**self._values, "places": places}).all()
            close += [(apart(like, likeness), -sequence) for sequence, likeness in found if likeness]
        return [-negative for bits, negative in sorted(close) if bits <= SAME][:LIKE]

    def _common(self, newest: list[Learned]) -> set[str]:
        """Which marks of what is looked for every fourth picture has, as these let expect."""
        counted = Counter(each for one in newest for each in one.marks)
        theirs = {each for each in self._sought.marks if counted[each] * COMMON >= len(newest)}
        among = abs(newest[-1].sequence - newest[0].sequence) + 1
        return theirs | ({mark("team", self._team)} if len(newest) * COMMON >= among else set())

    def _one_by_one(self, most: int, at: int | None, *, back: bool) -> Sequence[Any]:
        way, between = self._way(at, back=back)
        query = questions.one_by_one(self._seen, way, marks=bool(self._sought.marks or self._sought.either))
        return self._connection.execute(query, {**self._values, **between, "most": most}).all()

    def _every(self) -> Sequence[int]:
        """The places of all that match, as the index says."""
        asked = {"match": search.match(self._asked)} if self._sqlite else asking(self._asked)
        way, between = self._way(None, back=False)
        query = questions.every(way, *((None, False) if self._sqlite else kind(asked)))
        return self._connection.execute(query, {**asked, **between, "most": COMPARED}).scalars().all()

    def _way(self, at: int | None, *, back: bool) -> tuple[Way, dict[str, int]]:
        """The part of the sequence that is looked through, and what it is asked with."""
        low, high = self._bounds
        if at is not None:
            low, high = (max(low or at, at), high) if back else (low, min(high or at, at))
        way = Way(low is not None, high is not None, back)
        return way, {name: place for name, place in (("low", low), ("high", high)) if place is not None}


def _marks(wanted: Wanted, member: str | None) -> list[str]:
    facts = {
        "member": wanted.member,
        "channel": wanted.channel,
        "model": wanted.model,
        "style": wanted.style,
        "shape": wanted.shape,
        "colour": wanted.colour,
        "approval": "approved" if wanted.approved else None,
        "saved": member if wanted.saved else None,
        "collection": wanted.collection,
        "tag": wanted.tag,
    }
    return [mark(sort, value) for sort, value in facts.items() if value is not None]


def _bounds(connection: Connection, team: str, wanted: Wanted) -> tuple[int | None, int | None]:
    """The places in the sequence between which everything of these days is, and little else."""

    def at(within: ColumnElement[bool], order: ColumnElement[datetime]) -> int | None:
        query = select(assets.c.sequence).where(assets.c.team == team, within).order_by(order).limit(1)
        return connection.execute(query).scalar()

    first = at(assets.c.created < wanted.since - SKEW, assets.c.created.desc()) if wanted.since else None
    last = at(assets.c.created >= wanted.until + SKEW, assets.c.created.asc()) if wanted.until else None
    return first, last
