"""The front door as a stage's adapter finds it: Limner's own, with a note of which events were answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from limner.app import Limner
from limner.domain.ask import Ask
from limner.domain.card import Card
from limner.domain.courier import Courier, Platform


class Door:
    """A Limner that remembers what was asked of it."""

    def __init__(self, limner: Limner) -> None:
        self._limner = limner
        self.begun: set[str] = set()
        """The events, as the platform's inbox names them, that were handed over."""
        self.answered: set[str] = set()
        """Those whose answer was shown."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._limner, name)

    async def take(self, ask: Ask, noted: Callable[[], None] = lambda: None) -> Card | None:
        self.begun.add(ask.event)
        try:
            return await self._limner.take(ask, noted)
        finally:
            self.answered.add(ask.event)


class Guarded:
    """A platform that is served through a door."""

    def __init__(self, platform: Platform, door: Door) -> None:
        self._platform = platform
        self._door = door
        self.name = platform.name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._platform, name)

    async def serve(self, limner: Any, courier: Courier) -> None:
        await self._platform.serve(self._door, courier)  # type: ignore[arg-type]
