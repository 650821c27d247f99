"""Work on pictures whose outcome depends on nothing but the picture, done once in each process of tests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

KEPT = 200
"""Outcomes; a preview has some ten thousand bytes."""


def remembered(work: Callable[..., Any]) -> Callable[..., Any]:
    """The work, which is given a picture (its bytes, or a path) and says the same of the same; what it raises is not
    kept."""
    known: dict[Any, Any] = {}
    lock = Lock()

    def once(picture: bytes | Path, *how: Any) -> Any:
        data = picture if isinstance(picture, bytes) else picture.read_bytes()
        key = (hashlib.sha256(data).digest(), *how)
        with lock:
            if key in known:
                return known[key]
        found = work(data, *how)
        with lock:
            if len(known) >= KEPT:
                known.pop(next(iter(known)))
            known[key] = found
        return found

    return once
