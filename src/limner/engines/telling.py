"""Tells of partial pictures without holding up the answer that they are part of."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from limner.engines import OnPartial, PictureFile
from limner.errors import BadFile
from limner.media.offloop import PICTURES, off_loop
from limner.media.pictures import probe

log = structlog.get_logger(__name__)

PATIENCE = 1.0
"""Seconds that a finished picture waits for its partial ones to be shown."""


class Teller:
    """One partial picture is told at a time; of those that wait, only the newest."""

    def __init__(self, on_partial: OnPartial) -> None:
        self._on_partial = on_partial
        self._waiting: Path | None = None
        self._task: asyncio.Task[None] | None = None

    def tell(self, path: Path) -> None:
        """Has the picture told, and its file removed then. Something that is no picture is told to nobody."""
        if self._waiting is not None:
            self._waiting.unlink(missing_ok=True)
        self._waiting = path
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while (path := self._waiting) is not None:
            self._waiting = None
            try:
                told = await off_loop(PICTURES, probe, path, name="partial picture")
                await self._on_partial(
                    PictureFile(path=path, media_type=told.media_type, width=told.width, height=told.height)
                )
            except BadFile as problem:
                log.debug("a partial picture is none", problem=type(problem).__name__)
            finally:
                path.unlink(missing_ok=True)

    async def finish(self) -> None:
        """Waits a moment for what is under way."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=PATIENCE)

    async def stop(self) -> None:
        """Ends what is under way. What went wrong in telling is logged: it takes nothing from the picture itself."""
        if self._waiting is not None:
            self._waiting.unlink(missing_ok=True)
            self._waiting = None
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait({self._task})
        if not self._task.cancelled() and (problem := self._task.exception()) is not None:
            log.warning("a partial picture was not shown", problem=type(problem).__name__)
