"""Requests that were refused, for their price or their words, and wait whether their member asks otherwise."""

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


class RefusedRequest(Record):
    """A request that was not taken."""

    id: str
    team: str
    member: str
    request: Request
    created: datetime


class Refused:
    """Keeps them for a week, beside the notes that wait for the same: their member's word."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, *, team: str, member: str, request: Request) -> RefusedRequest:
        """Keeps a request, and the pictures that go with it."""
        id = f"{_MARK}{ids.long()}"
        refused = RefusedRequest(id=id, team=team, member=member, request=request, created=now())
        await self._database.write(_add, refused)
        return refused

    async def get(self, id: str, team: str) -> RefusedRequest:
        """A request of this team's.

        Raises:
            NotFound: It is not there any longer, or another team's.
        """
        query = select(notes.c.record).where(notes.c.id == id, notes.c.team == team)
        found = await self._database.read(lambda connection: connection.execute(query).scalar())
        if not found or not id.startswith(_MARK):
            raise NotFound(what=shorten(one_line(id), 40))
        return RefusedRequest.model_validate_json(found)

    async def forget_old(self) -> None:
        """Forgets those that nobody came back to."""
        await self._database.write(_forget_old, now() - KEPT)


def _add(connection: Connection, refused: RefusedRequest) -> None:
    connection.execute(
        notes.insert().values(
            id=refused.id,
            team=refused.team,
            ended=False,
            created=refused.created,
            record=refused.model_dump_json(),
        )
    )
    use(connection, f"refused:{refused.id}", (picture.blob for picture in refused.request.pictures))


def _forget_old(connection: Connection, before: datetime) -> None:
    old = delete(notes).where(notes.c.id.startswith(_MARK), notes.c.created < before).returning(notes.c.id)
    gone = connection.execute(old).scalars().all()
    connection.execute(delete(uses).where(uses.c.owner.in_([f"refused:{id}" for id in gone])))
