"""Buildings and what else stands where people live."""

from __future__ import annotations

import math

from limner.engines.sketch.colour import darker, hexed, lighter
from limner.engines.sketch.pen import Pen
from limner.engines.sketch.things import Level, kind

GLASS = hexed("#ffe6a3")
WOOD = hexed("#7a5238")
STONE = hexed("#c9c1b4")


def _window(pen: Pen, x: float, y: float, wide: float, tall: float) -> None:
    pen.box(x - wide / 2, y, x + wide / 2, y + tall, GLASS)
    pen.stroke([(x, y), (x, y + tall)], 0.010, WOOD, smooth=False)
    pen.stroke([(x - wide / 2, y + tall / 2), (x + wide / 2, y + tall / 2)], 0.010, WOOD, smooth=False)


@kind("house", 0.46, 1.15, "#f0dcc0", "#b5533f", Level.FAR, seat=0.97, flips=False)
def house(pen: Pen) -> None:
    for k, r in enumerate((0.035, 0.045, 0.05)):
        pen.oval(0.29 + k * 0.05, 0.98 + k * 0.045, r, r * 0.8, hexed("#e9e6e2"), line=False)
    pen.box(0.24, 0.70, 0.34, 0.96, darker(pen.second, 0.25))
    pen.box(-0.44, 0, 0.44, 0.56, pen.main)
    for y in (0.14, 0.28, 0.42):
        pen.stroke([(-0.43, y), (-0.34, y)], 0.006, pen.dark)
        pen.stroke([(0.32, y + 0.05), (0.42, y + 0.05)], 0.006, pen.dark)
    pen.polygon([(-0.54, 0.52), (-0.36, 0.92), (0.36, 0.92), (0.54, 0.52)], pen.second)
    for y in (0.62, 0.72, 0.82):
        pen.stroke(
            [(-0.50 + (y - 0.52) * 0.4, y), (0.50 - (y - 0.52) * 0.4, y)], 0.008, darker(pen.second, 0.3), smooth=False
        )
    _window(pen, -0.27, 0.22, 0.17, 0.20)
    _window(pen, 0.27, 0.22, 0.17, 0.20)
    pen.box(-0.085, 0, 0.085, 0.34, WOOD)
    pen.oval(0.05, 0.16, 0.014, 0.014, hexed("#f0c14b"), line=False)


@kind("castle", 0.58, 1.2, "#c9c2bb", "#a8484a", Level.FAR, seat=0.62, flips=False)
def castle(pen: Pen) -> None:
    def battlements(left: float, right: float, y: float, teeth: int) -> None:
        step = (right - left) / (2 * teeth - 1)
        for k in range(teeth):
            pen.box(left + 2 * k * step, y - 0.005, left + (2 * k + 1) * step, y + 0.055, pen.main)

    def tower(x: float, wide: float, top: float) -> None:
        pen.box(x - wide / 2, 0, x + wide / 2, top, lighter(pen.main, 0.12))
        pen.polygon([(x - wide * 0.68, top), (x, top + wide * 1.5), (x + wide * 0.68, top)], pen.second)
        pen.stroke([(x, top + wide * 1.5), (x, top + wide * 1.5 + 0.09)], 0.010, WOOD, smooth=False)
        pen.polygon(
            [(x, top + wide * 1.5 + 0.09), (x + 0.09, top + wide * 1.5 + 0.065), (x, top + wide * 1.5 + 0.04)],
            hexed("#e7b545"),
        )
        pen.oval(x, top - 0.13, 0.028, 0.05, hexed("#4a3f55"))

    pen.box(-0.18, 0, 0.18, 0.62, pen.main)
    battlements(-0.18, 0.18, 0.62, 4)
    tower(0.0, 0.17, 0.66)
    pen.box(-0.46, 0, 0.46, 0.36, pen.main)
    battlements(-0.46, 0.46, 0.36, 8)
    for x, y in ((-0.24, 0.25), (0.2, 0.28), (-0.20, 0.12), (0.26, 0.12), (0.05, 0.50), (-0.1, 0.46)):
        pen.box(x, y, x + 0.07, y + 0.03, pen.dark, line=False)
    tower(-0.46, 0.20, 0.54)
    tower(0.46, 0.20, 0.54)
    pen.blob([(-0.10, 0), (-0.10, 0.17), (0, 0.25), (0.10, 0.17), (0.10, 0)], hexed("#5a3d2e"))
    for x in (-0.05, 0.0, 0.05):
        pen.stroke([(x, 0.01), (x, 0.2)], 0.008, hexed("#33242b"), smooth=False)


