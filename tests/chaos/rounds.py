"""The rounds of chaos, each on a stage of its own and ending in an audit."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal

from tests.backends.postgresql import PostgreSQL
from tests.chaos.auditor import Findings, audit
from tests.chaos.load import Load
from tests.chaos.points import Point
from tests.chaos.stage import CONCURRENCY, SPLIT, Failed, Stage, until
from tests.chaos.till import Call, Reached
from tests.nursery import Nursery

ASKS = 6
"""Pictures asked for at once when a process is to die at a named point."""
STANDSTILL, QUIET = 20.0, 3.0
"""Seconds without anything moving after which nothing is waited for: while jobs are left, and when none is."""
TURNS = 15
"""How often they are asked for until a point is reached."""
LATEST = 1.5
"""Seconds after which a process is killed at random at the latest, once it serves again."""
SLOWLY = 0.08
"""Seconds between the pieces of the provider's answers, so that there are calls to be caught in."""

MODES: tuple[Literal["fast", "immediate", "kill"], ...] = ("fast", "immediate", "kill")
"""How the database goes."""


@dataclass
class Round:
    """What came of a round."""

    name: str
    kills: int = 0
    recovered: list[float] = field(default_factory=list)
    """Of each restart, the seconds from the start of the process until the last job of the killed one was at its end or
    being painted again."""
    started: list[float] = field(default_factory=list)
    """Seconds of a start with nothing to take up, for comparison."""
    findings: Findings = field(default_factory=Findings)

    def add(self, other: Round) -> None:
        """Puts another round's figures to these."""
        self.kills += other.kills
        self.recovered += other.recovered
        self.started += other.started
        self.findings.add(other.findings)

    @property
    def recovery(self) -> tuple[float, float]:
        """Median and maximum of the seconds."""
        return (median(self.recovered), max(self.recovered)) if self.recovered else (0.0, 0.0)

    @property
    def start(self) -> float:
        """Median of the seconds of a first start."""
        return median(self.started) if self.started else 0.0


