"""What flies, swims or crawls."""

from __future__ import annotations

import math

from limner.engines.sketch.colour import WHITE, darker, hexed, lighter
from limner.engines.sketch.pen import Pen
from limner.engines.sketch.things import Level, kind

DARK = hexed("#2f2833")
CREAM = hexed("#fbf1de")
BEAK = hexed("#f0a63c")


@kind("bird", 0.19, 1.45, "#4d86c6", "#f3dcc0", Level.AIR)
def bird(pen: Pen) -> None:
    main = pen.main
    pen.blob([(0.02, 0.50), (-0.16, 0.80), (-0.40, 0.98), (-0.30, 0.70), (-0.22, 0.44)], pen.dark)
    pen.polygon([(-0.36, 0.40), (-0.68, 0.46), (-0.60, 0.34), (-0.70, 0.24), (-0.34, 0.28)], pen.dark)
    pen.blob(
        [(-0.44, 0.36), (-0.20, 0.50), (0.12, 0.56), (0.36, 0.54), (0.40, 0.34), (0.18, 0.18), (-0.12, 0.18)], main
    )
    pen.blob([(0.36, 0.36), (0.18, 0.20), (-0.10, 0.20), (0.0, 0.33), (0.20, 0.36)], pen.second, line=False)
    pen.polygon([(0.55, 0.56), (0.72, 0.49), (0.54, 0.45)], BEAK)
    pen.oval(0.40, 0.52, 0.19, 0.175, main)
    pen.blob(
        [(0.14, 0.46), (0.10, 0.82), (-0.10, 1.04), (-0.16, 0.74), (-0.20, 0.40), (-0.02, 0.34)], lighter(main, 0.18)
    )
    for lift in (0.0, 0.07):
        pen.stroke([(-0.10 + lift, 0.86 - lift), (-0.06 + lift, 0.62)], 0.016, pen.dark)
    pen.eye(0.45, 0.56, 0.042)


@kind("owl", 0.34, 0.8, "#8c6a4c", "#f0dfc0")
def owl(pen: Pen) -> None:
    for side in (-1, 1):
        pen.polygon([(side * 0.28, 0.84), (side * 0.31, 1.02), (side * 0.08, 0.90)], pen.dark)
    pen.blob(
        [(-0.31, 0.22), (-0.34, 0.64), (-0.24, 0.88), (0, 0.93), (0.24, 0.88), (0.34, 0.64), (0.31, 0.22), (0, 0.04)],
        pen.main,
    )
    pen.blob([(-0.18, 0.20), (-0.20, 0.46), (0, 0.56), (0.20, 0.46), (0.18, 0.20), (0, 0.09)], pen.second)
    for row, count in ((0.44, 3), (0.34, 4), (0.24, 3)):
        for k in range(count):
            x = (k - (count - 1) / 2) * 0.085
            pen.stroke([(x - 0.03, row), (x, row - 0.035), (x + 0.03, row)], 0.015, pen.main)
    for side in (-1, 1):
        pen.blob([(side * 0.30, 0.58), (side * 0.39, 0.34), (side * 0.28, 0.10), (side * 0.21, 0.34)], pen.dark)
        pen.oval(side * 0.135, 0.70, 0.145, 0.145, pen.second)
        pen.oval(side * 0.125, 0.70, 0.092, 0.092, hexed("#f2c14a"))
        pen.eye(side * 0.12, 0.70, 0.056)
        for toe in (-0.04, 0.0, 0.04):
            pen.oval(side * 0.11 + toe, 0.035, 0.022, 0.04, BEAK)
    pen.polygon([(-0.045, 0.66), (0.045, 0.66), (0, 0.55)], BEAK)


