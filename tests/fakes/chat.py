"""What the fakes of chats have in common: answers that can be held back, and happenings that can be waited for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.patience import PATIENCE


class Chat:
    """A chat's server on the loopback. Whenever something has happened in it, it sets `_changed`; before each answer it
    awaits `_held_back`."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._held: list[tuple[str, str, asyncio.Event]] = []

    async def until(self, true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Waits until something is so, looking whenever anything has happened here; gives what `true` gave."""
        async with asyncio.timeout(seconds):
            while not (found := true()):
                self._changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.05):  # what is waited for may not happen here
                        await self._changed.wait()
        return found

    @contextmanager
    def holding(self, method: str, where: str) -> Iterator[None]:
        """Does what calls of this method ask there (a regular expression), and answers only when this ends."""
        held = (method, where, asyncio.Event())
        self._held.append(held)
        try:
            yield
        finally:
            self._held.remove(held)
            held[2].set()

    async def _held_back(self, method: str, where: str) -> None:
        for held, pattern, over in tuple(self._held):
            if held == method and re.fullmatch(pattern, where):
                await over.wait()
