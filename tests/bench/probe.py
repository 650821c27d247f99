"""A probe inside a bot's process: on a line on standard input it tells what was used since the last one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time

import psutil

TICK = 0.005


async def answer_marks() -> None:
    """Answers every line with a JSON line: seconds of processor, memory before and at most (bytes), and the longest
    that the event loop kept anything waiting (seconds)."""
    process = psutil.Process()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while True:
        before, cpu = process.memory_info().rss, _cpu(process)
        peak, lag = before, 0.0
        waiting = asyncio.ensure_future(reader.readline())
        while not waiting.done():
            asked = time.perf_counter()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(waiting), TICK)
            lag = max(lag, time.perf_counter() - asked - TICK)
            peak = max(peak, process.memory_info().rss)
        if not waiting.result():
            return
        used = {"cpu": _cpu(process) - cpu, "before": before, "peak": peak, "lag": lag}
        print(json.dumps(used), flush=True)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
