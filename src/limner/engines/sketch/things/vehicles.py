"""What drives, sails and flies by engine."""

from __future__ import annotations

import math

from limner.engines.sketch.colour import WHITE, darker, hexed, lighter
from limner.engines.sketch.pen import Pen
from limner.engines.sketch.things import Level, kind

TYRE = hexed("#38343f")
GLASS = hexed("#bfe0ea")
LAMP = hexed("#ffe08a")
WOOD = hexed("#8a5a36")


def _wheel(pen: Pen, x: float, y: float, r: float) -> None:
    pen.oval(x, y, r, r, TYRE)
    pen.oval(x, y, r * 0.52, r * 0.52, hexed("#cfd3d6"))
    pen.oval(x, y, r * 0.16, r * 0.16, TYRE, line=False)


@kind("car", 0.26, 1.95, "#d6523f", "#bfe0ea", seat=0.92)
def car(pen: Pen) -> None:
    pen.blob(
        [
            (-0.92, 0.18),
            (-0.94, 0.42),
            (-0.84, 0.54),
            (-0.56, 0.58),
            (-0.40, 0.90),
            (-0.16, 0.98),
            (0.20, 0.97),
            (0.44, 0.84),
            (0.60, 0.58),
            (0.86, 0.50),
            (0.96, 0.38),
            (0.94, 0.18),
        ],
        pen.main,
    )
    pen.polygon([(-0.46, 0.58), (-0.32, 0.86), (-0.04, 0.90), (-0.04, 0.58)], GLASS)
    pen.polygon([(0.04, 0.58), (0.04, 0.90), (0.26, 0.88), (0.46, 0.58)], GLASS)
    pen.stroke([(-0.90, 0.36), (0.93, 0.36)], 0.02, pen.dark, smooth=False)
    pen.stroke([(0.10, 0.48), (0.20, 0.48)], 0.035, pen.dark, smooth=False)
    pen.oval(0.89, 0.42, 0.045, 0.065, LAMP)
    pen.oval(-0.90, 0.42, 0.03, 0.06, hexed("#8f2334"))
    for x in (-0.54, 0.54):
        _wheel(pen, x, 0.18, 0.19)


@kind("bus", 0.36, 1.9, "#e5a63a", "#bfe0ea", seat=0.95)
def bus(pen: Pen) -> None:
    pen.polygon([(-0.92, 0.14), (-0.92, 0.90), (-0.86, 0.97), (0.82, 0.97), (0.92, 0.86), (0.94, 0.14)], pen.main)
    for k in range(5):
        pen.box(-0.82 + k * 0.28, 0.56, -0.60 + k * 0.28, 0.82, GLASS)
    pen.polygon([(0.62, 0.56), (0.62, 0.82), (0.88, 0.82), (0.92, 0.56)], GLASS)
    pen.stroke([(-0.91, 0.42), (0.93, 0.42)], 0.03, WHITE, smooth=False)
    pen.oval(0.88, 0.28, 0.04, 0.05, LAMP)
    for x in (-0.54, 0.54):
        _wheel(pen, x, 0.14, 0.14)


@kind("train", 0.32, 2.3, "#3f6f5f", "#c8453c", seat=0.7)
def train(pen: Pen) -> None:
    for k, r in enumerate((0.06, 0.08, 0.10, 0.11)):
        pen.oval(0.68 - k * 0.16, 1.0 + k * 0.015 - 0.02, r, r * 0.7, hexed("#eceae6"), line=False)
    pen.box(-1.08, 0.20, -0.42, 0.72, pen.second)
    for x in (-0.96, -0.74, -0.56):
        pen.box(x - 0.07, 0.42, x + 0.07, 0.62, LAMP)
    pen.box(-0.42, 0.24, -0.32, 0.30, TYRE)
    pen.box(-0.32, 0.20, 0.10, 0.86, pen.main)
    pen.box(-0.38, 0.86, 0.16, 0.92, pen.dark)
    pen.box(-0.22, 0.54, 0.0, 0.76, LAMP)
    pen.blob(
        [(0.10, 0.26), (0.10, 0.64), (0.70, 0.64), (0.96, 0.60), (1.0, 0.45), (0.96, 0.28), (0.70, 0.26)], pen.main
    )
    pen.polygon([(0.64, 0.62), (0.60, 0.90), (0.80, 0.90), (0.76, 0.62)], pen.dark)
    pen.oval(0.36, 0.66, 0.08, 0.07, hexed("#d9a93c"))
    for x in (0.28, 0.50, 0.86):
        pen.stroke([(x, 0.28), (x, 0.62)], 0.018, hexed("#d9a93c"), smooth=False)
    pen.oval(0.99, 0.47, 0.045, 0.055, LAMP)
    pen.polygon([(0.92, 0.20), (1.14, 0.02), (0.86, 0.02)], pen.second)
    for x, r in ((-0.94, 0.12), (-0.58, 0.12), (-0.16, 0.17), (0.24, 0.17), (0.68, 0.12)):
        _wheel(pen, x, r, r)
    pen.stroke([(-0.16, 0.17), (0.24, 0.17)], 0.035, hexed("#cfd3d6"), smooth=False)
    pen.stroke([(-1.14, 0.0), (1.14, 0.0)], 0.03, hexed("#6a5b52"), smooth=False)


