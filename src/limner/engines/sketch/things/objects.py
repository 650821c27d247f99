"""Things of the house, and signs."""

from __future__ import annotations

import math

from limner.engines.sketch.colour import WHITE, darker, hexed, lighter
from limner.engines.sketch.pen import Pen
from limner.engines.sketch.things import Level, kind

DARK = hexed("#2f2833")
WOOD = hexed("#9a6a42")
GOLD = hexed("#e7b545")
FLAME = hexed("#ffd35e")


@kind("book", 0.28, 1.5, "#a5463f", "#fbf3e0", seat=0.5, flips=False)
def book(pen: Pen) -> None:
    pen.polygon([(-0.72, 0.16), (-0.66, 0.92), (0, 0.78), (0.66, 0.92), (0.72, 0.16), (0, 0.0)], pen.main)
    for side in (-1, 1):
        pen.blob(
            [(0, 0.08), (side * 0.30, 0.22), (side * 0.66, 0.20), (side * 0.61, 0.93), (side * 0.28, 0.97), (0, 0.80)],
            pen.second,
        )
        for k in range(5):
            y = 0.78 - k * 0.11
            pen.stroke(
                [(side * 0.09, y - 0.03), (side * 0.30, y + 0.06), (side * 0.55, y + 0.04)], 0.014, hexed("#a79c8c")
            )
    pen.polygon([(-0.05, 0.78), (-0.05, 0.0), (0.0, 0.07), (0.03, 0.0), (0.03, 0.78)], darker(pen.main, 0.1))


@kind("lamp", 0.46, 0.7, "#e6b45c", "#6b5a52", glow=0.35, flips=False)
def lamp(pen: Pen) -> None:
    pen.oval(0, 0.05, 0.20, 0.05, pen.second)
    pen.limb([(0, 0.56), (0, 0.30), (0, 0.06)], [0.04, 0.07, 0.06], pen.second)
    pen.oval(0, 0.54, 0.14, 0.045, hexed("#fff3c4"))
    pen.blob(
        [(-0.34, 0.56), (-0.26, 0.76), (-0.18, 0.97), (0.18, 0.97), (0.26, 0.76), (0.34, 0.56), (0, 0.52)], pen.main
    )
    pen.stroke([(0.20, 0.54), (0.20, 0.36)], 0.010, pen.second)
    pen.oval(0.20, 0.345, 0.02, 0.02, GOLD)


@kind("candle", 0.36, 0.5, "#f3e6cf", "#d9a441", glow=0.45, flips=False)
def candle(pen: Pen) -> None:
    pen.oval(0, 0.06, 0.22, 0.055, pen.second)
    pen.box(-0.10, 0.07, 0.10, 0.62, pen.main)
    pen.blob(
        [(-0.10, 0.60), (-0.07, 0.46), (-0.04, 0.58), (0.02, 0.52), (0.10, 0.62), (0, 0.65)], lighter(pen.main, 0.4)
    )
    pen.stroke([(0, 0.63), (0.005, 0.72)], 0.016, DARK)
    pen.blob([(0, 0.66), (-0.07, 0.76), (0, 1.0), (0.07, 0.76)], hexed("#f7973c"))
    pen.blob([(0, 0.69), (-0.035, 0.76), (0, 0.90), (0.035, 0.76)], FLAME, line=False)


@kind("chair", 0.42, 0.7, "#a5693f", "#c8584a", seat=0.46)
def chair(pen: Pen) -> None:
    for x in (-0.20, 0.14):
        pen.limb([(x, 0.44), (x, 0.06)], [0.05, 0.04], pen.dark)
    for x in (-0.26, 0.06):
        pen.limb([(x, 0.98), (x, 0.44)], [0.05, 0.055], pen.main)
    for y in (0.62, 0.76, 0.90):
        pen.box(-0.25, y, 0.06, y + 0.07, pen.light)
    for x in (-0.25, 0.24):
        pen.limb([(x, 0.44), (x, 0.0)], [0.06, 0.05], pen.main)
    pen.polygon([(-0.31, 0.42), (-0.25, 0.51), (0.22, 0.51), (0.32, 0.42)], pen.second)
    pen.box(-0.31, 0.38, 0.32, 0.43, pen.main)


