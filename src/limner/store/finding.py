"""Finding pictures: by any mixture of words and facts, the newest first, or the best of the newest.

A page begins where another ended, at a picture and not at a number, so that nothing is missed or shown twice when
something new comes meanwhile. Everything goes by `assets.sequence`, in which pictures came into the library.

- Without anything to look for, the index over team and sequence has the pages.
- SQLite: FTS5 gives what matches in the order of the sequence, so a page is read and no more.
- PostgreSQL: GIN gives what matches in no order. What is common is found by walking through the team's newest; only
  what is rare among these is asked of GIN, and is then little to be put in order.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, cast, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY

from limner.domain.look import SAME, apart, near
from limner.domain.request import Asset
from limner.domain.text import one_line, shorten
from limner.domain.wanted import Page, Wanted
from limner.errors import NotFound
from limner.store import ids, search
from limner.store.database import Database
from limner.store.marks import mark
from limner.store.ranking import score
from limner.store.tables import assets

RANKED = 200
"""Of how many of the newest that match the best are found."""
LIKE = 60
"""How many that look the same are found."""
COMPARED = 20_000
"""Of how many that have a part of their likeness in common with it."""
WALK, WALK_ON = 2_000, 20_000
"""PostgreSQL: how many of the newest are looked through first, and how far at most where some of these matched."""
LAST = 2**53
"""Beyond every place in the library."""
SKEW = timedelta(hours=1)
"""How much later than another a picture may be dated that came into the library before it: processes' clocks differ,
and a picture is dated a moment before it is kept."""

Row = tuple[int, Asset]


class Finding:
    """Finds pictures, by team: whoever is not of it sees nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        team: str,
        wanted: Wanted | None = None,
        *,
        member: str | None = None,
        limit: int,
        before: str | None = None,
        after: str | None = None,
    ) -> Page:
        """A page of the library as this member may see it: of private pictures their own only. What comes next after
        the picture `before`, or just before the picture `after`, in the order in which they are shown.

        Raises:
            NotFound: `before` or `after` is not there.
        """
        return await self._database.read(
            _page, team, wanted or Wanted(), member, limit, before, after, sqlite=self._database.sqlite
        )


def _page(
    connection: Connection,
    team: str,
    wanted: Wanted,
    member: str | None,
    limit: int,
    before: str | None,
    after: str | None,
    *,
    sqlite: bool,
) -> Page:
    anchor = before or after
    at = _place(connection, team, anchor) if anchor else None
    find = _Find(connection, team, wanted, member, sqlite=sqlite)
    if wanted.ranked:
        return _ranked_page(find, at, limit, back=after is not None)
    if after is not None and before is None:
        found = find.rows(limit + 1, at=at, back=True)
        return _paged(found[:limit][::-1], newer=len(found) > limit, older=True)
    found = find.rows(limit + 1, at=at)
    newer = at is not None and bool(find.rows(1, at=at, back=True))
    return _paged(found[:limit], newer=newer, older=len(found) > limit)


def _paged(rows: list[Row], *, newer: bool, older: bool) -> Page:
    return Page(
        assets=tuple(each for _, each in rows), places=tuple(place for place, _ in rows), newer=newer, older=older
    )


def _place(connection: Connection, team: str, id: str) -> int:
    """A picture's place in the library, by its id, or as a page told it."""
    if id.isascii() and id.isdecimal():  # no id is a number
        return min(int(id[:18]), LAST)
    job, number = ids.read(id) or ("", 0)
    place = select(assets.c.sequence).where(assets.c.job == job, assets.c.number == number, assets.c.team == team)
    sequence: int | None = connection.execute(place).scalar()
    if sequence is None:
        raise NotFound(what=shorten(one_line(id), 40))
    return sequence


def _ranked_page(find: _Find, at: int | None, limit: int, *, back: bool) -> Page:
    """The page of an order that is not that of time. It is found out anew each time: of one request's pages each is
    right by itself, and what came meanwhile is where it belongs."""
    ranked = find.ranked()
    start = next((number + 1 for number, (sequence, _) in enumerate(ranked) if sequence == at), 0)
    if back:
        end = max(start - 1, 0)
        start = max(end - limit, 0)
    else:
        end = start + limit
    return _paged(ranked[start:end], newer=start > 0, older=end < len(ranked))


