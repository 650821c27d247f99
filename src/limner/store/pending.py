"""What is pending: jobs that wait or are being painted, and those whose last card is not there yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from limner.domain.request import Job, JobState
from limner.store.database import Database
from limner.store.jobs import BEFORE_PICTURES
from limner.store.places import ORDER
from limner.store.tables import jobs


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """A job whose last card could not be shown."""

    job: Job
    """`undelivered` says why."""
    due: datetime
    """When it is tried again."""


class Pending:
    """Looks at open jobs, and changes none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, team: str) -> tuple[Job, ...]:
        """A team's jobs that wait or are being painted, in the order in which they are taken."""
        query = select(jobs.c.record).where(jobs.c.open, jobs.c.team == team, jobs.c.state.in_(BEFORE_PICTURES))
        query = query.order_by(jobs.c.state.desc(), *ORDER)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def landing(self, channel: str, thread: str) -> bool:
        """Whether what came of a job is being shown in a thread of a channel (`Place.path`) just now: its card may be
        seen there before that is on record. What could not be shown at once is not."""
        query = select(jobs.c.record).where(
            jobs.c.open, jobs.c.state == JobState.PAINTED, jobs.c.channel == channel, ~jobs.c.deleted
        )
        found = await self._database.read(lambda connection: connection.execute(query).scalars().all())
        return any(
            thread in {job.address.place.thread, job.address.message} for job in found if job.undelivered is None
        )

    async def stuck(self, team: str | None = None) -> tuple[Stuck, ...]:
        """Jobs at their end whose last card could not be shown yet, of a team or of all, oldest first."""
        query = select(jobs.c.record, jobs.c.due).where(
            jobs.c.open, jobs.c.state.not_in(BEFORE_PICTURES), jobs.c.due.is_not(None)
        )
        if team is not None:
            query = query.where(jobs.c.team == team)
        rows = await self._database.read(lambda connection: connection.execute(query.order_by(jobs.c.created)).all())
        return tuple(Stuck(job=row.record, due=row.due) for row in rows if row.record.undelivered)
