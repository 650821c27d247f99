"""The queue: who paints which job next, across all processes that share the database.

Jobs wait in the `jobs` table itself. Whoever takes some holds their lane meanwhile (see `limner.store.lanes`), so that
its limits hold however many workers there are.

The order is fair queueing by start tags: each job has a turn, given when it was accepted; a member's next one begins
where their last one ends, so that fifty pictures of one member do not hold up another's one. The lane's clock, where
members begin who have nothing waiting, is the end of what was taken last: who always asks as soon as they were served
gets no more than who asked for everything at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Update,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
    update,
)

from limner.domain.request import Job, JobState, Priority
from limner.store import lanes, places
from limner.store.database import Database, now
from limner.store.jobs import BEFORE_PICTURES, change, fail, locked
from limner.store.lanes import Limits
from limner.store.places import ORDER, Places
from limner.store.tables import jobs

Reach = tuple[str, ...] | None
"""Where a process can show cards: how `jobs.channel` begins there, such as `discord/`. None: everywhere."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What a worker got."""

    jobs: tuple[Job, ...]
    again: datetime | None
    """When there may be more, where it is time that has to pass; None: when something ends."""
    waiting: bool = True
    """Whether others may wait still."""
    shut: bool = False
    """Until `again` there is nothing, whatever comes: the minute is used up, or the provider rests."""


class Queue:
    """Takes and gives back jobs."""

    def __init__(self, database: Database, places: Places) -> None:
        self._database, self._places = database, places

    async def claim(self, lane: str, worker: str, limits: Limits, *, most: int, reach: Reach = None) -> Claimed:
        """The jobs of a lane whose turn it is, at most so many; they are this worker's now, and being painted."""
        claimed = await self._database.jot(_claim, lane, worker, limits, most, _statements(reach))
        if claimed.jobs:
            self._places.forget()
        return claimed

    async def undelivered(self, worker: str, *, most: int, reach: Reach = None) -> tuple[Job, ...]:
        """Jobs at their end whose last card is to be shown now; they are this worker's now."""
        return await self._database.write(_take_undelivered, worker, most, _statements(reach))

    async def retry_deliveries(self, reach: Reach = None) -> None:
        """Lets cards that could not be shown be tried now: what stood in the way may have been mended meanwhile."""
        await self._database.write(lambda connection: connection.execute(_statements(reach).retry) and None)

    async def of(self, worker: str, *, reach: Reach = None) -> tuple[Job, ...]:
        """The jobs that a worker has: at its start, those that it left."""
        own = select(jobs.c.record).where(jobs.c.open, jobs.c.worker == worker, within(reach))
        query = own.order_by(jobs.c.created, jobs.c.id)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def cancelled(self, worker: str) -> tuple[str, ...]:
        """The ids of a worker's jobs that somebody has cancelled."""
        query = select(jobs.c.id).where(jobs.c.open, jobs.c.worker == worker, jobs.c.cancelled)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def give_back(self, id: str, *, due: datetime | None = None, **fields: Any) -> None:
        """Lets go of a job: any worker may take it, from `due` on. One that was being painted waits again."""
        await self._database.jot(give_back, id, due, **fields)

    async def cancel(self, id: str, *, by: str, trouble: str) -> Job:
        """Ends a job that waits, its money given back; of one that is being painted, only notes the wish, for its
        worker to stop it. One that is past that stays as it is. Gives the job as it is then."""
        return await self._database.write(_cancel, id, by, trouble)

    async def abandon(self, id: str, *, trouble: str) -> None:
        """Ends a job that was not begun, its money given back; its last card is shown by whoever takes that."""
        await self._database.write(_abandon, id, trouble)

    async def first(self, id: str, priority: int) -> None:
        """Gives a waiting job another priority."""
        await self._database.write(_prioritise, id, priority)


def _claim(
    connection: Connection, name: str, worker: str, limits: Limits, most: int, statements: _Statements
) -> Claimed:
    at = now()
    if connection.execute(statements.any_waiting, {"its_lane": name, "at": at}).first() is None:
        return Claimed(jobs=(), again=_next_due(connection, name, statements), waiting=False)
    lane = lanes.locked(connection, name)
    if lane.paused_until is not None:
        return Claimed(jobs=(), again=lane.paused_until, shut=True)
    free = min(most, lane.concurrency(limits) - places.running(connection, name))
    if free <= 0:
        return Claimed(jobs=(), again=None)
    rate = lane.rate(limits)
    asked = 0
    taken: list[Job] = []
    again: datetime | None = None
    shut = False
    clock = lane.clock
    for row in connection.execute(statements.next, {"its_lane": name, "at": at, "most": free}).all():
        if rate is not None:
            needed = min(row.pictures, rate)
            if needed > lane.room(rate) - asked:
                again, shut = lane.when(asked + needed, rate), True
                break
            asked += needed
        if row.priority == Priority.NORMAL:
            clock = max(clock, row.turn + row.pictures)
        job = row.record.evolve(state=JobState.PAINTING, started=lane.at)
        taken.append(job)
    if taken:
        connection.execute(
            _TAKE, [{"its_id": job.id, "worker": worker, "state": job.state, "record": job} for job in taken]
        )
        lanes.spend(connection, lane, pictures=asked, clock=clock)
    elif again is None:
        again = _next_due(connection, name, statements)
    return Claimed(jobs=tuple(taken), again=again, shut=shut)


