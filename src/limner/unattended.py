"""What goes on behind everything else, where nobody waits for it who could be told a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

log = structlog.get_logger(__name__)


@contextmanager
def unattended(what: str, **about: Any) -> Iterator[None]:
    """A block that may break without taking along what follows it: the log then says `what` did not come about, and has
    all that the block met. Being cancelled passes."""
    try:
        yield
    except Exception:  # a loop that looks after something must not end with one look that broke
        log.exception(what, **about)
