"""The sheet that a picture is drawn on: fills, soft lights and strokes, in shares of its width and height.

(0, 0) is above on the left, (1, 1) below on the right. Edges are smoothed by drawing their mask at twice the size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw

from limner.engines.sketch.colour import PAPER, Colour, mix
from limner.engines.sketch.pen import Point

GRAIN_SIDE = 256
EDGE_PIXELS = 4_000_000
"""Above this many pixels an edge is fine enough without smoothing."""


class Canvas:
    """A picture in the making, opaque or (for a cut-out) transparent."""

    def __init__(self, width: int, height: int, random: Random, *, transparent: bool = False) -> None:
        self.width, self.height = width, height
        self.short = min(width, height)
        self.random = random
        self.transparent = transparent
        mode, empty = ("RGBA", (0, 0, 0, 0)) if transparent else ("RGB", (250, 246, 236))
        self.image = Image.new(mode, (width, height), empty)

    def gradient(self, colours: Sequence[Colour]) -> None:
        """The whole sheet from the first colour above to the last below."""
        self.image.paste(self._column(self.height, colours), (0, 0))

    def _column(self, height: int, colours: Sequence[Colour]) -> Image.Image:
        last = len(colours) - 1
        column = Image.new("RGB", (1, height))
        pixels = []
        for y in range(height):
            at = y / max(1, height - 1) * last
            index = min(int(at), max(0, last - 1))
            pixels.append(mix(colours[index], colours[min(index + 1, last)], at - index))
        column.putdata(pixels)
        return column.resize((self.width, height))

    def area(self, outline: Sequence[Point], colours: Sequence[Colour], *, opacity: float = 1.0) -> None:
        """A filled area, from the first colour at its top to the last at its bottom."""
        xs, ys = [x * self.width for x, _ in outline], [y * self.height for _, y in outline]
        left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        right, bottom = min(self.width, math.ceil(max(xs))), min(self.height, math.ceil(max(ys)))
        if right <= left or bottom <= top:
            return
        times = 2 if (right - left) * (bottom - top) < EDGE_PIXELS else 1
        mask = Image.new("L", ((right - left) * times, (bottom - top) * times))
        placed = [((x - left) * times, (y - top) * times) for x, y in zip(xs, ys, strict=True)]
        ImageDraw.Draw(mask).polygon(placed, fill=round(255 * opacity))
        if times > 1:
            mask = mask.reduce(times)
        if len(colours) == 1:
            self.image.paste(colours[0], (left, top, right, bottom), mask)
            return
        column = self._column(bottom - top, colours).crop((0, 0, right - left, bottom - top))
        self.image.paste(column, (left, top), mask)

    def glow(self, x: float, y: float, radius: float, colour: Colour, opacity: float) -> None:
        """A soft light about a point; the radius is in shares of the shorter side."""
        side = max(2, round(radius * self.short * 2))
        spot = _spot().resize((side, side)).point(lambda v: round(v * opacity))
        left, top = round(x * self.width - side / 2), round(y * self.height - side / 2)
        self.image.paste(colour, (left, top, left + side, top + side), spot)

    def strokes(self, lines: Sequence[Sequence[Point]], width: float, colour: Colour, *, opacity: float = 1.0) -> None:
        """Lines of this width, in shares of the shorter side."""
        mask = Image.new("L", (self.width, self.height))
        draw = ImageDraw.Draw(mask)
        thick = max(1, round(width * self.short))
        for line in lines:
            draw.line(
                [(x * self.width, y * self.height) for x, y in line],
                fill=round(255 * opacity),
                width=thick,
                joint="curve",
            )
        self.image.paste(colour, (0, 0, self.width, self.height), mask)

    def dots(self, dots: Sequence[tuple[float, float, float]], colour: Colour, *, opacity: float = 1.0) -> None:
        """Small discs (x, y, radius in shares of the shorter side)."""
        mask = Image.new("L", (self.width, self.height))
        draw = ImageDraw.Draw(mask)
        for x, y, radius in dots:
            r = max(0.6, radius * self.short)
            cx, cy = x * self.width, y * self.height
            draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=round(255 * opacity))
        self.image.paste(colour, (0, 0, self.width, self.height), mask)

    def veil(self, colour: Colour, opacity: float) -> None:
        """A thin colour over everything so far; what is transparent stays so."""
        veil = Image.new("RGB", self.image.size, colour)
        if self.transparent:
            alpha = self.image.getchannel("A")
            self.image = Image.blend(self.image.convert("RGB"), veil, opacity)
            self.image.putalpha(alpha)
        else:
            self.image = Image.blend(self.image, veil, opacity)

    def put(self, tile: Image.Image, left: int, top: int) -> None:
        """A finished thing with its alpha."""
        if self.transparent:
            layer = Image.new("RGBA", self.image.size)
            layer.paste(tile, (left, top))
            self.image = Image.alpha_composite(self.image, layer)
        else:
            self.image.paste(tile, (left, top), tile)

    def border(self) -> None:
        """Bare paper about the picture, with the uneven edge that a brush leaves."""
        shake, edge = self.random.uniform, max(2.0, self.short * 0.022)
        ring: list[Point] = []
        for (x0, y0), (x1, y1) in (((0, 0), (1, 0)), ((1, 0), (1, 1)), ((1, 1), (0, 1)), ((0, 1), (0, 0))):
            length = self.width if y0 == y1 else self.height
            steps = max(6, min(90, round(length / (edge * 0.9))))
            for step in range(steps):
                at = step / steps
                x = (x0 + (x1 - x0) * at) * (self.width - 2 * edge) + edge + shake(-0.16, 0.16) * edge
                y = (y0 + (y1 - y0) * at) * (self.height - 2 * edge) + edge + shake(-0.16, 0.16) * edge
                ring.append((x, y))
        mask = Image.new("L", self.image.size, 255)
        ImageDraw.Draw(mask).polygon(ring, fill=0)
        self.image.paste(PAPER, (0, 0, self.width, self.height), mask)

    def grain(self) -> None:
        """The tooth of the paper."""
        tile = Image.frombytes("L", (GRAIN_SIDE, GRAIN_SIDE), self.random.randbytes(GRAIN_SIDE * GRAIN_SIDE))
        scale = max(1, round(self.short / 900))
        tile = tile.resize((GRAIN_SIDE * 2, GRAIN_SIDE)).point(lambda v: 119 + v // 14)
        if scale > 1:
            tile = tile.resize((tile.width * scale, tile.height * scale))
        sheet = Image.new("L", self.image.size)
        for x in range(0, self.width, tile.width):
            for y in range(0, self.height, tile.height):
                sheet.paste(tile, (x, y))
        colours = self.image.convert("RGB")
        grained = ImageChops.overlay(colours, Image.merge("RGB", (sheet, sheet, sheet)))
        if self.transparent:
            grained.putalpha(self.image.getchannel("A"))
        self.image = grained


def _spot() -> Image.Image:
    return Image.radial_gradient("L").point(lambda v: max(0, round(255 * (1 - min(1, v / 180)) ** 2)))


def hatching(size: tuple[int, int], random: Random) -> Image.Image:
    """Pencil strokes for the shade, as a mask: pale between the strokes, full on them."""
    width, height = size
    mask = Image.new("L", size, 150)
    draw = ImageDraw.Draw(mask)
    gap = max(4, min(size) / 110)
    at = -height * 0.6
    while at < width:
        bend = random.uniform(-gap, gap)
        draw.line(
            [(at, height), (at + height * 0.3 + bend, height / 2), (at + height * 0.6, 0)],
            fill=255,
            width=max(1, round(gap / 3)),
        )
        at += gap * random.uniform(0.75, 1.35)
    return mask
