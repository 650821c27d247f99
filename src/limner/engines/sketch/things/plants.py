"""Plants, and the mountain behind them."""

from __future__ import annotations

import math

from limner.engines.sketch.colour import WHITE, darker, hexed, lighter, mix
from limner.engines.sketch.pen import Pen
from limner.engines.sketch.things import Level, kind

STEM = hexed("#5d9150")
BARK = hexed("#7a5740")


def _crown(pen: Pen, puffs: tuple[tuple[float, float, float], ...]) -> None:
    for x, y, r in puffs:
        ring = [
            (
                x + r * pen.random.uniform(0.9, 1.1) * math.cos(k * math.tau / 9),
                y + r * pen.random.uniform(0.9, 1.1) * math.sin(k * math.tau / 9),
            )
            for k in range(9)
        ]
        pen.blob(ring, pen.main)
    for x, y, r in puffs:
        pen.oval(x - r * 0.15, y + r * 0.1, r * 0.72, r * 0.66, mix(pen.main, pen.light, 0.45), line=False)
    for _ in range(26):
        x, y, r = pen.random.choice(puffs)
        a, d = pen.random.uniform(0, math.tau), pen.random.uniform(0, r * 0.8)
        cx, cy = x + d * math.cos(a), y + d * math.sin(a)
        pen.stroke([(cx - 0.018, cy), (cx, cy + 0.014), (cx + 0.018, cy)], 0.006, pen.dark)


@kind("tree", 0.66, 0.85, "#6aa353", "#7a5740", Level.FAR, seat=0.72)
def tree(pen: Pen) -> None:
    pen.limb([(0.0, 0.50), (-0.01, 0.2), (0.0, 0.0)], [0.07, 0.085, 0.14], pen.second)
    for x in (-0.16, 0.15):
        pen.limb([(0, 0.32), (x, 0.50)], [0.05, 0.03], pen.second)
    _crown(
        pen,
        (
            (-0.24, 0.56, 0.17),
            (0.24, 0.57, 0.17),
            (-0.14, 0.76, 0.18),
            (0.15, 0.77, 0.18),
            (0.0, 0.86, 0.14),
            (0.0, 0.58, 0.2),
        ),
    )


@kind("birch", 0.66, 0.6, "#a8bf5a", "#f1ece2", Level.FAR, seat=0.72)
def birch(pen: Pen) -> None:
    pen.limb([(0.02, 0.80), (0.0, 0.4), (-0.01, 0.0)], [0.03, 0.05, 0.075], pen.second)
    for y in (0.06, 0.13, 0.2, 0.27, 0.36):
        pen.stroke([(-0.03, y), (pen.random.uniform(-0.01, 0.02), y + 0.005)], 0.012, pen.ink, smooth=False)
    _crown(pen, ((-0.12, 0.56, 0.13), (0.13, 0.60, 0.13), (-0.08, 0.74, 0.13), (0.10, 0.78, 0.12), (0.0, 0.88, 0.10)))


@kind("pine", 0.64, 0.6, "#3f7a5c", "#7a5740", Level.FAR)
def pine(pen: Pen) -> None:
    pen.box(-0.035, 0.0, 0.035, 0.16, pen.second)
    for step in range(5):
        low, wide = 0.10 + step * 0.165, 0.30 - step * 0.05
        tone = mix(pen.dark, pen.light, step * 0.13)
        pen.polygon(
            [
                (0, low + 0.31),
                (-wide, low),
                (-wide * 0.55, low + 0.03),
                (-wide * 0.2, low - 0.015),
                (wide * 0.2, low + 0.02),
                (wide * 0.6, low - 0.01),
                (wide, low),
            ],
            tone,
        )


@kind("palm", 0.62, 0.8, "#5aa05a", "#9c7650", Level.FAR)
def palm(pen: Pen) -> None:
    pen.limb([(0.06, 0.72), (0.0, 0.40), (-0.08, 0.0)], [0.05, 0.06, 0.11], pen.second)
    for y in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
        x = -0.07 + y * 0.18
        pen.stroke([(x - 0.035, y), (x + 0.03, y - 0.01)], 0.008, darker(pen.second, 0.4))
    for x, y in ((-0.36, 0.62), (0.46, 0.60), (-0.30, 0.86), (0.40, 0.86), (-0.12, 1.0), (0.24, 1.0)):
        mid = ((0.06 + x) / 2, (0.74 + y) / 2 + 0.09)
        pen.limb(
            [(0.06, 0.73), mid, (x, y - 0.04)], [0.03, 0.11, 0.01], mix(pen.main, pen.dark, pen.random.uniform(0, 0.6))
        )
        pen.stroke([(0.06, 0.73), mid, (x, y - 0.04)], 0.008, pen.dark)
    for x in (0.03, 0.08):
        pen.oval(x, 0.70, 0.03, 0.032, BARK)


