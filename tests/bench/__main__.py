"""Runs every benchmark and prints what it found: medians, ratios, and the machine."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import platform
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["API_DESCRIPTIONS"] = os.devnull  # conformance is the tests' business, and would be timed here

from PIL import Image, ImageChops, ImageDraw

from limner.ears.samples import samples
from limner.media.mask import normalise
from limner.media.sound import listenable
from tests.backends import Missing
from tests.backends.postgresql import PostgreSQL
from tests.bench.library import library
from tests.bench.page import page
from tests.bench.stage import Bot, Mover, hearing, moving, painting, running
from tests.fakes.openai import FakeOpenAI
from tests.media.recordings import hours_of_silence

ROUNDS = 3
MEMBERS = 100
PICTURE_BYTES = 2_000_000
ACCEPTED = 60
IN_A_ROW = 8
JOBS = 400
IDLE_SECONDS = 10
GRID = 10
MB = 1_000_000


async def acknowledging(folder: Path) -> None:
    """A hundred members type /imagine at the same moment: how long until each is acknowledged?"""
    print(f"\n{MEMBERS} simultaneous /imagine: milliseconds to the acknowledgement")
    found: dict[str, list[float]] = {"bare": [], "limner": []}
    for turn in range(ROUNDS):
        for name, measured in found.items():
            async with FakeOpenAI() as openai, running(name, folder / f"ack-{turn}", openai) as bot:
                await _one(bot)
                _, seconds = await bot.imagine(MEMBERS)
                measured.append(1000 * statistics.quantiles(seconds, n=100)[98])
    for name, measured in found.items():
        print(f"  {name:8} p99 {statistics.median(measured):8.1f}   (rounds: {_list(measured)})")
    _ratio("p99", found, bar=2.0)


async def pressing(folder: Path) -> None:
    """A hundred members type /imagine, and then press Vary on what came of it: is a button as quick as the command?"""
    print(f"\n{MEMBERS} simultaneous buttons beside as many /imagine: milliseconds to the acknowledgement")
    found: dict[str, list[float]] = {"/imagine": [], "a button": []}
    for turn in range(ROUNDS):
        async with FakeOpenAI() as openai, running("limner", folder / f"press-{turn}", openai) as bot:
            openai.partials = 0
            await _one(bot)
            sent, typed = await bot.imagine(MEMBERS)
            await bot.delivered(sent)
            pressed = await bot.press(sent, "Vary subtly")
            for name, seconds in (("/imagine", typed), ("a button", pressed)):
                found[name].append(1000 * statistics.quantiles(seconds, n=100)[98])
    for name, measured in found.items():
        print(f"  {name:8} p99 {statistics.median(measured):8.1f}   (rounds: {_list(measured)})")
    pairs = [button / command for command, button in zip(*found.values(), strict=True)]
    print(f"  p99: a button / imagine = {statistics.median(pairs):.2f}   (bar: 1.0)")


async def pictures(folder: Path) -> None:
    """A hundred pictures of 2 MB in flight at once, until each is in hand: the engine beside the SDK's own call."""
    print(f"\n{MEMBERS} pictures of {PICTURE_BYTES / MB:.0f} MB in flight, until they are in hand")
    print("  (bare has them in memory, limner on disk)")
    found: dict[str, dict[str, list[float]]] = {"bare": {}, "limner": {}}
    for turn in range(ROUNDS):
        for name, rows in found.items():
            async with FakeOpenAI() as openai:
                openai.picture_bytes, openai.partials = PICTURE_BYTES, 0
                used = await painting(name, MEMBERS, folder / f"{name}-{turn}", openai)
            for figure, measured in used.items():
                rows.setdefault(figure, []).append(measured)
    _table(found)


async def road(folder: Path) -> None:
    """A hundred pictures of 2 MB arrive at the same moment: what do they cost on the whole road?"""
    print(f"\n{MEMBERS} pictures of {PICTURE_BYTES / MB:.0f} MB on the whole road, from the model to Discord's channel")
    print("  (bare keeps nothing; limner also writes a durable job, an attempt, a ledger, the original and its card)")
    found: dict[str, dict[str, list[float]]] = {}
    for turn in range(ROUNDS):
        for name in ("bare", "limner"):
            async with FakeOpenAI() as openai, running(name, folder / f"flight-{turn}", openai) as bot:
                openai.picture_bytes = PICTURE_BYTES
                openai.partials = 0
                await _one(bot)
                openai.hold = asyncio.Event()
                await bot.mark()
                before = len(openai.requests)
                sent, _ = await bot.imagine(MEMBERS)
                await bot.discord.until(lambda: len(openai.requests) - before >= MEMBERS, 60)  # noqa: B023
                accepted = await bot.mark()
                began = time.perf_counter()
                openai.hold.set()
                await bot.delivered(sent)
                took = time.perf_counter() - began
                used = await bot.mark()
                rows = found.setdefault(name, {"memory MB": [], "seconds": [], "processor s": [], "loop ms": []})
                rows["memory MB"].append((max(used["peak"], accepted["peak"]) - accepted["before"]) / MB)
                rows["seconds"].append(took)
                rows["processor s"].append(used["cpu"])
                rows["loop ms"].append(1000 * used["lag"])
    _table(found)


