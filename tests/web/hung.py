"""A gallery that is hung: many pictures put into the library at once, without painting them."""

from __future__ import annotations

from typing import Any

from limner.domain.request import Request
from limner_web.viewer import HERE
from tests.stages.web import place_of
from tests.store.making import a_painted
from tests.web.peer import png

SHAPES = ((96, 64), (64, 64), (64, 96))


async def hung(limner: Any, count: int, *, words: str = "a red fox in snow", picture: bytes | None = None) -> list[str]:
    """Pictures of three shapes in the library of the page's team; gives their ids, the newest first. `picture`: what
    all of them are, each in bytes of its own."""
    ids = []
    for number in range(count):
        width, height = SHAPES[number % len(SHAPES)]
        job = await a_painted(
            limner._store,
            png("#c7512f", (width, height)) if picture is None else picture + b"%d" % number,
            place=place_of("studio"),
            person=HERE,
            request=Request(prompt=words),
            model="sketch",
            engine="sketch",
            assets={"width": width, "height": height},
        )
        ids.append(job.id)
    return ids[::-1]
