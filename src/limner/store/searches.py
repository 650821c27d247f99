"""Searches that were asked for, kept so that a button can lead to their next page: it has no room for them itself."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import blake2b

from sqlalchemy import delete, select

from limner.domain.record import Record
from limner.domain.wanted import Wanted
from limner.errors import SearchGone
from limner.store.database import Database, either, now
from limner.store.tables import notes

KEPT = timedelta(days=365)
"""From when somebody last asked for it."""
MARK = "q"
_ID = re.compile(MARK + r"[0-9a-f]{20}")


class Search(Record):
    """What somebody looked for."""

    wanted: Wanted
    told: str
    """The same in words, for a title."""


def is_search(id: str | None) -> bool:
    """Whether this is how a search's id looks; nothing else has one like it."""
    return id is not None and _ID.fullmatch(id) is not None


def id_of(record: str, *, team: str, member: str) -> str:
    """The id of a member's search, as it is kept: nothing else tells whose it is."""
    return MARK + blake2b(f"{team} {member} {record}".encode(), digest_size=10).hexdigest()


class Searches:
    """Keeps them for a year, beside the notes that wait for the same: a member's word."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, search: Search, *, team: str, member: str) -> str:
        """The id of a member's search: the same for the same one."""
        record = search.model_dump_json()
        id = id_of(record, team=team, member=member)
        row = {"id": id, "team": team, "ended": False, "created": now(), "record": record}
        await self._database.write(lambda connection: connection.execute(_KEEP[connection.dialect.name], row) and None)
        return id

    async def get(self, id: str, *, team: str) -> Search:
        """The search.

        Raises:
            SearchGone: It is not there any longer, or another team's.
        """
        query = select(notes.c.record).where(notes.c.id == id, notes.c.team == team)
        found = await self._database.read(lambda connection: connection.execute(query).scalar())
        if not found or not is_search(id):
            raise SearchGone
        return Search.model_validate_json(found)

    async def forget_old(self) -> None:
        """Forgets those that nobody came back to."""
        old = delete(notes).where(notes.c.id.startswith(MARK), notes.c.created < now() - KEPT)
        await self._database.write(lambda connection: connection.execute(old) and None)


_KEEP = either(
    lambda insert: (keeping := insert(notes)).on_conflict_do_update(
        index_elements=[notes.c.id], set_={"created": keeping.excluded.created}
    )
)
