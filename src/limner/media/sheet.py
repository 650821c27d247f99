"""A sheet: several pictures as one, numbered, for places that show one picture best."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PIL import Image, ImageDraw, ImageFont

from limner.domain.text import one_line, shorten
from limner.media.header import JPEG, PNG
from limner.media.offloop import PICTURES, off_loop
from limner.media.pictures import Probe, probe
from limner.media.preview import encode, flat, scaled

MOST = 16
"""Pictures on one sheet."""

_AT_ONCE = 2
"""Pictures of one sheet that are decoded at the same time."""

_GROUND = "#202225"
_BADGE = (24, 24, 27, 255)
_INK = (255, 255, 255, 255)
_LABEL_LIMIT = 12


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Cells of one size, filled row by row; a last row that is not full stands in the middle."""

    count: int
    columns: int
    rows: int
    cell: tuple[int, int]
    gap: int

    @property
    def size(self) -> tuple[int, int]:
        """The sheet's width and height."""
        across, down = self.cell
        return self._extent(self.columns, across), self._extent(self.rows, down)

    def corner(self, number: int) -> tuple[int, int]:
        """The left upper corner of the cell of the picture with this number, from 0."""
        row, column = divmod(number, self.columns)
        cells = min(self.columns, self.count - row * self.columns)
        indent = (self.size[0] - self._extent(cells, self.cell[0])) // 2
        return indent + column * (self.cell[0] + self.gap), row * (self.cell[1] + self.gap)

    def _extent(self, cells: int, each: int) -> int:
        return cells * each + (cells - 1) * self.gap


async def sheet(
    pictures: Sequence[Path], *, longest: int = 2048, labels: Sequence[str] | None = None
) -> tuple[bytes, str, int, int]:
    """The pictures in a grid within `longest` pixels each way: bytes, media type (JPEG; PNG when one of them is
    transparent somewhere), width, height. Each has its label, or its number, in its corner; none is enlarged.

    Raises:
        ValueError: None, or more than `MOST`.
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    if not 1 <= len(pictures) <= MOST:
        raise ValueError(f"a sheet has 1 to {MOST} pictures, not {len(pictures)}")
    probes = await off_loop(PICTURES, _probes, pictures)
    plan = layout([(each.width, each.height) for each in probes], longest)
    # Few pictures can be transparent, and a ground that is there from the start need not be laid below them later.
    clear = any(each.has_alpha for each in probes)
    canvas = Image.new("RGBA", plan.size) if clear else Image.new("RGB", plan.size, _GROUND)
    told = labels or [str(number) for number in range(1, len(pictures) + 1)]
    turn = asyncio.Semaphore(_AT_ONCE)

    async def place(number: int) -> bool:
        async with turn:
            return await off_loop(PICTURES, _place, canvas, plan, number, pictures[number], told[number])

    try:
        async with asyncio.TaskGroup() as group:
            placed = [group.create_task(place(number)) for number in range(len(pictures))]
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    transparent = any(each.result() for each in placed)
    data, media_type = await off_loop(PICTURES, encoded, canvas, transparent)
    return data, media_type, *plan.size


def layout(sizes: Sequence[tuple[int, int]], longest: int) -> Layout:
    """The grid that is nearest to a square with few empty cells, for cells of the pictures' middle ratio."""
    ratio = min(3.0, max(1 / 3, median(width / height for width, height in sizes)))
    count = len(sizes)

    def unfitness(columns: int) -> float:
        rows = math.ceil(count / columns)
        return abs(math.log(columns * ratio / rows)) + (columns * rows - count) / count / 2

    columns = min(range(count, 0, -1), key=unfitness)
    rows = math.ceil(count / columns)
    gap = longest // 256
    across = min(
        (longest - (columns - 1) * gap) // columns,
        int((longest - (rows - 1) * gap) // rows * ratio),
        max(max(width, int(height * ratio)) for width, height in sizes),
    )
    across = max(1, across)
    return Layout(count=count, columns=columns, rows=rows, cell=(across, max(1, int(across / ratio))), gap=gap)


def _probes(pictures: Sequence[Path]) -> list[Probe]:
    return [probe(path, name=path.name) for path in pictures]


def _place(canvas: Image.Image, plan: Layout, number: int, path: Path, label: str) -> bool:
    """Puts one picture into the middle of its cell, and its label on it; whether it is transparent somewhere."""
    small = scaled(path, plan.cell, name=path.name, reducing_gap=1.0)
    left, top = plan.corner(number)
    left, top = left + (plan.cell[0] - small.width) // 2, top + (plan.cell[1] - small.height) // 2
    canvas.paste(small, (left, top))
    mark = badge(label, max(12, min(plan.cell) // 12))
    if mark.width <= small.width and mark.height <= small.height:
        if canvas.mode == "RGBA":
            canvas.alpha_composite(mark, (left, top))
        else:
            canvas.paste(mark, (left, top), mark)
    return small.mode == "RGBA"


def badge(label: str, height: int) -> Image.Image:
    """A label to put into a picture's corner, its letters on a dark ground; `height` in pixels."""
    words = shorten(one_line(label), _LABEL_LIMIT)
    font = ImageFont.load_default(height * 0.7)
    width = max(height, int(font.getlength(words) + height * 0.6))
    inset = max(2, height // 4)
    made = Image.new("RGBA", (width + inset, height + inset))
    draw = ImageDraw.Draw(made)
    draw.rounded_rectangle((inset, inset, inset + width - 1, inset + height - 1), height // 4, fill=_BADGE)
    draw.text((inset + width / 2, inset + height / 2), words, fill=_INK, font=font, anchor="mm")
    return made


def encoded(canvas: Image.Image, transparent: bool) -> tuple[bytes, str]:
    """A sheet's bytes and media type."""
    if transparent:
        return encode(canvas, {"format": "PNG", "compress_level": 3}), PNG
    opaque = flat(canvas, _GROUND) if canvas.mode == "RGBA" else canvas
    return encode(opaque, {"format": "JPEG", "quality": 85}), JPEG
