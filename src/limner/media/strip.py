"""A strip: the versions of a picture side by side, oldest first, each with its label, an arrow between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from limner.media.offloop import PICTURES, off_loop
from limner.media.preview import scaled
from limner.media.sheet import badge, encoded

MOST = 8
"""Pictures on one strip."""
HEIGHT = 320
"""Pixels; enough to compare, too little to keep."""
STEEPEST = 3
"""No picture of a strip is this many times as wide as it is high, so that none is crowded out."""

_GAP = 40
_ARROW = (142, 146, 151, 255)


async def strip(pictures: Sequence[Path], *, labels: Sequence[str] | None = None) -> tuple[bytes, str, int, int]:
    """The pictures in a row, of one height: bytes, media type (JPEG; PNG when one of them is transparent somewhere),
    width, height. Each has its label, or its number, in its corner.

    Raises:
        ValueError: None, or more than `MOST`.
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    if not 1 <= len(pictures) <= MOST:
        raise ValueError(f"a strip has 1 to {MOST} pictures, not {len(pictures)}")
    told = labels or [str(number) for number in range(1, len(pictures) + 1)]
    return await off_loop(PICTURES, _strip, pictures, told)


def _strip(pictures: Sequence[Path], labels: Sequence[str]) -> tuple[bytes, str, int, int]:
    small = [scaled(path, (HEIGHT * STEEPEST, HEIGHT), name=path.name, reducing_gap=1.0) for path in pictures]
    width = sum(each.width for each in small) + _GAP * (len(small) - 1)
    canvas = Image.new("RGBA", (width, HEIGHT))
    draw = ImageDraw.Draw(canvas)
    left = 0
    for number, (image, label) in enumerate(zip(small, labels, strict=True)):
        if number:
            _arrow(draw, left - _GAP)
        top = (HEIGHT - image.height) // 2
        canvas.paste(image, (left, top))
        mark = badge(label, HEIGHT // 12)
        if mark.width <= image.width and mark.height <= image.height:
            canvas.alpha_composite(mark, (left, top))
        left += image.width + _GAP
    data, media_type = encoded(canvas, transparent=any(each.mode == "RGBA" for each in small))
    return data, media_type, width, HEIGHT


def _arrow(draw: ImageDraw.ImageDraw, left: int) -> None:
    """An arrow to the right in the gap that begins there."""
    middle, end = HEIGHT // 2, left + _GAP - 10
    draw.line((left + 10, middle, end - 6, middle), fill=_ARROW, width=4)
    draw.polygon(((end, middle), (end - 9, middle - 7), (end - 9, middle + 7)), fill=_ARROW)
