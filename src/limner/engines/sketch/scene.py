"""A scene: sky, ground, things, weather, lettering, in that order, each over the one before."""

# ruff: noqa: S311 (pictures need numbers that can be repeated, not secrets)
from __future__ import annotations

import math
from dataclasses import replace
from random import Random

from PIL import Image

from limner.engines.sketch.canvas import Canvas, hatching
from limner.engines.sketch.colour import WHITE, Colour, darker, hexed, lighter, luminance, mix
from limner.engines.sketch.composition import Placed, compose
from limner.engines.sketch.light import LIGHTS, Light
from limner.engines.sketch.pen import Pen, spline
from limner.engines.sketch.reader import Thing
from limner.engines.sketch.scenery import PLACES, stars
from limner.engines.sketch.things import Level, kinds
from limner.engines.sketch.understanding import INDOORS, Understanding

CLOUDLESS = {"underwater", "space", "room"}


class Scene:
    """One picture of what was understood; the same random numbers give the same picture."""

    def __init__(
        self,
        understood: Understanding,
        canvas: Canvas,
        random: Random,
        *,
        detail: float = 1.0,
        within: tuple[int, int, int, int] | None = None,
    ) -> None:
        self.understood = understood
        self.canvas = canvas
        self.random = random
        self.detail = detail
        self.light = _light(understood, random)
        left, top, right, bottom = within or (0, 0, canvas.width, canvas.height)
        shown = understood if within or canvas.transparent else _furnished(understood, self.light)
        self.placed = tuple(
            replace(each, x=each.x + left, y=each.y + top)
            for each in compose(shown, right - left, bottom - top, random)
        )

    def scenery(self) -> None:
        """Sky and ground."""
        canvas, light, place = self.canvas, self.light, self.understood.place
        canvas.gradient(light.sky)
        if place not in CLOUDLESS:
            self._heaven()
        if _still(self.understood):
            self._backdrop()
        else:
            PLACES[place](canvas, light)

    def _heaven(self) -> None:
        canvas, light, shake = self.canvas, self.light, self.random.uniform
        if light.dark and self.understood.light != "storm":
            stars(canvas, round(150 * self.detail), 0.6)
        if "aurora" in self.understood.weather:
            self._aurora()
        lamp = next((each for each in self.placed if each.kind.name in {"sun", "moon"}), None)
        if lamp is not None:
            warm = (255, 226, 150) if lamp.kind.name == "sun" else (214, 226, 255)
            x, y = lamp.x / canvas.width, (lamp.y - lamp.height / 2) / canvas.height
            canvas.glow(x, y, 0.46, warm, 0.55)
        if self.understood.weather != ("fog",):
            cloud = mix(light.sky[2], WHITE, 0.0 if light.dark else 0.55)
            for _ in range(round(shake(2, 4.9)) if not light.dark else 3):
                self._cloud(shake(0, 1), shake(0.08, 0.40), shake(0.10, 0.22), cloud, 0.30 if light.dark else 0.62)

        if self.understood.light == "storm":
            x = shake(0.2, 0.8)
            bolt = [
                (x, 0.0),
                (x - 0.03, 0.14),
                (x + 0.015, 0.17),
                (x - 0.035, 0.34),
                (x + 0.005, 0.37),
                (x - 0.03, 0.52),
            ]
            canvas.strokes([bolt], 0.012, (255, 240, 190), opacity=0.35)
            canvas.strokes([bolt], 0.005, (255, 252, 232))

    def _cloud(self, x: float, y: float, size: float, colour: Colour, opacity: float) -> None:
        canvas, shake = self.canvas, self.random.uniform
        rx, ry = size * canvas.short / canvas.width, size * canvas.short / canvas.height * 0.22
        points = [(x - rx, y)]
        lumps = 5
        for k in range(lumps):
            points.append(
                (x - rx + (k + 0.5) * 2 * rx / lumps, y - ry * shake(0.7, 1.5) * (1.5 if k in (1, 2, 3) else 0.7))
            )
        points += [(x + rx, y), (x, y + ry * 0.22)]
        canvas.area(spline(points, steps=5), [lighter(colour, 0.4), colour], opacity=opacity)

    def _aurora(self) -> None:
        canvas, shake = self.canvas, self.random.uniform
        for code, opacity in (("#6ff0b8", 0.34), ("#5fd0d8", 0.26), ("#b88af0", 0.24)):
            lower = [(k / 8, 0.36 + 0.07 * math.sin(k * 1.1 + shake(0, 1)) + shake(-0.02, 0.02)) for k in range(-1, 10)]
            upper = [(x, y - shake(0.16, 0.30)) for x, y in lower]
            outline = spline(lower, closed=False, steps=4) + spline(upper[::-1], closed=False, steps=4)
            canvas.area(outline, [mix(self.light.sky[0], hexed(code), 0.4), hexed(code)], opacity=opacity)

    def _backdrop(self) -> None:
        """A quiet ground for a thing by itself: a wash of colour and a table's edge."""
        canvas, light = self.canvas, self.light
        named = [hexed(each) for each in self.understood.colours]
        tone = (
            lighter(named[0], 0.72)
            if named and luminance(named[0]) > 0.2
            else hexed(self.random.choice(["#cfe0da", "#e9dcc6", "#d5dbe8", "#ead3cd"]))
        )
        tone = mix(tone, light.tint, light.strength)
        if light.dark:
            tone = darker(tone, 0.6)
        canvas.gradient([lighter(tone, 0.45), tone, darker(tone, 0.08)])
        canvas.glow(0.42, 0.42, 0.75, lighter(tone, 0.7), 0.7)
        canvas.area([(-0.1, 0.74), (1.1, 0.74), (1.1, 1.1), (-0.1, 1.1)], [darker(tone, 0.08), darker(tone, 0.2)])

    def draw(self, first: int, last: int | None = None) -> None:
        """Some of the things, from behind to the front."""
        side = max((round(max(each.width, each.height) * 1.5) for each in self.placed), default=1)
        pencil = hatching((min(side, 4096),) * 2, Random(self.random.random()))
        for each in self.placed[first:last]:
            self._draw(each, pencil)

    def _draw(self, placed: Placed, pencil: Image.Image) -> None:
        kind, light = placed.kind, self.light
        main = _natural(hexed(placed.colour), kind.main) if placed.colour else kind.main
        if self.understood.place == "autumn" and kind.name in {"tree", "birch", "bush"} and not placed.colour:
            main = hexed(self.random.choice(["#d98a3a", "#c9653a", "#dcae45"]))
        second = hexed(placed.accent) if placed.accent else kind.second
        cut_out = self.canvas.transparent
        share = 0.0 if cut_out else light.strength * (0.5 if light.dark else 0.75) * (1 - kind.glow)
        if kind.level is Level.FAR:
            share *= 1.15
        pen = Pen(
            height=placed.height,
            aspect=kind.aspect,
            main=mix(main, light.tint, share),
            second=mix(second, light.tint, share),
            random=Random(self.random.random()),
            flip=placed.flip,
            glow=kind.glow,
            line=1.0 if self.detail >= 1 else 1.5,
        )
        if not cut_out:
            self._shadow(placed)
        kind.draw(pen)
        if kind.glow and light.dark and not cut_out:
            x, y = placed.x / self.canvas.width, (placed.y - placed.height * 0.55) / self.canvas.height
            self.canvas.glow(x, y, placed.height / self.canvas.short * 0.9, (255, 222, 150), 0.55 * kind.glow)
        tile = pen.finish(pencil, light.shade)
        if light.dark and kind.glow < 1 and not cut_out:
            alpha = tile.getchannel("A")
            tile = Image.blend(tile.convert("RGB"), Image.new("RGB", tile.size, light.tint), 0.22 * (1 - kind.glow))
            tile.putalpha(alpha)
        foot = round(placed.y - placed.height * (1 + 0.12))
        self.canvas.put(tile, round(placed.x - tile.width / 2), foot)

    def _shadow(self, placed: Placed) -> None:
        if placed.aloft or placed.kind.glow >= 0.8:
            return
        canvas = self.canvas
        x, y = (placed.x + placed.width * 0.06) / canvas.width, (placed.y + placed.height * 0.004) / canvas.height
        rx, ry = placed.width * 0.50 / canvas.width, placed.height * 0.042 / canvas.height
        ring = [(x + rx * math.cos(k * math.tau / 24), y + ry * math.sin(k * math.tau / 24)) for k in range(24)]
        canvas.area(ring, [self.light.shade], opacity=0.30)

    def weather(self) -> None:
        """What falls and drifts before everything."""
        canvas, shake, weather = self.canvas, self.random.uniform, self.understood.weather
        if "snowfall" in weather or self.understood.place == "snow":
            for count, size, opacity in ((130, 0.0026, 0.75), (60, 0.005, 0.85), (16, 0.009, 0.7)):
                count = round(count * self.detail * (1.6 if "snowfall" in weather else 0.8))
                canvas.dots(
                    [(shake(0, 1), shake(0, 1), size * shake(0.6, 1.3)) for _ in range(count)], WHITE, opacity=opacity
                )
        if "rain" in weather or self.understood.light == "storm":
            lines = []
            for _ in range(round(170 * self.detail)):
                x, y, size = shake(-0.05, 1.05), shake(-0.05, 1), shake(0.02, 0.06)
                lines.append([(x, y), (x - size * 0.28, y + size)])
            canvas.strokes(lines, 0.0022, (222, 232, 242), opacity=0.5)
        if "fog" in weather:
            pale = mix(self.light.sky[2], WHITE, 0.3)
            for y in (0.50, 0.64, 0.80):
                line = spline([(k / 6, y + shake(-0.02, 0.02)) for k in range(-1, 8)], closed=False)
                canvas.area([*line, (1.2, y + 0.13), (-0.2, y + 0.13)], [pale], opacity=0.34)
            canvas.veil(pale, 0.18)
        if "sparkle" in weather:
            for _ in range(26):
                canvas.glow(shake(0, 1), shake(0.2, 0.95), shake(0.012, 0.03), (255, 238, 150), 0.9)
        if self.understood.monochrome:
            grey = canvas.image.convert("L").convert(canvas.image.mode)
            if canvas.transparent:
                grey.putalpha(canvas.image.getchannel("A"))
            canvas.image = grey


