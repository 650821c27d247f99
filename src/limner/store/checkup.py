"""A look at the database beside whoever uses it: its version, who is at work on it, and what is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from limner.config import Data
from limner.store.attempts import Outcome
from limner.store.database import Database, address, now
from limner.store.ledger import Ledger
from limner.store.migrations import check
from limner.store.pending import Pending, Stuck
from limner.store.tables import attempts, workers
from limner.store.workers import SILENT

LATELY = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A process."""

    id: str
    role: str
    seen: datetime

    @property
    def alive(self) -> bool:
        return self.seen > now() - SILENT


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """What was found."""

    workers: tuple[Worker, ...]
    stuck: tuple[Stuck, ...]
    """Whose card could not be shown yet."""
    doubtful: tuple[str, ...]
    """Jobs with a call of late that was possibly charged."""
    left: tuple[str, ...]
    """Jobs in a call whose process is gone."""
    balanced: bool
    """Whether the ledger adds up."""


async def look(data: Data) -> Checkup:
    """Looks, and changes nothing.

    Raises:
        StoreTrouble: The database cannot be reached.
        HostTrouble: It is of another version.
    """
    database = await Database.open(address(data.database, data.directory), read_only=True)
    try:
        await check(database)
        here = await database.read(_workers)
        doubtful, left = await database.read(_doubtful, tuple(each.id for each in here if each.alive))
        return Checkup(
            workers=here,
            stuck=await Pending(database).stuck(),
            doubtful=doubtful,
            left=left,
            balanced=await Ledger(database).balanced(),
        )
    finally:
        await database.close()


def _workers(connection: Connection) -> tuple[Worker, ...]:
    rows = connection.execute(select(workers.c.id, workers.c.role, workers.c.seen).order_by(workers.c.id))
    return tuple(Worker(id=row.id, role=row.role, seen=row.seen) for row in rows)


def _doubtful(connection: Connection, alive: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    calls = select(attempts.c.job).where(attempts.c.job.is_not(None)).distinct().order_by(attempts.c.job)
    unknown = calls.where(attempts.c.outcome == Outcome.UNKNOWN, attempts.c.started > now() - LATELY)
    gone = calls.where(attempts.c.outcome == Outcome.OPEN, attempts.c.worker.not_in(alive))
    return tuple(connection.execute(unknown).scalars()), tuple(connection.execute(gone).scalars())
