"""A process that puts pictures on a sheet, once: what it took, as a line of JSON. The folder is its argument."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from pathlib import Path

import psutil
from PIL import Image

from limner.media.sheet import sheet

TICK = 0.002


async def measure(pictures: list[Path]) -> dict[str, float]:
    """Milliseconds to the sheet, and of decoding alone, one picture after the other; bytes above what the process had
    before."""
    await sheet(pictures[:2], longest=64)
    process = psutil.Process()
    before = peak = process.memory_info().rss
    began = time.perf_counter()
    making = asyncio.ensure_future(sheet(pictures))
    while not making.done():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(making), TICK)
        peak = max(peak, process.memory_info().rss)
    took = time.perf_counter() - began
    began = time.perf_counter()
    for path in pictures:
        with Image.open(path) as image:
            image.load()
    return {"ms": 1000 * took, "decoding": 1000 * (time.perf_counter() - began), "peak": peak - before}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sorted(Path(sys.argv[1]).iterdir())))))
