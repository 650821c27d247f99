"""The benchmark's own process takes part as Limner does: what it measures has to be jobs that come to their end."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench.stage import moving
from tests.patience import PATIENCE


async def test_what_the_mover_is_told_to_move_is_delivered(tmp_path: Path) -> None:
    async with moving(tmp_path, "limner") as (mover,), asyncio.timeout(PATIENCE):
        accepted = await mover.tell("accept", 2)
        await mover.tell("move", 3)
        while (await mover.tell("count"))["count"] < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert accepted["cpu"] > 0