@kind("duck", 0.26, 1.2, "#f4d35e", "#e9a53f", Level.WATER)
def duck(pen: Pen) -> None:
    pen.blob(
        [
            (-0.52, 0.44),
            (-0.40, 0.30),
            (-0.14, 0.46),
            (0.14, 0.44),
            (0.30, 0.36),
            (0.30, 0.14),
            (0.10, 0.02),
            (-0.24, 0.02),
            (-0.44, 0.16),
        ],
        pen.main,
    )
    pen.oval(0.24, 0.68, 0.23, 0.23, pen.main)
    pen.blob([(0.06, 0.56), (0.12, 0.34), (0.30, 0.30), (0.40, 0.54)], pen.main, line=False)
    pen.blob([(0.43, 0.72), (0.60, 0.68), (0.66, 0.62), (0.52, 0.58), (0.42, 0.61)], pen.second)
    pen.blob([(-0.26, 0.34), (0.02, 0.36), (0.12, 0.24), (-0.04, 0.12), (-0.26, 0.18), (-0.38, 0.30)], pen.dark)
    pen.eye(0.31, 0.76, 0.036)


@kind("penguin", 0.34, 0.7, "#39465c", "#fdfaf2")
def penguin(pen: Pen) -> None:
    for side in (-1, 1):
        pen.oval(side * 0.13, 0.03, 0.12, 0.038, BEAK)
        pen.limb([(side * 0.24, 0.60), (side * 0.34, 0.42), (side * 0.36, 0.26)], [0.12, 0.11, 0.03], pen.dark)
    pen.blob(
        [
            (-0.25, 0.10),
            (-0.30, 0.44),
            (-0.22, 0.76),
            (-0.16, 0.95),
            (0, 1.0),
            (0.16, 0.95),
            (0.22, 0.76),
            (0.30, 0.44),
            (0.25, 0.10),
            (0, 0.02),
        ],
        pen.main,
    )
    pen.blob(
        [(-0.17, 0.12), (-0.21, 0.40), (-0.15, 0.62), (0, 0.66), (0.15, 0.62), (0.21, 0.40), (0.17, 0.12), (0, 0.06)],
        pen.second,
        line=False,
    )
    for side in (-1, 1):
        pen.oval(side * 0.085, 0.81, 0.075, 0.085, pen.second, line=False)
        pen.eye(side * 0.075, 0.82, 0.034)
    pen.polygon([(-0.055, 0.77), (0.055, 0.77), (0, 0.68)], BEAK)


@kind("fish", 0.20, 1.6, "#ef8354", "#fbe3a9", Level.WATER)
def fish(pen: Pen) -> None:
    pen.blob([(-0.44, 0.50), (-0.74, 0.84), (-0.66, 0.50), (-0.74, 0.16)], pen.dark)
    pen.blob([(-0.16, 0.74), (0.02, 1.02), (0.26, 0.92), (0.24, 0.72)], pen.dark)
    pen.blob(
        [
            (-0.54, 0.48),
            (-0.24, 0.76),
            (0.16, 0.86),
            (0.54, 0.70),
            (0.68, 0.50),
            (0.52, 0.28),
            (0.14, 0.14),
            (-0.24, 0.24),
        ],
        pen.main,
    )
    pen.blob([(0.44, 0.26), (0.12, 0.16), (-0.24, 0.26), (0.0, 0.36), (0.34, 0.38)], pen.second, line=False)
    for x in (-0.14, 0.06):
        pen.limb([(x, 0.80 + x * 0.2), (x + 0.06, 0.52), (x, 0.22)], [0.05, 0.08, 0.05], pen.second, line=False)
    pen.blob([(0.14, 0.46), (-0.08, 0.34), (-0.02, 0.20), (0.16, 0.32)], pen.dark)
    pen.stroke([(0.32, 0.72), (0.26, 0.52), (0.32, 0.32)], 0.02, pen.dark)
    pen.oval(0.46, 0.60, 0.085, 0.085, WHITE)
    pen.eye(0.475, 0.60, 0.05)
    pen.stroke([(0.66, 0.44), (0.58, 0.42)], 0.022, pen.ink)


