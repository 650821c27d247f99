"""Work that would hold up the event loop, in a few threads of its own.

Pictures get as many threads as there are processors (at most four), so that a hundred requests at once do not decode a
hundred pictures at once. Writing to the disk, which may have to be waited for, has four. Sound gets one: two PyAV
decodes side by side are slower than one after the other.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

DISK = ThreadPoolExecutor(4, "limner-disk")
PICTURES = ThreadPoolExecutor(min(4, os.cpu_count() or 2), "limner-pictures")
SOUND = ThreadPoolExecutor(1, "limner-sound")


async def off_loop(pool: ThreadPoolExecutor, work: Callable[_P, _T], *args: _P.args, **named: _P.kwargs) -> _T:
    """What `work` returns or raises, done in the pool. A cancelled caller does not wait; the work itself goes on."""
    return await asyncio.get_running_loop().run_in_executor(pool, partial(work, *args, **named))