def _table(found: dict[str, dict[str, list[float]]]) -> None:
    for figure in ("memory MB", "seconds", "processor s", "loop ms"):
        both = {name: rows[figure] for name, rows in found.items()}
        for name, measured in both.items():
            print(f"  {figure:12} {name:8} {statistics.median(measured):8.2f}   (rounds: {_list(measured)})")
        _ratio(figure, both, bar={"memory MB": 0.25}.get(figure, 1.0))


async def accepting(folder: Path) -> None:
    """What one process costs that does nothing but accept, and then nothing at all."""
    print("\nAccepting, and idling")
    cpu, idle, memory = [], [], []
    for turn in range(ROUNDS):
        async with moving(folder / f"accept-{turn}", "limner", per_minute=1) as (mover,):
            await mover.tell("accept", 20)
            used = await mover.tell("accept", ACCEPTED)
            cpu.append(1000 * used["cpu"] / ACCEPTED)
        async with moving(folder / f"idle-{turn}", "limner") as (mover,):
            await asyncio.sleep(3)  # until everything is imported
            before = await mover.tell("mark")
            await asyncio.sleep(IDLE_SECONDS)
            after = await mover.tell("mark")
            idle.append(100 * (after["cpu"] - before["cpu"]) / IDLE_SECONDS)
            memory.append(after["memory"] / MB)
    print(f"  a request  {statistics.median(cpu):8.2f} ms of processor (rounds: {_list(cpu)}; bar: 5)")
    print(f"  idle       {statistics.median(idle):8.2f} % of a processor   (rounds: {_list(idle)}; bar: 3)")
    print(f"  idle       {statistics.median(memory):8.1f} MB   (rounds: {_list(memory)}; bar: 150)")


async def moved(folder: Path) -> None:
    """A full load of jobs, from their acceptance to their last card: an engine that paints at once, small pictures, no
    moderation asked."""
    print(f"\n{JOBS} jobs, from accept to deliver")
    found: dict[str, list[tuple[float, float]]] = {}
    for turn in range(ROUNDS):
        async with moving(folder / f"move-{turn}", "limner") as movers:
            found.setdefault("SQLite, one process", []).append(await _rate(movers))
        try:
            server = await asyncio.to_thread(PostgreSQL)
        except Missing as missing:
            print(f"  PostgreSQL: {missing}")
            continue
        try:
            database = server.url(await asyncio.to_thread(server.create))
            async with moving(folder / f"move-pg-{turn}", "w-1", "w-2", database=database) as movers:
                found.setdefault("PostgreSQL, two workers", []).append(await _rate(movers))
        finally:
            await asyncio.to_thread(server.close)
    for name, measured in found.items():
        bar = 50 if "one" in name else 100
        rates, costs = ([each[figure] for each in measured] for figure in (0, 1))
        print(f"  {name:24} {statistics.median(rates):6.1f} a second   (rounds: {_list(rates)}; bar: {bar})")
        # With a processor for each process, and others for the database, this is what bounds the rate.
        print(f"  {'':24} {statistics.median(costs):6.1f} ms of processor for each job   (rounds: {_list(costs)})")


