"""Voice notes that were heard and wait for their member's word."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from limner.domain.money import Micros
from limner.domain.record import Record
from limner.domain.request import Reference
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids
from limner.store.countdowns import drop
from limner.store.database import Database, now
from limner.store.library import use
from limner.store.tables import notes, uses

_MARK = "n"
LEFT = timedelta(days=30)
"""How long a note waits for its member's word."""


class Recording(Record):
    """The sound of a note, as it came; its bytes are in the blob store."""

    blob: str
    media_type: str
    """By its bytes."""
    name: str
    size: int
    """Bytes."""
    until: datetime
    """Kept so long, and no longer."""


class Note(Record):
    """What was said, and, once it was heard, what was understood of it."""

    id: str
    team: str
    member: str
    words: str = ""
    language: str = "und"
    """A BCP 47 tag."""
    action: str | None = None
    """What is asked for; None: it could not be heard yet."""
    values: dict[str, Any] = {}
    """The action's options, not checked yet."""
    references: tuple[Reference, ...] = ()
    target: str | None = None
    """The asset or job that it is about."""
    answers: str | None = None
    """The asset that it answers, whatever it asks for."""
    about: str | None = None
    """The asset or job that it answers, pictures or none."""
    beside: str | None = None
    """Text beside it."""
    given: dict[str, Any] = {}
    """Options that were chosen by hand beside it."""
    sound: Recording | None = None
    """Where the team keeps its sound, or while it has to be heard again."""
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

    async def of_id(self, id: str, team: str) -> Note | None:
        """The same as `get`, or None."""
        try:
            return await self.get(id, team)
        except NotFound:
            return None

    async def let_go(self, note: Note) -> bool:
        """Forgets the sound of a note; gives whether nothing else needs its bytes."""
        return await self._database.write(_let_go, note)

    async def forget_old(self) -> None:
        """Forgets sounds whose time is over, and notes that nobody came back to."""
        await self._database.write(_forget_old, now())

    async def end(self, id: str) -> bool:
        """True for exactly one caller: the one to act on the note."""
        return await self._database.write(end, id)

    async def reopen(self, id: str) -> None:
        """Has an ended note wait again."""
        opened = update(notes).where(notes.c.id == id).values(ended=False)
        await self._database.write(lambda connection: connection.execute(opened))


def _add(connection: Connection, note: Note) -> None:
    until = note.sound.until if note.sound else None
    record = note.model_dump_json()
    connection.execute(
        notes.insert().values(
            id=note.id, team=note.team, ended=note.ended, created=note.created, until=until, record=record
        )
    )
    use(connection, f"note:{note.id}", (reference.blob for reference in note.references))
    if note.sound is not None:
        use(connection, f"sound:{note.id}", (note.sound.blob,))


def _let_go(connection: Connection, note: Note) -> bool:
    if note.sound is None:
        return False
    _without_sound(connection, note)
    used = select(uses.c.blob).where(uses.c.blob == note.sound.blob).limit(1)
    return connection.execute(used).first() is None


def _without_sound(connection: Connection, note: Note) -> None:
    connection.execute(delete(uses).where(uses.c.owner == f"sound:{note.id}"))
    kept = note.evolve(sound=None).model_dump_json()
    connection.execute(update(notes).where(notes.c.id == note.id).values(until=None, record=kept))


def _forget_old(connection: Connection, moment: datetime) -> None:
    for record in connection.execute(select(notes.c.record).where(notes.c.until < moment)).scalars().all():
        _without_sound(connection, Note.model_validate_json(record))
    left = notes.c.id.startswith(_MARK), notes.c.ended.is_(False), notes.c.created < moment - LEFT
    gone = connection.execute(delete(notes).where(*left).returning(notes.c.id)).scalars().all()
    owners = [f"{kind}:{id}" for id in gone for kind in ("note", "sound")]
    connection.execute(delete(uses).where(uses.c.owner.in_(owners)))


def end(connection: Connection, id: str) -> bool:
    """The same within a transaction."""
    ended = connection.execute(
        update(notes).where(notes.c.id == id, notes.c.ended.is_(False)).values(ended=True).returning(notes.c.id)
    )
    first = ended.first() is not None
    if first:
        drop(connection, id)
        connection.execute(delete(uses).where(uses.c.owner == f"note:{id}"))
    return first