@kind("whale", 0.40, 1.75, "#4a7fa8", "#dfeef2", Level.WATER)
def whale(pen: Pen) -> None:
    for lean in (-0.16, 0.0, 0.16):
        pen.limb(
            [(0.30, 0.74), (0.30 + lean * 0.6, 0.90), (0.30 + lean * 1.5, 0.90 + 0.06 * (1 - abs(lean) * 5))],
            [0.03, 0.04, 0.03],
            hexed("#bfe3ee"),
        )
    pen.blob([(-0.62, 0.44), (-0.70, 0.62), (-0.90, 0.74), (-0.82, 0.56), (-0.60, 0.34)], pen.dark)
    pen.blob([(-0.64, 0.44), (-0.56, 0.66), (-0.42, 0.78), (-0.48, 0.52)], pen.dark)
    pen.blob(
        [
            (-0.70, 0.54),
            (-0.46, 0.36),
            (-0.14, 0.60),
            (0.22, 0.74),
            (0.60, 0.66),
            (0.80, 0.40),
            (0.74, 0.14),
            (0.40, 0.03),
            (0.0, 0.04),
            (-0.36, 0.14),
            (-0.60, 0.34),
        ],
        pen.main,
    )
    pen.blob(
        [(0.78, 0.30), (0.70, 0.12), (0.36, 0.045), (0.0, 0.06), (-0.26, 0.13), (0.12, 0.22), (0.48, 0.26)],
        pen.second,
        line=False,
    )
    for k in range(5):
        pen.stroke([(0.64 - k * 0.13, 0.24 - k * 0.01), (0.58 - k * 0.13, 0.09)], 0.009, darker(pen.second, 0.25))
    pen.stroke([(0.79, 0.32), (0.62, 0.31), (0.52, 0.37)], 0.013, pen.ink)
    pen.blob([(0.14, 0.22), (-0.02, 0.06), (-0.14, -0.02), (0.0, 0.18)], pen.dark)
    pen.eye(0.49, 0.43, 0.030)


@kind("butterfly", 0.18, 1.2, "#e8863c", "#fbe0a0", Level.AIR)
def butterfly(pen: Pen) -> None:
    for side in (-1, 1):
        pen.blob(
            [(side * 0.03, 0.52), (side * 0.20, 0.92), (side * 0.50, 1.0), (side * 0.58, 0.74), (side * 0.34, 0.50)],
            pen.main,
        )
        pen.blob(
            [(side * 0.03, 0.48), (side * 0.34, 0.50), (side * 0.46, 0.28), (side * 0.30, 0.06), (side * 0.10, 0.16)],
            pen.dark,
        )
        pen.oval(side * 0.38, 0.78, 0.11, 0.10, pen.second)
        pen.oval(side * 0.28, 0.30, 0.085, 0.085, pen.second)
        pen.oval(side * 0.38, 0.78, 0.045, 0.04, pen.ink, line=False)
        pen.stroke([(0, 0.76), (side * 0.08, 0.94), (side * 0.15, 0.98)], 0.018, pen.ink)
    pen.limb([(0, 0.80), (0, 0.50), (0, 0.14)], [0.08, 0.09, 0.03], pen.ink)


@kind("bee", 0.13, 1.3, "#f2c230", "#33303a", Level.AIR)
def bee(pen: Pen) -> None:
    for x in (-0.12, 0.10):
        pen.oval(x, 0.78, 0.13, 0.24, hexed("#e6f2f6"), tilt=18)
    pen.oval(0, 0.42, 0.46, 0.30, pen.main)
    for x in (-0.24, -0.04, 0.16):
        pen.limb([(x, 0.70), (x + 0.03, 0.42), (x, 0.14)], [0.07, 0.10, 0.07], pen.second, line=False)
    pen.eye(0.32, 0.48, 0.06)
    pen.stroke([(0.36, 0.64), (0.44, 0.84)], 0.03, pen.second)


@kind("turtle", 0.26, 1.6, "#7fa65a", "#8a6b45", Level.WATER)
def turtle(pen: Pen) -> None:
    for x in (-0.36, 0.34):
        pen.limb([(x, 0.26), (x + 0.05, 0.03)], [0.18, 0.15], pen.main)
    pen.limb([(-0.56, 0.24), (-0.74, 0.16)], [0.10, 0.01], pen.main)
    pen.limb([(0.44, 0.34), (0.62, 0.52)], [0.20, 0.18], pen.main)
    pen.oval(0.66, 0.58, 0.15, 0.14, pen.main)
    pen.blob(
        [(-0.60, 0.22), (-0.50, 0.62), (-0.20, 0.92), (0.14, 0.94), (0.44, 0.64), (0.54, 0.24), (0, 0.14)], pen.second
    )
    for x, y, r in ((-0.02, 0.66, 0.17), (-0.32, 0.46, 0.13), (0.28, 0.48, 0.14), (-0.02, 0.32, 0.12)):
        ring = [(x + r * math.cos(k * math.tau / 6), y + r * 0.8 * math.sin(k * math.tau / 6)) for k in range(6)]
        pen.polygon(ring, lighter(pen.second, 0.28))
    pen.eye(0.71, 0.63, 0.034)
    pen.stroke([(0.80, 0.53), (0.72, 0.50)], 0.016, pen.ink)


