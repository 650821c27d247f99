"""Members at work for as long as they are told, on processes that nobody ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.auditor import Findings, audit
from tests.chaos.load import Load
from tests.chaos.rounds import rest
from tests.chaos.stage import Stage
from tests.soak.vitals import Vitals, complaints, left_over

LOOKS = 60
"""How often the processes are looked at."""
BREAKS = 6
"""How often the chats' connections break off and come back meanwhile."""
SPARE = 16_000_000
"""Bytes: arenas that were torn, caches that fill up to their bounds."""
PER_JOB = 2_000
"""Bytes of memory for each job that a process may come to hold: what is bounded is reached by then, what leaks is not
as small as this."""


@dataclass
class Soaked:
    """What came of it."""

    findings: Findings
    vitals: Vitals
    wrong: list[str]
    seconds: float


async def soak(
    folder: Path, *, seconds: float, data: Mapping[str, str], split: bool, spare: int = SPARE, seed: int = 1
) -> Soaked:
    """Has members of both chats ask, click and be told things twice for so long; then looks at everything. `spare`:
    bytes that a process may come to hold whatever it has done."""
    began = time.monotonic()
    async with Stage(folder, data=data, split=split) as stage:
        load = Load(stage, seed)
        vitals = Vitals(stage)
        await stage.start()
        load.start()
        for turn in range(LOOKS):
            await asyncio.sleep(seconds / LOOKS)
            stage.check()
            vitals.look()
            if turn % (LOOKS // BREAKS) == LOOKS // BREAKS // 2:
                await stage.discord.hang_up()
                await stage.slack.refresh()
        await load.stop()
        await rest(stage, load)
        findings = audit(stage, load)
        wrong = [
            *findings.violations,
            *vitals.grown(memory=spare + PER_JOB * findings.jobs),
            *left_over(folder / "data"),
        ]
        if findings.unknown:
            wrong.append(f"{findings.unknown} jobs are in doubt, and no call was cut off")
        await stage.stop()
        wrong += complaints(stage)
        return Soaked(findings, vitals, wrong, time.monotonic() - began)


def told(name: str, soaked: Soaked) -> str:
    """What came of it, as a few lines."""
    found = soaked.findings
    size = f"{found.jobs} jobs in {soaked.seconds / 60:.1f} min, {found.painted} painted, {found.untaken} not taken"
    return "\n".join([f"{name}: {size}, {len(soaked.wrong)} things wrong", *soaked.vitals.table(), *soaked.wrong])
