"""What one eats and drinks."""

from __future__ import annotations

import math

from limner.engines.sketch.colour import hexed, lighter
from limner.engines.sketch.pen import Pen
from limner.engines.sketch.things import kind

FLAME = hexed("#ffd35e")


@kind("cup", 0.34, 1.05, "#e8e0d0", "#6b452f", seat=0.8)
def cup(pen: Pen) -> None:
    for x in (-0.10, 0.08):
        pen.stroke([(x, 0.80), (x + 0.05, 0.88), (x - 0.02, 0.95), (x + 0.03, 1.03)], 0.022, lighter(pen.main, 0.5))
    pen.oval(0, 0.06, 0.46, 0.06, pen.light)
    pen.oval(0, 0.08, 0.30, 0.035, pen.dark, line=False)
    ring = [(0.38 + 0.15 * math.cos(k * math.tau / 20), 0.43 + 0.17 * math.sin(k * math.tau / 20)) for k in range(21)]
    pen.stroke(ring, 0.06, pen.dark)
    pen.blob(
        [(-0.36, 0.68), (-0.33, 0.36), (-0.20, 0.10), (0.20, 0.10), (0.33, 0.36), (0.36, 0.68), (0, 0.64)], pen.main
    )
    pen.oval(0, 0.68, 0.36, 0.08, pen.light)
    pen.oval(0, 0.675, 0.31, 0.058, pen.second)


@kind("apple", 0.30, 0.95, "#cf3f3a", "#6aa353", flips=True)
def apple(pen: Pen) -> None:
    pen.stroke([(0, 0.78), (0.02, 0.90), (0.07, 1.0)], 0.04, hexed("#6b4a35"))
    pen.blob([(0.04, 0.88), (0.18, 1.0), (0.34, 0.96), (0.20, 0.84)], pen.second)
    pen.blob(
        [
            (0, 0.80),
            (-0.20, 0.87),
            (-0.43, 0.66),
            (-0.38, 0.28),
            (-0.18, 0.02),
            (0, 0.06),
            (0.18, 0.02),
            (0.38, 0.28),
            (0.43, 0.66),
            (0.20, 0.87),
        ],
        pen.main,
    )
    pen.oval(-0.22, 0.64, 0.06, 0.12, lighter(pen.main, 0.6), tilt=-22, line=False)


@kind("orange", 0.28, 1.0, "#f0902f", "#5f9a50")
def orange(pen: Pen) -> None:
    pen.oval(0, 0.45, 0.45, 0.45, pen.main)
    for _ in range(24):
        a, r = pen.random.uniform(0, math.tau), pen.random.uniform(0.05, 0.38)
        pen.oval(r * math.cos(a), 0.45 + r * math.sin(a), 0.012, 0.012, pen.dark, line=False)
    pen.oval(-0.16, 0.62, 0.09, 0.07, pen.light, line=False)
    pen.blob([(0, 0.88), (0.14, 1.02), (0.34, 0.98), (0.18, 0.86)], pen.second)


@kind("pear", 0.32, 0.75, "#b9c04a", "#6aa353")
def pear(pen: Pen) -> None:
    pen.stroke([(0.01, 0.88), (0.06, 1.02)], 0.035, hexed("#6b4a35"))
    pen.blob(
        [
            (0, 0.92),
            (-0.13, 0.80),
            (-0.17, 0.58),
            (-0.34, 0.32),
            (-0.24, 0.04),
            (0, 0.0),
            (0.24, 0.04),
            (0.34, 0.32),
            (0.17, 0.58),
            (0.13, 0.80),
        ],
        pen.main,
    )
    pen.oval(-0.16, 0.34, 0.05, 0.10, pen.light, tilt=-14, line=False)


@kind("cherry", 0.28, 0.95, "#b9283a", "#5f9a50", flips=False)
def cherry(pen: Pen) -> None:
    for side in (-1, 1):
        pen.stroke([(side * 0.22, 0.36), (side * 0.14, 0.72), (0.02, 0.98)], 0.028, pen.second)
        pen.oval(side * 0.23, 0.22, 0.21, 0.21, pen.main)
        pen.oval(side * 0.23 - 0.07, 0.30, 0.05, 0.04, lighter(pen.main, 0.6), line=False)
    pen.blob([(0.02, 0.96), (0.20, 1.02), (0.38, 0.90), (0.18, 0.84)], pen.second)


