"""The queue: who paints which job next, across all processes that share the database.

Jobs wait in the `jobs` table itself. Whoever takes some holds their lane meanwhile (see `limner.store.lanes`), so that
its limits hold however many workers there are.

The order is fair queueing by start tags: each job has a turn, given when it was accepted; a member's next one begins
where their last one ends, so that fifty pictures of one member do not hold up another's one. The lane's clock, where
members begin who have nothing waiting, is the end of what was taken last: who always asks as soon as they were served
gets no more than who asked for everything at once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    false,
    func,
    or_,
    select,
    true,
    update,
)

from limner.domain.request import Job, JobState, Priority
from limner.errors import OutcomeUnknown
from limner.store import lanes, places
from limner.store.attempts import End, Outcome, close
from limner.store.database import Database, Inserting, either, now
from limner.store.jobs import BEFORE_PICTURES, change, fail, locked
from limner.store.lanes import Limits
from limner.store.places import ORDER, SILENT, Place
from limner.store.tables import attempts, jobs, workers

__all__ = ["Claimed", "Limits", "Place", "Queue", "Stuck"]

Reach = tuple[str, ...] | None
"""Where a process can show cards: how `jobs.channel` begins there, such as `discord/`. None: everywhere."""

PASSING = "cli"
"""The role of processes that never come back under their id."""
LINES_FOR = 0.5
"""Seconds for which it is believed what a lane as a whole does."""
PACE_FOR = 30.0
"""Seconds for which the usual length of a painting is not looked up again."""


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


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """A job whose last card could not be shown."""

    job: Job
    """`undelivered` says why."""
    due: datetime
    """When it is tried again."""


class Queue:
    """Takes and gives back jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._paces: dict[str, tuple[float, float | None]] = {}
        self._lines: dict[str, places.Line] = {}
        self._looked = 0.0

    async def open(self, *names: str) -> None:
        """Makes the lanes that are not there yet."""
        await self._database.write(lanes.open_lanes, names)

    async def claim(self, lane: str, worker: str, limits: Limits, *, most: int, reach: Reach = None) -> Claimed:
        """The jobs of a lane whose turn it is, at most so many; they are this worker's now, and being painted."""
        claimed = await self._database.write(_claim, lane, worker, limits, most, _within(reach))
        if claimed.jobs:
            self._lines = {}
        return claimed

    async def undelivered(self, worker: str, *, most: int, reach: Reach = None) -> tuple[Job, ...]:
        """Jobs at their end whose last card is to be shown now; they are this worker's now."""
        return await self._database.write(_take_undelivered, worker, most, _within(reach))

    async def retry_deliveries(self, reach: Reach = None) -> None:
        """Lets cards that could not be shown be tried now: what stood in the way may have been mended meanwhile."""
        await self._database.write(lambda connection: connection.execute(_within(reach).retry) and None)

    async def of(self, worker: str, *, reach: Reach = None) -> tuple[Job, ...]:
        """The jobs that a worker has: at its start, those that it left."""
        own = select(jobs.c.record).where(jobs.c.open, jobs.c.worker == worker, _within(reach).reached)
        query = own.order_by(jobs.c.created, jobs.c.id)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def cancelled(self, worker: str) -> tuple[str, ...]:
        """The ids of a worker's jobs that somebody has cancelled."""
        query = select(jobs.c.id).where(jobs.c.open, jobs.c.worker == worker, jobs.c.cancelled)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def give_back(self, id: str, *, due: datetime | None = None, **fields: Any) -> None:
        """Lets go of a job: any worker may take it, from `due` on. One that was being painted waits again."""
        await self._database.write(_give_back, id, due, fields)

    async def cancel(self, id: str, *, by: str, trouble: str) -> Job:
        """Ends a job that waits, its money given back; of one that is being painted, only notes the wish, for its
        worker to stop it. One that is past that stays as it is. Gives the job as it is then."""
        return await self._database.write(_cancel, id, by, trouble)

    async def first(self, id: str, priority: int) -> None:
        """Gives a waiting job another priority."""
        await self._database.write(_prioritise, id, priority)

    async def place(self, id: str, limits: Mapping[str, Limits]) -> Place | None:
        """Where a job stands, by the limits of each lane; None: it does not wait."""
        if time.monotonic() - self._looked >= LINES_FOR:
            self._looked, self._lines = time.monotonic(), {}
        return await self._database.read(places.place, id, limits, self._lines)

    async def places(self, limits: Mapping[str, Limits]) -> dict[str, Place]:
        """Where every job stands that waits in these lanes, by its id."""
        return await self._database.read(places.places, limits)

    async def pace(self, lane: str) -> float | None:
        """How long a painting takes of late, in seconds: the median. None: there was none yet."""
        read, seconds = self._paces.get(lane, (-PACE_FOR, None))
        if time.monotonic() - read >= PACE_FOR:
            seconds = await self._database.read(places.pace, lane)
            if seconds is not None:  # the first one is to be known at once
                self._paces[lane] = (time.monotonic(), seconds)
        return seconds

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

    # ── what all workers know of a provider ─────────────────────────────────────────────────────────────────

    async def begins(self, job: Job, limits: Limits) -> None:
        """Notes that a job's call is made now: if it was taken some time ago, its pictures are counted anew, for the
        provider counts them when it is asked."""
        if (since := job.started) is None or not lanes.late(since):
            return
        lane = await self._database.read(lanes.seen, job.lane)
        if lane is not None and lane.rate(limits) is not None:
            await self._database.write(lanes.recount, job.lane, since, job.request.count)

    async def learn(
        self, lane: str, limits: Limits, *, per_minute: int | None, left: int | None, reset: float | None
    ) -> None:
        """Notes what the provider told: how many pictures a minute it takes, how many are left of them, and after how
        many seconds all of them are there again."""
        told = await self._database.read(lanes.seen, lane)
        if lanes.news(told, limits, per_minute=per_minute, left=left):
            await self._database.write(lanes.learn, lane, limits, per_minute, left, reset)

    async def failed(self, lane: str, *, why: str, pause: float | None) -> None:
        """Notes that a call surely did not reach the model. With the provider's own delay (seconds) the lane is paused
        at once, without one after a few in a row, longer each time."""
        await self._database.write(lanes.failed, lane, why, pause)

    # ── the workers themselves ──────────────────────────────────────────────────────────────────────────────

    async def heartbeat(self, worker: str, role: str) -> None:
        """Notes that a worker lives."""
        row = {"id": worker, "role": role, "started": now(), "seen": now()}
        await self._database.write(lambda connection: connection.execute(_SEEN[connection.dialect.name], row) and None)

    async def serving(self, *roles: str) -> bool:
        """Whether a process with one of these roles lives."""
        alive = select(workers.c.id).where(workers.c.role.in_(roles), workers.c.seen > now() - SILENT)
        return await self._database.read(lambda connection: connection.execute(alive).first() is not None)

    async def leave(self, worker: str) -> None:
        """Notes that a worker has ended and left nothing."""
        await self._database.write(
            lambda connection: connection.execute(delete(workers).where(workers.c.id == worker)) and None
        )

    async def abandon(self, id: str, *, trouble: str) -> None:
        """Ends a job that was not begun, its money given back; its last card is shown by whoever takes that."""
        await self._database.write(_abandon, id, trouble)

    async def answers(self, lane: str) -> None:
        """Notes that the provider answers, if only to refuse."""
        await self._database.write(lanes.answers, lane)

    async def adopt(
        self, *, silent: timedelta = SILENT, in_doubt: timedelta, reach: Reach = None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Frees the jobs of workers that have been silent for so long, for others to take. Gives the ids of those that
        are free now, and of those that their worker may have been calling for when it fell silent, longer ago than
        `in_doubt`: what came of these calls nobody will know. Jobs out of reach are left as they are, for who reaches
        them; but a call of a process that never comes back is nobody's, and would be counted for ever."""
        return await self._database.write(_adopt, silent, in_doubt, _within(reach))


def _claim(connection: Connection, name: str, worker: str, limits: Limits, most: int, within: _Statements) -> Claimed:
    at = now()
    if connection.execute(within.any_waiting, {"its_lane": name, "at": at}).first() is None:
        return Claimed(jobs=(), again=_next_due(connection, name, within), waiting=False)
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
    for row in connection.execute(within.next, {"its_lane": name, "at": at, "most": free}).all():
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
        again = _next_due(connection, name, within)
    return Claimed(jobs=tuple(taken), again=again, shut=shut)


def _next_due(connection: Connection, lane: str, within: _Statements) -> datetime | None:
    due: datetime | None = connection.execute(within.next_due, {"its_lane": lane}).scalar()
    return due


def _take_undelivered(connection: Connection, worker: str, most: int, within: _Statements) -> tuple[Job, ...]:
    found = tuple(connection.execute(within.undelivered, {"at": now(), "most": most}).scalars())
    for job in found:
        connection.execute(_HAVE, {"its_id": job.id, "worker": worker})
    return found


def _give_back(connection: Connection, id: str, due: datetime | None, fields: dict[str, Any]) -> None:
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


def _adopt(
    connection: Connection, silent: timedelta, in_doubt: timedelta, within: _Statements
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    at = now()
    living = select(workers.c.id).where(workers.c.seen > at - silent)
    left = and_(jobs.c.open, jobs.c.worker.is_not(None), jobs.c.worker.not_in(living))
    painting = jobs.c.state == JobState.PAINTING
    waiting = update(jobs).where(left, ~painting, within.reached).values(worker=None, ready=True)
    free = list(connection.execute(waiting.returning(jobs.c.id)).scalars())
    # Taken, and never called for: whoever took it will not, since it is no longer theirs. Or called for in a way that
    # anybody can pick up.
    to_be_had = and_(attempts.c.outcome == Outcome.OPEN, attempts.c.handle.is_not(None))
    called = (
        select(attempts.c.id)
        .where(attempts.c.job == jobs.c.id, attempts.c.outcome != Outcome.FREE, ~to_be_had)
        .exists()
    )
    begun = select(jobs.c.id).where(left, painting, ~called, within.reached, ~jobs.c.cancelled)
    for id in tuple(connection.execute(begun).scalars()):
        _give_back(connection, id, None, {})
        free.append(id)
    recent = select(workers.c.id).where(workers.c.seen > at - in_doubt)
    passing = select(workers.c.id).where(workers.c.role == PASSING)
    lost = select(jobs.c.id).where(
        left, painting, jobs.c.worker.not_in(recent), or_(within.reached, jobs.c.worker.in_(passing))
    )
    # Notes that were being heard: nobody takes these up, and nobody will know what they cost.
    heard = select(attempts.c.id).where(
        attempts.c.job.is_(None), attempts.c.outcome == Outcome.OPEN, attempts.c.worker.not_in(recent)
    )
    for call in tuple(connection.execute(heard).scalars()):
        close(connection, call, End(outcome=Outcome.UNKNOWN, trouble=OutcomeUnknown().sentence))
    return tuple(free), tuple(connection.execute(lost).scalars())


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

    reached: ColumnElement[bool]
    any_waiting: Select[Any]
    next: Select[Any]
    next_due: Select[Any]
    undelivered: Select[Any]
    retry: Update


@lru_cache(maxsize=32)
def _within(reach: Reach) -> _Statements:
    begins = () if reach is None else tuple(func.substr(jobs.c.channel, 1, len(each)) == each for each in reach)
    reached = true() if reach is None else or_(false(), *begins)
    return _Statements(
        reached=reached,
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


def _seen(insert: Inserting) -> Executable:
    living = insert(workers)
    seen: Executable = living.on_conflict_do_update(
        index_elements=[workers.c.id], set_={"role": living.excluded.role, "seen": living.excluded.seen}
    )
    return seen


_SEEN = either(_seen)
