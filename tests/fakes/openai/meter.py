"""A limit of pictures in any window of time, which is enforced, told of with every answer, or both."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.openai.refusals import Refusal


@dataclass
class Meter:
    """What an account may ask for."""

    limit: int
    """Pictures in a window."""
    window: float = 60.0
    """Seconds."""
    tells: bool = True
    """Whether answers say so (`x-ratelimit-…`)."""
    names: bool = True
    """Whether a refusal says when to come again (`retry-after-ms`)."""
    refused: int = 0
    clock: Callable[[], float] = time.monotonic
    granted: deque[tuple[float, int]] = field(default_factory=deque)

    def take(self, pictures: int) -> None:
        """Counts pictures.

        Raises:
            Refusal: That is more than the window has room for.
        """
        if pictures > self.left and self.granted:
            self.refused += 1
            raise Refusal(429, "Rate limit reached for images per minute.", "requests", "rate_limit_exceeded")
        self.granted.append((self.clock(), pictures))

    @property
    def left(self) -> int:
        """Pictures that may be asked for now."""
        while self.granted and self.clock() - self.granted[0][0] >= self.window:
            self.granted.popleft()
        return max(0, self.limit - sum(pictures for _, pictures in self.granted))

    def headers(self, status: int) -> dict[str, str]:
        """What an answer says of it."""
        left = self.left
        reset = self.granted[-1][0] + self.window - self.clock() if self.granted else 0.0
        told: dict[str, str] = {}
        if self.tells:
            told = {
                "x-ratelimit-limit-images": str(self.limit),
                "x-ratelimit-remaining-images": str(left),
                "x-ratelimit-reset-images": spell(reset),
            }
        if status == 429 and self.names and self.granted:
            told["retry-after-ms"] = str(int((self.granted[0][0] + self.window - self.clock()) * 1000) + 1)
        return told


def spell(seconds: float) -> str:
    """A duration as OpenAI writes it."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}m{rest:g}s" if minutes else f"{rest:.3f}s"