@kind("flower", 0.34, 0.6, "#e2627a", "#f6c945", flips=False)
def flower(pen: Pen) -> None:
    pen.limb([(0, 0.62), (0.02, 0.3), (0, 0)], [0.03, 0.03, 0.035], STEM)
    pen.blob([(0.01, 0.14), (0.16, 0.30), (0.27, 0.30), (0.16, 0.15)], STEM)
    pen.blob([(0.01, 0.08), (-0.14, 0.24), (-0.25, 0.23), (-0.14, 0.09)], darker(STEM, 0.12))
    for k in range(8):
        angle = k * math.tau / 8 + 0.2
        pen.oval(
            0.165 * math.cos(angle),
            0.72 + 0.165 * math.sin(angle),
            0.11,
            0.068,
            lighter(pen.main, 0.0 if k % 2 else 0.16),
            tilt=math.degrees(angle),
        )
    pen.oval(0, 0.72, 0.085, 0.085, pen.second)
    for k in range(6):
        pen.oval(0.05 * math.cos(k), 0.72 + 0.05 * math.sin(k), 0.012, 0.012, darker(pen.second, 0.35), line=False)


@kind("mushroom", 0.30, 0.95, "#d0453a", "#fbf1dd", flips=False)
def mushroom(pen: Pen) -> None:
    pen.blob([(-0.11, 0.55), (-0.09, 0.25), (-0.14, 0.02), (0.14, 0.02), (0.10, 0.25), (0.11, 0.55)], pen.second)
    pen.blob([(-0.16, 0.42), (0, 0.47), (0.16, 0.42), (0.12, 0.34), (-0.12, 0.34)], darker(pen.second, 0.12))
    pen.blob(
        [
            (-0.46, 0.48),
            (-0.40, 0.72),
            (-0.20, 0.94),
            (0, 1.0),
            (0.20, 0.94),
            (0.40, 0.72),
            (0.46, 0.48),
            (0.2, 0.44),
            (-0.2, 0.44),
        ],
        pen.main,
    )
    for x, y, r in (
        (-0.26, 0.66, 0.07),
        (0.02, 0.84, 0.075),
        (0.25, 0.70, 0.065),
        (-0.05, 0.58, 0.055),
        (0.13, 0.55, 0.035),
        (-0.19, 0.85, 0.04),
    ):
        pen.oval(x, y, r * 1.1, r, pen.second, line=False)


@kind("cactus", 0.48, 0.7, "#5d9a5f", "#e884ad", Level.FAR)
def cactus(pen: Pen) -> None:
    pen.limb([(-0.02, 0.36), (-0.24, 0.38), (-0.25, 0.66)], [0.09, 0.10, 0.10], pen.dark)
    pen.oval(-0.25, 0.66, 0.052, 0.05, pen.dark)
    pen.limb([(0.02, 0.46), (0.23, 0.48), (0.24, 0.78)], [0.09, 0.10, 0.10], pen.dark)
    pen.oval(0.24, 0.78, 0.052, 0.05, pen.dark)
    pen.blob([(-0.10, 0.0), (-0.11, 0.5), (-0.10, 0.86), (0, 0.96), (0.10, 0.86), (0.11, 0.5), (0.10, 0.0)], pen.main)
    for x in (-0.05, 0.0, 0.05):
        pen.stroke([(x, 0.04), (x * 1.05, 0.5), (x, 0.88)], 0.007, pen.dark)
    for x, y in ((0, 0.97), (0.24, 0.84)):
        for k in range(5):
            pen.oval(x + 0.035 * math.cos(k * 1.257), y + 0.03 * math.sin(k * 1.257), 0.028, 0.028, pen.second)
        pen.oval(x, y, 0.018, 0.018, hexed("#f6d860"), line=False)


@kind("bush", 0.24, 1.6, "#6c9b52", "#d9534f", Level.FAR)
def bush(pen: Pen) -> None:
    _crown(pen, ((-0.48, 0.32, 0.28), (0.48, 0.32, 0.28), (-0.2, 0.56, 0.34), (0.22, 0.58, 0.34), (0, 0.34, 0.34)))


@kind("leaf", 0.40, 0.8, "#7fae4e", "#d9b24a", flips=True)
def leaf(pen: Pen) -> None:
    pen.stroke([(-0.24, 0.0), (-0.14, 0.2)], 0.03, pen.dark)
    pen.blob([(-0.16, 0.16), (-0.30, 0.52), (-0.06, 0.86), (0.32, 1.0), (0.34, 0.62), (0.14, 0.26)], pen.main)
    pen.stroke([(-0.16, 0.16), (0.06, 0.54), (0.32, 1.0)], 0.016, pen.dark)
    for k in range(4):
        x, y = -0.06 + k * 0.08, 0.34 + k * 0.15
        pen.stroke([(x, y), (x - 0.12, y + 0.12)], 0.009, pen.dark)
        pen.stroke([(x, y), (x + 0.15, y + 0.03)], 0.009, pen.dark)


@kind("mountain", 0.62, 1.5, "#7688a6", "#ffffff", Level.FAR, seat=0.5)
def mountain(pen: Pen) -> None:
    pen.polygon([(-0.74, 0), (-0.40, 0.46), (-0.26, 0.60), (0, 1.0), (0.16, 0.74), (0.34, 0.56), (0.74, 0)], pen.main)
    pen.polygon(
        [(0, 1.0), (0.16, 0.74), (0.34, 0.56), (0.74, 0), (0.10, 0), (0.16, 0.30), (0.02, 0.52), (0.08, 0.74)],
        pen.dark,
        line=False,
    )
    pen.polygon(
        [(0, 1.0), (-0.18, 0.72), (-0.10, 0.75), (-0.04, 0.67), (0.03, 0.76), (0.10, 0.68), (0.16, 0.74)],
        mix(WHITE, pen.second, 0.5),
    )
