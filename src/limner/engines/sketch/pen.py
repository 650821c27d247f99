"""A pen for one thing: shapes in the thing's own units, drawn at twice the size and then reduced, with a pencil's line.

A thing's units: the ground is y = 0, its top is about y = 1, its middle x = 0; y goes up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw

from limner.engines.sketch.colour import Colour, darker, lighter, mix

Point = tuple[float, float]
OVERSAMPLING = 2
MARGIN = 0.12
"""Room around a thing for tails, smoke and wobble, in its height."""


def spline(points: Sequence[Point], *, closed: bool = True, steps: int = 7) -> list[Point]:
    """A smooth curve through the points (Catmull-Rom)."""
    count = len(points)
    if count < 3:
        return list(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            p0, p1, p2, p3 = (points[(index + shift) % count] for shift in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(index + shift, 0), count - 1)] for shift in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            t2, t3 = t * t, t * t * t
            curve.append(
                (
                    0.5
                    * (
                        2 * p1[0]
                        + (p2[0] - p0[0]) * t
                        + (2 * p0[0] - 5 * p1[0] + 4 * p2[0] - p3[0]) * t2
                        + (3 * p1[0] - p0[0] - 3 * p2[0] + p3[0]) * t3
                    ),
                    0.5
                    * (
                        2 * p1[1]
                        + (p2[1] - p0[1]) * t
                        + (2 * p0[1] - 5 * p1[1] + 4 * p2[1] - p3[1]) * t2
                        + (3 * p1[1] - p0[1] - 3 * p2[1] + p3[1]) * t3
                    ),
                )
            )
    if not closed:
        curve.append(points[-1])
    return curve


class Pen:
    """Draws one thing of `height` pixels; `finish` gives it with light, shade and hatching on it."""

    def __init__(
        self,
        *,
        height: float,
        aspect: float,
        main: Colour,
        second: Colour,
        random: Random,
        flip: bool = False,
        line: float = 1.0,
        glow: float = 0.0,
    ) -> None:
        self.main, self.second = main, second
        self.dark, self.light = darker(main, 0.32), lighter(main, 0.38)
        self.ink = darker(mix(main, (52, 40, 52), 0.62), 0.42)
        self.random = random
        self.glow = glow
        """How much this thing is itself a light, which takes no shade."""
        self._scale = height * OVERSAMPLING
        self._flip = -1 if flip else 1
        self.width = math.ceil(height * (aspect + 2 * MARGIN) / 2) * 2 or 2
        self.height = math.ceil(height * (1 + 2 * MARGIN) / 2) * 2 or 2
        self._tile = Image.new("RGBA", (self.width * OVERSAMPLING, self.height * OVERSAMPLING), (*self.ink, 0))
        self._draw = ImageDraw.Draw(self._tile)
        self._x0 = self.width * OVERSAMPLING / 2
        self._y0 = height * (1 + MARGIN) * OVERSAMPLING
        self.line_width = max(1, round(line * OVERSAMPLING * max(0.7, height / 210)))
        self._wobble = 0.0035

    def _place(self, points: Sequence[Point], wobble: float = 0.0) -> list[Point]:
        shake = self.random.uniform
        return [
            (
                self._x0 + self._flip * (x + shake(-wobble, wobble)) * self._scale,
                self._y0 - (y + shake(-wobble, wobble)) * self._scale,
            )
            for x, y in points
        ]

    def _trace(self, placed: list[Point], fill: Colour, line: bool) -> None:
        self._draw.polygon(placed, fill=(*fill, 255))
        if line:
            self._draw.line(
                [*placed, placed[0], placed[1]], fill=self._outline(fill), width=self.line_width, joint="curve"
            )

    def _outline(self, fill: Colour) -> tuple[int, int, int, int]:
        return (*darker(mix(fill, self.ink, 0.72), 0.1), 255)

    def polygon(self, points: Sequence[Point], fill: Colour, *, line: bool = True) -> None:
        """Straight edges, corners where they are said."""
        self._trace(self._place(points, self._wobble), fill, line)

    def blob(self, points: Sequence[Point], fill: Colour, *, line: bool = True) -> None:
        """A smooth closed shape through the points."""
        shaken = [(x + self.random.uniform(-0.003, 0.003), y + self.random.uniform(-0.003, 0.003)) for x, y in points]
        self._trace(self._place(spline(shaken)), fill, line)

    def oval(
        self, x: float, y: float, rx: float, ry: float, fill: Colour, *, tilt: float = 0.0, line: bool = True
    ) -> None:
        """An ellipse about (x, y), turned by `tilt` degrees."""
        cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
        steps = 36 if max(rx, ry) * self._scale > 12 else 14
        ring = [(rx * math.cos(math.tau * k / steps), ry * math.sin(math.tau * k / steps)) for k in range(steps)]
        self._trace(self._place([(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in ring]), fill, line)

    def box(self, left: float, bottom: float, right: float, top: float, fill: Colour, *, line: bool = True) -> None:
        """An upright rectangle."""
        self.polygon([(left, bottom), (left, top), (right, top), (right, bottom)], fill, line=line)

    def stroke(self, points: Sequence[Point], width: float, fill: Colour, *, smooth: bool = True) -> None:
        """A line of this width (in the thing's units) with round ends."""
        placed = self._place(spline(points, closed=False) if smooth else points)
        thick = max(1, round(width * self._scale))
        self._draw.line(placed, fill=(*fill, 255), width=thick, joint="curve")
        if thick > 3:
            for x, y in (placed[0], placed[-1]):
                r = thick / 2 - 0.5
                self._draw.ellipse((x - r, y - r, x + r, y + r), fill=(*fill, 255))

    def limb(self, points: Sequence[Point], widths: Sequence[float], fill: Colour, *, line: bool = True) -> None:
        """A limb, trunk or tail along the points, as wide at each as is said."""
        left: list[Point] = []
        right: list[Point] = []
        for index, (x, y) in enumerate(points):
            before, after = points[max(index - 1, 0)], points[min(index + 1, len(points) - 1)]
            dx, dy = after[0] - before[0], after[1] - before[1]
            length = math.hypot(dx, dy) or 1.0
            half = widths[index] / 2
            left.append((x - dy / length * half, y + dx / length * half))
            right.append((x + dy / length * half, y - dx / length * half))
        outline = spline(left, closed=False) + spline(right[::-1], closed=False)
        placed = self._place(outline)
        self._draw.polygon(placed, fill=(*fill, 255))
        if line:
            # Open where it begins: there it grows out of a body.
            self._draw.line(placed, fill=self._outline(fill), width=self.line_width, joint="curve")

    def eye(self, x: float, y: float, size: float = 0.02, colour: Colour = (34, 28, 40)) -> None:
        """An eye with a spark of light in it."""
        self.oval(x, y, size, size * 1.1, colour, line=False)
        self.oval(x + size * 0.3, y + size * 0.4, size * 0.35, size * 0.35, (255, 255, 255), line=False)

    def finish(self, hatching: Image.Image, shade: Colour, *, strength: float = 0.34) -> Image.Image:
        """The thing at its own size: lighter above on the left, in shade below on the right, hatched there."""
        tile = self._tile.reduce(OVERSAMPLING)
        if self.glow < 1:
            alpha = tile.getchannel("A")
            ramp = _ramp(tile.size)
            weight = strength * (1 - self.glow)
            hatch = hatching.crop((0, 0, *tile.size))
            dark = ImageChops.multiply(ramp, hatch).point(lambda v: round(v * weight))
            colours = tile.convert("RGB")
            colours = Image.composite(Image.new("RGB", tile.size, shade), colours, dark)
            bright = ramp.point(lambda v: max(0, round((105 - v) * 0.42)))
            colours = Image.composite(Image.new("RGB", tile.size, (255, 248, 226)), colours, bright)
            tile = colours
            tile.putalpha(alpha)
        return tile


def _ramp(size: tuple[int, int]) -> Image.Image:
    """From 0 above on the left to 255 below on the right."""
    down = Image.linear_gradient("L").resize(size)
    across = Image.linear_gradient("L").rotate(90).resize(size)
    return Image.blend(down, across, 0.42)
