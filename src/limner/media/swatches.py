"""Swatches: what styles look like, as one sheet of tiles, each with its pictures, its colours and its name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from limner.domain.text import one_line, shorten
from limner.errors import BadFile, NotFound
from limner.media.offloop import PICTURES, off_loop
from limner.media.preview import encode, preview

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

TILE = (384, 256)
"""Pixels of what a tile shows; its caption comes below."""
MOST = 12
"""Tiles on one sheet."""
SHOWN = 4
"""Pictures on one tile."""

_CAPTION, _GAP, _INSET, _DOT = 64, 14, 14, 22
_NOWHERE = "\U0010ffff"
"""A character that no font has."""
_GROUND, _TILE, _INK, _FAINT = "#1e1f22", "#2b2d31", "#f2f3f5", "#a3a6ad"


@dataclass(frozen=True, kw_only=True)
class Swatch:
    """What a tile shows of a style."""

    number: int
    """What it is called where its name has letters that the font lacks."""
    name: str
    told: str
    """Small print below the name."""
    words: str = ""
    """What stands on a tile without pictures and colours."""
    pictures: tuple[Path, ...] = ()
    palette: tuple[str, ...] = ()


async def swatches(styles: Sequence[Swatch]) -> tuple[bytes, int, int]:
    """The styles' tiles as a JPEG: bytes, width, height. A picture that cannot be read is left out.

    Raises:
        ValueError: None, or more than `MOST`.
    """
    if not 1 <= len(styles) <= MOST:
        raise ValueError(f"a sheet of styles has 1 to {MOST} tiles, not {len(styles)}")
    seen = [[small for path in each.pictures[:SHOWN] if (small := await _small(path))] for each in styles]
    return await off_loop(PICTURES, _sheet, tuple(styles), seen)


async def _small(path: Path) -> bytes | None:
    try:
        return (await preview(path, longest=2 * TILE[0], name=path.name))[0]
    except (BadFile, NotFound, OSError):
        return None


def _sheet(styles: tuple[Swatch, ...], seen: list[list[bytes]]) -> tuple[bytes, int, int]:
    if len(styles) == 1:
        alone = _tile(styles[0], seen[0], 2)
        return encode(alone, {"format": "JPEG", "quality": 88}), *alone.size
    columns = _columns(len(styles))
    rows = math.ceil(len(styles) / columns)
    across, down = TILE[0] + _GAP, TILE[1] + _CAPTION + _GAP
    canvas = Image.new("RGB", (columns * across + _GAP, rows * down + _GAP), _GROUND)
    for number, (style, pictures) in enumerate(zip(styles, seen, strict=True)):
        row, column = divmod(number, columns)
        canvas.paste(_tile(style, pictures, 1), (_GAP + column * across, _GAP + row * down))
    return encode(canvas, {"format": "JPEG", "quality": 88}), *canvas.size


def _columns(count: int) -> int:
    """Two to four in a row, so that few places stay empty."""
    return count if count < 4 else min((4, 3), key=lambda columns: (-count % columns, -columns))


def _tile(style: Swatch, pictures: list[bytes], scale: int) -> Image.Image:
    width, height, inset, dot = (scale * each for each in (*TILE, _INSET, _DOT))
    tile = Image.new("RGB", (width, height + scale * _CAPTION), _TILE)
    tile.paste(_face(style, pictures, scale), (0, 0))
    draw = ImageDraw.Draw(tile)
    large, small = (ImageFont.load_default(scale * size) for size in (22, 14))
    right = width - inset
    if pictures:
        step, top = dot - 4 * scale, height + (scale * _CAPTION - dot) // 2
        for place, colour in enumerate(reversed(style.palette)):
            left = right - dot - place * step
            draw.ellipse((left, top, left + dot - 1, top + dot - 1), fill=colour, outline=_TILE, width=2 * scale)
        right -= len(style.palette) * step + inset if style.palette else 0
    name = style.name if _has(large, style.name) else f"No. {style.number}"
    told = style.told if _has(small, style.told) else ""
    draw.text((inset, height + 11 * scale), _within(name, large, right - inset), fill=_INK, font=large)
    draw.text((inset, height + 39 * scale), _within(told, small, right - inset), fill=_FAINT, font=small)
    return tile


def _face(style: Swatch, pictures: list[bytes], scale: int) -> Image.Image:
    """What the tile shows: the style's pictures, else its colours, else its words."""
    width, height = (scale * each for each in TILE)
    if pictures:
        return _mosaic(pictures, (width, height))
    face = Image.new("RGB", (width, height), "#383a40")
    draw = ImageDraw.Draw(face)
    if style.palette:
        each = width / len(style.palette)
        for place, colour in enumerate(style.palette):
            draw.rectangle((round(place * each), 0, round((place + 1) * each) - 1, height), fill=colour)
        return face
    font = ImageFont.load_default(20 * scale)
    words = style.words if _has(font, style.words) else ""
    lines = _wrapped(words or f"No. {style.number}", font, width - 4 * scale * _INSET)
    middle, gap = (width / 2, height / 2), 8 * scale
    draw.multiline_text(middle, "\n".join(lines), _INK, font, anchor="mm", align="center", spacing=gap)
    return face


def _mosaic(pictures: list[bytes], whole: tuple[int, int]) -> Image.Image:
    """One picture whole, two beside each other, three or four in the corners; each cut to its place."""
    count = 2 if len(pictures) == 3 else len(pictures)
    columns, rows = (1, 1) if count == 1 else (2, 1 if count == 2 else 2)
    face = Image.new("RGB", whole, _TILE)
    size = whole[0] // columns, whole[1] // rows
    for place, data in enumerate(pictures[:count]):
        with Image.open(BytesIO(data)) as picture:
            cut = ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)
        row, column = divmod(place, columns)
        face.paste(cut, (column * size[0], row * size[1]))
    return face


def _has(font: Font, words: str) -> bool:
    """Whether the font has all of these letters: those that it lacks all look the same."""
    lacking = bytes(font.getmask(_NOWHERE))
    return all(char.isspace() or bytes(font.getmask(char)) != lacking for char in set(words))


def _within(words: str, font: Font, room: float) -> str:
    """The words on one line, cut to a width."""
    said = shorten(one_line(words), 60)
    while said and font.getlength(said) > room:
        said = said.rstrip("…")[:-1].rstrip() + "…" if len(said) > 1 else ""
    return said


def _wrapped(words: str, font: Font, room: float) -> list[str]:
    lines: list[str] = []
    for word in one_line(words).split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(joined) <= room:
            lines[-1] = joined
        else:
            lines.append(_within(word, font, room))
    return [*lines[:5], "…"] if len(lines) > 6 else lines