@kind("table", 0.32, 1.9, "#a9744a", "#c9925f", Level.FAR, seat=0.94, flips=False)
def table(pen: Pen) -> None:
    for x in (-0.62, 0.62):
        pen.limb([(x, 0.80), (x, 0.12)], [0.08, 0.06], pen.dark)
    for x in (-0.80, 0.80):
        pen.limb([(x, 0.80), (x, 0.0)], [0.11, 0.08], pen.main)
    pen.box(-0.84, 0.68, 0.84, 0.82, pen.main)
    pen.polygon([(-0.94, 0.80), (-0.82, 1.0), (0.82, 1.0), (0.94, 0.80)], pen.second)
    for k in range(4):
        pen.stroke([(-0.74 + k * 0.4, 0.86 + 0.03 * (k % 2)), (-0.44 + k * 0.4, 0.87)], 0.010, pen.main)


@kind("clock", 0.36, 1.0, "#f6efe0", "#8a5a36", flips=False)
def clock(pen: Pen) -> None:
    pen.oval(0, 0.5, 0.47, 0.47, pen.second)
    pen.oval(0, 0.5, 0.39, 0.39, pen.main)
    for k in range(12):
        a = k * math.tau / 12
        pen.stroke(
            [(0.31 * math.cos(a), 0.5 + 0.31 * math.sin(a)), (0.36 * math.cos(a), 0.5 + 0.36 * math.sin(a))],
            0.02,
            DARK,
            smooth=False,
        )
    pen.stroke([(0, 0.5), (-0.13, 0.64)], 0.032, DARK, smooth=False)
    pen.stroke([(0, 0.5), (0.20, 0.66)], 0.022, DARK, smooth=False)
    pen.oval(0, 0.5, 0.03, 0.03, hexed("#c8453c"))


@kind("key", 0.20, 2.0, "#dca93f", "#b5822c")
def key(pen: Pen) -> None:
    pen.box(-0.30, 0.44, 0.90, 0.56, pen.main)
    for x in (0.58, 0.78):
        pen.box(x, 0.22, x + 0.10, 0.46, pen.main)
    ring = [(-0.60 + 0.34 * math.cos(k * math.tau / 24), 0.5 + 0.34 * math.sin(k * math.tau / 24)) for k in range(25)]
    pen.stroke(ring, 0.16, pen.main)
    pen.stroke(ring, 0.04, pen.light)


@kind("guitar", 0.50, 0.55, "#c98543", "#5a3a2a")
def guitar(pen: Pen) -> None:
    pen.limb([(0, 0.95), (0, 0.5)], [0.055, 0.06], pen.second)
    pen.box(-0.05, 0.92, 0.05, 1.02, pen.second)
    pen.blob(
        [
            (0, 0.0),
            (-0.21, 0.08),
            (-0.21, 0.26),
            (-0.12, 0.35),
            (-0.16, 0.48),
            (-0.06, 0.56),
            (0.06, 0.56),
            (0.16, 0.48),
            (0.12, 0.35),
            (0.21, 0.26),
            (0.21, 0.08),
        ],
        pen.main,
    )
    pen.oval(0, 0.36, 0.065, 0.065, pen.second)
    pen.box(-0.08, 0.13, 0.08, 0.16, pen.second)
    for x in (-0.015, 0.0, 0.015):
        pen.stroke([(x, 0.15), (x, 0.96)], 0.005, hexed("#f6efe0"), smooth=False)


