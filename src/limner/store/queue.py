"""The queue: who paints which job next, across all processes that share the database.

Jobs wait in the `jobs` table itself. A *lane* is a provider's account (`openai`) or the machine's own sketcher; its row
holds what all workers share of it: how many pictures may still be asked for this minute, whether it is paused and why,
and the clock of the fair order. Whoever takes jobs holds that row meanwhile, so that limits hold however many they are.

The order is start-time fair queueing: each job has a turn, given when it was accepted; a member's next one begins where
their last one ends, so that fifty pictures of one member do not hold up another's one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Row, and_, bindparam, func, or_, select, tuple_, update

from limner.domain.request import Job, JobState
from limner.store.database import Database, Inserting, either, now
from limner.store.jobs import BEFORE_PICTURES, change, fail, locked
from limner.store.tables import jobs, lanes, workers

MINUTE = 60.0
LEARNED_FOR = timedelta(minutes=10)
"""How long a limit is believed that the provider told of."""
BREAKS_AT = 3
"""Failures in a row at which a lane is paused."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the host allows on a lane."""

    concurrency: int
    """Calls at the same time."""
    per_minute: int | None
    """Pictures; None: as many as there are."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What a worker got."""

    jobs: tuple[Job, ...]
    again: datetime | None
    """When there may be more, where it is time that has to pass; None: when something ends."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a job stands in the queue."""

    jobs: int
    """Before it."""
    pictures: int
    """In the jobs before it."""
    running: int
    """Jobs of the lane that are painted now."""
    paused_until: datetime | None
    """Until when the lane waits for its provider."""
    why: str | None
    """Why it does, in words."""
    per_minute: int | None
    """Pictures, as the provider told of late."""