async def _rate(movers: tuple[Mover, ...]) -> tuple[float, float]:
    """Jobs a second that all of these move together, and the milliseconds of processor that each job takes of them."""

    async def count() -> float:
        return sum([(await mover.tell("count"))["count"] for mover in movers])

    async def used() -> float:
        return sum([(await mover.tell("mark"))["cpu"] for mover in movers])

    async def move(each: int) -> None:
        wanted = await count() + each * len(movers)
        for mover in movers:
            await mover.tell("move", each)
        while await count() < wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    await move(20)
    before, began = await used(), time.perf_counter()
    await move(JOBS // len(movers))
    return JOBS / (time.perf_counter() - began), 1000 * (await used() - before) / JOBS


async def notes(folder: Path) -> None:
    """Voice notes in a process of its own that has heard one before: from their bytes to the body of a request.

    A minute may take 150 ms of processor where PyAV alone takes 107 ms from its bytes to WAV of 24 kHz, so the bar is
    also the ratio of the two. Machines differ and have other things to do; note by note in one process, both are as
    slow at the same time."""
    print("\nVoice notes, from their bytes to the body of a request")
    minute, hours = folder / "sixty.ogg", folder / "hours.ogg"
    await asyncio.to_thread(_minute, minute)
    await asyncio.to_thread(hours_of_silence, hours, 6, bit_rate=1_250)
    one, many, long, paces, plain = [], [], [], [], []
    for turn in range(ROUNDS):
        async with hearing(folder / f"notes-{turn}", samples()[0].path) as hearer:
            one.append(await hearer.tell(1, minute))
            # A processor that has rested works at half its pace for a while: of notes in a row the usual one counts.
            for _ in range(IN_A_ROW):
                paces.append(1000 * (await hearer.tell(1, minute))["cpu"])
                plain.append(1000 * (await hearer.tell(0, minute))["cpu"])
            many.append(await hearer.tell(10, minute))
            long.append(await hearer.tell(1, hours))
    _bound("60 s, processor", "ms", paces, 150)
    print(f"  {'PyAV alone, to WAV':42} {statistics.median(plain):7.1f} ms  (rounds: {_list(plain)})")
    _bound("60 s, limner / PyAV alone", "", [ours / theirs for ours, theirs in zip(paces, plain, strict=True)], 1.4)
    _bound("60 s, memory above idle", "MB", [(each["peak"] - each["before"]) / MB for each in one], 20)
    _bound("ten at once, loop held up", "ms", [1000 * each["lag"] for each in many], 50)
    size = hours.stat().st_size / MB
    _bound(f"six hours in {size:.1f} MB, until refused", "s", [each["took"] for each in long], 1)
    _bound(f"six hours in {size:.1f} MB, memory above idle", "MB", [_above(each) for each in long], 60)


def _above(used: dict[str, float]) -> float:
    return (used["peak"] - used["before"]) / MB


def _bound(what: str, unit: str, measured: list[float], bar: float) -> None:
    found = statistics.median(measured)
    print(f"  {what:42} {found:7.{1 if unit else 2}f} {unit:3} (rounds: {_list(measured)}; bar: {bar})")


async def sound(folder: Path) -> None:
    """A minute of OGG/Opus, from the file to what the ear takes, beside an ffmpeg process."""
    print("\n60 s of OGG/Opus, ready to send: milliseconds")
    note = folder / "minute.ogg"
    _minute(note)
    folder.joinpath("sound").mkdir()
    ours, theirs = [], []
    for _ in range(9):
        began = time.perf_counter()
        await listenable(note, folder / "sound", name="minute.ogg", max_seconds=300)
        ours.append(1000 * (time.perf_counter() - began))
        if shutil.which("ffmpeg"):
            began = time.perf_counter()
            command = [
                "ffmpeg",
                "-y",
                "-v",
                "error",
                "-i",
                str(note),
                "-ar",
                "24000",
                "-ac",
                "1",
                str(folder / "f.wav"),
            ]
            await asyncio.to_thread(subprocess.run, command, check=True)
            theirs.append(1000 * (time.perf_counter() - began))
    print(f"  limner   median {statistics.median(ours):8.1f}")
    if theirs:
        print(f"  ffmpeg   median {statistics.median(theirs):8.1f}")
        _ratio("median", {"bare": theirs, "limner": ours}, bar=1.0)
    else:
        print("  ffmpeg   is not installed here; no ratio")


async def grid(folder: Path) -> None:
    """Ten pictures of a job on one sheet, in a process of its own."""
    print(f"\nA grid of {GRID} PNGs of 1536×1024")
    pictures = folder / "grid"
    pictures.mkdir()
    for number in range(GRID):
        _painting(number).save(pictures / f"{number}.png")
    measured: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.grid", str(pictures)), stdout=asyncio.subprocess.PIPE
        )
        told, _ = await process.communicate()
        measured.append(json.loads(told))
    times, alone = ([each[figure] for each in measured] for figure in ("ms", "decoding"))
    peaks = [each["peak"] / MB for each in measured]
    print(f"  ready      {statistics.median(times):8.0f} ms   (rounds: {_list(times)}; bar: 300)")
    print(f"  decoding   {statistics.median(alone):8.0f} ms   for these alone, one after the other")
    print(f"  memory     {statistics.median(peaks):8.1f} MB   (rounds: {_list(peaks)}; bar: 60)")


