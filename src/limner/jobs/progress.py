"""Telling of a painting under way, at the pace that the platform's limits allow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from limner.domain.card import Picture, Progress

log = structlog.get_logger(__name__)

Tell = Callable[[Progress, Picture | None], Awaitable[None]]

PATIENCE = (0, 0, 1, 1, 2, 3)
"""How many more intervals to wait when nothing is new: what takes long is told more rarely. The last one stays."""

FIRST_SECONDS = 0.7


class Reporter:
    """Repeats the newest state of one painting; a new partial picture is told as soon as the pace allows."""

    def __init__(self, tell: Tell, pace: float) -> None:
        self._tell = tell
        self._pace = pace
        self._partial: Picture | None = None
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    def partial(self, picture: Picture) -> None:
        """The picture so far."""
        self._partial = picture
        self._news.set()

    def end(self) -> None:
        """Nothing more is to be told."""
        self._over.set()
        self._news.set()

    async def run(self) -> None:
        """Tells until `end`."""
        began = time.monotonic()
        told = 0
        # What is done in a moment need not be told of.
        await _wait(self._news, min(self._pace, FIRST_SECONDS))
        while not self._over.is_set():
            self._news.clear()
            try:
                await self._tell(Progress(stage="Painting", seconds=round(time.monotonic() - began, 1)), self._partial)
            except Exception:  # whatever a platform's client raises: a word about a painting must not end it
                log.warning("progress could not be told", exc_info=True)
            await _wait(self._over, self._pace)
            await _wait(self._news, self._pace * PATIENCE[min(told, len(PATIENCE) - 1)])
            told += 1


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


@asynccontextmanager
async def reporting(tell: Tell, pace: float) -> AsyncIterator[Reporter]:
    """A reporter that runs inside the block. When the block is left, its last message has been answered: nothing of it
    can arrive after what is shown next."""
    reporter = Reporter(tell, pace)
    telling = asyncio.create_task(reporter.run())
    try:
        yield reporter
    finally:
        reporter.end()
        await telling
