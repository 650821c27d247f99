"""The usher: keeps the cards of jobs that wait true, until somebody paints them.

It looks after the jobs that this process took in or put back. A card is shown again only when what it says has changed,
and never over one that says more: right before, the job is looked up, and within this process its cards are shown one
at a time. Another process may take a job while its card is on its way to the platform; should its last card have been
overtaken so, it is shown once more.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from limner.domain.place import Address
from limner.domain.request import Job, JobState
from limner.errors import StoreTrouble
from limner.store import Store
from limner.store.jobs import BEFORE_PICTURES
from limner.store.lanes import Limits
from limner.studio.board import Board
from limner.studio.waiting import WAITING, holds_up, waits
from limner.unattended import unattended

LOOK = 1.0
"""Seconds between two looks at the queue while any job is looked after."""
SHARE = 30
"""At least so many times as long as a look takes, for a long queue is much to look at."""
EDITS_A_MINUTE = 20
"""Cards shown again by one process at most, those nearest to their turn first: edits are for results."""
AT_ONCE = 4
LONGEST = 3_000
"""Jobs that are looked after at the same time; those beyond keep what their first card said."""


class Usher:
    """Keeps waiting cards true."""

    def __init__(
        self,
        *,
        store: Store,
        board: Board,
        lanes: Mapping[str, Limits],
        pace: Callable[[str], float],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`pace`: seconds between two edits of one card on a platform."""
        self._store = store
        self._board = board
        self._lanes = lanes
        self._pace = pace
        self._now = now
        self._said: dict[str, str] = {}
        self._shown: dict[str, float] = {}
        """When each card was shown last."""
        self._platforms: dict[str, str] = {}
        self._late: set[str] = set()
        """Jobs whose last card may have been overtaken."""
        self._edits: deque[float] = deque()
        self._any = asyncio.Event()
        self._took = 0.0
        """Seconds for the last look."""
        self._walking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to look after jobs."""
        self._walking = asyncio.create_task(self._walk(), name="usher")

    async def stop(self) -> None:
        """Ends with that."""
        if self._walking is not None:
            self._walking.cancel()
            with suppress(asyncio.CancelledError):
                await self._walking

    async def says(self, job: Job) -> str:
        """What a card says of a job that waits."""
        place = await self._store.places.of(job.id, self._lanes)
        if place is None:
            return WAITING
        pace = await self._store.places.pace(job.lane) if place.jobs + place.running else None
        return waits(place, pace=pace, now=self._now())

    async def words(self) -> dict[str, str]:
        """The same for every job that waits, by its id."""
        places = await self._store.places.all(self._lanes)
        paces = {lane: await self._store.places.pace(lane) for lane in {each.lane for each in places.values()}}
        return {id: waits(place, pace=paces[place.lane], now=self._now()) for id, place in places.items()}

    def take(self, id: str, address: Address, said: str) -> None:
        """Looks after a job's card from now on, which says this."""
        if len(self._said) < LONGEST:
            self._said[id], self._platforms[id] = said, address.place.platform
            self._shown[id] = time.monotonic()
            self._any.set()

    @asynccontextmanager
    async def waits_again(self, job: Job, why: str, seconds: float) -> AsyncIterator[None]:
        """Shows that a job waits again that was being painted, and why, while it is still this process's; it goes back
        into the queue within the block."""
        said = holds_up(why, seconds)
        with unattended("a card does not say that its job waits"):
            await self._board.wait(job, said)
        yield
        self.take(job.id, job.address, said)

    async def _walk(self) -> None:
        while True:
            await self._any.wait()
            await asyncio.sleep(max(LOOK, SHARE * self._took))
            with unattended("waiting cards could not be kept"), suppress(StoreTrouble):
                await self._round()
            if not self._said and not self._late:
                self._any.clear()

    async def _round(self) -> None:
        looked_after = set(self._said)
        began = time.monotonic()
        words = await self.words()
        self._took = time.monotonic() - began
        for id in looked_after - words.keys():
            self._drop(id)
        changed = [(id, said) for id, said in words.items() if self._said.get(id, said) != said and self._may(id)]
        for start in range(0, len(changed), AT_ONCE):
            await asyncio.gather(*(self._show(id, said) for id, said in changed[start : start + AT_ONCE]))
        for id in tuple(self._late):
            job = await self._store.jobs.get(id)
            if job is None or job.delivered is not None or job.deleted:
                self._late.discard(id)
                if job is not None and not job.deleted and job.address.reader is None:
                    await self._board.again(job)

    def _may(self, id: str) -> bool:
        now = time.monotonic()
        while self._edits and now - self._edits[0] > 60:
            self._edits.popleft()
        if len(self._edits) >= EDITS_A_MINUTE or now - self._shown[id] < self._pace(self._platforms[id]):
            return False
        self._edits.append(now)
        return True

    async def _show(self, id: str, said: str) -> None:
        job = await self._board.wait_on(id, said)
        if job is None or job.state is not JobState.ACCEPTED:
            self._drop(id)
            if job is not None and job.state not in BEFORE_PICTURES and self._store.shared:
                self._late.add(id)
            return
        self._said[id], self._shown[id] = said, time.monotonic()

    def _drop(self, id: str) -> None:
        for each in (self._said, self._shown, self._platforms):
            each.pop(id, None)