def _natural(asked: Colour, own: Colour) -> Colour:
    """The asked colour; where the thing's own is near it ("a red fox"), half-way towards that."""
    near = sum(abs(a - b) for a, b in zip(asked, own, strict=True)) < 90
    return mix(asked, own, 0.6) if near else asked


def _light(understood: Understanding, random: Random) -> Light:
    light = LIGHTS[understood.light]
    if understood.sky is None:
        # Every picture has its own day: the same hour, a little warmer, cooler or clearer.
        air = hexed(random.choice(("#8fc7e4", "#f3d3bd", "#c6c0ea", "#a9dcd2")))
        above, middle, below = (mix(each, air, 0.20 if not light.dark else 0.05) for each in light.sky)
        return replace(light, sky=(above, middle, below))
    sky = hexed(understood.sky)
    return Light(
        (darker(sky, 0.12), sky, lighter(sky, 0.45)), sky, max(0.1, light.strength), light.shade, light.lamp, light.dark
    )


def _is_still_life(understood: Understanding) -> bool:
    """Only things that no landscape belongs to."""
    plain = INDOORS | {
        "form",
        "heart",
        "crown",
        "face",
        "robot",
        "diamond",
        "ball",
        "leaf",
        "ghost",
        "umbrella",
        "star",
    }
    return all(each.kind in plain for each in understood.things) and not understood.light


def _still(understood: Understanding) -> bool:
    return not understood.place and _is_still_life(understood)


def _furnished(understood: Understanding, light: Light) -> Understanding:
    """With the lamp of the hour in the sky, where there is a sky and room for it."""
    named = {each.kind for each in understood.things}
    if (
        light.lamp
        and light.lamp in kinds()
        and not named & {"sun", "moon"}
        and understood.place not in CLOUDLESS
        and not _still(understood)
    ):
        return replace(understood, things=(*understood.things, Thing(kind=light.lamp)))
    return understood