@kind("snail", 0.20, 1.5, "#c98a55", "#e8cf9d")
def snail(pen: Pen) -> None:
    for x in (0.54, 0.64):
        pen.stroke([(0.54, 0.40), (x, 0.80)], 0.035, pen.second)
        pen.oval(x, 0.82, 0.045, 0.045, DARK, line=False)
    pen.blob(
        [(-0.70, 0.02), (-0.44, 0.18), (0.20, 0.20), (0.42, 0.52), (0.62, 0.52), (0.66, 0.22), (0.54, 0.0)], pen.second
    )
    pen.oval(-0.06, 0.52, 0.42, 0.42, pen.main)
    turns = [
        (-0.06 + 0.36 * (1 - k / 22) * math.cos(k * 0.62), 0.52 + 0.36 * (1 - k / 22) * math.sin(k * 0.62))
        for k in range(21)
    ]
    pen.stroke(turns, 0.045, pen.dark)


@kind("dragon", 0.56, 1.35, "#4e9a63", "#e8c66a", seat=0.7)
def dragon(pen: Pen) -> None:
    pen.limb([(-0.18, 0.20), (-0.42, 0.08), (-0.60, 0.18), (-0.62, 0.34)], [0.24, 0.16, 0.09, 0.02], pen.main)
    pen.polygon([(-0.66, 0.30), (-0.62, 0.48), (-0.54, 0.33)], pen.second)
    pen.blob(
        [
            (0.0, 0.56),
            (-0.16, 0.92),
            (-0.50, 1.0),
            (-0.42, 0.82),
            (-0.58, 0.74),
            (-0.40, 0.64),
            (-0.46, 0.50),
            (-0.16, 0.46),
        ],
        pen.dark,
    )
    for x in (-0.40, -0.30, -0.20):
        pen.stroke([(-0.06, 0.54), (x, 0.78)], 0.012, pen.main)
    pen.blob([(-0.32, 0.06), (-0.30, 0.36), (-0.08, 0.58), (0.14, 0.56), (0.24, 0.28), (0.16, 0.02)], pen.main)
    pen.blob([(0.0, 0.06), (0.02, 0.34), (0.14, 0.50), (0.22, 0.30), (0.15, 0.05)], pen.second, line=False)
    for x in (-0.20, 0.10):
        pen.oval(x, 0.035, 0.13, 0.045, pen.dark)
    pen.limb([(0.06, 0.46), (0.16, 0.66), (0.18, 0.78)], [0.24, 0.17, 0.18], pen.main)
    for x, y in ((-0.06, 0.62), (0.02, 0.70), (0.05, 0.80)):
        pen.polygon([(x - 0.02, y - 0.05), (x - 0.09, y + 0.04), (x + 0.05, y + 0.03)], pen.second)
    for x in (0.14, 0.24):
        pen.limb([(x, 0.90), (x - 0.10, 1.02)], [0.05, 0.01], pen.second)
    pen.blob(
        [(0.08, 0.82), (0.18, 0.94), (0.34, 0.90), (0.52, 0.80), (0.54, 0.70), (0.36, 0.66), (0.14, 0.68)], pen.main
    )
    pen.oval(0.49, 0.79, 0.014, 0.014, DARK, line=False)
    pen.stroke([(0.53, 0.73), (0.40, 0.72), (0.34, 0.75)], 0.011, pen.ink)
    pen.eye(0.27, 0.83, 0.026)
    pen.limb([(0.14, 0.36), (0.26, 0.30), (0.31, 0.34)], [0.08, 0.06, 0.04], pen.main)
