"""How a picture looks: which colours stand out, and a likeness that stays nearly the same when it is scaled or packed
anew.

The likeness is the usual perceptual hash: of the picture in 32×32 greys the cosine transform's lowest frequencies, each
a bit that says whether it is more than their median (Zauner, "Implementation and Benchmarking of Perceptual Image Hash
Functions", 2010). The library that everybody takes for it brings SciPy along, for a few thousand multiplications.
"""

from __future__ import annotations

from functools import cache
from math import cos, pi
from operator import mul
from pathlib import Path
from statistics import median

from PIL import Image

from limner.domain.look import BITS, Look
from limner.media.colours import shares_of
from limner.media.preview import on_small

STANDS_OUT = 0.12
"""The share of a picture from which on a colour stands out in it."""
MOST = 3
"""Colours of a picture that do, at most."""

_LOOKED_AT = 128
_SIDE = 32
_LOW = 11
"""Frequencies either way of which the lowest are taken."""
_FLAT = 4.0
"""What a coefficient has to be beyond to count: below it is only rounding."""


async def look_of(picture: bytes | Path, *, name: str = "picture") -> Look:
    """How a picture looks; one that moves by its first frame.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    return await on_small(picture, _look, longest=_LOOKED_AT, name=name)


def _look(small: Image.Image) -> Look:
    shares = shares_of([small])
    colours = tuple(each for each, share in shares.items() if share >= STANDS_OUT)[:MOST] or tuple(shares)[:1]
    greys = small.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return Look(colours=colours, likeness=_likeness(greys.tobytes()))


def _likeness(greys: bytes) -> str:
    waves = _waves()
    lines = [greys[at : at + _SIDE] for at in range(0, _SIDE**2, _SIDE)]
    rows = [[sum(map(mul, wave, line)) for wave in waves] for line in lines]
    columns = list(zip(*rows, strict=True))
    found = [sum(map(mul, waves[down], columns[across])) for down, across in _lowest()]
    middle = median(found)
    bits = "".join("1" if each > middle and abs(each) > _FLAT else "0" for each in found)
    return f"{int(bits, 2):0{BITS // 4}x}"


@cache
def _waves() -> list[list[float]]:
    return [[cos(pi * (2 * x + 1) * u / (2 * _SIDE)) for x in range(_SIDE)] for u in range(_LOW)]


@cache
def _lowest() -> list[tuple[int, int]]:
    """The lowest frequencies, without the one that is only how bright it is."""
    every = sorted(((v, u) for v in range(_LOW) for u in range(_LOW)), key=lambda each: (sum(each), each))
    return every[1 : BITS + 1]
