"""What the library is asked for pictures, as SQL. Each kind of question is put together once in a process, for that
takes about as long as to answer one; what is asked for goes in as parameters."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from limner.store.search import fts5, vectors
from limner.store.tables import assets

_UNINDEXED: ColumnElement[str] = literal_column("+assets.team", assets.c.team.type)
"""For SQLite: no index is gone through for it."""


class Seen(NamedTuple):
    """Which pictures may be seen in an answer: the `team`'s, but what is private by its `member` alone; and what of
    the times `since` and `until` and of a picture that is left out is a part of the question."""

    since: bool
    until: bool
    but: bool

    def conditions(self, team: ColumnElement[str] = assets.c.team) -> list[ColumnElement[bool]]:
        """What the table of pictures has to say."""
        said = [team == bindparam("team"), or_(assets.c.private.is_(False), assets.c.member == bindparam("member"))]
        said += [assets.c.created >= bindparam("since")] if self.since else []
        said += [assets.c.created < bindparam("until")] if self.until else []
        but = or_(assets.c.job != bindparam("but_job"), assets.c.number != bindparam("but_number"))
        return [*said, but] if self.but else said


class Way(NamedTuple):
    """Which part of the sequence is gone through, from the newest on or `back` from the oldest on: what is beyond the
    place `low`, and what is before the place `high`."""

    low: bool
    high: bool
    back: bool

    def within(self, place: ColumnElement[int]) -> list[ColumnElement[bool]]:
        said = [place > bindparam("low", type_=BigInteger)] if self.low else []
        return said + ([place < bindparam("high", type_=BigInteger)] if self.high else [])

    def along(self, query: Select[Any], place: ColumnElement[int]) -> Select[Any]:
        """So many (`most`) of a query's rows."""
        order = place.asc() if self.back else place.desc()
        return query.where(*self.within(place)).order_by(order).limit(bindparam("most"))


@cache
def one_by_one(seen: Seen, way: Way, *, marks: bool) -> Select[Any]:
    """Pictures as they come, with their words, and their marks if these are looked for."""
    query = select(assets.c.sequence, assets.c.prompt, assets.c.marks if marks else null()).where(*seen.conditions())
    return way.along(query, assets.c.sequence)


@cache
def in_fts5(seen: Seen, way: Way) -> Select[Any]:
    """What FTS5 finds. SQLite is kept from going through the team and asking the index for each of its pictures."""
    place = fts5.c.rowid
    query = select(place, assets.c.prompt).join(assets, assets.c.sequence == place)
    return way.along(query.where(_matching_fts5(), *seen.conditions(_UNINDEXED)), place)


@cache
def near_in_fts5(seen: Seen, way: Way) -> Select[Any]:
    """The first of what FTS5 finds, in no order, with words and marks to look at; those that are not to be seen have
    none."""
    place = fts5.c.rowid.label("sequence")
    first = way.along(select(place).where(_matching_fts5()), fts5.c.rowid).subquery("first")
    joined = first.outerjoin(assets, and_(assets.c.sequence == first.c.sequence, *seen.conditions(_UNINDEXED)))
    return select(first.c.sequence, assets.c.prompt, assets.c.marks).select_from(joined)


@cache
def in_gin(seen: Seen, way: Way, keys: int, whole: bool) -> Select[Any]:
    """The first of what GIN finds; those that are not to be seen have no words."""
    place = _matching(keys, whole).c.sequence
    first = way.along(select(place), place).subquery("first")
    joined = first.outerjoin(assets, and_(assets.c.sequence == first.c.sequence, *seen.conditions()))
    order = first.c.sequence.asc() if way.back else first.c.sequence.desc()
    return select(first.c.sequence, assets.c.prompt).select_from(joined).order_by(order)


@cache
def every(way: Way | None, keys: int | None, whole: bool) -> Select[Any]:
    """The places of so many (`most`) that match, in no order. `keys`: GIN's; None: FTS5 is asked."""
    place = fts5.c.rowid if keys is None else _matching(keys, whole).c.sequence
    query = select(place).where(*([_matching_fts5()] if keys is None else []), *(way.within(place) if way else []))
    return query.limit(bindparam("most"))


@cache
def at_places(seen: Seen | None, *what: str) -> Select[Any]:
    """The pictures at these `places`."""
    query = select(assets.c.sequence, *(assets.c[each] for each in what))
    query = query.where(assets.c.sequence.in_(bindparam("places", expanding=True)))
    return query.where(*seen.conditions()) if seen else query


def _matching_fts5() -> ColumnElement[bool]:
    return fts5.c.assets_search.op("MATCH")(bindparam("match", type_=Text))


@cache
def _matching(keys: int, whole: bool) -> CTE:
    """The places of what GIN finds.

    Of several keys, it skips in the list of each what the others do not have; within one, it goes through all of the
    shortest list. So the stretch is a key of its own, and the rarest thing that is looked for.

    In one query with the rest of a question, the planner would rather walk through the whole library in its order than
    look up the few that match.
    """
    words = vectors.c.words
    matches: list[ColumnElement[bool]] = [words.op("@@")(_tsquery(f"key{at}")) for at in range(keys)]
    if whole:  # as a function, for an operator would be asked of GIN too
        matches.append(func.ts_match_vq(words, _tsquery("whole")))
    return select(vectors.c.sequence).where(*matches).cte("every").prefix_with("MATERIALIZED")


def _tsquery(name: str) -> ColumnElement[Any]:
    """As a query of its own: otherwise the planner believes what it knows of how often words are, as if they had
    nothing to do with each other, and goes through the whole library where it expects much."""
    return select(cast(bindparam(name, type_=Text), TSQUERY)).scalar_subquery()
