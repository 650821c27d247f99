"""Running a command to its end: logs, signals, and troubles as sentences."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from limner.errors import Trouble

ENDING = (signal.SIGTERM, signal.SIGINT)
"""What tells a process to end."""


def run_to_end(work: Coroutine[Any, Any, int | None], *, verbose: bool, stays: bool = False) -> int:
    """The exit code of a command: 0, what it gave, 1 after a trouble (told on standard error), 130 when interrupted.
    SIGTERM is a good end for a command that `stays` until then, and 143 for others."""
    keep_what_is_there()
    configure_logs(verbose=verbose)
    told: list[signal.Signals] = []
    try:
        return asyncio.run(_interruptible(work, told)) or 0
    except Trouble as trouble:
        print(trouble.sentence, file=sys.stderr)
        return 1
    except BaseExceptionGroup as group:
        troubles = group.subgroup(Trouble)
        if troubles is None:
            raise
        print(_innermost(troubles).sentence, file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        if signal.SIGTERM in told:
            return 0 if stays else 143
        return 130


def keep_what_is_there() -> None:
    """Leaves all that a process has made so far out of the search for garbage, which begins now: it stays to the end,
    and to look through it would hold up everything else for a tenth of a second now and then."""
    gc.freeze()
    gc.enable()


async def _interruptible(work: Coroutine[Any, Any, int | None], told: list[signal.Signals]) -> int | None:
    """The work, cancelled in good order by the first SIGTERM or Ctrl-C; a second one ends the process at once. `told`
    keeps which it was."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()

    def end(which: signal.Signals) -> None:
        told.append(which)
        for each in ENDING:
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        task.cancel()

    with suppress(NotImplementedError):  # Windows has no signal handlers on the loop
        for each in ENDING:
            loop.add_signal_handler(each, end, each)
    return await work


def _innermost(group: BaseExceptionGroup[Trouble]) -> Trouble:
    first = group.exceptions[0]
    return first if isinstance(first, Trouble) else _innermost(first)


def configure_logs(*, verbose: bool) -> None:
    """Logs to standard error: for people on a terminal, as JSON lines otherwise."""
    people = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if people else "iso", utc=not people),
            # Tracebacks without local variables: keys, tokens and members' words are among them.
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if people
            else structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            *([] if people else [structlog.processors.JSONRenderer()]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if verbose else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