def _next_due(connection: Connection, lane: str, statements: _Statements) -> datetime | None:
    due: datetime | None = connection.execute(statements.next_due, {"its_lane": lane}).scalar()
    return due


def _take_undelivered(connection: Connection, worker: str, most: int, statements: _Statements) -> tuple[Job, ...]:
    found = tuple(connection.execute(statements.undelivered, {"at": now(), "most": most}).scalars())
    for job in found:
        connection.execute(_HAVE, {"its_id": job.id, "worker": worker})
    return found


def give_back(connection: Connection, /, id: str, due: datetime | None = None, **fields: Any) -> None:
    """Lets go of a job, as `Queue.give_back` does."""
    job = locked(connection, id)
    if job.state is JobState.PAINTING and job.cancelled_by is not None:
        return  # it waits for nothing any longer: its worker ends it
    state = JobState.ACCEPTED if job.state is JobState.PAINTING else job.state
    job = change(connection, job, state=state, **fields)
    connection.execute(_FREE, {"its_id": id, "due": due})


def _cancel(connection: Connection, id: str, by: str, trouble: str) -> Job:
    job = locked(connection, id)
    if job.state is JobState.ACCEPTED:
        job = fail(connection, job, trouble, False, cancelled_by=by)
        connection.execute(_FREE, {"its_id": id, "due": None})
    elif job.state is JobState.PAINTING:
        job = change(connection, job, cancelled_by=job.cancelled_by or by)
        connection.execute(_CANCEL, {"its_id": id})
    return job


def _prioritise(connection: Connection, id: str, priority: int) -> None:
    job = locked(connection, id)
    if job.state is JobState.ACCEPTED:
        change(connection, job, priority=priority)
        connection.execute(_PRIORITISE, {"its_id": id, "priority": priority})


def _abandon(connection: Connection, id: str, trouble: str) -> None:
    job = locked(connection, id)
    if job.state is JobState.ACCEPTED:
        fail(connection, job, trouble, False)
        connection.execute(_FREE, {"its_id": id, "due": None})


def _waits(lane: Any) -> ColumnElement[bool]:
    return and_(
        jobs.c.open,
        jobs.c.lane == lane,
        jobs.c.state == JobState.ACCEPTED,
        jobs.c.ready,
        jobs.c.worker.is_(None),
    )


_DUE = or_(jobs.c.due.is_(None), jobs.c.due <= bindparam("at"))
_OF_LANE = _waits(bindparam("its_lane"))
_AT_ITS_END = and_(jobs.c.open, jobs.c.state.not_in(BEFORE_PICTURES))
_TAKE = (
    update(jobs)
    .where(jobs.c.id == bindparam("its_id"))
    .values(worker=bindparam("worker"), state=bindparam("state"), record=bindparam("record"), due=None)
)
_HAVE = update(jobs).where(jobs.c.id == bindparam("its_id")).values(worker=bindparam("worker"))
_FREE = (
    update(jobs)
    .where(jobs.c.id == bindparam("its_id"))
    .values(worker=None, ready=True, cancelled=False, due=bindparam("due"))
)
_CANCEL = update(jobs).where(jobs.c.id == bindparam("its_id")).values(cancelled=True)
_PRIORITISE = update(jobs).where(jobs.c.id == bindparam("its_id")).values(priority=bindparam("priority"))


@dataclass(frozen=True)
class _Statements:
    """What depends on where a process can show cards."""

    any_waiting: Select[Any]
    next: Select[Any]
    next_due: Select[Any]
    undelivered: Select[Any]
    retry: Update


def within(reach: Reach) -> ColumnElement[bool]:
    """Whether a job's cards can be shown."""
    if reach is None:
        return true()
    return or_(false(), *(func.substr(jobs.c.channel, 1, len(each)) == each for each in reach))


@lru_cache(maxsize=32)
def _statements(reach: Reach) -> _Statements:
    reached = within(reach)
    return _Statements(
        any_waiting=select(jobs.c.id).where(_OF_LANE, _DUE, reached).limit(1),
        next=select(jobs.c.record, jobs.c.turn, jobs.c.pictures, jobs.c.priority)
        .where(_OF_LANE, _DUE, reached)
        .order_by(*ORDER)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True),
        next_due=select(func.min(jobs.c.due)).where(_OF_LANE, reached),
        undelivered=select(jobs.c.record)
        .where(_AT_ITS_END, jobs.c.worker.is_(None), _DUE, reached)
        .order_by(jobs.c.created, jobs.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True),
        retry=update(jobs).where(_AT_ITS_END, reached).values(due=None),
    )