class _Find:
    """One question, on one connection."""

    def __init__(self, connection: Connection, team: str, wanted: Wanted, member: str | None, *, sqlite: bool) -> None:
        self._connection, self._team, self._wanted, self._sqlite = connection, team, wanted, sqlite
        phrases, begun, signs = search.read(wanted.words or "")
        either = tuple(mark("like", band) for band in near(wanted.like)) if wanted.like else ()
        self._sought = search.Sought(phrases, begun, signs, tuple(_marks(team, wanted, member)), either)
        self._bounds = _bounds(connection, team, wanted)
        seen = or_(assets.c.private.is_(False), assets.c.member == member)
        more = [seen]
        more += [assets.c.created >= wanted.since] if wanted.since else []
        more += [assets.c.created < wanted.until] if wanted.until else []
        if wanted.but and (said := ids.read(wanted.but)):
            more.append(or_(assets.c.job != said[0], assets.c.number != said[1]))
        self._exact = [assets.c.team == team, *more]
        # The same, for what the index has found: SQLite is kept from going through the team and asking the index for
        # each of its pictures.
        self._checked = [literal_column("+assets.team", assets.c.team.type) == team, *more] if sqlite else self._exact

    def rows(self, limit: int, *, at: int | None = None, back: bool = False) -> list[Row]:
        """What matches, the newest first: older than the picture at this place; `back`: newer ones, the oldest of them
        first."""
        if not self._sought.anything:
            place = assets.c.sequence
            query = select(place, assets.c.record).where(*self._exact)
            return self._rows(_ordered(query, place, self._within(place, at, back=back), back=back).limit(limit))
        found = self._in_fts5 if self._sqlite else self._in_vectors
        return found(limit, at, back=back)

    def _in_fts5(self, limit: int, at: int | None, *, back: bool) -> list[Row]:
        return self._rows(self.fts5(at, back=back).limit(limit))

    def fts5(self, at: int | None = None, *, back: bool = False) -> Select[int, Asset]:
        """The question to SQLite."""
        place = search.fts5.c.rowid
        query = select(place, assets.c.record).join(assets, assets.c.sequence == place)
        query = query.where(search.fts5.c.assets_search.op("MATCH")(self._match()), *self._checked)
        return _ordered(query, place, self._within(place, at, back=back), back=back)

    def _match(self) -> str:
        return search.match(self._with_team())

    def _with_team(self) -> search.Sought:
        return self._sought._replace(marks=(mark("team", self._team), *self._sought.marks))

    def _in_vectors(self, limit: int, at: int | None, *, back: bool) -> list[Row]:
        found, through = self._walked(limit, at, WALK, back=back)
        if len(found) == limit or not through:
            return found
        if len(found) * WALK_ON >= limit * WALK:  # as many again and again: the rest is not far
            found, through = self._walked(limit, at, WALK_ON, back=back)
            if len(found) == limit or not through:
                return found
        place = search.vectors.c.sequence
        every = (
            select(place)
            .where(search.vectors.c.words.op("@@")(cast(literal(search.tsquery(self._with_team())), TSQUERY)))
            .where(*self._within(place, at, back=back))
            .cte("found")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        query = select(every.c.sequence, assets.c.record).join(assets, assets.c.sequence == every.c.sequence)
        return self._rows(_ordered(query.where(*self._exact), every.c.sequence, (), back=back).limit(limit))

    def _walked(self, limit: int, at: int | None, most: int, *, back: bool) -> tuple[list[Row], bool]:
        """What matches among so many of the team's pictures, and whether there are more pictures than these."""
        place, words = search.vectors.c.sequence, search.vectors.c.words
        within = self._within(place, at, back=back)
        through = _ordered(
            select(place, words).where(search.vectors.c.team == self._team), place, within, back=back
        ).limit(most)
        some = through.cte("some")
        matches = some.c.words.op("@@")(cast(literal(search.tsquery(self._sought)), TSQUERY))
        found = select(some.c.sequence, assets.c.record).join(assets, assets.c.sequence == some.c.sequence)
        rows = self._rows(_ordered(found.where(matches, *self._exact), some.c.sequence, (), back=back).limit(limit))
        if len(rows) == limit:
            return rows, True
        counted = select(func.count()).select_from(through.with_only_columns(place).subquery())
        return rows, self._connection.execute(counted).scalar_one() == most

    def ranked(self) -> list[Row]:
        """The best of the newest that match, best first."""
        if self._wanted.like is None:
            rows = self.rows(RANKED)
            wanted = self._sought.phrases
            return sorted(rows, key=lambda row: (-score(wanted, search.tokens(row[1].words)), -row[0]))
        like = self._wanted.like
        rows = self._alike(like)
        return sorted(rows, key=lambda row: (apart(like, row[1].look.likeness if row[1].look else "0"), -row[0]))

    def _alike(self, like: str) -> list[Row]:
        """Those that look the same: of all that have a part in common with it, which are few, those that are near."""
        place = search.fts5.c.rowid if self._sqlite else search.vectors.c.sequence
        matches = (
            search.fts5.c.assets_search.op("MATCH")(self._match())
            if self._sqlite
            else search.vectors.c.words.op("@@")(cast(literal(search.tsquery(self._with_team())), TSQUERY))
        )
        query = select(place, assets.c.likeness).join(assets, assets.c.sequence == place).where(matches, *self._checked)
        within = self._within(place, None, back=False)
        found = self._connection.execute(query.where(*within).limit(COMPARED)).all()
        close = sorted((apart(like, likeness), -sequence) for sequence, likeness in found if likeness)
        some = [-negative for bits, negative in close if bits <= SAME][:LIKE]
        return self._rows(select(assets.c.sequence, assets.c.record).where(assets.c.sequence.in_(some)))

    def _within(self, place: ColumnElement[int], at: int | None, *, back: bool) -> tuple[ColumnElement[bool], ...]:
        """The part of the sequence that is looked through."""
        first, last = self._bounds
        if at is not None:
            first, last = (max(first or at, at), last) if back else (first, min(last or at, at))
        return (
            *((place > first,) if first is not None else ()),
            *((place < last,) if last is not None else ()),
        )

    def _rows(self, query: Select[int, Asset]) -> list[Row]:
        return [(row[0], row[1]) for row in self._connection.execute(query).all()]


def _ordered(
    query: Select[int, Asset],
    place: ColumnElement[int],
    within: tuple[ColumnElement[bool], ...],
    *,
    back: bool = False,
) -> Select[int, Asset]:
    return query.where(*within).order_by(place.asc() if back else place.desc())


def _marks(team: str, wanted: Wanted, member: str | None) -> list[str]:
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
