"""Cards that could not be shown for so long that nobody waits for them any longer."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import Connection, select

from limner.domain.request import Job
from limner.store.database import Database, now
from limner.store.jobs import BEFORE_PICTURES, change, locked
from limner.store.tables import jobs

log = structlog.get_logger(__name__)

KEPT = timedelta(days=7)
"""How long after a job's end its last card is tried at least."""
TRIES = 24
"""How often at least: a Limner that was not running has not tried."""


async def give_up(database: Database) -> None:
    """Lets go of jobs whose last card has been out of reach for so long, such as those of a channel that is gone; their
    pictures stay in the library."""
    for job in await database.write(_give_up):
        log.warning("a card is given up", job=job.id, why=job.undelivered)


def _give_up(connection: Connection) -> tuple[Job, ...]:
    before = now() - KEPT
    old = select(jobs.c.id).where(jobs.c.open, jobs.c.state.not_in(BEFORE_PICTURES), jobs.c.created < before)
    found = [locked(connection, id) for id in connection.execute(old).scalars().all()]
    return tuple(
        change(connection, job, delivered=now())
        for job in found
        if job.ended is not None and job.ended < before and job.undelivered and job.deliveries >= TRIES
    )
