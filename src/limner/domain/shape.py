"""A picture's shape, as members say it and as pixels."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator

from limner.errors import ImpossibleShape

NAMED = {"square": Fraction(1), "wide": Fraction(3, 2), "tall": Fraction(2, 3)}

_SIZE = re.compile(r"^(\d{2,5})\s*[x×*]\s*(\d{2,5})$")
_RATIO = re.compile(r"^(\d{1,4}(?:\.\d{1,3})?)\s*[:/]\s*(\d{1,4}(?:\.\d{1,3})?)$")
_SYNONYMS = {
    "landscape": "wide",
    "horizontal": "wide",
    "portrait": "tall",
    "vertical": "tall",
    "quadratic": "square",
    "auto": "square",
}


def read_shape(words: Any) -> str:
    """`square`, `wide`, `tall`, a ratio such as `16:9`, or a size such as `1536x1024`, in that spelling.

    Raises:
        ImpossibleShape: It is none of these, or has a side of zero.
    """
    said = str(words).strip().lower()
    said = _SYNONYMS.get(said, said)
    if said in NAMED:
        return said
    if match := _SIZE.match(said):
        width, height = int(match[1]), int(match[2])
        if width and height:
            return f"{width}x{height}"
    if match := _RATIO.match(said):
        across, down = Fraction(match[1]), Fraction(match[2])
        if across and down:
            return f"{match[1]}:{match[2]}"
    raise ImpossibleShape(value=str(words)[:40])


def ratio(shape: str) -> Fraction:
    """Width over height."""
    if shape in NAMED:
        return NAMED[shape]
    across, down = re.split("[x:]", shape)
    return Fraction(across) / Fraction(down)


def nearest(width: int, height: int) -> str:
    """The named shape that a size is most like."""
    across = Fraction(width, height)
    return min(NAMED, key=lambda name: max(across / NAMED[name], NAMED[name] / across))


def pixels(shape: str) -> tuple[int, int] | None:
    """The exact size, when the shape names one."""
    if "x" not in shape:
        return None
    width, height = shape.split("x")
    return int(width), int(height)


Shape = Annotated[str, BeforeValidator(read_shape)]
