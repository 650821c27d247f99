"""Seeking: the places in the library of what matches, the newest first, on one connection.

- Without anything to look for, the index over team and sequence has the pages.
- A team's newest few are looked at first, one by one: what is common is found among them, and all of a small team's.
- SQLite: FTS5 gives what matches in the order of the sequence, so a page is read and no more.
- PostgreSQL: GIN gives what matches in no order, and is asked for one stretch after the other (`stretches`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, literal_column, null, or_, select

from limner.domain.look import SAME, apart, near
from limner.domain.wanted import Wanted
from limner.store import ids, search
from limner.store.marks import mark
from limner.store.stretches import Place, Stretches, asking, kind, matching
from limner.store.tables import assets

LIKE = 60
"""How many that look the same are found."""
COMPARED = 20_000
"""Of how many that have a part of their likeness in common with it."""
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
        more = [or_(assets.c.private.is_(False), assets.c.member == member)]
        more += [assets.c.created >= wanted.since] if wanted.since else []
        more += [assets.c.created < wanted.until] if wanted.until else []
        if wanted.but and (said := ids.read(wanted.but)):
            more.append(or_(assets.c.job != said[0], assets.c.number != said[1]))
        self._exact = [assets.c.team == team, *more]
        self._stretches = Stretches(connection, self._asked, self._exact)
        # The same, for what the index has found: SQLite is kept from going through the team and asking the index for
        # each of its pictures.
        self._checked = [literal_column("+assets.team", assets.c.team.type) == team, *more] if sqlite else self._exact

    def places(self, limit: int, *, at: int | None = None, back: bool = False) -> list[Place]:
        """What matches, the newest first: older than the picture at this place; `back`: newer ones, the oldest of them
        first."""
        if not self._sought.anything:
            query = select(assets.c.sequence, assets.c.prompt).where(*self._exact)
            return self._ordered(query, assets.c.sequence, limit, at, back=back)
        first, last = self._bounds
        if self._stretches.places is not None:
            return self._stretches.seen(self._stretches.places, limit, at, last if back else first, back=back)
        found, through = self._looked(limit, at, back=back)
        if len(found) == limit or through is None:
            return found
        if self._sqlite:
            return self._in_fts5(limit, at, back=back)
        begun, at = through
        return self._stretches.beyond(found, limit, begun=begun, at=at, end=last if back else first or 0, back=back)

    def alike(self, like: str) -> list[int]:
        """Those that look the same, the most alike first: of all that have a part in common with it, which are few,
        those that are near."""
        every = self._every()
        close: list[tuple[int, int]] = []
        for start in range(0, len(every), AT_ONCE):
            query = select(assets.c.sequence, assets.c.likeness)
            query = query.where(assets.c.sequence.in_(every[start : start + AT_ONCE]), *self._exact)
            found = self._connection.execute(query).all()
            close += [(apart(like, likeness), -sequence) for sequence, likeness in found if likeness]
        return [-negative for bits, negative in sorted(close) if bits <= SAME][:LIKE]

    def _looked(self, limit: int, at: int | None, *, back: bool) -> tuple[list[Place], tuple[int, int] | None]:
        """What matches among the newest few; and from where to where these are, if there are others."""
        marks = assets.c.marks if self._sought.marks or self._sought.either else null()  # most ask for none
        query = select(assets.c.sequence, assets.c.prompt, marks).where(*self._exact)
        within = self._within(assets.c.sequence, at, back=back)
        order = assets.c.sequence.asc() if back else assets.c.sequence.desc()
        some = self._connection.execute(query.where(*within).order_by(order).limit(NEWEST)).all()
        learned = (search.Learned(row[0], row[1], row[2] or ()) for row in some)
        found = [(each.sequence, each.prompt) for each in learned if search.has(each, self._sought)]
        return found[:limit], (some[0][0], some[-1][0]) if len(some) == NEWEST else None

    def _in_fts5(self, limit: int, at: int | None, *, back: bool) -> list[Place]:
        place, matches = self._in_index()
        query = select(place, assets.c.prompt).join(assets, assets.c.sequence == place).where(matches, *self._checked)
        return self._ordered(query, place, limit, at, back=back)

    def _in_index(self) -> tuple[ColumnElement[int], ColumnElement[bool]]:
        return search.fts5.c.rowid, search.fts5.c.assets_search.op("MATCH")(search.match(self._asked))

    def _every(self) -> Sequence[int]:
        """The places of all that match, as the index says."""
        asked: dict[str, str] = {}
        if self._sqlite:
            place, matches = self._in_index()
            every = select(place).where(matches)
        else:
            asked = asking(self._asked)
            place = matching(*kind(asked)).c.sequence
            every = select(place)
        query = every.where(*self._within(place, None, back=False)).limit(COMPARED)
        return self._connection.execute(query, asked).scalars().all()

    def _ordered(
        self, query: Select[Any, Any], place: ColumnElement[int], limit: int, at: int | None, *, back: bool
    ) -> list[Place]:
        query = query.where(*self._within(place, at, back=back)).order_by(place.asc() if back else place.desc())
        return [(row[0], row[1]) for row in self._connection.execute(query.limit(limit)).all()]

    def _within(self, place: ColumnElement[int], at: int | None, *, back: bool) -> tuple[ColumnElement[bool], ...]:
        """The part of the sequence that is looked through."""
        first, last = self._bounds
        if at is not None:
            first, last = (max(first or at, at), last) if back else (first, min(last or at, at))
        return (
            *((place > first,) if first is not None else ()),
            *((place < last,) if last is not None else ()),
        )


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
