"""The flow: each accepted job is painted, settled and delivered, across crashes, restarts and processes.

What there is to do stands in the queue's tables; this takes it from there. A step may be begun twice, and then does
what is left: what has happened is looked up in our own records, never remembered here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import structlog

from limner.domain.request import Job, JobState
from limner.errors import StoreTrouble
from limner.store import Store
from limner.store.attempts import NotOurs, Outcome
from limner.store.lanes import Limits

log = structlog.get_logger(__name__)

Step = Callable[[Job], Awaitable[Job]]
"""One step of a job, from the job as it was to the job as it is then. It may be begun twice and must then do the rest
only."""

Tasks = dict[str, asyncio.Task[None]]

SHARED_POLL = 0.5
"""Seconds between two looks for what other processes put into the queue."""
BREATH = 0.05
"""Seconds at least between two looks for jobs: whoever is busy takes several at once."""
HEARTBEAT = 5.0
"""Seconds between two signs of life; also between two looks for cards to deliver again."""
IN_DOUBT = timedelta(minutes=10)
"""After how long what a silent worker was calling for is given up; its other jobs are taken much sooner."""
MANY = 4
"""How many jobs are under way at most for each that is painted: the others are being stored and shown."""
NOT_BEGUN = (
    "This could not be kept when you asked for it, so it was not painted. Nothing was charged; please try again."
)
UNSHOWN = timedelta(seconds=15)
"""How long a job may take from its acceptance until somebody sets out to show its first card."""
PUT_OFF = timedelta(minutes=5)
DELIVERIES = 16
"""Cards delivered again at the same time."""
RETRY_FIRST, RETRY_MOST = 0.5, 15.0
"""Seconds until a step is begun again that the disk or the database stood in the way of."""


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What is done with a job."""

    introduce: Step
    """Shows its first card."""
    paint: Step
    settle: Step
    deliver: Step
    """Shows its last card."""
    broken: Callable[[Exception, Job], Awaitable[Job]]
    """What becomes of a job in whose step something else broke than may."""
    doubt: Step
    """Ends one whose call was cut off, or whose worker fell silent during it."""