@kind("lighthouse", 0.70, 0.6, "#f6f0e6", "#cf4a3d", Level.FAR, glow=0.25, flips=False)
def lighthouse(pen: Pen) -> None:
    pen.blob([(-0.30, 0.0), (-0.24, 0.10), (-0.05, 0.14), (0.16, 0.12), (0.30, 0.0)], hexed("#8a8178"))

    def edge(y: float) -> float:
        return 0.145 - 0.075 * y

    for k in range(5):
        low, high = 0.09 + k * 0.125, 0.09 + (k + 1) * 0.125
        pen.polygon(
            [(-edge(low), low), (-edge(high), high), (edge(high), high), (edge(low), low)],
            pen.second if k % 2 else pen.main,
        )
    pen.box(-0.13, 0.715, 0.13, 0.745, hexed("#4a4552"))
    pen.box(-0.075, 0.745, 0.075, 0.87, hexed("#ffe08a"))
    for x in (-0.04, 0.0, 0.04):
        pen.stroke([(x, 0.745), (x, 0.87)], 0.008, hexed("#4a4552"), smooth=False)
    pen.blob([(-0.10, 0.87), (-0.05, 0.95), (0, 0.98), (0.05, 0.95), (0.10, 0.87)], pen.second)
    pen.blob([(-0.035, 0.10), (-0.035, 0.18), (0, 0.205), (0.035, 0.18), (0.035, 0.10)], WOOD)
    for y in (0.34, 0.55):
        pen.oval(0.0, y, 0.022, 0.034, hexed("#4a4a66"))


@kind("tower", 0.72, 0.5, "#b9a992", "#8d4a3f", Level.FAR, flips=False)
def tower(pen: Pen) -> None:
    pen.polygon([(-0.17, 0), (-0.13, 0.66), (0.13, 0.66), (0.17, 0)], pen.main)
    pen.box(-0.18, 0.66, 0.18, 0.76, pen.light)
    pen.polygon([(-0.21, 0.76), (0, 1.02), (0.21, 0.76)], pen.second)
    for y in (0.22, 0.40, 0.56):
        pen.blob([(-0.03, y), (-0.03, y + 0.06), (0, y + 0.085), (0.03, y + 0.06), (0.03, y)], hexed("#4a4055"))
    pen.blob([(-0.055, 0), (-0.055, 0.09), (0, 0.13), (0.055, 0.09), (0.055, 0)], WOOD)
    for _ in range(12):
        x, y = pen.random.uniform(-0.11, 0.08), pen.random.uniform(0.05, 0.62)
        pen.stroke([(x, y), (x + 0.035, y)], 0.006, pen.dark)


@kind("church", 0.60, 0.95, "#f2ead9", "#7c5a66", Level.FAR, flips=True)
def church(pen: Pen) -> None:
    pen.box(-0.10, 0, 0.44, 0.36, pen.main)
    pen.polygon([(-0.14, 0.36), (-0.04, 0.58), (0.40, 0.58), (0.48, 0.36)], pen.second)
    pen.box(-0.34, 0, -0.06, 0.56, pen.light)
    pen.polygon([(-0.38, 0.56), (-0.20, 0.90), (-0.02, 0.56)], pen.second)
    pen.stroke([(-0.20, 0.90), (-0.20, 1.02)], 0.014, hexed("#d9a93c"), smooth=False)
    pen.stroke([(-0.24, 0.975), (-0.16, 0.975)], 0.014, hexed("#d9a93c"), smooth=False)
    pen.oval(-0.20, 0.44, 0.055, 0.055, GLASS)
    for x in (0.06, 0.19, 0.32):
        pen.blob(
            [(x - 0.035, 0.08), (x - 0.035, 0.20), (x, 0.26), (x + 0.035, 0.20), (x + 0.035, 0.08)], hexed("#7fa6c4")
        )
    pen.blob([(-0.26, 0), (-0.26, 0.13), (-0.20, 0.20), (-0.14, 0.13), (-0.14, 0)], WOOD)


