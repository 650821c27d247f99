"""Running a command to its end: logs, signals, and troubles as sentences."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from limner.errors import Trouble


def run_to_end(work: Coroutine[Any, Any, int | None], *, verbose: bool) -> int:
    """The exit code of a command: 0, what it gave, 1 after a trouble (told on standard error), 130 when interrupted."""
    configure_logs(verbose=verbose)
    try:
        return asyncio.run(_interruptible(work)) or 0
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
        return 130


async def _interruptible(work: Coroutine[Any, Any, int | None]) -> int | None:
    """The work, cancelled in good order by SIGTERM as by Ctrl-C."""
    task = asyncio.current_task()
    assert task is not None
    with suppress(NotImplementedError):  # Windows has no signal handlers on the loop
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
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
