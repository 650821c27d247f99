"""Moving pictures: what fits together of a GIF's frames, their size and their number.

A model paints all frames on one sheet, cuts it, and bills the sheet, which has to be a picture that it could paint:
that bounds the frames (measured by others on the 2.6 models: squares of 960 pixels up to 9 frames, 816 up to 12, 720 up
to 16). Source of the numbers of frames: the SDK's `types/image_generate_params.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import sqrt

from limner.domain.shape import NAMED, pixels, ratio
from limner.rules.sizes import LEAST, MOST, STEEPEST, USUAL, around, spoken

FEWEST, MOST_FRAMES, USUAL_FRAMES = 2, 16, 9
LONGEST_FRAME = 960


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """How the frames of a GIF lie side by side while they are painted."""

    columns: int
    rows: int

    @property
    def cells(self) -> int:
        return self.columns * self.rows

    @classmethod
    def of(cls, frames: int) -> Sheet:
        """The smallest that holds so many."""
        if frames <= 9:
            return cls(columns=3, rows=3)
        return cls(columns=4, rows=3 if frames <= 12 else 4)


@lru_cache(maxsize=256)
def frame_size(shape: str, frames: int) -> tuple[int, int, tuple[str, ...]]:
    """The size of one frame that is nearest to a shape, and what was rounded, as sentences."""
    exact, across = pixels(shape), ratio(shape)
    sheet = Sheet.of(frames)
    steepest = STEEPEST * sheet.rows / sheet.columns
    wanted = min(max(across, 1 / steepest), steepest)
    area = min(max(exact[0] * exact[1] if exact else USUAL, LEAST / frames), MOST / sheet.cells)
    tall, wide = sqrt(area / wanted), sqrt(area * wanted)
    shrink = min(1.0, LONGEST_FRAME / max(tall, wide))

    def taken(size: tuple[int, int]) -> bool:
        pixels = size[0] * size[1]
        fits = max(size) <= LONGEST_FRAME and LEAST <= pixels * sheet.cells <= MOST
        return fits and max(size) <= min(size) * steepest

    def distance(size: tuple[int, int]) -> tuple[float, int]:
        return abs(size[0] / size[1] / wanted - 1), -size[0] * size[1]

    width, height = min(filter(taken, product(around(wide * shrink), around(tall * shrink))), key=distance)
    if exact and (width, height) != exact:
        return width, height, (f"{exact[0]}×{exact[1]} is not to be had for {frames} frames: {width}×{height} used.",)
    if exact is None and shape not in NAMED and abs(Fraction(width, height) / across - 1) > Fraction(2, 100):
        return width, height, (f"{shape} is not to be had: {spoken(width, height)} used.",)
    return width, height, ()
