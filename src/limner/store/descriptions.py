"""Descriptions: prompts that were written for a picture, and wait whether somebody paints from them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from limner.domain.money import Micros
from limner.domain.record import Record
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids
from limner.store.database import Database, now
from limner.store.tables import notes

KEPT = timedelta(days=30)
_MARK = "v"


class Description(Record):
    """What was seen in a picture."""

    id: str
    team: str
    member: str
    """Who asked."""
    asset: str | None
    """The picture, where it is of the library."""
    shape: str
    """The picture's, as it is asked for again."""
    private: bool
    """The picture is a private draft, and so is whatever is painted from this."""
    description: str
    prompts: tuple[str, ...]
    cost: Micros
    created: datetime


class Descriptions:
    """Keeps them for a month, beside the notes that wait for the same: a member's word."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new_id(self) -> str:
        """An id for a description; no job or note has one like it."""
        return f"{_MARK}{ids.long()}"

    async def add(self, description: Description) -> None:
        """Keeps a description."""
        await self._database.write(_add, description)

    async def get(self, id: str, team: str) -> Description:
        """The description.

        Raises:
            NotFound: It is not there any longer, or another team's.
        """
        query = select(notes.c.record).where(notes.c.id == id, notes.c.team == team)
        found = await self._database.read(lambda connection: connection.execute(query).scalar())
        if not found or not id.startswith(_MARK):
            raise NotFound(what=shorten(one_line(id), 40))
        return Description.model_validate_json(found)

    async def forget_old(self) -> None:
        """Forgets those that nobody came back to."""
        old = delete(notes).where(notes.c.id.startswith(_MARK), notes.c.created < now() - KEPT)
        await self._database.write(lambda connection: connection.execute(old) and None)


def _add(connection: Connection, description: Description) -> None:
    connection.execute(
        notes.insert().values(
            id=description.id,
            team=description.team,
            ended=False,
            created=description.created,
            record=description.model_dump_json(),
        )
    )
