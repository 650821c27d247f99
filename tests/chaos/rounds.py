"""The rounds of chaos, each ending in an audit."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.chaos.auditor import Findings, audit
from tests.chaos.load import Load
from tests.chaos.points import Point
from tests.chaos.stage import PATIENCE, Failed, Stage, until
from tests.chaos.till import Call

ASKS = 6
"""Pictures asked for at once when a process is to die at a named point."""
WIDEST = 1.5
"""Seconds after which a process is killed at the latest, once it serves again."""


@dataclass
class Round:
    """What came of a round."""

    name: str
    kills: int = 0
    recovered: list[float] = field(default_factory=list)
    """Of each restart, the seconds from the start of the process until the last job of the killed one was at its end or
    being painted again."""
    findings: Findings = field(default_factory=Findings)

    @property
    def recovery(self) -> tuple[float, float]:
        """Median and maximum of the seconds."""
        return (median(self.recovered), max(self.recovered)) if self.recovered else (0.0, 0.0)


class Rounds:
    """Makes them, each in a folder of its own below `folder`."""

    def __init__(self, folder: Path, *, data: Mapping[str, str] | None = None, split: bool = False) -> None:
        self._folder = folder
        self._data, self._split = data, split

    def _stage(self, name: str) -> Stage:
        return Stage(self._folder / name.replace(" ", "-"), data=self._data, split=self._split)

    async def at(self, point: Point, *, nth: int = 1) -> Round:
        """Kills a process when it reaches a point for the n-th time, and starts it again."""
        told = Round(point.name)
        async with self._stage(point.name) as stage:
            load = Load(stage, seed=nth)
            stage.till.partial_delay = 0.05
            doomed = self._doomed(stage, point)
            await stage.start(*doomed, doom=(point, nth) if point.where else None)
            await stage.start()
            reached = asyncio.Event()
            if not point.where:
                stage.till.reached = _killing(stage, point.name, nth, reached)
            for number in range(ASKS):
                platform = ("discord", "slack")[number % 2]
                if platform == "discord" and not stage.discord.listening:
                    continue
                await load.ask(platform, member=("ada", "bob")[number % 2], count=2 if number == 2 else 1)
            if point.where:
                if not await stage.died(doomed[0]):
                    raise Failed(f"“{point.name}” was not reached:\n{stage.log(doomed[0])}")
            else:
                await until(reached.is_set, f"“{point.name}” was reached")
            journals = frozenset(stage.books.journals())
            await self._again(stage, told)
            await load.stop()
            await self._quiet(stage, load)
            told.findings = audit(stage, load, journals=journals)
            await stage.stop()
            told.kills = stage.kills
        return told

    def _doomed(self, stage: Stage, point: Point) -> tuple[str, ...]:
        if not self._split:
            return ("limner",)
        return ("w-1",) if point.worker else ("front-2",)

    async def at_random(self, kills: int, seed: int) -> Round:
        """Kills processes at random moments under load, and starts them again each time."""
        told = Round(f"random {seed}")
        dice = random.Random(seed)
        async with self._stage(told.name) as stage:
            load = Load(stage, seed)
            stage.till.partial_delay = 0.08
            await stage.start()
            load.start()
            journals: set[str] = set()
            for _ in range(kills):
                await asyncio.sleep(dice.uniform(0, WIDEST))  # the moment is the point of it
                stage.check()
                await stage.kill(dice.choice(tuple(stage.running)))
                journals |= stage.books.journals()
                await self._again(stage, told)
            await load.stop()
            await self._quiet(stage, load)
            told.findings = audit(stage, load, journals=frozenset(journals))
            await stage.stop()
            told.kills = stage.kills
        return told

    async def _again(self, stage: Stage, told: Round) -> None:
        """Starts what was killed, and takes the time that recovery needs."""
        left = {id: tried for id, (_, still, tried) in stage.books.states().items() if still}
        began = time.monotonic()
        await stage.start()

        def recovered() -> bool:
            stage.check()
            now = stage.books.states()
            return all(not now[id][1] or now[id][2] > tried for id, tried in left.items())

        await until(recovered, "the jobs of the killed process are taken up")
        told.recovered.append(time.monotonic() - began)

    async def _quiet(self, stage: Stage, load: Load) -> None:
        """Returns when every job is over and every card that forms has come to its end."""

        def quiet() -> bool:
            stage.check()
            return not any(still for _, still, _ in stage.books.states().values())

        try:
            await until(quiet, "all jobs come to their end")
        except Failed:
            return  # the audit says which, and what else is wrong


def _killing(stage: Stage, name: str, nth: int, reached: asyncio.Event):  # type: ignore[no-untyped-def]
    left = nth

    async def kill(point: str, call: Call) -> None:
        nonlocal left
        if point == name and not reached.is_set():
            left -= 1
            if left == 0:
                await stage.kill(stage.caller(call))
                reached.set()

    return kill


__all__ = ["PATIENCE", "Round", "Rounds"]
