"""Words on a picture: the label that every sketch bears, and lettering that a prompt quoted."""

from __future__ import annotations

import textwrap
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from limner.engines.sketch.colour import INK, PAPER, Colour

LABEL = "offline sketch"


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def label(picture: Image.Image, box: tuple[int, int, int, int] | None = None) -> None:
    """Writes the label into the lower right corner of the picture, or of this part of it."""
    left, top, right, bottom = box or (0, 0, picture.width, picture.height)
    wide, tall = right - left, bottom - top
    size = round(min(max(10, min(picture.size) * 0.022), wide / 6.6, tall * 0.6))
    if size < 4:
        return
    font = _font(size)
    x0, y0, x1, y1 = font.getbbox(LABEL)
    pad = max(1, round(size * 0.42))
    text_wide, text_tall = round(x1 - x0), round(y1 - y0)
    x, y = right - text_wide - 3 * pad, bottom - text_tall - 3 * pad
    chip = Image.new("RGBA", (text_wide + 2 * pad, text_tall + 2 * pad))
    draw = ImageDraw.Draw(chip)
    draw.rounded_rectangle((0, 0, chip.width - 1, chip.height - 1), radius=pad, fill=(*PAPER, 214))
    draw.text((pad - x0, pad - y0), LABEL, font=font, fill=(*INK, 255))
    place = (max(left, x), max(top, y))
    if picture.mode == "RGBA":
        picture.alpha_composite(chip, place)
    else:
        picture.paste(chip, place, chip)


def lettering(picture: Image.Image, words: str, colour: Colour, *, middle: float) -> None:
    """Writes the words large, about `middle` of the height, on as many lines as they need."""
    wide, tall = picture.size
    lines = textwrap.wrap(words, width=14 if wide <= tall * 1.2 else 22) or [words]
    room = min(tall * 0.34 / len(lines), tall * 0.15)
    size = max(4, round(min(room, wide * 0.86 / max(1, max(len(line) for line in lines)) / 0.56)))
    font = _font(size)
    step = size * 1.16
    top = min(max(middle * tall - step * len(lines) / 2, tall * 0.05), tall * 0.94 - step * len(lines))
    layer = Image.new("RGBA", picture.size)
    draw = ImageDraw.Draw(layer)
    for index, line in enumerate(lines):
        draw.text(
            (wide / 2, top + step * (index + 0.5)),
            line,
            font=font,
            fill=(*colour, 255),
            anchor="mm",
            stroke_width=max(1, size // 11),
            stroke_fill=(*PAPER, 255),
        )
    if picture.mode == "RGBA":
        picture.alpha_composite(layer)
    else:
        picture.paste(layer, (0, 0), layer)
