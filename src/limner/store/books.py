"""The books: what every job and every call came to, read beside a Limner that runs on the same data."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, case, func, select

from limner.config import Data
from limner.domain.calendar import ONE_DAY, day_of, midnight, zone_named
from limner.domain.money import Micros
from limner.domain.rules import TeamRules
from limner.errors import BadOption, ConfigError
from limner.models import Purpose
from limner.store.database import Database, address
from limner.store.ledger import held
from limner.store.migrations import check
from limner.store.story import Story, story
from limner.store.tables import attempts, jobs, ledger, members, spaces, teams


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team that money was spent by."""

    id: str
    zone: str
    """In which its days begin."""
    spaces: tuple[str, ...]
    """`discord/123`: where it is at home."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a job or a call of its own came to."""

    day: date
    """In the team's zone."""
    zone: str
    team: str
    member: str
    name: str
    channel: str
    """`platform/space/channel`."""
    reference: str
    """`job:a41f`, or `attempt:12` for a call that belongs to no job."""
    model: str
    purpose: str
    estimate: Micros
    reserved: Micros
    paid: Micros
    unknown: Micros
    """Possibly charged."""

    @property
    def spent(self) -> Micros:
        return Micros(self.reserved + self.paid + self.unknown)


class Books:
    """Reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def teams(self) -> tuple[Team, ...]:
        """Every team there is."""
        return await self._database.read(_teams)

    async def story(self, job: str) -> Story:
        """Everything on record of a job, by its id.

        Raises:
            NotFound: There is none.
        """
        return await self._database.read(story, job)

    async def entries(self, team: Team, *, first: date | None = None, last: date | None = None) -> tuple[Entry, ...]:
        """A team's entries that count for the days from `first` to `last`, both included, oldest first."""
        zone = _zone(team.zone)
        since = midnight(first, zone) if first else None
        until = midnight(last + ONE_DAY, zone) if last else None
        return await self._database.read(_entries, team, zone, since, until)


@asynccontextmanager
async def open_books(data: Data) -> AsyncIterator[Books]:
    """The books of a configuration's data, open for reading alone.

    Raises:
        ConfigError: There are none.
        StoreTrouble: The database cannot be reached.
        HostTrouble: It is of another version.
    """
    at_hand(data)
    database = await Database.open(address(data.database, data.directory), read_only=True)
    try:
        await check(database)
        yield Books(database)
    finally:
        await database.close()


def at_hand(data: Data) -> None:
    """Returns where there is a database to be read.

    Raises:
        ConfigError: Nothing was painted there yet.
    """
    if data.database is None and not (data.directory / "limner.db").exists():
        raise ConfigError(where=str(data.directory), why="nothing was painted there yet: it has no limner.db")


def _zone(name: str) -> ZoneInfo:
    try:
        return zone_named(name)
    except BadOption:
        return ZoneInfo("UTC")


def _teams(connection: Connection) -> tuple[Team, ...]:
    homes: dict[str, list[str]] = {}
    for row in connection.execute(select(spaces).order_by(spaces.c.platform, spaces.c.space)):
        homes.setdefault(row.team, []).append(f"{row.platform}/{row.space}")
    rows = connection.execute(select(teams.c.id, teams.c.rules).order_by(teams.c.created, teams.c.id))
    return tuple(
        Team(id=row.id, zone=(row.rules or TeamRules()).zone, spaces=tuple(homes.get(row.id, ()))) for row in rows
    )


def _named(kind: str, reference: ColumnElement[str]) -> ColumnElement[str]:
    """What a reference of this kind names, NULL for one of another: by it a row is found in its table's index."""
    return case((reference.startswith(f"{kind}:"), func.substr(reference, len(kind) + 2)))


def query(team: Team, since: datetime | None, until: datetime | None) -> Select[Any]:
    """A team's bookings in a time, each with what its job or call says of it."""
    which = [ledger.c.team == team.id]
    which += [ledger.c.counted >= since] if since else []
    which += [ledger.c.counted < until] if until else []
    # All entries of one booking are of one member, channel and moment.
    same = {name: func.min(ledger.c[name]).label(name) for name in ("member", "channel", "counted")}
    booked = select(*held(), *same.values()).where(*which).group_by(ledger.c.reference).subquery()
    return (
        select(booked, members.c.name, jobs.c.record, attempts.c.model, attempts.c.purpose, attempts.c.estimate)
        .outerjoin(members, members.c.id == booked.c.member)
        .outerjoin(jobs, jobs.c.id == _named("job", booked.c.reference))
        .outerjoin(
            attempts,
            attempts.c.job.is_(None) & (attempts.c.id == _named("attempt", booked.c.reference).cast(BigInteger)),
        )
        .order_by(booked.c.counted, booked.c.reference)
    )


def _entries(
    connection: Connection, team: Team, zone: ZoneInfo, since: datetime | None, until: datetime | None
) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            day=day_of(row.counted, zone),
            zone=zone.key,
            team=team.id,
            member=row.member,
            name=row.name or "",
            channel=row.channel,
            reference=row.reference,
            model=row.record.model if row.record else row.model or "",
            purpose=Purpose.PAINT if row.record else row.purpose or "",
            estimate=row.record.estimate if row.record else row.estimate or Micros(0),
            reserved=Micros(int(row.reserved)),
            paid=Micros(int(row.paid)),
            unknown=Micros(int(row.unknown)),
        )
        for row in connection.execute(query(team, since, until))
    )
