"""Seeking: the places in the library of what matches, the newest first, on one connection.

- Without anything to look for, the index over team and sequence has the pages.
- A team's newest few are looked at first, one by one: what is common is found among them, and all of a small team's.
- SQLite: FTS5 gives what matches in the order of the sequence, so a page is read and no more.
- PostgreSQL: GIN gives what matches in no order. What is common is found by walking through the team's newest; only
  what is rare among these is asked of GIN, and is then little to be put in order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, cast, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY

from limner.domain.look import SAME, apart, near
from limner.domain.wanted import Wanted
from limner.store import ids, search
from limner.store.marks import mark
from limner.store.tables import assets

LIKE = 60
"""How many that look the same are found."""
COMPARED = 20_000
"""Of how many that have a part of their likeness in common with it."""
NEWEST = 150
"""SQLite: how many of the newest are looked at one by one."""
WALK, NEAR = 2_000, 10_000
"""PostgreSQL: how many of the newest are looked through first; and within how many what is looked for is expected, by
what of it was among these, so that walking on (twice as far, for chance has its ways) is quicker than asking GIN."""
SPARE = 20
"""Besides a page, for those that are not to be seen."""
SKEW = timedelta(hours=1)
"""How much later than another a picture may be dated that came into the library before it: processes' clocks differ,
and a picture is dated a moment before it is kept."""

Place = tuple[int, str]
"""A picture's place, and its words."""