@kind("bicycle", 0.34, 1.6, "#3f7fb5", "#6b4a35", seat=0.9)
def bicycle(pen: Pen) -> None:
    for x in (-0.46, 0.46):
        ring = [(x + 0.29 * math.cos(k * math.tau / 30), 0.30 + 0.29 * math.sin(k * math.tau / 30)) for k in range(31)]
        for k in range(6):
            a = k * math.pi / 6
            pen.stroke(
                [
                    (x - 0.28 * math.cos(a), 0.30 - 0.28 * math.sin(a)),
                    (x + 0.28 * math.cos(a), 0.30 + 0.28 * math.sin(a)),
                ],
                0.008,
                hexed("#b9bdc2"),
                smooth=False,
            )
        pen.stroke(ring, 0.045, TYRE, smooth=False)
    for path in (
        [(-0.46, 0.30), (-0.18, 0.70), (0.30, 0.72), (-0.04, 0.28), (-0.46, 0.30)],
        [(-0.04, 0.28), (-0.22, 0.80)],
        [(0.46, 0.30), (0.27, 0.88)],
    ):
        pen.stroke(path, 0.042, pen.main, smooth=False)
    pen.limb([(-0.34, 0.84), (-0.22, 0.83), (-0.10, 0.82)], [0.06, 0.075, 0.03], pen.second)
    pen.stroke([(0.27, 0.86), (0.36, 0.94), (0.46, 0.88)], 0.04, TYRE)
    pen.oval(-0.04, 0.28, 0.07, 0.07, hexed("#cfd3d6"))
    pen.stroke([(-0.04, 0.28), (0.06, 0.16)], 0.03, TYRE, smooth=False)


@kind("boat", 0.42, 1.05, "#a5523c", "#fbf4e4", Level.WATER, seat=0.25)
def boat(pen: Pen) -> None:
    pen.stroke([(0.0, 0.18), (0.0, 1.0)], 0.022, WOOD, smooth=False)
    pen.blob([(0.02, 0.98), (0.18, 0.66), (0.40, 0.34), (0.20, 0.29), (0.02, 0.30)], pen.second)
    pen.blob([(-0.02, 0.90), (-0.12, 0.60), (-0.34, 0.36), (-0.16, 0.31), (-0.02, 0.32)], darker(pen.second, 0.1))
    pen.polygon([(0.0, 1.0), (0.14, 0.965), (0.0, 0.93)], pen.main)
    pen.blob(
        [
            (-0.50, 0.26),
            (-0.38, 0.06),
            (-0.20, 0.0),
            (0.22, 0.0),
            (0.40, 0.06),
            (0.54, 0.27),
            (0.2, 0.215),
            (-0.2, 0.21),
        ],
        pen.main,
    )
    pen.stroke([(-0.44, 0.17), (0.0, 0.125), (0.47, 0.18)], 0.02, pen.light)
    pen.stroke([(-0.54, 0.012), (-0.3, -0.01), (0.0, 0.01), (0.3, -0.01), (0.56, 0.012)], 0.02, hexed("#e3f3f6"))


@kind("plane", 0.24, 1.9, "#eef1f3", "#d6523f", Level.AIR)
def plane(pen: Pen) -> None:
    pen.polygon([(-0.08, 0.52), (-0.40, 0.94), (-0.22, 0.94), (0.20, 0.54)], darker(pen.main, 0.2))
    pen.polygon([(-0.70, 0.50), (-0.92, 1.0), (-0.72, 1.0), (-0.44, 0.56)], pen.second)
    pen.blob(
        [
            (-0.92, 0.56),
            (-0.60, 0.62),
            (0.0, 0.64),
            (0.56, 0.62),
            (0.84, 0.52),
            (0.94, 0.42),
            (0.80, 0.32),
            (0.40, 0.28),
            (-0.40, 0.36),
        ],
        pen.main,
    )
    pen.limb([(-0.80, 0.51), (0.0, 0.44), (0.90, 0.41)], [0.02, 0.05, 0.03], pen.second, line=False)
    for k in range(7):
        pen.oval(-0.36 + k * 0.14, 0.535, 0.034, 0.042, hexed("#6fa3bf"))
    pen.polygon([(0.62, 0.60), (0.66, 0.50), (0.86, 0.49), (0.78, 0.56)], hexed("#6fa3bf"))
    pen.polygon([(0.16, 0.42), (-0.34, 0.04), (-0.16, 0.02), (0.42, 0.38)], pen.light)
    pen.oval(0.06, 0.20, 0.13, 0.07, pen.second)


