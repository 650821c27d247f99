"""Limner as `limner run` starts it, with a probe beside it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from limner.cli.running import configure_logs
from limner.config import load
from limner.opening import installed_platforms, open_limner
from tests.bench.probe import answer_marks


async def main() -> None:
    settings = load(
        openai={"base_url": os.environ["BENCH_OPENAI"], "concurrency": 100, "images_per_minute": 10_000},
        image={"model": "gpt-image-2.6-sunburst"},
        data={"directory": Path(os.environ["BENCH_FOLDER"])},
        discord={"api_base": os.environ["BENCH_DISCORD"]},
    )
    platforms = tuple(each for each in installed_platforms() if each.configured(settings))
    async with open_limner(settings, platforms=platforms, grace=1) as limner, asyncio.TaskGroup() as tasks:
        tasks.create_task(answer_marks())
        tasks.create_task(limner.serve(platforms))


configure_logs(verbose=False)
asyncio.run(main())
