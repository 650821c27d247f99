"""Voice notes that were heard and wait for their member's word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from limner.domain.money import Micros
from limner.domain.record import Record
from limner.domain.request import Reference
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids
from limner.store.database import Database
from limner.store.library import use
from limner.store.tables import notes, uses

_MARK = "n"


class Note(Record):
    """What was heard, and what was understood of it."""

    id: str
    team: str
    member: str
    words: str
    language: str
    """A BCP 47 tag."""
    action: str
    values: dict[str, Any] = {}
    """The action's options, not checked yet."""
    references: tuple[Reference, ...] = ()
    target: str | None = None
    """The asset or job that it answers."""
    created: datetime
    ended: bool = False
    """Whether its member has said what shall come of it."""
    cost: Micros = Micros(0)
    """What hearing it cost."""


class Notes:
    """Keeps them until they are ended, once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def new_id(self) -> str:
        """An id for a note; no job has one like it."""
        return f"{_MARK}{ids.long()}"

    async def add(self, note: Note) -> None:
        """Keeps a note, and the pictures that go with it."""
        await self._database.write(_add, note)

    async def get(self, id: str, team: str) -> Note:
        """The note, ended or not.

        Raises:
            NotFound: It is not there, or another team's.
        """
        query = select(notes.c.record, notes.c.ended).where(notes.c.id == id, notes.c.team == team)
        row = await self._database.read(lambda connection: connection.execute(query).first())
        if row is None or not id.startswith(_MARK):
            raise NotFound(what=shorten(one_line(id), 40))
        return Note.model_validate_json(row.record).evolve(ended=row.ended)

    async def end(self, id: str) -> bool:
        """True for exactly one caller: the one to act on the note."""
        return await self._database.write(_end, id)


def _add(connection: Connection, note: Note) -> None:
    connection.execute(
        notes.insert().values(
            id=note.id, team=note.team, ended=note.ended, created=note.created, record=note.model_dump_json()
        )
    )
    use(connection, f"note:{note.id}", (reference.blob for reference in note.references))


def _end(connection: Connection, id: str) -> bool:
    ended = connection.execute(
        update(notes).where(notes.c.id == id, notes.c.ended.is_(False)).values(ended=True).returning(notes.c.id)
    )
    first = ended.first() is not None
    if first:
        connection.execute(delete(uses).where(uses.c.owner == f"note:{id}"))
    return first
