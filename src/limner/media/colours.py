"""The colours of pictures: a few that stand for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from limner.domain.colour import distance
from limner.media.offloop import PICTURES, off_loop
from limner.media.preview import on_small

FOUND = 5
"""Colours that are taken from pictures."""

_LOOKED_AT = 128
_BINS = 24
_NEAR = 0.09
"""Colours that are more alike than this are one."""
_LEAST = 0.012
"""The share of a picture below which a colour does not count."""


async def colours(pictures: Sequence[Path], *, most: int = FOUND) -> tuple[str, ...]:
    """The colours that stand for these pictures, as `#rrggbb`, those with the largest share first.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    small = [await on_small(path, _itself, longest=_LOOKED_AT, name=path.name) for path in pictures]
    return await off_loop(PICTURES, _colours, small, most)


def _itself(picture: Image.Image) -> Image.Image:
    return picture


def _colours(pictures: list[Image.Image], most: int) -> tuple[str, ...]:
    shares = shares_of(pictures)
    return tuple(each for each, share in shares.items() if share >= _LEAST)[:most] or tuple(shares)[:1]


def shares_of(pictures: list[Image.Image]) -> dict[str, float]:
    """The colours of small pictures in RGB, those alike as one, each with its share of them, the largest first."""
    shares: Counter[str] = Counter()
    for small in pictures:
        binned = small.quantize(_BINS, Image.Quantize.MEDIANCUT, kmeans=2)
        palette = binned.getpalette() or []
        counted = binned.getcolors() or []
        total = sum(count for count, _ in counted) * len(pictures)
        for count, index in counted:
            red, green, blue = palette[3 * int(index) : 3 * int(index) + 3]  # type: ignore[arg-type]
            shares[f"#{red:02x}{green:02x}{blue:02x}"] += count / total  # type: ignore[assignment]
    return _distinct(shares)


def _distinct(shares: Counter[str]) -> dict[str, float]:
    """Of colours that are alike the commonest, which has their shares too."""
    kept: dict[str, float] = {}
    for colour, share in shares.most_common():
        near = min(kept, key=lambda each: distance(each, colour), default=None)
        if near is not None and distance(near, colour) < _NEAR:
            kept[near] += share
        else:
            kept[colour] = share
    return {each: kept[each] for each in sorted(kept, key=lambda each: -kept[each])}
