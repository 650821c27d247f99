"""How far a picture can grow: the canvas that a model takes, and where on it the picture stands. Pixels."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from limner.domain.options import Towards
from limner.media.canvas import Canvas
from limner.rules.sizes import STEEPEST, STEP, nearest, nearest_flexible, taken

GROWTH = Fraction(3, 2)
"""How much longer a side becomes that grows: a square becomes 3:2, as wide as pictures usually are."""
_ALONG = {
    Towards.WIDER: (True, False),
    Towards.TALLER: (False, True),
    Towards.OUT: (True, True),
    Towards.LEFT: (True, False),
    Towards.RIGHT: (True, False),
    Towards.UP: (False, True),
    Towards.DOWN: (False, True),
}
"""Whether its width and its height grow."""
_AT = {Towards.LEFT: (1.0, 0.5), Towards.RIGHT: (0.0, 0.5), Towards.UP: (0.5, 1.0), Towards.DOWN: (0.5, 0.0)}
"""Where the picture stands, from 0 (left, top) to 1; in the middle where nothing is said."""


@lru_cache(maxsize=1_000)
def extent(size: tuple[int, int], towards: Towards, sizes: tuple[str, ...] | None) -> Canvas:
    """The canvas for a picture of this size. It keeps its own size on it wherever the model paints so large, and is
    scaled where it does not; there is always something new on the sides that were asked for.

    Args:
        sizes: Those of the model; None: it is free in steps.
    """
    width, height = size
    across, down = (GROWTH if grows else Fraction(1) for grows in _ALONG[towards])
    if sizes is None:
        found = _free(width * across, height * down)
    else:
        found = nearest((ceil(width * across), ceil(height * down)), width * across / (height * down), sizes)
    scale = min(Fraction(found[0]) / (width * across), Fraction(found[1]) / (height * down))
    if sizes is None and scale > 1 and found[0] < width * across + STEP and found[1] < height * down + STEP:
        scale = Fraction(1)  # only rounded up
    own = max(1, min(found[0], floor(width * scale))), max(1, min(found[1], floor(height * scale)))
    along, beside = _AT.get(towards, (0.5, 0.5))
    return Canvas(
        width=found[0],
        height=found[1],
        left=round((found[0] - own[0]) * along),
        top=round((found[1] - own[1]) * beside),
        across=own[0],
        down=own[1],
    )


def _free(across: Fraction, down: Fraction) -> tuple[int, int]:
    """The smallest canvas in the model's steps that holds so much; where it takes none so large, or so small, the
    nearest that it takes. What would be too long for its height grows in height too."""
    across, down = max(across, down / STEEPEST), max(down, across / STEEPEST)
    holding = _up(across), _up(down)
    return holding if taken(holding) else nearest_flexible((ceil(across), ceil(down)), across / down)


def _up(side: Fraction) -> int:
    return STEP * ceil(side / STEP)
