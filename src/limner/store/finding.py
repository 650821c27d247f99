"""Finding pictures: by any mixture of words and facts, the newest first, or the best of the newest.

A page begins where another ended, at a picture and not at a number, so that nothing is missed or shown twice when
something new comes meanwhile. Everything goes by `assets.sequence`, in which pictures came into the library.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from limner.domain.text import one_line, shorten
from limner.domain.wanted import Page, Wanted
from limner.errors import NotFound
from limner.store import ids, questions, search
from limner.store.database import Database
from limner.store.ranking import score
from limner.store.seeking import Seek
from limner.store.tables import assets

RANKED = 200
"""Of how many of the newest that match the best are found."""
LAST = 2**53
"""Beyond every place in the library."""


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
    seek = Seek(connection, team, wanted, member, sqlite=sqlite)
    if wanted.ranked:
        return _ranked_page(connection, seek, wanted, at, limit, back=after is not None)
    if after is not None and before is None:
        found = [place for place, _ in seek.places(limit + 1, at=at, back=True)]
        return _paged(connection, found[:limit][::-1], newer=len(found) > limit, older=True)
    found = [place for place, _ in seek.places(limit + 1, at=at)]
    newer = at is not None and bool(seek.places(1, at=at, back=True))
    return _paged(connection, found[:limit], newer=newer, older=len(found) > limit)


def _paged(connection: Connection, places: Sequence[int], *, newer: bool, older: bool) -> Page:
    query = questions.at_places(None, "record")
    records = {row[0]: row[1] for row in connection.execute(query, {"places": places}).all()} if places else {}
    there = tuple(place for place in places if place in records)
    return Page(assets=tuple(records[place] for place in there), places=there, newer=newer, older=older)


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


def _ranked_page(connection: Connection, seek: Seek, wanted: Wanted, at: int | None, limit: int, *, back: bool) -> Page:
    """The page of an order that is not that of time. It is found out anew each time: of one request's pages each is
    right by itself, and what came meanwhile is where it belongs."""
    if wanted.like is not None:
        ranked = seek.alike(wanted.like)
    else:
        found = seek.places(RANKED)
        scored = [(-score(seek.phrases, search.tokens(words)), -place) for place, words in found]
        ranked = [-negative for _, negative in sorted(scored)]
    start = ranked.index(at) + 1 if at in ranked else 0
    end = start + limit
    if back:
        end = max(start - 1, 0)
        start = max(end - limit, 0)
    return _paged(connection, ranked[start:end], newer=start > 0, older=end < len(ranked))