@kind("camera", 0.28, 1.35, "#4a4f5c", "#c9b79a", flips=False)
def camera(pen: Pen) -> None:
    pen.polygon([(-0.22, 0.76), (-0.14, 0.96), (0.14, 0.96), (0.22, 0.76)], pen.main)
    pen.box(-0.52, 0.74, -0.36, 0.84, pen.second)
    pen.blob([(-0.62, 0.06), (-0.62, 0.76), (0, 0.79), (0.62, 0.76), (0.62, 0.06), (0, 0.03)], pen.main)
    pen.box(-0.62, 0.18, 0.62, 0.56, pen.second)
    pen.oval(0, 0.40, 0.30, 0.30, pen.dark)
    pen.oval(0, 0.40, 0.21, 0.21, hexed("#33405c"))
    pen.oval(0, 0.40, 0.12, 0.12, hexed("#6f9fc4"))
    pen.oval(-0.06, 0.47, 0.05, 0.04, WHITE, line=False)
    pen.box(0.38, 0.62, 0.54, 0.72, hexed("#ffe9a8"))


@kind("bottle", 0.44, 0.4, "#5f9a77", "#f3e6c8", flips=False)
def bottle(pen: Pen) -> None:
    pen.box(-0.05, 0.92, 0.05, 1.0, hexed("#b98a5a"))
    pen.blob(
        [
            (-0.06, 0.94),
            (-0.06, 0.74),
            (-0.17, 0.58),
            (-0.18, 0.1),
            (-0.12, 0.0),
            (0.12, 0.0),
            (0.18, 0.1),
            (0.17, 0.58),
            (0.06, 0.74),
            (0.06, 0.94),
        ],
        pen.main,
    )
    pen.box(-0.175, 0.18, 0.175, 0.44, pen.second)
    pen.stroke([(-0.11, 0.54), (-0.12, 0.48)], 0.03, WHITE)


@kind("vase", 0.44, 0.55, "#4f7fae", "#f2ead8", seat=0.95, flips=False)
def vase(pen: Pen) -> None:
    pen.blob(
        [
            (-0.14, 0.97),
            (-0.10, 0.80),
            (-0.24, 0.52),
            (-0.22, 0.22),
            (-0.12, 0.02),
            (0.12, 0.02),
            (0.22, 0.22),
            (0.24, 0.52),
            (0.10, 0.80),
            (0.14, 0.97),
        ],
        pen.main,
    )
    pen.oval(0, 0.97, 0.14, 0.03, pen.dark)
    for y in (0.62, 0.28):
        pen.stroke([(-0.21, y), (-0.1, y + 0.04), (0, y - 0.01), (0.1, y + 0.04), (0.21, y)], 0.025, pen.second)
    pen.oval(0, 0.45, 0.06, 0.06, pen.second, line=False)


@kind("gift", 0.32, 1.05, "#5a8fb0", "#d6473c", flips=False)
def gift(pen: Pen) -> None:
    pen.box(-0.40, 0, 0.40, 0.56, pen.main)
    pen.box(-0.46, 0.54, 0.46, 0.72, pen.light)
    pen.box(-0.08, 0, 0.08, 0.72, pen.second)
    for side in (-1, 1):
        pen.blob([(0, 0.72), (side * 0.14, 0.96), (side * 0.34, 0.98), (side * 0.30, 0.78)], pen.second)
    pen.oval(0, 0.75, 0.07, 0.07, darker(pen.second, 0.2))


@kind("star", 0.22, 1.0, "#ffd95e", "#fff3c0", Level.AIR, glow=0.6, flips=False)
def star(pen: Pen) -> None:
    ring = [
        (
            (0.48 if k % 2 == 0 else 0.21) * math.sin(k * math.pi / 5),
            0.48 + (0.48 if k % 2 == 0 else 0.21) * math.cos(k * math.pi / 5),
        )
        for k in range(10)
    ]
    pen.polygon(ring, pen.main)
    pen.polygon([(x * 0.5, 0.48 + (y - 0.48) * 0.5) for x, y in ring], pen.light, line=False)


