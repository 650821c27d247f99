"""What a Limner may keep its things in besides a file and a folder: real servers, started for the tests."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path


class Missing(Exception):
    """A server cannot be started here; the text says why, in one sentence."""


def required(part: str) -> bool:
    """Whether `TESTS_REQUIRE` (such as "browser postgresql s3") says that this part's tests must not be skipped."""
    return part in re.split(r"[\s,]+", os.environ.get("TESTS_REQUIRE", ""))


def memory() -> Path | None:
    """A folder in memory where there is one with room, for databases are many small files; None: wherever temporary
    things go."""
    shared = Path("/dev/shm")
    room = shutil.disk_usage(shared).free if os.access(shared, os.W_OK) else 0
    return shared if room > 2 * 1024**3 else None