@kind("windmill", 0.62, 0.9, "#efe4d2", "#a5543f", Level.FAR, flips=False)
def windmill(pen: Pen) -> None:
    pen.polygon([(-0.19, 0), (-0.12, 0.56), (0.12, 0.56), (0.19, 0)], pen.main)
    pen.blob([(-0.15, 0.55), (-0.10, 0.68), (0, 0.73), (0.10, 0.68), (0.15, 0.55)], pen.second)
    pen.box(-0.05, 0, 0.05, 0.15, WOOD)
    _window(pen, 0, 0.30, 0.075, 0.10)
    for k in range(4):
        angle = math.radians(28 + 90 * k)
        c, s = math.cos(angle), math.sin(angle)

        def at(r: float, w: float, c: float = c, s: float = s) -> tuple[float, float]:
            return r * c - w * s, 0.60 + r * s + w * c

        pen.polygon([at(0.10, 0.0), at(0.42, 0.0), at(0.42, 0.10), at(0.10, 0.08)], hexed("#fbf6ea"))
        for r in (0.18, 0.26, 0.34):
            pen.stroke([at(r, 0.0), at(r, 0.09)], 0.007, WOOD, smooth=False)
        pen.stroke([(0, 0.60), at(0.43, 0.0)], 0.018, WOOD, smooth=False)
    pen.oval(0, 0.60, 0.028, 0.028, WOOD)


@kind("bridge", 0.34, 2.6, "#b7a491", "#8f7c6c", Level.FAR, seat=0.62, flips=False)
def bridge(pen: Pen) -> None:
    top = [(-1.28 + k * 0.256, 0.30 + 0.34 * math.sin(k / 10 * math.pi)) for k in range(11)]
    arches = []
    for x, w, h in ((0.78, 0.26, 0.26), (0.0, 0.40, 0.46), (-0.78, 0.26, 0.26)):
        arches += [(x + w * math.cos(k * math.pi / 10), h * math.sin(k * math.pi / 10)) for k in range(11)]
    pen.polygon([(-1.28, 0), *top, (1.28, 0), *arches], pen.main)
    pen.stroke([(x, y + 0.05) for x, y in top], 0.05, pen.light)
    for x, y in top:
        pen.box(x - 0.035, y, x + 0.035, y + 0.17, pen.second)
    pen.stroke([(x, y + 0.16) for x, y in top], 0.035, pen.second)
    for _ in range(22):
        k = pen.random.randint(1, 9)
        x, y = top[k][0] + pen.random.uniform(-0.1, 0.1), top[k][1] - pen.random.uniform(0.02, 0.07)
        pen.stroke([(x, y), (x + 0.07, y)], 0.012, pen.dark)


@kind("skyscraper", 0.80, 0.4, "#6d88ab", "#ffe2a0", Level.FAR, flips=False)
def skyscraper(pen: Pen) -> None:
    pen.stroke([(0, 0.86), (0, 1.02)], 0.012, pen.ink, smooth=False)
    pen.box(-0.08, 0.80, 0.08, 0.90, pen.light)
    pen.box(-0.13, 0.62, 0.13, 0.81, pen.main)
    pen.box(-0.18, 0, 0.18, 0.63, pen.main)
    for row in range(22):
        wide = 3 if row < 16 else 2
        for column in range(-wide, wide + 1):
            lit = pen.random.random() < 0.45
            x, y = column * 0.045, 0.03 + row * 0.035
            pen.box(x - 0.014, y, x + 0.014, y + 0.020, pen.second if lit else pen.dark, line=False)


@kind("tent", 0.34, 1.4, "#e39a4a", "#7a4a35", seat=0.95)
def tent(pen: Pen) -> None:
    pen.polygon([(-0.62, 0), (-0.10, 0.96), (0.30, 0.92), (0.66, 0)], pen.dark)
    pen.polygon([(-0.62, 0), (-0.10, 0.96), (0.34, 0)], pen.main)
    pen.polygon([(-0.22, 0), (-0.10, 0.72), (0.06, 0)], pen.second)
    pen.polygon([(-0.10, 0.72), (0.06, 0), (0.14, 0)], pen.light)
    pen.stroke([(-0.62, 0), (-0.69, -0.02)], 0.02, WOOD)
