"""A tree of pictures, drawn: small, with their labels, and lines from each to what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from limner.domain.text import one_line, shorten
from limner.media.header import PNG
from limner.media.offloop import PICTURES, off_loop
from limner.media.preview import encode, flat, scaled

MOST = 24
"""Pictures of one tree."""
SIDE = 112
"""Pixels that a picture may have either way."""

_CELL = (148, 160)
_MARGIN = 14
_LABEL = 15
_GROUND = "#202225"
_LINE = (142, 146, 151, 255)
_INK = (235, 235, 238, 255)
_MARK = (238, 150, 115, 255)

Place = tuple[int, int]


async def tree(
    pictures: Sequence[Path],
    *,
    labels: Sequence[str],
    places: Sequence[Place],
    parents: Sequence[int | None],
    marked: frozenset[int] = frozenset(),
) -> tuple[bytes, str, int, int]:
    """The pictures at their places (column and row, from 0), each with its label below it and a line from its parent
    (by its number in the sequence); those `marked` have a frame. Bytes, media type, width, height.

    Raises:
        ValueError: None, or more than `MOST`.
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    if not 1 <= len(pictures) <= MOST:
        raise ValueError(f"a tree has 1 to {MOST} pictures, not {len(pictures)}")
    return await off_loop(PICTURES, _tree, pictures, labels, places, parents, marked)


def _tree(
    pictures: Sequence[Path],
    labels: Sequence[str],
    places: Sequence[Place],
    parents: Sequence[int | None],
    marked: frozenset[int],
) -> tuple[bytes, str, int, int]:
    across, down = (max(place[axis] for place in places) + 1 for axis in (0, 1))
    size = across * _CELL[0] + 2 * _MARGIN, down * _CELL[1] + 2 * _MARGIN
    canvas = Image.new("RGBA", size)
    draw = ImageDraw.Draw(canvas)
    for number, parent in enumerate(parents):
        if parent is not None:
            _connect(draw, places[parent], places[number])
    font = ImageFont.load_default(_LABEL)
    for number, (path, label, place) in enumerate(zip(pictures, labels, places, strict=True)):
        small = scaled(path, (SIDE, SIDE), name=path.name, reducing_gap=1.0)
        x, y = _middle(place)
        corner = x - small.width // 2, y - small.height // 2
        draw.rectangle((corner[0], corner[1], corner[0] + small.width - 1, corner[1] + small.height - 1), fill=_GROUND)
        canvas.paste(small, corner, small if small.mode == "RGBA" else None)
        if number in marked:
            frame = corner[0] - 4, corner[1] - 4, corner[0] + small.width + 3, corner[1] + small.height + 3
            draw.rectangle(frame, outline=_MARK, width=4)
        words = shorten(one_line(label), 20)
        draw.text((x, y + SIDE // 2 + 8), words, fill=_MARK if number in marked else _INK, font=font, anchor="mt")
    return encode(flat(canvas, _GROUND), {"format": "PNG", "compress_level": 6}), PNG, *size


def _middle(place: Place) -> tuple[int, int]:
    return _MARGIN + place[0] * _CELL[0] + _CELL[0] // 2, _MARGIN + place[1] * _CELL[1] + SIDE // 2


def _connect(draw: ImageDraw.ImageDraw, parent: Place, child: Place) -> None:
    """A line from the parent to the right and down, ending at the child's left."""
    start, end = _middle(parent), _middle(child)
    turn = start[0] + _CELL[0] // 2
    draw.line((start, (turn, start[1])), fill=_LINE, width=3)
    draw.line(((turn, start[1]), (turn, end[1])), fill=_LINE, width=3)
    draw.line(((turn, end[1]), end), fill=_LINE, width=3)
