"""Colours as numbers: how like two of them are to the eye."""

from __future__ import annotations

from functools import lru_cache
from math import atan2, cbrt, degrees, dist, hypot


def distance(one: str, other: str) -> float:
    """How unlike two colours are to the eye: 0 the same, 1 black and white (in Björn Ottosson's Oklab)."""
    return dist(_oklab(one), _oklab(other))


def rgb(colour: str) -> tuple[int, int, int]:
    """A colour's parts."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=4096)
def _oklab(colour: str) -> tuple[float, float, float]:
    red, green, blue = (((v / 255 + 0.055) / 1.055) ** 2.4 if v > 10 else v / 255 / 12.92 for v in rgb(colour))
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


COLOURS = (
    *("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown"),
    *("black", "grey", "white"),
)
"""The colours that people look for by name."""

_HUES = ((15, "pink"), (42, "red"), (78, "orange"), (118, "yellow"), (165, "green"), (220, "teal"), (285, "blue"))
"""Degrees of Oklab's hue up to which each of them goes; beyond are purple, and pink again."""


def name_of(colour: str) -> str:
    """What people call a colour: the nearest of `COLOURS`."""
    light, a, b = _oklab(colour)
    strength = hypot(a, b)
    if light < 0.27 or strength < 0.035:
        return "black" if light < 0.33 else "white" if light > 0.88 else "grey"
    hue = degrees(atan2(b, a)) % 360
    name = next((name for end, name in _HUES if hue < end), "purple" if hue < 330 else "pink")
    if name in {"red", "orange", "yellow"} and light < 0.6 and strength < 0.14:
        return "brown"
    return "pink" if name == "red" and light > 0.75 else name
