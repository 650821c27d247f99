"""Lights: the colours that an hour gives to the sky, to the ground and to the shade."""

from __future__ import annotations

from dataclasses import dataclass

from limner.engines.sketch.colour import Colour, hexed


@dataclass(frozen=True)
class Light:
    """One hour's colours."""

    sky: tuple[Colour, Colour, Colour]
    """Above, in the middle, at the horizon."""
    tint: Colour
    """What the light lends to everything on the ground."""
    strength: float
    """How much of the tint, from 0 to 1."""
    shade: Colour
    lamp: str
    """What hangs in the sky when nobody asked: sun, moon or nothing."""
    dark: bool = False


def _light(sky: str, tint: str, strength: float, shade: str, lamp: str, dark: bool = False) -> Light:
    above, middle, below = (hexed(each) for each in sky.split())
    return Light((above, middle, below), hexed(tint), strength, hexed(shade), lamp, dark)


LIGHTS = {
    "": _light("#86bfe0 #bfe0ea #f6eedb", "#fff3d6", 0.06, "#41406e", ""),
    "day": _light("#5fb2e6 #a5d8ee #eaf4ea", "#fff3d0", 0.08, "#3c4474", "sun"),
    "dawn": _light("#7f9fd0 #f0bfc4 #ffe3b8", "#ffc9a8", 0.20, "#4d4379", "sun"),
    "sunset": _light("#4a4b8c #e0717a #ffc36e", "#ff9e62", 0.26, "#3b2a5c", "sun"),
    "dusk": _light("#2f3a70 #8a6fa8 #f2ac98", "#9a7fc0", 0.30, "#2a2450", ""),
    "golden": _light("#8fb7cf #f6dba0 #ffd07a", "#ffc25e", 0.26, "#5a3f5c", "sun"),
    "night": _light("#10173a #1f2f62 #46568c", "#2b3a78", 0.48, "#0d1030", "moon", dark=True),
    "moonlight": _light("#14204a #2c4680 #7f9cc4", "#5a7ab8", 0.42, "#101838", "moon", dark=True),
    "overcast": _light("#8797a6 #aebac2 #d5d9d4", "#a9b6c0", 0.24, "#3a4258", ""),
    "storm": _light("#2e3848 #566476 #97a09f", "#56667c", 0.38, "#1c2236", "", dark=True),
}