@kind("strawberry", 0.30, 0.85, "#d63c44", "#5f9a50", flips=False)
def strawberry(pen: Pen) -> None:
    pen.blob(
        [(0, 0.0), (-0.20, 0.20), (-0.38, 0.56), (-0.26, 0.82), (0, 0.84), (0.26, 0.82), (0.38, 0.56), (0.20, 0.20)],
        pen.main,
    )
    for row, count in ((0.66, 4), (0.50, 5), (0.34, 3), (0.18, 1)):
        for k in range(count):
            pen.oval((k - (count - 1) / 2) * 0.125, row, 0.016, 0.024, hexed("#f8dc8a"), line=False)
    for x in (-0.24, -0.10, 0.08, 0.24):
        pen.blob([(0, 0.82), (x * 0.4, 0.94), (x, 0.76), (x * 0.5, 0.78)], pen.second)
    pen.stroke([(0, 0.84), (0.02, 1.0)], 0.03, pen.second)


@kind("banana", 0.26, 1.45, "#f1cf45", "#7a5a2e")
def banana(pen: Pen) -> None:
    pen.limb(
        [(-0.62, 0.78), (-0.40, 0.34), (0.0, 0.16), (0.44, 0.32), (0.62, 0.72)],
        [0.06, 0.24, 0.30, 0.22, 0.07],
        pen.main,
    )
    pen.stroke([(-0.58, 0.72), (-0.34, 0.36), (0.02, 0.20), (0.42, 0.36), (0.60, 0.68)], 0.018, pen.dark)
    pen.limb([(0.60, 0.70), (0.68, 0.94)], [0.08, 0.07], pen.second)
    pen.oval(-0.63, 0.80, 0.04, 0.04, pen.second)


@kind("cake", 0.40, 1.1, "#f2c6c4", "#fff6e8", seat=0.68, flips=False)
def cake(pen: Pen) -> None:
    pen.oval(0, 0.05, 0.54, 0.055, hexed("#d9d4cc"))
    pen.box(-0.44, 0.06, 0.44, 0.36, pen.main)
    pen.blob(
        [
            (-0.45, 0.38),
            (-0.45, 0.27),
            (-0.34, 0.22),
            (-0.22, 0.28),
            (-0.10, 0.20),
            (0.02, 0.28),
            (0.14, 0.21),
            (0.26, 0.28),
            (0.38, 0.22),
            (0.45, 0.29),
            (0.45, 0.38),
            (0, 0.41),
        ],
        pen.second,
    )
    pen.box(-0.29, 0.38, 0.29, 0.62, pen.main)
    pen.blob(
        [
            (-0.30, 0.65),
            (-0.30, 0.55),
            (-0.20, 0.50),
            (-0.09, 0.56),
            (0.02, 0.50),
            (0.12, 0.56),
            (0.22, 0.50),
            (0.30, 0.56),
            (0.30, 0.65),
            (0, 0.68),
        ],
        pen.second,
    )
    for x, code in ((-0.17, "#5a8fc4"), (0, "#d6573f"), (0.17, "#6aa353")):
        pen.box(x - 0.022, 0.66, x + 0.022, 0.84, hexed(code))
        pen.blob([(x, 0.84), (x - 0.03, 0.90), (x, 1.0), (x + 0.03, 0.90)], FLAME)
    for k in range(6):
        pen.oval(-0.36 + k * 0.145, 0.14, 0.022, 0.022, hexed("#c8394a"))


@kind("egg", 0.24, 0.8, "#f6ead2", "#d9b98a", flips=False)
def egg(pen: Pen) -> None:
    pen.blob(
        [(0, 0.0), (-0.30, 0.12), (-0.36, 0.40), (-0.22, 0.80), (0, 0.98), (0.22, 0.80), (0.36, 0.40), (0.30, 0.12)],
        pen.main,
    )
    for x, y in ((-0.12, 0.36), (0.10, 0.60), (0.16, 0.26), (-0.06, 0.72), (0.02, 0.46)):
        pen.oval(x, y, 0.022, 0.018, pen.second, line=False)
