"""One process that accepts jobs and moves them: an engine that paints at once, a courier that shows to nobody.

Commands come as lines on standard input, each answered with a JSON line: `accept N` (processor seconds that accepting
cost, with nothing else to do), `move N` (accepts and lets paint), `count` (cards delivered so far), `mark` (memory and
processor so far).
"""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import os
import random
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import psutil
from PIL import Image

from limner.app import Limner
from limner.cli.running import configure_logs
from limner.config import load
from limner.domain.ask import Ask
from limner.domain.card import Card, State
from limner.domain.place import Address, Person, Place
from limner.engines import OnHandle, OnPartial, Painted, Painting, PictureFile, unheard
from limner.models import Usage
from limner.opening import open_limner

PLACE = Place(platform="nowhere", space="team", channel="general")
MEMBERS = 7
AT_ONCE = 32
SIDE = 64
PICTURES = 200


class Nowhere:
    """A platform whose cards nobody sees; it counts those that have come to their end."""

    name = platform = "nowhere"
    pace = 5.0
    plays = None

    def __init__(self) -> None:
        self.delivered = 0

    async def open(self, limner: Limner) -> Nowhere:
        return self

    async def show(self, address: Address, card: Card) -> Address:
        self.delivered += card.state in {State.DONE, State.FAILED}
        return address.evolve(message=address.message or uuid.uuid4().hex)

    async def close(self) -> None: ...


class AtOnce:
    """An engine whose pictures are there at once, small ones, no two of late alike: whoever kept the same bytes at the
    same time would wait for one another, which no painted pictures do."""

    name = "openai"

    def __init__(self) -> None:
        colours = random.sample(range(1 << 24), PICTURES)
        self._pictures = itertools.cycle([_picture(colour) for colour in colours])

    async def paint(
        self, painting: Painting, folder: Path, on_partial: OnPartial, on_handle: OnHandle = unheard
    ) -> Painted:
        file = folder / "picture-1.png"
        file.write_bytes(next(self._pictures))
        picture = PictureFile(path=file, media_type="image/png", width=SIDE, height=SIDE)
        return Painted(pictures=(picture,), usage=Usage(text_in=10, image_out=196), request_id=uuid.uuid4().hex)

    async def close(self) -> None: ...


def _picture(colour: int) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), f"#{colour:06x}").save(held, "PNG")
    return held.getvalue()


def ask(number: int) -> Ask:
    return Ask(
        action="imagine",
        values={"prompt": f"a red fox in snow, number {number}", "quality": "draft"},
        person=Person(id=str(number % MEMBERS), name="Ada"),
        place=PLACE,
        event=uuid.uuid4().hex,
        address=Address(place=PLACE),
    )


async def take(limner: Limner, count: int, at_once: int) -> None:
    numbers = iter(range(count))

    async def some() -> None:
        for number in numbers:
            await limner.take(ask(number))

    await asyncio.gather(*(some() for _ in range(at_once)))


async def main() -> None:
    folder, worker = Path(sys.argv[1]), sys.argv[2]
    data: dict[str, Any] = {"directory": folder}
    if database := os.environ.get("BENCH_DATABASE"):
        data["database"] = database
    per_minute = int(os.environ["BENCH_PER_MINUTE"])
    settings = load(
        data=data,
        openai={"base_url": "http://127.0.0.1:9/v1", "concurrency": 16, "images_per_minute": per_minute},
        moderation={"screen": False},
    )
    nowhere, process = Nowhere(), psutil.Process()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with open_limner(
        settings, platforms=(nowhere,), engines={"openai": AtOnce()}, worker=worker, grace=1
    ) as limner:
        moving: set[asyncio.Task[None]] = set()
        while line := (await reader.readline()).decode().split():
            said: dict[str, float] = {}
            match line:
                case ["accept", count]:
                    began, clock = time.process_time(), time.perf_counter()
                    await take(limner, int(count), 1)
                    said = {"cpu": time.process_time() - began, "seconds": time.perf_counter() - clock}
                case ["move", count]:
                    moving.add(asyncio.create_task(take(limner, int(count), AT_ONCE)))
                case ["count"]:
                    said = {"count": nowhere.delivered}
                case ["mark"]:
                    said = {"cpu": time.process_time(), "memory": process.memory_info().rss}
            print(json.dumps(said), flush=True)


configure_logs(verbose=False)
asyncio.run(main())
