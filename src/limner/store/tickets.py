"""Tickets: words that are good for a short while, most of them once, and kept by a hash alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from limner.domain.record import Record
from limner.errors import BadCode
from limner.store.database import Database, now
from limner.store.publications import digest
from limner.store.tables import tickets


class Sort(StrEnum):
    """What a ticket is for."""

    ENTER = "enter"
    """To sign a member in on the web page."""
    TEAM = "team"
    """To join a team."""
    ME = "me"
    """To become one with a member."""
    ARCHIVE = "archive"
    """To download an archive, as often as its time lasts."""


class Ticket(Record):
    """What a word stands for."""

    team: str
    member: str
    """Who was given it."""
    place: str | None = None
    """The space that it was given out in, where that matters; of an archive, what it has."""
    expires: datetime


class Tickets:
    """Gives them out, and takes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, word: str, sort: Sort, ticket: Ticket) -> None:
        """Keeps what a word is good for."""
        row = {"id": digest(word), "sort": sort, "created": now(), **ticket.model_dump()}
        await self._database.write(lambda connection: connection.execute(tickets.insert().values(**row)) and None)

    async def look(self, word: str, sort: Sort) -> Ticket | None:
        """What a word is good for, which it stays; None: nothing, or nothing any longer."""
        query = select(*_FIELDS).where(_is(word, sort))
        found = await self._database.read(lambda connection: connection.execute(query).mappings().first())
        return Ticket.model_validate(dict(found)) if found else None

    async def take(self, word: str, sort: Sort) -> Ticket | None:
        """What a word was good for, to exactly one of those who take it at the same time."""
        gone = delete(tickets).where(_is(word, sort)).returning(*_FIELDS)
        found = await self._database.write(lambda connection: connection.execute(gone).mappings().first())
        return Ticket.model_validate(dict(found)) if found else None

    async def forget(self, member: str, *sorts: Sort) -> None:
        """Ends all of these sorts that a member was given."""
        gone = delete(tickets).where(tickets.c.member == member, tickets.c.sort.in_(sorts))
        await self._database.write(lambda connection: connection.execute(gone) and None)

    async def forget_old(self) -> None:
        """Forgets those whose time is over."""
        old = delete(tickets).where(tickets.c.expires <= now())
        await self._database.write(lambda connection: connection.execute(old) and None)


def shown(connection: Connection, word: str, sort: Sort) -> Ticket:
    """What a word is good for, to one transaction at a time: it may be used up there.

    Raises:
        BadCode: It is none of ours, was used, or its time is over.
    """
    found = connection.execute(select(*_FIELDS).where(_is(word, sort)).with_for_update()).mappings().first()
    if found is None:
        raise BadCode
    return Ticket.model_validate(dict(found))


def use(connection: Connection, word: str) -> None:
    """Uses a word up."""
    connection.execute(delete(tickets).where(tickets.c.id == digest(word)))


_FIELDS = tuple(tickets.c[name] for name in Ticket.model_fields)


def _is(word: str, sort: Sort) -> ColumnElement[bool]:
    return and_(tickets.c.id == digest(word), tickets.c.sort == sort, tickets.c.expires > now())
