"""`python -m tests.chaos`: all of the chaos, and a table of what came of it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

os.environ["API_DESCRIPTIONS"] = os.devnull  # conformance is the other tests' business

from tests.backends.postgresql import PostgreSQL
from tests.chaos.points import CONVERSING, POINTS
from tests.chaos.rounds import Round, Rounds
from tests.chaos.stage import Failed

KILLS_A_ROUND = 20
PROMISED, GENEROUS = 5.0, 30.0
"""Seconds to recover in: what is promised of a machine of one's own, and what is let pass on a busy one."""
BUSY = 2.0
"""The load for each processor from which on a machine is not one's own; the chaos makes more than half of it."""


def main() -> int:
    said = argparse.ArgumentParser(prog="python -m tests.chaos")
    said.add_argument("--on", choices=("sqlite", "postgresql"), action="append", help="only on this database")
    said.add_argument("--kills", type=int, default=200, help="at random, on each database")
    said.add_argument("--points", default="", help="only the named points with this in their name")
    said.add_argument("--only", choices=("points", "conversing", "random", "rolling", "outage"), action="append")
    said.add_argument("--seed", type=int, default=1)
    given = said.parse_args()
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # connections that break are what this is about
    with tempfile.TemporaryDirectory(prefix="limner-chaos-") as folder:
        return asyncio.run(Report().everything(Path(folder), given))


class Report:
    """What came of it so far."""

    def __init__(self) -> None:
        self._sums: dict[str, Round] = {}
        self._failed = 0

    async def everything(self, folder: Path, given: argparse.Namespace) -> int:
        """Makes every round; gives the exit code."""
        began = time.monotonic()
        _row(
            "",
            "kills",
            "jobs",
            "painted",
            "unknown",
            "unbilled",
            "unkept",
            "untaken",
            "start s",
            "median s",
            "max s",
            "wrong",
        )
        for database in given.on or ("sqlite", "postgresql"):
            print(database, flush=True)
            async for name, work in _rounds(database, folder / database, given):
                await self._make(f"{database}: {name}", work)
        print("\nall", flush=True)
        for name, told in self._sums.items():
            _tell(name, told)
        violations = sum(len(each.findings.violations) for each in self._sums.values())
        late = [second for each in self._sums.values() for second in each.recovered if second > PROMISED]
        slowest = max((each.recovery[1] for each in self._sums.values()), default=0.0)
        print(f"\n{violations} violations, {self._failed} rounds that went wrong")
        load, processors = os.getloadavg()[2], os.cpu_count() or 1
        allowed = GENEROUS if load > BUSY * processors else PROMISED
        print(f"{len(late)} recoveries took more than {PROMISED:.0f} s, the longest {slowest:.1f} s; with a load of")
        print(
            f"{load:.1f} on {processors} processors {allowed:.0f} s are allowed (of that, “start s” without any work)"
        )
        print(f"{time.monotonic() - began:.0f} s in all")
        return 1 if violations or self._failed or slowest > allowed else 0

    async def _make(self, kind: str, work: Awaitable[Round]) -> None:
        try:
            told = await work
        except Failed as problem:
            self._failed += 1
            print(f"  {kind} went wrong: {problem}", file=sys.stderr, flush=True)
            return
        _tell(f"  {told.name}", told)
        for each in told.findings.violations:
            print(f"    {each}", flush=True)
        self._sums.setdefault(kind, Round(kind)).add(told)


async def _rounds(
    database: str, folder: Path, given: argparse.Namespace
) -> AsyncIterator[tuple[str, Awaitable[Round]]]:
    """Every round on this database, to be awaited."""
    server = PostgreSQL() if database == "postgresql" else None
    try:
        data: Callable[[], Mapping[str, str]] = dict
        if server is not None:
            data = lambda: {"database": server.url(server.create())}  # noqa: E731
        rounds = Rounds(folder, data=data, split=server is not None)
        conversing = Rounds(folder / "conversing", data=data, split=server is not None, engine="responses")
        kinds = given.only or ("points", "conversing", "random", "rolling", "outage")
        if "points" in kinds:
            for point in POINTS:
                if given.points in point.name:
                    yield "named points", rounds.at(point)
        if "conversing" in kinds:
            yield "conversations", conversing.at(*CONVERSING)
            yield "conversations at random", conversing.at_random(KILLS_A_ROUND, given.seed)
        if "random" in kinds:
            for number, left in enumerate(range(given.kills, 0, -KILLS_A_ROUND)):
                yield "random moments", rounds.at_random(min(left, KILLS_A_ROUND), given.seed + number)
        if "rolling" in kinds:
            yield "rolling restart", rounds.rolling(4, given.seed)
        if "outage" in kinds and server is not None:
            yield "database gone and back", rounds.outage(server, 3, given.seed)
    finally:
        if server is not None:
            server.close()


def _tell(name: str, told: Round) -> None:
    f, (middle, most) = told.findings, told.recovery
    counts = (told.kills, f.jobs, f.painted, f.unknown, f.unpaid, f.unkept, f.untaken)
    _row(name, *map(str, counts), f"{told.start:.1f}", f"{middle:.1f}", f"{most:.1f}", str(len(f.violations)))


def _row(name: str, *cells: str) -> None:
    print(f"{name:36}" + "".join(f"{cell:>9}" for cell in cells), flush=True)


if __name__ == "__main__":
    sys.exit(main())