@kind("heart", 0.40, 1.1, "#d8455a", "#f7b8b8", Level.AIR, flips=False)
def heart(pen: Pen) -> None:
    curve = [
        (
            0.031 * 16 * math.sin(t) ** 3,
            0.54 + 0.030 * (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)),
        )
        for t in (k * math.tau / 40 for k in range(40))
    ]
    pen.polygon(curve, pen.main)
    pen.limb([(-0.34, 0.62), (-0.33, 0.76), (-0.22, 0.86)], [0.03, 0.075, 0.04], lighter(pen.main, 0.6), line=False)


@kind("crown", 0.34, 1.4, "#e7b545", "#c8394a", flips=False)
def crown(pen: Pen) -> None:
    pen.polygon(
        [(-0.52, 0.12), (-0.64, 0.80), (-0.32, 0.48), (0, 0.96), (0.32, 0.48), (0.64, 0.80), (0.52, 0.12)], pen.main
    )
    pen.blob([(-0.54, 0.02), (-0.54, 0.20), (0, 0.14), (0.54, 0.20), (0.54, 0.02), (0, -0.03)], pen.dark)
    for x, y in ((-0.64, 0.82), (0, 0.97), (0.64, 0.82)):
        pen.oval(x, y, 0.065, 0.065, pen.second)
    for x, code in ((-0.30, "#4f8fc4"), (0, "#c8394a"), (0.30, "#4f8fc4")):
        pen.oval(x, 0.30, 0.06, 0.08, hexed(code))


@kind("umbrella", 0.44, 1.15, "#c8453c", "#f3ead8", seat=0.9, flips=False)
def umbrella(pen: Pen) -> None:
    pen.stroke([(0, 0.96), (0, 0.12), (0.04, 0.02), (0.11, 0.04), (0.12, 0.12)], 0.026, WOOD)
    edge = [(0.52 - k * 0.13, 0.52 - (0.035 if k % 2 else 0.0)) for k in range(9)]
    pen.blob(
        [(-0.52, 0.53), (-0.42, 0.76), (-0.20, 0.93), (0, 0.97), (0.20, 0.93), (0.42, 0.76), (0.52, 0.53), *edge[1:-1]],
        pen.main,
    )
    pen.blob([(-0.13, 0.50), (-0.11, 0.78), (0, 0.96), (0.11, 0.78), (0.13, 0.50), (0, 0.48)], pen.light)
    for x in (-0.32, 0.32):
        pen.stroke([(0, 0.96), (x * 0.75, 0.78), (x * 0.95, 0.50)], 0.008, pen.dark)
    pen.stroke([(0, 0.96), (0, 1.02)], 0.02, WOOD, smooth=False)


@kind("diamond", 0.34, 1.2, "#8fd3e8", "#ffffff", Level.AIR, flips=False)
def diamond(pen: Pen) -> None:
    pen.polygon([(0, 0.02), (-0.56, 0.62), (-0.34, 0.96), (0.34, 0.96), (0.56, 0.62)], pen.main)
    pen.polygon([(-0.56, 0.62), (-0.34, 0.96), (-0.22, 0.62)], pen.light)
    pen.polygon([(0.34, 0.96), (0.56, 0.62), (0.22, 0.62)], pen.dark)
    pen.polygon([(-0.22, 0.62), (0, 0.96), (0.22, 0.62)], lighter(pen.main, 0.7))
    pen.polygon([(-0.22, 0.62), (0.22, 0.62), (0, 0.02)], lighter(pen.main, 0.2))
    pen.polygon([(0.22, 0.62), (0.56, 0.62), (0, 0.02)], pen.dark)


@kind("ball", 0.26, 1.0, "#d6473c", "#fbf3e2", flips=False)
def ball(pen: Pen) -> None:
    pen.oval(0, 0.47, 0.47, 0.47, pen.main)
    pen.blob(
        [(-0.16, 0.91), (-0.24, 0.5), (-0.14, 0.03), (0.14, 0.03), (0.24, 0.5), (0.16, 0.91), (0, 0.94)], pen.second
    )
    pen.oval(-0.18, 0.70, 0.09, 0.07, WHITE, line=False)