@kind("rocket", 0.58, 0.55, "#eceff2", "#d6473c", Level.AIR, flips=False)
def rocket(pen: Pen) -> None:
    pen.blob([(-0.10, 0.22), (-0.13, 0.08), (0.0, -0.08), (0.13, 0.08), (0.10, 0.22)], hexed("#f28c38"))
    pen.blob([(-0.06, 0.22), (-0.07, 0.12), (0.0, 0.0), (0.07, 0.12), (0.06, 0.22)], hexed("#ffe08a"), line=False)
    for side in (-1, 1):
        pen.blob([(side * 0.12, 0.46), (side * 0.25, 0.32), (side * 0.26, 0.12), (side * 0.12, 0.22)], pen.second)
    pen.blob(
        [(-0.11, 0.20), (-0.17, 0.48), (-0.12, 0.76), (0, 1.0), (0.12, 0.76), (0.17, 0.48), (0.11, 0.20)], pen.main
    )
    pen.blob([(-0.115, 0.78), (0, 1.0), (0.115, 0.78), (0, 0.75)], pen.second)
    pen.oval(0, 0.60, 0.080, 0.080, pen.second)
    pen.oval(0, 0.60, 0.056, 0.056, hexed("#7fc0dc"))
    pen.oval(-0.02, 0.62, 0.018, 0.018, WHITE, line=False)
    pen.stroke([(-0.145, 0.36), (0, 0.335), (0.145, 0.36)], 0.022, pen.second)
    pen.box(-0.075, 0.17, 0.075, 0.21, hexed("#6b6b78"))


@kind("balloon", 0.36, 0.55, "#d6473c", "#f6e6c4", Level.AIR, flips=False)
def balloon(pen: Pen) -> None:
    pen.stroke([(0, 0.42), (0.03, 0.28), (-0.03, 0.14), (0.01, 0.0)], 0.012, pen.ink)
    pen.polygon([(-0.035, 0.40), (0, 0.45), (0.035, 0.40)], pen.dark)
    pen.blob(
        [(0, 0.43), (-0.18, 0.58), (-0.26, 0.78), (-0.17, 0.96), (0, 1.02), (0.17, 0.96), (0.26, 0.78), (0.18, 0.58)],
        pen.main,
    )
    pen.oval(-0.11, 0.84, 0.045, 0.085, lighter(pen.main, 0.65), tilt=-24, line=False)


@kind("airballoon", 0.46, 0.72, "#d6573f", "#f7dfa0", Level.AIR, flips=False)
def airballoon(pen: Pen) -> None:
    for x in (-0.07, 0.07):
        pen.stroke([(x, 0.14), (x * 1.9, 0.38)], 0.010, WOOD, smooth=False)
    pen.box(-0.08, 0.0, 0.08, 0.14, WOOD)
    outline = ((0.0, 0.34), (-0.16, 0.36), (-0.30, 0.54), (-0.35, 0.74), (-0.24, 0.94))
    ring = [*outline, (0.0, 1.02), *((-x, y) for x, y in outline[:0:-1])]
    for wide, fill in ((1.0, pen.main), (0.74, pen.second), (0.46, pen.main), (0.16, pen.second)):
        pen.blob([(x * wide, y) for x, y in ring], fill)


@kind("kite", 0.30, 0.8, "#e2603f", "#f5c64a", Level.AIR)
def kite(pen: Pen) -> None:
    pen.stroke([(-0.02, 0.36), (-0.16, 0.20), (-0.06, 0.10), (-0.22, -0.06)], 0.014, pen.ink)
    for x, y in ((-0.13, 0.22), (-0.10, 0.11)):
        pen.polygon(
            [(x - 0.05, y + 0.04), (x + 0.05, y - 0.04), (x + 0.05, y + 0.04), (x - 0.05, y - 0.04)], pen.second
        )
    pen.polygon([(0.0, 0.34), (-0.26, 0.70), (0.10, 1.0), (0.32, 0.68)], pen.main)
    pen.polygon([(0.0, 0.34), (-0.26, 0.70), (0.04, 0.69)], pen.second)
    pen.polygon([(0.10, 1.0), (0.04, 0.69), (0.32, 0.68)], pen.second)
