"""Sizes: the pixels nearest to a shape that a model paints.

Source of the bounds of flexible models: OpenAI's guide to image generation.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import sqrt

from limner.domain.shape import NAMED, pixels, ratio

STEP = 16
LEAST, MOST = 655_360, 8_294_400
"""Pixels that flexible models take."""
LONGEST = 3840
STEEPEST = Fraction(3)
USUAL = 1536 * 1024
"""The area that a ratio without a size gets; a square gets 1024×1024."""


@lru_cache(maxsize=1024)  # each button with a price on it asks again
def size_of(shape: str, sizes: tuple[str, ...] | None) -> tuple[int, int, tuple[str, ...]]:
    """The size nearest to a shape, of these or else of all, and what was rounded, as sentences."""
    notes: tuple[str, ...] = ()
    exact, across = pixels(shape), ratio(shape)
    width, height = nearest_flexible(exact, across) if sizes is None else nearest(exact, across, sizes)
    if exact and (width, height) != exact:
        notes = (f"{exact[0]}×{exact[1]} is not to be had: {width}×{height} used.",)
    elif exact is None and shape not in NAMED and abs(Fraction(width, height) / across - 1) > Fraction(2, 100):
        notes = (f"{shape} is not to be had: {spoken(width, height)} used.",)
    return width, height, notes


def spoken(width: int, height: int) -> str:
    """A ratio as members read it, or the size itself where it is none that one says."""
    plain = Fraction(width, height).limit_denominator(12)
    near = abs(Fraction(width, height) / plain - 1) < Fraction(2, 100)
    return f"{plain.numerator}:{plain.denominator}" if near else f"{width}×{height}"


def nearest(exact: tuple[int, int] | None, across: Fraction, named: tuple[str, ...]) -> tuple[int, int]:
    """Of a model's few sizes the one whose ratio is nearest, then the one whose area is."""
    sizes = [pixels(size) or (1024, 1024) for size in named]
    area = exact[0] * exact[1] if exact else USUAL

    def distance(size: tuple[int, int]) -> tuple[float, int]:
        quotient = Fraction(size[0], size[1]) / across
        return float(max(quotient, 1 / quotient)), abs(size[0] * size[1] - area)

    return min(sizes, key=distance)


def nearest_flexible(exact: tuple[int, int] | None, across: Fraction) -> tuple[int, int]:
    """The size in the model's steps and bounds that is nearest to what was asked: to a size by its sides, to a ratio by
    its ratio."""
    area = exact[0] * exact[1] if exact else (1024 * 1024 if across == 1 else USUAL)
    across = min(max(across, 1 / STEEPEST), STEEPEST)
    area = min(max(area, LEAST), MOST)
    tall, wide = sqrt(area / across), sqrt(area * across)
    shrink = min(1.0, LONGEST / max(tall, wide))
    wide, tall = wide * shrink, tall * shrink

    def distance(size: tuple[int, int]) -> tuple[float, float]:
        off = abs(size[0] - wide) + abs(size[1] - tall)
        return (off, -size[0] * size[1]) if exact else (abs(size[0] / size[1] / across - 1), off)

    return min(filter(taken, product(around(wide), around(tall))), key=distance)


def around(side: float) -> tuple[int, ...]:
    """The steps around a side, two on either hand; among those of both sides there is always a size that is taken."""
    below = int(side) // STEP
    return tuple(STEP * step for step in range(below - 1, below + 3))


def taken(size: tuple[int, int]) -> bool:
    """Whether flexible models paint this size."""
    long, short = max(size), min(size)
    return LEAST <= long * short <= MOST and long <= LONGEST and long <= short * STEEPEST
