"""A process that asks for many pictures at once and has each in hand at the end: as a tutorial writes it, or by
Limner's engine. `python -m tests.bench.painter bare|limner COUNT FOLDER`."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from pathlib import Path

from limner.engines import Painting, PictureFile
from limner.engines.openai_images import OpenAIImages
from limner.models.catalogue import Catalogue
from limner.openai.client import connect
from tests.bench.probe import answer_marks

MODEL = "gpt-image-2.6-sunburst"


async def bare(count: int, folder: Path) -> None:
    """The pictures as bytes in memory."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(api_key=os.environ["OPENAI_API_KEY"], base_url=os.environ["BENCH_OPENAI"])

    async def one(number: int) -> bytes:
        result = await client.images.generate(model=MODEL, prompt=f"a red fox {number}", size="1024x1024")
        return base64.b64decode(result.data[0].b64_json)

    assert all(await asyncio.gather(*(one(number) for number in range(count))))


async def limner(count: int, folder: Path) -> None:
    """The pictures as files, probed."""
    model = Catalogue.load().get(MODEL)
    assert model is not None
    engine = OpenAIImages(connect(api_key=os.environ["OPENAI_API_KEY"], base_url=os.environ["BENCH_OPENAI"]))

    async def no_partial(_: PictureFile) -> None: ...

    async def one(number: int) -> None:
        place = folder / str(number)
        place.mkdir()
        painting = Painting(model=model, prompt=f"a red fox {number}", width=1024, height=1024, quality="medium")
        assert (await engine.paint(painting, place, no_partial)).pictures

    await asyncio.gather(*(one(number) for number in range(count)))


async def main(name: str, count: int, folder: Path) -> None:
    paint = {"bare": bare, "limner": limner}[name]
    await paint(1, folder / "warm")
    async with asyncio.TaskGroup() as tasks:
        marks = tasks.create_task(answer_marks())
        print("ready", flush=True)
        await paint(count, folder)
        print("done", flush=True)
        await marks


Path(sys.argv[3], "warm").mkdir(parents=True)
asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
