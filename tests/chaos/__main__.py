"""`python -m tests.chaos`: all of the chaos, and what came of it."""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

os.environ["API_DESCRIPTIONS"] = os.devnull  # conformance is the other tests' business

from tests.chaos.points import POINTS
from tests.chaos.rounds import Round, Rounds
from tests.chaos.stage import Failed

KILLS_A_STAGE = 20


def main() -> None:
    said = argparse.ArgumentParser(prog="python -m tests.chaos")
    said.add_argument("--kills", type=int, default=200, help="random kills on each database")
    said.add_argument("--points", default="", help="only the named points that contain this")
    said.add_argument("--seed", type=int, default=1)
    given = said.parse_args()
    with tempfile.TemporaryDirectory(prefix="limner-chaos-") as folder:
        asyncio.run(everything(Path(folder), given))


async def everything(folder: Path, given: argparse.Namespace) -> None:
    rounds = Rounds(folder / "sqlite")
    told: list[Round] = []
    for point in POINTS:
        if given.points in point.name:
            await one(told, rounds.at(point))
    for number in range(given.kills // KILLS_A_STAGE):
        await one(told, rounds.at_random(KILLS_A_STAGE, given.seed + number))


async def one(told: list[Round], work) -> None:  # type: ignore[no-untyped-def]
    try:
        round = await work
    except Failed as problem:
        print(f"FAILED {problem}", flush=True)
        return
    told.append(round)
    mid, most = round.recovery
    f = round.findings
    print(
        f"{round.name:32} kills {round.kills:3} jobs {f.jobs:4} painted {f.painted:4} unknown {f.unknown:3}"
        f" (unbilled {f.unpaid}) unkept {f.unkept} untaken {f.untaken} recovered {mid:.1f}/{most:.1f} s"
        f" violations {len(f.violations)}",
        flush=True,
    )
    for each in f.violations:
        print("   ", each, flush=True)


if __name__ == "__main__":
    main()