class Rounds:
    """Makes rounds, each in a new folder below `folder` and on what a call of `data` gives for `[data]`."""

    def __init__(
        self,
        folder: Path,
        *,
        data: Callable[[], Mapping[str, str]] = dict,
        split: bool = False,
        engine: str = "openai",
        nursery: Nursery | None = None,
    ) -> None:
        """`split`: fronts and workers are processes of their own; `engine`: what paints; `nursery`: where they are
        born, if not started each by itself."""
        self._folder, self._nursery = folder, nursery
        self._data, self._split, self._engine = data, split, engine
        self._made = 0

    @asynccontextmanager
    async def _round(self, name: str, seed: int = 0) -> AsyncIterator[tuple[Round, Stage, Load]]:
        """A round, with the end that all have in common: members stop, all comes to rest, the audit."""
        self._made += 1
        told = Round(name)
        async with Stage(
            self._folder / f"{self._made:03}",
            data=self._data(),
            split=self._split,
            engine=self._engine,
            nursery=self._nursery,
        ) as stage:
            load = Load(stage, seed)
            stage.till.partial_delay = SLOWLY
            yield told, stage, load
            await load.stop()
            await rest(stage, load)
            told.findings.add(audit(stage, load))
            told.kills = stage.kills
            if told.findings.unknown > (most := CONCURRENCY * stage.kills):
                wrong = f"{told.findings.unknown} jobs are in doubt, and {most} calls at most were cut off"
                told.findings.violations.append(wrong)
            await stage.stop()

    async def at(self, *points: Point, nth: int = 1) -> Round:
        """Kills a process when it reaches the first point, starts it again, kills it at the next, and so on."""
        async with self._round(points[0].name if len(points) == 1 else f"{len(points)} points") as (told, stage, load):
            left: dict[str, int] = {}
            for turn, point in enumerate(points):
                doomed = self._doomed(point)
                began = time.monotonic()
                if point.where:
                    if doomed in stage.running:  # another one met the last point
                        await stage.stop(doomed)
                    await stage.start(doomed, doom=(point, nth))
                else:
                    stage.reach(_kills(stage, point.name, nth))
                await stage.start()
                if not turn:
                    told.started.append(time.monotonic() - began)
                else:
                    await self._recovered(stage, told, left, began)
                await self._asked_to_death(stage, load, turn, point, doomed)
                left = _left(stage, doomed)
            began = time.monotonic()
            await stage.start()
            await self._recovered(stage, told, left, began)
        return told

    async def _asked_to_death(self, stage: Stage, load: Load, turn: int, point: Point, doomed: str) -> None:
        """Asks until the point is reached: of several workers another one may be quicker."""
        for _ in range(TURNS):
            if not stage.dead():
                await _ask(load, turn)
            if await stage.died(doomed if point.where else None, seconds=3):
                return
        raise Failed(f"“{point.name}” was not reached:\n{stage.log(doomed)}")

    def _doomed(self, point: Point) -> str:
        if not self._split:
            return "limner"
        return "w-1" if point.worker else "front-2"

    async def at_random(self, kills: int, seed: int) -> Round:
        """Kills processes at random moments under load, and starts them again each time."""
        dice = random.Random(seed)
        async with self._round("random", seed) as (told, stage, load):
            began = time.monotonic()
            await stage.start()
            told.started.append(time.monotonic() - began)
            load.start()
            for _ in range(kills):
                await asyncio.sleep(dice.uniform(0, LATEST))  # the moment is the point of it
                stage.check()
                killed = dice.choice(tuple(stage.running))
                await stage.kill(killed)
                left, began = _left(stage, killed), time.monotonic()
                await stage.start()
                await self._recovered(stage, told, left, began)
        return told

    async def rolling(self, times: int, seed: int) -> Round:
        """Stops workers by SIGTERM under load and starts them again, one after the other. Nothing is lost, nothing is
        made twice, and nothing is left in doubt."""
        async with self._round("rolling restart", seed) as (told, stage, load):
            await stage.start()
            load.start()
            workers = [name for name in stage.roles if name.startswith("w-")] or list(stage.roles)
            for _ in range(times):
                for name in workers:
                    calls = len(stage.till.calls)
                    await until(lambda calls=calls: len(stage.till.calls) > calls + 3, "pictures are being painted")  # type: ignore[misc]
                    await stage.stop(name)
                    await stage.start()
        return told

    async def outage(self, server: PostgreSQL, times: int, seed: int) -> Round:
        """The database goes and returns under load. Nothing is lost, and nothing is left in doubt."""
        async with self._round("database gone and back", seed) as (told, stage, load):
            await stage.start()
            load.start()
            for mode in MODES[:times]:
                calls, met = len(stage.till.calls), len(stage.slack.requests)
                await until(lambda calls=calls: len(stage.till.calls) > calls + 3, "pictures are being painted")  # type: ignore[misc]
                taken = set(stage.slack.taken)
                await asyncio.to_thread(server.stop, mode)
                await until(lambda met=met: len(stage.slack.requests) > met + 3, "members are told")  # type: ignore[misc]
                began = time.monotonic()
                await asyncio.to_thread(server.start)
                stage.slack.excuse(taken)
                calls = len(stage.till.calls)
                await until(lambda calls=calls: len(stage.till.calls) > calls, "pictures are being painted again")  # type: ignore[misc]
                told.recovered.append(time.monotonic() - began)
                stage.check()
        return told

    async def _recovered(self, stage: Stage, told: Round, left: dict[str, int], began: float) -> None:
        """Takes the time from `began` until the jobs that were left are at their end or tried again."""

        def recovered() -> bool:
            if stage.dead():
                return True  # it has met its next point on the way
            now = stage.books.states()
            return all(not now[id].open or now[id].tried > tried for id, tried in left.items())

        try:
            await until(recovered, "what the killed process left is taken up")
        except Failed as problem:
            lying = [f"{id} ({job.state})" for id, job in stage.books.jobs().items() if id in left and job.open]
            logs = "\n".join(stage.log(name) for name in stage.running)
            raise Failed(f"{problem}: {', '.join(lying)}\n{logs}") from None
        told.recovered.append(time.monotonic() - began)


def _left(stage: Stage, killed: str | None = None) -> dict[str, int]:
    """The jobs for which something is still to be done, with how many calls were begun for each: of one of several
    processes, those that it had."""
    alone = killed is None or killed not in SPLIT
    return {id: job.tried for id, job in stage.books.states().items() if job.open and (alone or job.worker == killed)}


async def _ask(load: Load, turn: int) -> None:
    """Some members of both chats ask at once."""
    for number in range(ASKS):
        platform = ("slack", "discord")[(number + turn) % 2]
        if platform == "slack" or load.stage.discord.listening:
            await load.ask(platform, ("ada", "bob", "cyd")[number % 3], count=2 if number == 2 else 1)


async def rest(stage: Stage, load: Load) -> None:
    """Returns when all jobs have come to their end and no card forms any more, or when nothing moves: then the audit
    says what is wrong."""
    moved, before = time.monotonic(), None
    while time.monotonic() - moved < STANDSTILL:
        stage.check()
        left, forming = _left(stage), [card.message for card in load.cards() if not card.ended]
        now = left, forming, len(stage.books.states())
        if now != before:
            moved, before = time.monotonic(), now
        elif not (left or forming) and time.monotonic() - moved > QUIET:
            return  # what was on its way has come, too
        await asyncio.sleep(0.1)


def _kills(stage: Stage, name: str, nth: int) -> Reached:
    left = nth

    async def kill(point: str, call: Call) -> None:
        nonlocal left
        if point == name:
            left -= 1
            if left == 0:
                await stage.kill(stage.caller(call))

    return kill
