"""Voice notes that go ahead by themselves when their moment has passed, unless their member says another word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, false, func, or_, select, update

from limner.domain.ask import Ask
from limner.domain.record import Record
from limner.store.database import Database, now
from limner.store.tables import countdowns

LEASE = timedelta(seconds=30)
"""After how long a note that a process took, and did nothing with, is another's to take."""


class Countdown(Record):
    """A note that goes ahead, and the ask that it came with: who spoke, where, and where its card stands."""

    note: str
    channel: str
    """Where it was said, as `Place.path`."""
    member: str
    due: datetime
    ask: Ask


class Countdowns:
    """Keeps them until the note ends; see `Notes.end`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, countdown: Countdown) -> None:
        """Has a note go ahead when it is due."""
        row = {name: getattr(countdown, name) for name in ("note", "channel", "member", "due")}
        added = countdowns.insert().values({**row, "record": countdown.model_dump_json()})
        await self._database.write(lambda connection: connection.execute(added) and None)

    async def due(self, platforms: Iterable[str]) -> tuple[Countdown, ...]:
        """Those on these platforms whose moment has passed: each for one caller alone, who has `LEASE` to carry it
        out."""
        return await self._database.write(_take, _on(platforms), now())

    async def next(self, platforms: Iterable[str]) -> datetime | None:
        """When the next one is due."""
        query = select(func.min(countdowns.c.due, type_=countdowns.c.due.type)).where(_on(platforms))
        soonest: datetime | None = await self._database.read(lambda connection: connection.execute(query).scalar())
        return soonest

    async def newest(self, channel: str, member: str) -> Countdown | None:
        """The member's newest one in a place."""
        query = select(countdowns.c.record).where(countdowns.c.channel == channel, countdowns.c.member == member)
        query = query.order_by(countdowns.c.due.desc()).limit(1)
        found = await self._database.read(lambda connection: connection.execute(query).scalar())
        return Countdown.model_validate_json(found) if found else None

    async def drop(self, note: str) -> Countdown | None:
        """Has a note go ahead no more by itself; gives what it was, if it did."""
        return await self._database.write(drop, note)


def drop(connection: Connection, note: str) -> Countdown | None:
    """The same within a transaction."""
    dropped = delete(countdowns).where(countdowns.c.note == note).returning(countdowns.c.record)
    found = connection.execute(dropped).scalar()
    return Countdown.model_validate_json(found) if found else None


def _on(platforms: Iterable[str]) -> ColumnElement[bool]:
    return or_(false(), *(countdowns.c.channel.startswith(f"{each}/", autoescape=True) for each in platforms))


def _take(connection: Connection, reached: ColumnElement[bool], moment: datetime) -> tuple[Countdown, ...]:
    taken = update(countdowns).where(countdowns.c.due <= moment, reached).values(due=moment + LEASE)
    rows = connection.execute(taken.returning(countdowns.c.record)).scalars().all()
    return tuple(Countdown.model_validate_json(each) for each in rows)