class Queue:
    """Takes and gives back jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, *names: str) -> None:
        """Makes the lanes that are not there yet."""
        await self._database.write(_open_lanes, names)

    async def claim(self, lane: str, worker: str, limits: Limits, *, most: int) -> Claimed:
        """The jobs of a lane whose turn it is, at most so many; they are this worker's now, and being painted."""
        return await self._database.write(_claim, lane, worker, limits, most)

    async def undelivered(self, worker: str, *, most: int) -> tuple[Job, ...]:
        """Jobs at their end whose last card is to be shown now; they are this worker's now."""
        return await self._database.write(_take_undelivered, worker, most)

    async def retry_deliveries(self) -> None:
        """Lets cards that could not be shown be tried now: what stood in the way may have been mended meanwhile."""
        await self._database.write(lambda connection: connection.execute(_RETRY) and None)

    async def of(self, worker: str) -> tuple[Job, ...]:
        """The jobs that a worker has: at its start, those that it left."""
        query = select(jobs.c.record).where(jobs.c.open, jobs.c.worker == worker).order_by(jobs.c.created, jobs.c.id)
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

    async def place(self, id: str) -> Place | None:
        """Where a job stands; None: it does not wait."""
        return await self._database.read(_place, id)

    async def waiting(self, team: str) -> tuple[Job, ...]:
        """A team's jobs that wait or are being painted, in the order in which they are taken."""
        query = select(jobs.c.record).where(jobs.c.open, jobs.c.team == team, jobs.c.state.in_(BEFORE_PICTURES))
        query = query.order_by(jobs.c.state.desc(), *_ORDER)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def stuck(self, team: str | None = None) -> tuple[Job, ...]:
        """Jobs at their end whose last card could not be shown yet, of a team or of all, oldest first."""
        query = select(jobs.c.record).where(jobs.c.open, jobs.c.state.not_in(BEFORE_PICTURES), jobs.c.due.is_not(None))
        if team is not None:
            query = query.where(jobs.c.team == team)
        query = query.order_by(jobs.c.created)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    # ── what all workers know of a provider ─────────────────────────────────────────────────────────────────

    async def learn(self, lane: str, *, per_minute: int | None, left: int | None) -> None:
        """Notes what the provider told: how many pictures a minute it takes, and how many are left of them."""
        await self._database.write(_learn, lane, per_minute, left)

    async def failed(self, lane: str, *, why: str, pause: float | None) -> None:
        """Notes that a call surely did not reach the model. With the provider's own delay (seconds) the lane is paused
        at once, without one after a few in a row, longer each time. A job that is settled ends that."""
        await self._database.write(_failed, lane, why, pause)

    # ── the workers themselves ──────────────────────────────────────────────────────────────────────────────

    async def heartbeat(self, worker: str, role: str) -> None:
        """Notes that a worker lives."""
        row = {"id": worker, "role": role, "started": now(), "seen": now()}
        await self._database.write(lambda connection: connection.execute(_SEEN[connection.dialect.name], row) and None)

    async def adopt(self, *, silent: timedelta, in_doubt: timedelta) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Frees the jobs of workers that have been silent for so long, for others to take. Gives the ids of those that
        are free now, and of those that their worker may have been calling for when it fell silent, longer ago than
        `in_doubt`: what came of these calls nobody will know."""
        return await self._database.write(_adopt, silent, in_doubt)


def _open_lanes(connection: Connection, names: Iterable[str]) -> None:
    for name in names:
        row = {"name": name, "clock": 0, "room": 0.0, "filled": _LONG_AGO, "failures": 0}
        connection.execute(_LANE[connection.dialect.name], row)


def _claim(connection: Connection, lane: str, worker: str, limits: Limits, most: int) -> Claimed:
    at = now()
    if connection.execute(_ANY_WAITING, {"its_lane": lane, "at": at}).first() is None:
        return Claimed(jobs=(), again=_next_due(connection, lane))
    shared = connection.execute(_LOCK_LANE, {"its_name": lane}).one()
    if shared.paused_until is not None and shared.paused_until > at:
        return Claimed(jobs=(), again=shared.paused_until)
    running = connection.execute(_RUNNING, {"its_lane": lane}).scalar_one()
    # After failures one call feels the way.
    allowed = 1 if shared.failures >= BREAKS_AT else limits.concurrency
    free = min(most, allowed - running)
    if free <= 0:
        return Claimed(jobs=(), again=None)
    rate = _rate(shared, limits, at)
    room = _room(shared, rate, at)
    taken: list[Job] = []
    again: datetime | None = None
    clock = shared.clock
    for row in connection.execute(_NEXT, {"its_lane": lane, "at": at, "most": free}).all():
        needed = min(row.pictures, rate) if rate is not None else 0
        if rate is not None and needed > room:
            again = at + timedelta(seconds=(needed - room) * MINUTE / rate)
            break
        room -= needed
        clock = max(clock, row.turn)
        job = row.record.evolve(state=JobState.PAINTING, started=at)
        connection.execute(_TAKE, {"its_id": job.id, "worker": worker, "state": job.state, "record": job})
        taken.append(job)
    if taken:
        connection.execute(_SPEND, {"its_name": lane, "clock": clock, "room": room, "filled": at})
    elif again is None:
        again = _next_due(connection, lane)
    return Claimed(jobs=tuple(taken), again=again)


def _rate(shared: Row[Any], limits: Limits, at: datetime) -> int | None:
    if shared.per_minute is not None and shared.per_minute_until is not None and shared.per_minute_until > at:
        return int(min(shared.per_minute, limits.per_minute or shared.per_minute))
    return limits.per_minute


def _room(shared: Row[Any], rate: int | None, at: datetime) -> float:
    if rate is None:
        return 0.0
    passed = (at - shared.filled).total_seconds()
    return float(min(rate, shared.room + max(passed, 0.0) * rate / MINUTE))


def _next_due(connection: Connection, lane: str) -> datetime | None:
    due: datetime | None = connection.execute(_NEXT_DUE, {"its_lane": lane}).scalar()
    return due


def _take_undelivered(connection: Connection, worker: str, most: int) -> tuple[Job, ...]:
    found = tuple(connection.execute(_UNDELIVERED, {"at": now(), "most": most}).scalars())
    for job in found:
        connection.execute(_HAVE, {"its_id": job.id, "worker": worker})
    return found


def _give_back(connection: Connection, id: str, due: datetime | None, fields: dict[str, Any]) -> None:
    job = locked(connection, id)
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


def _place(connection: Connection, id: str) -> Place | None:
    own = connection.execute(_OWN_PLACE, {"its_id": id}).first()
    if own is None:
        return None
    given = {"its_lane": own.lane, "its_priority": own.priority, "its_turn": own.turn, "its_created": own.created}
    ahead = connection.execute(_AHEAD, given).one()
    shared = connection.execute(_LANE_NOW, {"its_name": own.lane}).first()
    at = now()
    paused = shared is not None and shared.paused_until is not None and shared.paused_until > at
    learned = shared is not None and shared.per_minute_until is not None and shared.per_minute_until > at
    return Place(
        jobs=ahead.jobs,
        pictures=int(ahead.pictures),
        running=connection.execute(_RUNNING, {"its_lane": own.lane}).scalar_one(),
        paused_until=shared.paused_until if shared is not None and paused else None,
        why=shared.why if shared is not None and paused else None,
        per_minute=shared.per_minute if shared is not None and learned else None,
    )


def _learn(connection: Connection, lane: str, per_minute: int | None, left: int | None) -> None:
    at = now()
    shared = connection.execute(_LOCK_LANE, {"its_name": lane}).one()
    changed: dict[str, Any] = {}
    if per_minute is not None and per_minute > 0:
        changed |= {"per_minute": per_minute, "per_minute_until": at + LEARNED_FOR}
    rate = per_minute or shared.per_minute
    if left is not None and rate:
        changed |= {"room": min(_room(shared, rate, at), float(left)), "filled": at}
    if changed:
        connection.execute(update(lanes).where(lanes.c.name == lane).values(**changed))


def _failed(connection: Connection, lane: str, why: str, pause: float | None) -> None:
    at = now()
    shared = connection.execute(_LOCK_LANE, {"its_name": lane}).one()
    failures = shared.failures + 1
    length = timedelta(seconds=pause) if pause is not None else None
    if length is None and failures >= BREAKS_AT:
        length = FIRST_PAUSE * 2 ** min(failures - BREAKS_AT, 10)
    until = shared.paused_until
    if length is not None:
        wanted = at + min(length, LONGEST_PAUSE)
        until = wanted if until is None else max(until, wanted)
    changed = {"failures": failures, "paused_until": until, "why": why}
    connection.execute(update(lanes).where(lanes.c.name == lane).values(**changed))


def _adopt(connection: Connection, silent: timedelta, in_doubt: timedelta) -> tuple[tuple[str, ...], tuple[str, ...]]:
    at = now()
    living = select(workers.c.id).where(workers.c.seen > at - silent)
    left = and_(jobs.c.open, jobs.c.worker.is_not(None), jobs.c.worker.not_in(living))
    painting = jobs.c.state == JobState.PAINTING
    free = connection.execute(
        update(jobs).where(left, ~painting).values(worker=None, ready=True).returning(jobs.c.id)
    ).scalars()
    recent = select(workers.c.id).where(workers.c.seen > at - in_doubt)
    lost = select(jobs.c.id).where(left, painting, jobs.c.worker.not_in(recent))
    return tuple(free), tuple(connection.execute(lost).scalars())


_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
"""A lane begins with as much room as it can have."""

_ORDER = (jobs.c.priority, jobs.c.turn, jobs.c.created, jobs.c.id)


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
_ANY_WAITING = select(jobs.c.id).where(_OF_LANE, _DUE).limit(1)
_NEXT = (
    select(jobs.c.record, jobs.c.turn, jobs.c.pictures)
    .where(_OF_LANE, _DUE)
    .order_by(*_ORDER)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = select(func.min(jobs.c.due)).where(_OF_LANE)
_RUNNING = select(func.count()).where(
    jobs.c.open, jobs.c.lane == bindparam("its_lane"), jobs.c.state == JobState.PAINTING
)
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
_UNDELIVERED = (
    select(jobs.c.record)
    .where(jobs.c.open, jobs.c.state.not_in(BEFORE_PICTURES), jobs.c.worker.is_(None), _DUE)
    .order_by(jobs.c.created, jobs.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_RETRY = update(jobs).where(jobs.c.open, jobs.c.state.not_in(BEFORE_PICTURES)).values(due=None)
_OWN_PLACE = select(jobs.c.lane, jobs.c.priority, jobs.c.turn, jobs.c.created).where(
    jobs.c.id == bindparam("its_id"), jobs.c.open, jobs.c.state == JobState.ACCEPTED
)
_AHEAD = select(func.count().label("jobs"), func.coalesce(func.sum(jobs.c.pictures), 0).label("pictures")).where(
    jobs.c.open,
    jobs.c.lane == bindparam("its_lane"),
    jobs.c.state == JobState.ACCEPTED,
    tuple_(jobs.c.priority, jobs.c.turn, jobs.c.created)
    < tuple_(
        bindparam("its_priority", type_=jobs.c.priority.type),
        bindparam("its_turn", type_=jobs.c.turn.type),
        bindparam("its_created", type_=jobs.c.created.type),
    ),
)

_LANE = either(lambda insert: insert(lanes).on_conflict_do_nothing())
_LANE_NOW = select(lanes).where(lanes.c.name == bindparam("its_name"))
_LOCK_LANE = _LANE_NOW.with_for_update()
_SPEND = (
    update(lanes)
    .where(lanes.c.name == bindparam("its_name"))
    .values(clock=bindparam("clock"), room=bindparam("room"), filled=bindparam("filled"))
)


def _seen(insert: Inserting) -> Executable:
    living = insert(workers)
    seen: Executable = living.on_conflict_do_update(
        index_elements=[workers.c.id], set_={"role": living.excluded.role, "seen": living.excluded.seen}
    )
    return seen


_SEEN = either(_seen)
