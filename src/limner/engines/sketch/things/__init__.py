"""What the sketcher can draw. Each thing is one function with a pen, declared by `kind`; a file in here is a family."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from limner.engines.sketch.colour import Colour, hexed
from limner.engines.sketch.pen import Pen


class Level(StrEnum):
    """Where a thing belongs in a picture."""

    FAR = "far"
    """Buildings, trees, mountains: behind, standing on the ground."""
    NEAR = "near"
    """Animals, people, objects: in front, standing on the ground."""
    AIR = "air"
    """It flies."""
    HEAVEN = "heaven"
    """The sun, the moon: there is one place for it, high up."""
    WATER = "water"
    """It swims, where there is water, and otherwise lies on the ground."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one kind of thing is drawn."""

    name: str
    draw: Callable[[Pen], None]
    height: float
    """Its natural height, in the picture's shorter side."""
    aspect: float
    """Its width in its height."""
    main: Colour
    second: Colour
    level: Level
    seat: float
    """How high another thing stands that stands on it, in its height."""
    glow: float
    flips: bool


_KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    height: float,
    aspect: float,
    main: str,
    second: str,
    level: Level = Level.NEAR,
    *,
    seat: float = 0.9,
    glow: float = 0.0,
    flips: bool = True,
) -> Callable[[Callable[[Pen], None]], Callable[[Pen], None]]:
    """Declares a drawing."""

    def declare(draw: Callable[[Pen], None]) -> Callable[[Pen], None]:
        _KINDS[name] = Kind(
            name=name,
            draw=draw,
            height=height,
            aspect=aspect,
            main=hexed(main),
            second=hexed(second),
            level=level,
            seat=seat,
            glow=glow,
            flips=flips,
        )
        return draw

    return declare


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its name."""
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        importlib.import_module(module.name)
    return dict(_KINDS)
