"""A Limner that kills itself at a named point: `python -m tests.chaos.doomed POINT NTH run --config FILE`.

What is named is wrapped from outside before the command line runs; production code knows nothing of it.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from tests.chaos.points import CONVERSING, POINTS, Point


class Doom:
    """Kills this process when its point is reached for the n-th time."""

    def __init__(self, point: Point, nth: int) -> None:
        self._point, self._left = point, nth

    def arm(self) -> None:
        """Wraps everything that the point names."""
        for where in self._point.where:
            module, _, path = where.partition(":")
            owner: Any = importlib.import_module(module)
            *outer, name = path.split(".")
            for each in outer:
                owner = getattr(owner, each)
            setattr(owner, name, self._wrapped(getattr(owner, name)))

    def _wrapped(self, work: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(work):

            @functools.wraps(work)
            async def later(*given: Any, **named: Any) -> Any:
                self._before((given, named))
                return self._after((given, named), await work(*given, **named))

            return later

        @functools.wraps(work)
        def now(*given: Any, **named: Any) -> Any:
            self._before((given, named))
            return self._after((given, named), work(*given, **named))

        return now

    def _before(self, call: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
        if not self._point.after and self._point.counts(call, None):
            self._count()

    def _after(self, call: tuple[tuple[Any, ...], dict[str, Any]], result: Any) -> Any:
        if self._point.after and self._point.counts(call, result):
            self._count()
        return result

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    _, name, nth, *command = sys.argv
    Doom(next(each for each in (*POINTS, *CONVERSING) if each.name == name), int(nth)).arm()
    sys.argv = ["limner", *command]
    from limner.cli import main as limner

    limner()


if __name__ == "__main__":
    main()
