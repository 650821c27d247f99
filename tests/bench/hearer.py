"""A process that makes voice notes ready for an ear: `python -m tests.bench.hearer FOLDER NOTE`, which it hears first.
On a line `COUNT NOTE` (0: the note becomes WAV by PyAV's own means alone) it tells what that took: seconds in all and
of processor, memory before and at most (bytes), and the longest that the event loop kept anything waiting (seconds)."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path

import av

from limner.actions import table
from limner.ears import Context
from limner.ears.gpt_audio import _body
from limner.errors import BadFile
from limner.media.sound import listenable

TICK = 0.002
FUNCTIONS = tuple(each.function for each in table().spoken)


async def hear(note: Path, folder: Path) -> int:
    """Bytes of the request; 0 for a note that is refused."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    try:
        sound = await listenable(note, folder, name="note", max_seconds=300)
    except BadFile:
        return 0
    return len(await asyncio.to_thread(_body, "gpt-audio-1.5", sound, Context(), FUNCTIONS))


async def convert(note: Path, folder: Path) -> int:
    """What PyAV's own parts make of it in the shortest way: 0, for there is no request."""
    await asyncio.to_thread(_convert, note, folder / "plain.wav")
    return 0


def _convert(note: Path, made: Path) -> None:
    # Frame by frame, as PyAV's documentation has it, the resampler alone takes longer than all of this.
    gathered = av.AudioFifo()
    resampler = av.AudioResampler(format="s16", layout="mono", rate=24_000)
    with av.open(str(note)) as container, av.open(str(made), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=24_000, layout="mono")

        def write(second: av.AudioFrame | None) -> None:
            for frame in resampler.resample(second):
                out.mux(stream.encode(frame))

        for frame in container.decode(audio=0):
            frame.pts = None
            gathered.write(frame)
            if gathered.samples >= frame.sample_rate:
                write(gathered.read())
        if gathered.samples:
            write(gathered.read())
        write(None)
        out.mux(stream.encode(None))


def memory(what: str) -> int:
    """`VmRSS` or `VmHWM`, in bytes."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


def start_anew() -> None:
    """Has the peak of memory counted from now on."""
    Path("/proc/self/clear_refs").write_text("5")


async def measured(count: int, note: Path, folder: Path) -> dict[str, float]:
    """So many notes at the same time."""
    start_anew()
    before, cpu, began = memory("VmRSS"), time.process_time(), time.perf_counter()
    lag = 0.0
    works = [hear(note, folder / str(number)) for number in range(count)] or [convert(note, folder)]
    work = asyncio.gather(*works)
    if count == 1:  # its processor is counted, and that of looking all the time would be in it
        await work
    while not work.done():
        asked = time.perf_counter()
        await asyncio.sleep(TICK)
        lag = max(lag, time.perf_counter() - asked - TICK)
    return {
        "took": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "before": before,
        "peak": memory("VmHWM"),
        "lag": lag,
        "bytes": max(work.result()),
    }


async def main(folder: Path, first: Path) -> None:
    assert await hear(first, folder / "first")
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        count, note = line.decode().split(maxsplit=1)
        print(json.dumps(await measured(int(count), Path(note.strip()), folder)), flush=True)


asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
