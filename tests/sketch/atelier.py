"""What the sketcher's tests share: small paintings, and the sketcher run on them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image

from limner.engines import Painted, Painting, PictureFile
from limner.engines.sketch import Sketcher
from limner.models import Model, Purpose

MODEL = Model(name="sketch", title="Offline sketch", purpose=Purpose.PAINT)


def painting(prompt: str, **more: Any) -> Painting:
    settings: dict[str, Any] = {"model": MODEL, "width": 160, "height": 128, "quality": "medium", **more}
    return Painting(prompt=prompt, **settings)


async def unseen(picture: PictureFile) -> None:
    """Partial pictures that nobody looks at."""


async def sketch(wanted: Painting, folder: Path) -> Painted:
    return await Sketcher().paint(wanted, folder, unseen)


def draw(prompt: str, **more: Any) -> Image.Image:
    """The first picture, decoded."""
    with tempfile.TemporaryDirectory() as folder:
        painted = asyncio.run(sketch(painting(prompt, **more), Path(folder)))
        with Image.open(painted.pictures[0].path) as picture:
            picture.load()
            return picture


def draw_bytes(prompt: str, **more: Any) -> list[bytes]:
    """Every picture's file."""
    with tempfile.TemporaryDirectory() as folder:
        painted = asyncio.run(sketch(painting(prompt, **more), Path(folder)))
        return [each.path.read_bytes() for each in painted.pictures]


def reference(path: Path, picture: Image.Image) -> PictureFile:
    picture.save(path, "PNG")
    return PictureFile(path=path, media_type="image/png", width=picture.width, height=picture.height, name=path.name)


def share(pixels: Iterable[tuple[int, ...]], test: Any) -> float:
    """How much of the pixels passes a test."""
    every = list(pixels)
    return sum(1 for each in every if test(*each[:3])) / len(every)


def blobs(alpha: Image.Image, *, at_least: int) -> int:
    """How many connected shapes there are in a mask, specks left out."""
    wide, tall = alpha.size
    solid = [value > 127 for value in alpha.tobytes()]
    seen = [False] * len(solid)
    found = 0
    for start, filled in enumerate(solid):
        if not filled or seen[start]:
            continue
        seen[start] = True
        stack, area = [start], 0
        while stack:
            at = stack.pop()
            area += 1
            x, y = at % wide, at // wide
            for nx, ny in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
                index = ny * wide + nx
                if 0 <= nx < wide and 0 <= ny < tall and solid[index] and not seen[index]:
                    seen[index] = True
                    stack.append(index)
        found += area >= at_least
    return found
