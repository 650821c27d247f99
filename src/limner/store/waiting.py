"""What waits for a member's word, beside the notes: kept for a while, under an id by which its sort is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Generic, Protocol, Self, TypeVar

from sqlalchemy import Connection, delete, select

from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids
from limner.store.database import Database, now
from limner.store.library import use
from limner.store.tables import notes, uses


class Kept(Protocol):
    """A record that can wait."""

    @property
    def id(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def created(self) -> datetime: ...
    def model_dump_json(self) -> str: ...
    @classmethod
    def model_validate_json(cls, json_data: str) -> Self: ...


K = TypeVar("K", bound=Kept)


class Waiting(Generic[K]):
    """Keeps one sort of them."""

    def __init__(self, database: Database, sort: type[K], *, mark: str, life: timedelta) -> None:
        """`mark`: the letter that ids of this sort begin with; no job, note or other sort has one like it."""
        self._database = database
        self._sort = sort
        self._mark = mark
        self._life = life

    def new_id(self) -> str:
        """An id for another one."""
        return f"{self._mark}{ids.long()}"

    def names(self, id: str) -> bool:
        """Whether an id is of this sort."""
        return id.startswith(self._mark) and len(id) == len(self._mark) + len(ids.long())

    async def keep(self, record: K, *, blobs: Iterable[str] = ()) -> K:
        """Keeps a record, and the bytes that it needs; gives it."""
        await self._database.write(self._keep, record, tuple(blobs))
        return record

    async def get(self, id: str, team: str) -> K:
        """The record of an id.

        Raises:
            NotFound: It is not there any longer, or another team's.
        """
        query = select(notes.c.record).where(notes.c.id == id, notes.c.team == team)
        found = await self._database.read(lambda connection: connection.execute(query).scalar())
        if not found or not id.startswith(self._mark):
            raise NotFound(what=shorten(one_line(id), 40))
        return self._sort.model_validate_json(found)

    async def forget_old(self) -> None:
        """Forgets those that nobody came back to."""
        await self._database.write(self._forget, now() - self._life)

    def _keep(self, connection: Connection, record: K, blobs: tuple[str, ...]) -> None:
        row = {"id": record.id, "team": record.team, "ended": False, "created": record.created}
        connection.execute(notes.insert().values(**row, record=record.model_dump_json()))
        if blobs:
            use(connection, _owner(record.id), blobs)

    def _forget(self, connection: Connection, before: datetime) -> None:
        old = delete(notes).where(notes.c.id.startswith(self._mark), notes.c.created < before).returning(notes.c.id)
        gone = connection.execute(old).scalars().all()
        connection.execute(delete(uses).where(uses.c.owner.in_([_owner(id) for id in gone])))


def _owner(id: str) -> str:
    # Named by the sort that had any first: data folders have it so.
    return f"refused:{id}"