def _painting(number: int) -> Image.Image:
    """A picture of some 3 MB, as paintings have: shades, and grain that hardly compresses."""
    size = (1536, 1024)
    shade = Image.linear_gradient("L").rotate(90 * (number % 4)).resize(size)
    grain = Image.effect_noise(size, 14)
    return Image.merge("RGB", [Image.blend(shade, grain, part) for part in (0.3, 0.4, 0.2)])


async def mask(folder: Path) -> None:
    """A mask of 3840×2160 as a browser sends it, until it is as the Images API takes it."""
    print("\nA mask of 3840×2160 with forty strokes, checked and made strict: milliseconds")
    given, made = folder / "painted.png", folder / "mask.png"
    given.write_bytes(_painted(3840, 2160))
    took, processor = [], []
    for _ in range(9):
        began, used = time.perf_counter(), time.process_time()
        await normalise(given, made, name="mask", width=3840, height=2160)
        took.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - used))
    print(f"  limner   median {statistics.median(took):8.1f}   (rounds: {_list(took)}; bar: 200)")
    print(f"  of that, processor {statistics.median(processor):5.1f};  {made.stat().st_size / 1000:.0f} KB")


def _painted(width: int, height: int) -> bytes:
    """What somebody painted: black, and transparent along forty strokes of a broad round brush."""
    draw = random.Random(1)
    alpha = Image.new("L", (width, height), 255)
    for _ in range(40):
        corners = [(draw.randrange(width), draw.randrange(height)) for _ in range(3)]
        ImageDraw.Draw(alpha).line(corners, fill=0, width=draw.randrange(20, 160), joint="curve")
    # As Chromium's canvas writes it: each pixel as its difference from the one to the left (filter type 1, "sub").
    black = Image.new("L", (width, height))
    before = black.copy()
    before.paste(alpha, (1, 0))
    pixels = Image.merge("RGBA", (black, black, black, ImageChops.subtract_modulo(alpha, before))).tobytes()
    rows = b"".join(b"\1" + pixels[at : at + 4 * width] for at in range(0, len(pixels), 4 * width))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 3)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


async def starting(folder: Path) -> None:
    """The command line's help, and the time until Limner listens."""
    print("\nStarting")
    command = [str(Path(sys.executable).parent / "limner"), "--help"]
    helped = []
    for _ in range(7):
        began = time.perf_counter()
        await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
        helped.append(1000 * (time.perf_counter() - began))
    print(f"  limner --help          {statistics.median(helped):8.0f} ms")
    for name in ("bare", "limner"):
        ready = []
        for turn in range(ROUNDS):
            async with FakeOpenAI() as openai, running(name, folder / f"start-{turn}", openai) as bot:
                ready.append(bot.ready)
        print(f"  {name:8} listens after {statistics.median(ready):8.2f} s")


async def _one(bot: Bot) -> None:
    """Warms a bot up with one picture."""
    sent, _ = await bot.imagine(1)
    await bot.delivered(sent)


def _minute(file: Path) -> None:
    """A minute of speech: the bundled notes, again and again, recorded as Discord's own clients do. "As of 2023-04-14,
    clients upload a 1 channel, 48000 Hz, 32kbps Opus stream in an OGG container" (discord-api-docs, resources/message,
    voice messages)."""
    import av

    with av.open(str(file), "w", format="ogg") as out:
        stream = out.add_stream("libopus", rate=48_000, layout="mono", bit_rate=32_000)
        for frame in itertools.islice(_speech(), 60 * 50):  # of 20 ms each
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _speech() -> Iterator[Any]:
    import av

    while True:
        for sample in samples():
            with av.open(str(sample.path)) as source:
                for frame in source.decode(audio=0):
                    frame.pts = None
                    if frame.samples == 960:
                        yield frame


def _ratio(figure: str, found: dict[str, list[float]], *, bar: float) -> None:
    pairs = [ours / theirs for ours, theirs in zip(found["limner"], found["bare"], strict=True)]
    print(f"  {figure}: limner / bare = {statistics.median(pairs):.2f}   (bar: {bar})")


def _list(measured: list[float]) -> str:
    return ", ".join(f"{each:.1f}" for each in measured)


async def main(only: list[str]) -> None:
    """Runs the benchmarks named, or all."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}")
    with tempfile.TemporaryDirectory() as folder:
        for benchmark in (
            starting,
            sound,
            notes,
            grid,
            mask,
            acknowledging,
            pressing,
            accepting,
            moved,
            pictures,
            road,
            page,
        ):
            if not only or benchmark.__name__ in only:
                await benchmark(Path(folder))
        if library.__name__ in only:  # it takes minutes to fill, and a few gigabytes
            await library(Path(folder))


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main(sys.argv[1:]))
