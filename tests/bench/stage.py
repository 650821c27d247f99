"""The stage of a benchmark: both stand-ins in this process, a bot in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.discord import TOKEN, Acting, FakeDiscord, Interaction
from tests.fakes.openai import FakeOpenAI
from tests.house import KEY

BOTS = {"bare": "tests.bench.bare_bot", "limner": "tests.bench.limner_bot"}
ROOT = Path(__file__).parents[2]


@dataclass
class Bot:
    """A bot that runs, and what it runs against."""

    discord: FakeDiscord
    openai: FakeOpenAI
    process: asyncio.subprocess.Process
    ready: float
    """Seconds from the process's start until it listens."""

    async def mark(self) -> dict[str, float]:
        """What the bot used since the last mark."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(b"\n")
        return dict(json.loads(await self.process.stdout.readline()))

    async def imagine(self, count: int) -> tuple[list[Interaction], list[float]]:
        """So many members ask at the same moment; gives the interactions and each acknowledgement's seconds."""
        acting = Acting(self.discord, "ada")
        sent = [
            await acting.slash("imagine", wait=False, prompt=f"a red fox, number {number}") for number in range(count)
        ]
        await self.discord.until(lambda: all(each.acknowledged for each in sent), 60)
        return sent, [(each.acknowledged or 0) - each.sent for each in sent]

    async def press(self, cards: list[Interaction], label: str) -> list[float]:
        """The button of this label is pressed on all of these cards at the same moment; each acknowledgement's
        seconds."""
        acting = Acting(self.discord, "ada")
        shown = [each.shown for each in cards]
        sent = [await acting.press(each, label, wait=False) for each in shown if each is not None]
        await self.discord.until(lambda: all(each.acknowledged for each in sent), 60)
        return [(each.acknowledged or 0) - each.sent for each in sent]

    async def delivered(self, sent: list[Interaction], seconds: float = 120) -> None:
        """Returns when every one of them has its picture."""
        await self.discord.until(lambda: all(each.shown and each.shown.pictures for each in sent), seconds)


@contextlib.asynccontextmanager
async def running(name: str, folder: Path, openai: FakeOpenAI) -> AsyncIterator[Bot]:
    """A bot, listening."""
    discord = FakeDiscord()
    await discord.start()
    environment = {
        **os.environ,
        "DISCORD_TOKEN": TOKEN,
        "OPENAI_API_KEY": KEY,
        "BENCH_DISCORD": discord.api_base,
        "BENCH_OPENAI": openai.base_url,
        "BENCH_FOLDER": str(folder),
    }
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", BOTS[name]),
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await discord.until(lambda: discord.listening and discord.commands, 30)
        bot = Bot(discord, openai, process, time.perf_counter() - began)
        await asyncio.sleep(0.5)
        yield bot
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await discord.close()


async def painting(name: str, count: int, folder: Path, openai: FakeOpenAI) -> dict[str, float]:
    """What a process uses for so many pictures at once: all asked for, then all answered at the same moment."""
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "BENCH_OPENAI": openai.base_url}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.painter", name, str(count), str(folder)),
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    try:
        assert await process.stdout.readline() == b"ready\n"
        openai.hold = asyncio.Event()
        await openai.arrived(count + 1)
        began = time.perf_counter()
        openai.hold.set()
        assert await process.stdout.readline() == b"done\n"
        took = time.perf_counter() - began
        process.stdin.write(b"\n")
        used = json.loads(await process.stdout.readline())
    finally:
        process.stdin.close()
        await process.wait()
    return {
        "memory MB": (used["peak"] - used["before"]) / 1_000_000,
        "seconds": took,
        "processor s": used["cpu"],
        "loop ms": 1000 * used["lag"],
    }


@dataclass
class Mover:
    """A process that moves jobs."""

    process: asyncio.subprocess.Process

    async def tell(self, *words: object) -> dict[str, float]:
        """What it answers."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(" ".join(map(str, words)).encode() + b"\n")
        return dict(json.loads(await self.process.stdout.readline()))


@contextlib.asynccontextmanager
async def hearing(folder: Path, first: Path) -> AsyncIterator[Mover]:
    """A process that makes voice notes ready for an ear, and has heard a first one."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.hearer", str(folder), str(first)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Mover(process)
    finally:
        if process.stdin:
            process.stdin.close()
        await process.wait()


@contextlib.asynccontextmanager
async def moving(
    folder: Path, *workers: str, database: str | None = None, per_minute: int = 1_000_000
) -> AsyncIterator[tuple[Mover, ...]]:
    """Processes that move jobs, each under its own name; with a database they share one queue."""
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "BENCH_PER_MINUTE": str(per_minute)}
    if database:
        environment["BENCH_DATABASE"] = database
    movers: list[Mover] = []
    try:
        for worker in workers:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.bench.mover", str(folder), worker),
                cwd=ROOT,
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            movers.append(Mover(process))
            await movers[-1].tell("mark")
        yield tuple(movers)
    finally:
        for mover in movers:
            if mover.process.stdin:
                mover.process.stdin.close()
            await mover.process.wait()
