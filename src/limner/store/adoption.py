"""Adoption: what workers that are gone had begun is taken up by others."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from limner.domain.request import JobState
from limner.errors import OutcomeUnknown
from limner.store.attempts import End, Outcome, close
from limner.store.database import Database, now
from limner.store.queue import Reach, give_back, within
from limner.store.tables import attempts, jobs, workers
from limner.store.workers import PASSING, SILENT


class Adopted(NamedTuple):
    """What silent workers had, by the ids of the jobs."""

    free: tuple[str, ...]
    """Anybody may take these now."""
    lost: tuple[str, ...]
    """They may have been calling for these, and what came of the calls nobody will know."""


class Adoption:
    """Frees what silent workers have."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def adopt(self, *, silent: timedelta = SILENT, in_doubt: timedelta, reach: Reach = None) -> Adopted:
        """Frees the jobs of workers that have been silent for so long. Those that they may have been calling for are
        lost after `in_doubt`. Jobs out of reach are left as they are, for who reaches them; but a call of a process
        that never comes back is nobody's, and would be counted for ever."""
        return await self._database.write(_adopt, silent, in_doubt, within(reach))


def _adopt(connection: Connection, silent: timedelta, in_doubt: timedelta, reached: ColumnElement[bool]) -> Adopted:
    at = now()
    living = select(workers.c.id).where(workers.c.seen > at - silent)
    left = and_(jobs.c.open, jobs.c.worker.is_not(None), jobs.c.worker.not_in(living))
    painting = and_(left, jobs.c.state == JobState.PAINTING)
    waiting = update(jobs).where(left, jobs.c.state != JobState.PAINTING, reached).values(worker=None, ready=True)
    free = list(connection.execute(waiting.returning(jobs.c.id)).scalars())
    begun = select(jobs.c.id).where(painting, ~_called(), reached, ~jobs.c.cancelled)
    for id in tuple(connection.execute(begun).scalars()):
        give_back(connection, id)
        free.append(id)
    recent = jobs.c.worker.in_(select(workers.c.id).where(workers.c.seen > at - in_doubt))
    passing = jobs.c.worker.in_(select(workers.c.id).where(workers.c.role == PASSING))
    lost = select(jobs.c.id).where(painting, ~recent, or_(reached, passing))
    _close_heard(connection, at - in_doubt)
    return Adopted(free=tuple(free), lost=tuple(connection.execute(lost).scalars()))


def _called() -> ColumnElement[bool]:
    """Whether a job was called for, in a way that nobody can pick up. For one that was not, whoever took it will not
    call, since it is no longer theirs."""
    to_be_had = and_(attempts.c.outcome == Outcome.OPEN, attempts.c.handle.is_not(None))
    called = select(attempts.c.id).where(attempts.c.job == jobs.c.id, attempts.c.outcome != Outcome.FREE, ~to_be_had)
    return called.exists()


def _close_heard(connection: Connection, before: datetime) -> None:
    """Notes that were being heard: nobody takes these up, and nobody will know what they cost."""
    recent = select(workers.c.id).where(workers.c.seen > before)
    heard = select(attempts.c.id).where(
        attempts.c.job.is_(None), attempts.c.outcome == Outcome.OPEN, attempts.c.worker.not_in(recent)
    )
    for call in tuple(connection.execute(heard).scalars()):
        close(connection, call, End(outcome=Outcome.UNKNOWN, trouble=OutcomeUnknown().sentence))