class Seek:
    """One question."""

    def __init__(self, connection: Connection, team: str, wanted: Wanted, member: str | None, *, sqlite: bool) -> None:
        self._connection, self._team, self._sqlite = connection, team, sqlite
        self.phrases, begun, signs = search.read(wanted.words or "")
        either = tuple(mark("like", band) for band in near(wanted.like)) if wanted.like else ()
        self._sought = search.Sought(self.phrases, begun, signs, tuple(_marks(wanted, member)), either)
        self._bounds = _bounds(connection, team, wanted)
        more = [or_(assets.c.private.is_(False), assets.c.member == member)]
        more += [assets.c.created >= wanted.since] if wanted.since else []
        more += [assets.c.created < wanted.until] if wanted.until else []
        if wanted.but and (said := ids.read(wanted.but)):
            more.append(or_(assets.c.job != said[0], assets.c.number != said[1]))
        self._exact = [assets.c.team == team, *more]
        # The same, for what the index has found: SQLite is kept from going through the team and asking the index for
        # each of its pictures.
        self._checked = [literal_column("+assets.team", assets.c.team.type) == team, *more] if sqlite else self._exact

    def places(
        self, limit: int, *, at: int | None = None, back: bool = False, enough: int | None = None
    ) -> list[Place]:
        """What matches, the newest first: older than the picture at this place; `back`: newer ones, the oldest of them
        first. `enough`: of so many, more are only looked for where that is quick."""
        if not self._sought.anything:
            query = select(assets.c.sequence, assets.c.prompt).where(*self._exact)
            return self._ordered(query, assets.c.sequence, limit, at, back=back)
        if self._sqlite:
            return self._in_fts5(limit, at, back=back)
        return self._in_vectors(limit, at, limit if enough is None else enough, back=back)

    def alike(self, like: str) -> list[int]:
        """Those that look the same, the most alike first: of all that have a part in common with it, which are few,
        those that are near."""
        place, matches = self._matches()
        every = select(place.label("sequence")).where(matches, *self._within(place, None, back=False)).cte("every")
        every = every.prefix_with("MATERIALIZED", dialect="postgresql")  # as in `_rare`
        query = select(every.c.sequence, assets.c.likeness).join(assets, assets.c.sequence == every.c.sequence)
        found = self._connection.execute(query.where(*self._checked).limit(COMPARED)).all()
        close = sorted((apart(like, likeness), -sequence) for sequence, likeness in found if likeness)
        return [-negative for bits, negative in close if bits <= SAME][:LIKE]

    # ── SQLite ──────────────────────────────────────────────────────────────────────────────────────────────

    def _in_fts5(self, limit: int, at: int | None, *, back: bool) -> list[Place]:
        found, through = self._looked(limit, at, back=back)
        if len(found) == limit or through:
            return found
        place, matches = self._matches()
        query = select(place, assets.c.prompt).join(assets, assets.c.sequence == place).where(matches, *self._checked)
        return self._ordered(query, place, limit, at, back=back)

    def _looked(self, limit: int, at: int | None, *, back: bool) -> tuple[list[Place], bool]:
        """What matches among the newest few, and whether there are no others."""
        query = select(assets.c.sequence, assets.c.team, assets.c.prompt, assets.c.marks).where(*self._exact)
        within = self._within(assets.c.sequence, at, back=back)
        order = assets.c.sequence.asc() if back else assets.c.sequence.desc()
        some = self._connection.execute(query.where(*within).order_by(order).limit(NEWEST)).all()
        found = [(row[0], row[2]) for row in some if search.has(search.Learned(*row), self._sought)]
        return found[:limit], len(some) < NEWEST

    # ── PostgreSQL ──────────────────────────────────────────────────────────────────────────────────────────

    def _in_vectors(self, limit: int, at: int | None, enough: int, *, back: bool) -> list[Place]:
        found, through = self._walked(limit, at, WALK, back=back)
        if len(found) == limit or through:
            return found
        if len(found) * NEAR >= enough * WALK:  # as many again and again: the rest is not far
            found, through = self._walked(limit, at, 2 * enough * WALK // len(found), back=back)
            if len(found) >= enough or through:
                return found
        return self._rare(limit, at, back=back)

    def _rare(self, limit: int, at: int | None, *, back: bool) -> list[Place]:
        """What GIN finds, as many at a time as a page needs. In one statement, the planner would rather walk through
        the whole library in its order than look up the few that match."""
        place, matches = self._matches()
        found: list[Place] = []
        while len(found) < limit:
            every = select(place).where(matches, *self._within(place, at, back=back)).cte("every")
            every = every.prefix_with("MATERIALIZED", dialect="postgresql")
            order = every.c.sequence.asc() if back else every.c.sequence.desc()
            query = select(every.c.sequence).order_by(order).limit(limit + SPARE)
            some = self._connection.execute(query).scalars().all()
            exact = select(assets.c.sequence, assets.c.prompt).where(assets.c.sequence.in_(some), *self._exact)
            found += self._ordered(exact, assets.c.sequence, limit - len(found), None, back=back) if some else []
            if len(some) < limit + SPARE:
                break
            at = some[-1]
        return found

    def _walked(self, limit: int, at: int | None, most: int, *, back: bool) -> tuple[list[Place], bool]:
        """What matches among so many of the team's newest, and whether there are no others."""
        place, words = search.vectors.c.sequence, search.vectors.c.words
        through = select(place, words).where(search.vectors.c.team == self._team, *self._within(place, at, back=back))
        through = through.order_by(place.asc() if back else place.desc()).limit(most)
        some = through.cte("some")
        matches = some.c.words.op("@@")(cast(literal(search.tsquery(self._sought)), TSQUERY))
        query = select(some.c.sequence, assets.c.prompt).join(assets, assets.c.sequence == some.c.sequence)
        rows = self._ordered(query.where(matches, *self._exact), some.c.sequence, limit, at, back=back)
        if len(rows) == limit:
            return rows, False
        counted = select(func.count()).select_from(through.with_only_columns(place).subquery())
        return rows, self._connection.execute(counted).scalar_one() < most

    # ── both ────────────────────────────────────────────────────────────────────────────────────────────────

    def _matches(self) -> tuple[ColumnElement[int], ColumnElement[bool]]:
        """The index's places, and what it is asked: the team is in it."""
        sought = self._sought._replace(marks=(mark("team", self._team), *self._sought.marks))
        if self._sqlite:
            return search.fts5.c.rowid, search.fts5.c.assets_search.op("MATCH")(search.match(sought))
        asked = cast(literal(search.tsquery(sought)), TSQUERY)
        return search.vectors.c.sequence, search.vectors.c.words.op("@@")(asked)

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
