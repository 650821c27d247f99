"""Drafts: requests that were refused, for their price or their words, and wait whether their member asks otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from limner.domain.record import Record
from limner.domain.request import Request
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids
from limner.store.database import Database, now
from limner.store.library import use
from limner.store.tables import notes, uses

KEPT = timedelta(days=7)
_MARK = "d"


class Draft(Record):
    """A request that was not taken."""

    id: str
    team: str
    member: str
    request: Request
    created: datetime


class Drafts:
    """Keeps them for a week, beside the notes that wait for the same: their member's word."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, *, team: str, member: str, request: Request) -> Draft:
        """Keeps a request, and the pictures that go with it."""
        draft = Draft(id=f"{_MARK}{ids.long()}", team=team, member=member, request=request, created=now())
        await self._database.write(_add, draft)
        return draft

    async def get(self, id: str, team: str) -> Draft:
        """A draft of this team's.

        Raises:
            NotFound: It is not there any longer, or another team's.
        """
        query = select(notes.c.record).where(notes.c.id == id, notes.c.team == team)
        found = await self._database.read(lambda connection: connection.execute(query).scalar())
        draft = Draft.model_validate_json(found) if found and id.startswith(_MARK) else None
        if draft is None:
            raise NotFound(what=shorten(one_line(id), 40))
        return draft

    async def forget_old(self) -> None:
        """Forgets those that nobody came back to."""
        await self._database.write(_forget_old, now() - KEPT)


def _add(connection: Connection, draft: Draft) -> None:
    connection.execute(
        notes.insert().values(
            id=draft.id, team=draft.team, ended=False, created=draft.created, record=draft.model_dump_json()
        )
    )
    use(connection, f"draft:{draft.id}", (picture.blob for picture in draft.request.pictures))


def _forget_old(connection: Connection, before: datetime) -> None:
    old = delete(notes).where(notes.c.id.startswith(_MARK), notes.c.created < before).returning(notes.c.id)
    gone = connection.execute(old).scalars().all()
    connection.execute(delete(uses).where(uses.c.owner.in_([f"draft:{id}" for id in gone])))