class Flow:
    """One worker, or the front of others: takes jobs, runs their steps."""

    def __init__(
        self,
        *,
        store: Store,
        role: str,
        lanes: Mapping[str, Limits],
        steps: Steps,
        reach: Callable[[], Iterable[str]],
        concurrency: int,
    ) -> None:
        """Whoever starts under the name of this process again takes up its jobs. `role` is what it is there for.
        `lanes` are what it paints on; none: it only takes requests. `reach`: where cards can be shown from here, as
        `jobs.channel` begins there; asked once at the start, jobs elsewhere are left to others. `concurrency`: how many
        jobs it paints at the same time."""
        self._store = store
        self._worker = store.presence.worker
        self._role = role
        self._lanes = lanes
        self._steps = steps
        self._showing: set[str] = set()
        self._asked_reach = reach
        self._reach: tuple[str, ...] = ()
        self._concurrency = concurrency
        self._wake = asyncio.Event()
        self._running: Tasks = {}
        self._painting: Tasks = {}
        """Those of the running that may still be stopped."""
        self._delivering: Tasks = {}
        self._cancelled: set[str] = set()
        self._cancelled_seen = 0.0
        """When (`monotonic`) this was last asked of other processes."""
        self._idle: set[str] = set()
        """Jobs that were this worker's at the last look, and not under way."""
        self._resting: dict[str, float] = {}
        """Until when (`monotonic`) a job is let alone whose own step broke with its pictures at hand."""
        self._shut: dict[str, datetime] = {}
        """Until when a lane gives nothing, whatever comes."""
        self._asking = set(lanes)
        """Lanes in which something may wait."""
        self._stopping = False
        self._living: asyncio.Task[None] | None = None
        self._taking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Takes up what this worker left behind, and begins to take jobs."""
        await self._store.lanes.open(*self._lanes)
        await self._store.workers.heartbeat(self._worker, self._role)
        self._reach = tuple(sorted(self._asked_reach()))
        self._since = datetime.now(UTC)
        await self._store.queue.retry_deliveries(self._reach)
        for job in await self._store.queue.of(self._worker, reach=self._reach):
            if job.state is JobState.ACCEPTED:  # its card may not be shown yet: the last one will be
                await self._store.queue.give_back(job.id)
            elif self._lanes or job.state is not JobState.PAINTING:
                self._run(job)
        self._living = asyncio.create_task(self._live(), name="heartbeat")
        if self._lanes:
            self._taking = asyncio.create_task(self._take(), name="taking")

    @contextmanager
    def showing(self, id: str) -> Iterator[None]:
        """While a job's first card is being shown: whatever of this process's is not ready for long, and is not being
        shown either, was refused to its member, and is given up."""
        self._showing.add(id)
        try:
            yield
        finally:
            self._showing.discard(id)

    def submit(self, *lanes: str) -> None:
        """There are new jobs in these lanes of the queue; without a name, in any of them."""
        self._asking.update(self._lanes.keys() & lanes if lanes else self._lanes)
        self._wake.set()

    def cancel(self, id: str) -> None:
        """Stops a job that this process is painting; one of another process's is stopped by that one. What has its
        pictures already keeps them."""
        if (task := self._painting.get(id)) is not None and id not in self._cancelled:
            self._cancelled.add(id)
            task.cancel()

    async def deliver(self, job: Job) -> None:
        """Shows the card of a job that is this worker's and at its end; returns when that was tried. It goes on also if
        whoever waits for it does not."""
        await asyncio.shield(self._begin(self._delivering, job.id, self._mend(job, None)))

    @property
    def busy(self) -> int:
        """Jobs that this process has under way."""
        return len(self._running)

    async def stop(self, *, seconds: float) -> None:
        """Takes nothing more, waits this long for the jobs under way, then parks the rest: it is taken up at the next
        start under this name, and what was not called for yet by another worker at once. A call that is cut off then
        stays possibly charged."""
        self._stopping = True
        self._wake.set()
        until = monotonic() + seconds
        if self._taking is not None:  # not cut off: what it claims at this moment would be nobody's
            await _end([self._taking], until)
        await _end([*self._running.values(), *self._delivering.values()], until)
        if self._living is not None:  # until now: whoever is silent is taken for dead
            await _end([self._living], 0)
            await _end([*self._running.values(), *self._delivering.values()], 0)
            if self._store.shared:
                with suppress(StoreTrouble):
                    await self._hand_over()

    async def _hand_over(self) -> None:
        """Lets the other workers have what this one has not begun to call for, and what any of them can pick up."""
        kept = False
        for job in await self._store.queue.of(self._worker):
            calls = await self._store.jobs.attempts(job.id) if job.state is JobState.PAINTING else ()
            if any(each.outcome is not Outcome.FREE and not each.resumable for each in calls):
                kept = True
            else:
                await self._store.queue.give_back(job.id)
        if not kept:
            await self._store.workers.leave(self._worker)

    # ── taking ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _take(self) -> None:
        looked = 0.0
        while not self._stopping:
            if (rest := looked + BREATH - monotonic()) > 0:
                await asyncio.sleep(rest)
            looked = monotonic()
            self._wake.clear()
            again = None
            try:
                again = await self._claim()
            except StoreTrouble:
                await asyncio.sleep(RETRY_FIRST)
            except Exception:  # whatever it is, the next job is not to wait for a restart
                log.exception("no job could be taken")
                await asyncio.sleep(RETRY_MOST)
            wait = SHARED_POLL if self._store.shared else HEARTBEAT
            if again is not None:
                wait = max(0.0, min(wait, (again - datetime.now(UTC)).total_seconds()))
            if not self._stopping:
                try:
                    await asyncio.wait_for(self._wake.wait(), wait)
                except TimeoutError:
                    self._asking.update(self._lanes)

    async def _claim(self) -> datetime | None:
        """Takes what may be painted now; gives when there may be more."""
        if not self._store.health.roomy:  # what is under way needs the room that there is
            return datetime.now(UTC) + timedelta(seconds=HEARTBEAT)
        again: list[datetime] = []
        for name, limits in self._lanes.items():
            if name not in self._asking:
                continue
            if (until := self._shut.pop(name, None)) is not None and until > datetime.now(UTC):
                self._shut[name] = until
                again.append(until)
                continue
            free = min(self._concurrency - len(self._painting), MANY * self._concurrency - len(self._running))
            if free <= 0:
                break
            claimed = await self._store.queue.claim(name, self._worker, limits, most=free, reach=self._reach)
            if claimed.shut and claimed.again is not None:
                self._shut[name] = min(claimed.again, datetime.now(UTC) + timedelta(seconds=HEARTBEAT))
            if not claimed.waiting and claimed.again is None:
                self._asking.discard(name)
            for job in claimed.jobs:
                self._run(job)
            if claimed.again is not None:
                again.append(claimed.again)
        if self._store.shared and self._painting and monotonic() > self._cancelled_seen + SHARED_POLL / 2:
            self._cancelled_seen = monotonic()
            for id in await self._store.queue.cancelled(self._worker):
                self.cancel(id)
        return min(again, default=None)

    async def _live(self) -> None:
        """Says that this worker lives, delivers what could not be delivered, and adopts what silent workers left."""
        while True:
            try:
                await self._store.workers.heartbeat(self._worker, self._role)
                if self._store.shared and not self._stopping:
                    await self._adopt()
                await self._look_after_own()
                if not self._stopping and (room := DELIVERIES - len(self._delivering)):
                    for job in await self._store.queue.undelivered(self._worker, most=room, reach=self._reach):
                        self._begin(self._delivering, job.id, self._mend(job, None))
            except StoreTrouble:
                log.warning("no sign of life could be given")
            except Exception:  # whatever it is, a worker that lives has to say so
                log.exception("the look after the queue broke off")
            await asyncio.sleep(HEARTBEAT)

    async def _look_after_own(self) -> None:
        """Takes care of what the database has done although its answer was lost on the way: a job that was accepted and
        refused to its member is given up, one that was taken and is not under way is run."""
        idle: set[str] = set()
        for job in await self._store.queue.of(self._worker, reach=self._reach):
            if job.state is JobState.ACCEPTED:
                if self._since < job.created < datetime.now(UTC) - UNSHOWN and job.id not in self._showing:
                    log.warning("given up: its card was not shown", job=job.id)
                    await self._store.queue.abandon(job.id, trouble=NOT_BEGUN)
            elif job.id not in self._running and job.id not in self._delivering and not self._stopping:
                idle.add(job.id)
                if job.id in self._idle and monotonic() > self._resting.get(job.id, 0.0) and self._lanes:
                    self._resting.pop(job.id, None)
                    log.warning("taken up again", job=job.id)
                    self._run(job)
        self._idle = idle

    async def _adopt(self) -> None:
        free, lost = await self._store.adoption.adopt(in_doubt=IN_DOUBT, reach=self._reach)
        for id in free:
            log.warning("taken over from a silent worker", job=id)
        for id in lost:
            log.warning("a silent worker was calling for this job", job=id)
            if (job := await self._store.jobs.get(id)) is not None:
                await self._steps.doubt(job)
                await self._store.queue.give_back(id)
        if free or lost:
            self.submit()

    # ── running ─────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, job: Job) -> None:
        self._painting[job.id] = self._begin(self._running, job.id, self._go_through(job))

    def _begin(self, tasks: Tasks, id: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=f"job {id}")
        tasks[id] = task
        task.add_done_callback(lambda _: self._ended(tasks, id))
        return task

    def _ended(self, tasks: Tasks, id: str) -> None:
        tasks.pop(id, None)
        self._painting.pop(id, None)
        self._cancelled.discard(id)
        self._wake.set()

    async def _go_through(self, job: Job) -> None:
        with structlog.contextvars.bound_contextvars(job=job.id):
            try:
                if job.address.message is None:  # its process ended before its card was shown, or noted
                    job = await self._insist(self._steps.introduce, job)
                job = await self._insist(self._steps.paint, job)
                self._painting.pop(job.id, None)
                self._wake.set()
                job = await self._insist(self._steps.settle, job)
                await self._insist(self._steps.deliver, job)
            except NotOurs:
                await self._insist(self._left, job)
            except asyncio.CancelledError:
                if job.id not in self._cancelled:
                    raise
                await self._stopped(job)
            except Exception as problem:  # the flow's outer edge: the job must end in a sentence, not in silence
                log.exception("a step broke")
                await self._mend(job, problem)

    async def _left(self, job: Job) -> Job:
        """It is not to be painted here now: it went back into the queue, or somebody cancelled it before its call."""
        self._painting.pop(job.id, None)
        if job.id in await self._store.queue.cancelled(self._worker):
            await self._stopped(job)
        else:
            log.info("not to be painted here now")
            self._asking.update(self._lanes)
        return job

    async def _stopped(self, job: Job) -> None:
        """A member cancelled it while it was painted: what is known of the call decides what it cost."""
        log.info("cancelled")
        self._painting.pop(job.id, None)
        for step in (self._as_it_is, self._steps.doubt, self._steps.settle, self._steps.deliver):
            job = await self._insist(step, job)

    async def _as_it_is(self, job: Job) -> Job:
        return await self._store.jobs.get(job.id) or job

    async def _mend(self, job: Job, problem: Exception | None) -> None:
        """Shows how a job ended, in whose own step something broke; if not even that is possible, another time."""
        try:
            if problem is not None:
                job = await self._insist(partial(self._steps.broken, problem), job)
                if job.state is JobState.PAINTING:  # its pictures are in the journal, and are tried again
                    self._resting[job.id] = monotonic() + PUT_OFF.total_seconds()
            await self._insist(self._steps.deliver, job)
        except Exception:  # one card must not take the worker with it
            log.exception("a card could not be shown")
            await self._insist(self._put_off, job)

    async def _put_off(self, job: Job) -> Job:
        await self._store.queue.give_back(job.id, due=datetime.now(UTC) + PUT_OFF)
        return job

    async def _insist(self, step: Step, job: Job) -> Job:
        """Runs a step, again and again while the database or the disk stands in its way: what was paid for is not given
        up because of a full disk."""
        pause = RETRY_FIRST
        while True:
            try:
                return await step(job)
            except (StoreTrouble, OSError) as trouble:
                log.error("a step waits", why=str(trouble))
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 no secret
            pause = min(pause * 2, RETRY_MOST)


async def _end(tasks: Sequence[asyncio.Task[None]], until: float) -> None:
    """Waits for tasks until a time (`monotonic`), then cancels the rest."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=max(until - monotonic(), 0))
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
