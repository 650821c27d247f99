"""People, and what has a face like people."""

from __future__ import annotations

from limner.engines.sketch.colour import WHITE, darker, hexed, lighter, mix
from limner.engines.sketch.pen import Pen
from limner.engines.sketch.things import kind

DARK = hexed("#2f2833")
BLUSH = hexed("#e58f7c")
SKINS = ("#f3c9a5", "#d9a37a", "#a9714b", "#7a4d34")
HAIRS = ("#3a2a2a", "#6b4326", "#a5673a", "#2a2433")


@kind("person", 0.50, 0.5, "#4f7cac", "#e0a33e")
def person(pen: Pen) -> None:
    skin = hexed(pen.random.choice(SKINS))
    hair = hexed(pen.random.choice(HAIRS))
    trousers = darker(mix(pen.main, hexed("#50546a"), 0.7), 0.25)
    for x in (-0.055, 0.06):
        pen.limb([(x, 0.36), (x * 1.15, 0.18), (x * 1.2, 0.03)], [0.10, 0.08, 0.07], trousers)
        pen.oval(x * 1.2 + 0.022, 0.024, 0.060, 0.028, DARK)
    pen.limb([(-0.10, 0.62), (-0.18, 0.48), (-0.17, 0.36)], [0.08, 0.07, 0.05], pen.dark)
    pen.oval(-0.17, 0.345, 0.028, 0.032, skin)
    pen.blob(
        [(-0.12, 0.64), (-0.13, 0.46), (-0.15, 0.30), (0.15, 0.30), (0.13, 0.46), (0.12, 0.64), (0, 0.69)], pen.main
    )
    pen.limb([(0.10, 0.62), (0.18, 0.50), (0.20, 0.38)], [0.08, 0.07, 0.05], pen.main)
    pen.oval(0.20, 0.36, 0.028, 0.032, skin)
    pen.box(-0.03, 0.66, 0.035, 0.73, darker(skin, 0.15), line=False)
    pen.oval(-0.01, 0.85, 0.135, 0.14, hair)
    pen.oval(0.015, 0.825, 0.112, 0.122, skin)
    pen.blob(
        [(-0.11, 0.83), (-0.09, 0.95), (0.04, 0.985), (0.13, 0.90), (0.10, 0.885), (0.0, 0.92), (-0.06, 0.89)], hair
    )
    for x in (0.0, 0.075):
        pen.eye(x, 0.825, 0.013)
        pen.oval(x + (x - 0.037) * 0.6, 0.785, 0.018, 0.012, mix(skin, BLUSH, 0.6), line=False)
    pen.stroke([(0.015, 0.768), (0.04, 0.758), (0.066, 0.77)], 0.008, darker(BLUSH, 0.4))
    pen.limb([(-0.09, 0.67), (0.01, 0.645), (0.10, 0.675)], [0.05, 0.065, 0.05], pen.second)
    pen.limb([(0.06, 0.65), (0.085, 0.56), (0.08, 0.49)], [0.05, 0.05, 0.055], pen.second)


@kind("face", 0.72, 0.85, "#e6b38f", "#5a3a2c", flips=True)
def face(pen: Pen) -> None:
    pen.blob([(-0.36, 0.0), (-0.26, 0.14), (-0.10, 0.18), (0.10, 0.18), (0.26, 0.14), (0.36, 0.0)], hexed("#6d86a8"))
    pen.limb([(0, 0.34), (0, 0.12)], [0.20, 0.22], pen.dark)
    pen.blob([(-0.32, 0.40), (-0.38, 0.72), (-0.20, 0.98), (0.10, 1.0), (0.34, 0.84), (0.35, 0.46)], pen.second)
    pen.blob(
        [
            (-0.26, 0.60),
            (-0.22, 0.80),
            (0, 0.87),
            (0.22, 0.80),
            (0.27, 0.58),
            (0.18, 0.34),
            (0.02, 0.24),
            (-0.16, 0.34),
        ],
        pen.main,
    )
    pen.blob(
        [
            (-0.29, 0.62),
            (-0.25, 0.86),
            (0.0, 0.96),
            (0.25, 0.86),
            (0.30, 0.64),
            (0.20, 0.78),
            (-0.02, 0.82),
            (-0.18, 0.74),
        ],
        pen.second,
    )
    for x in (-0.11, 0.12):
        pen.oval(x, 0.58, 0.058, 0.034, WHITE)
        pen.oval(x + 0.008, 0.58, 0.030, 0.032, hexed("#5b8a72"), line=False)
        pen.eye(x + 0.008, 0.58, 0.016)
        pen.stroke([(x - 0.06, 0.655), (x, 0.675), (x + 0.06, 0.655)], 0.018, pen.second)
        pen.oval(x * 1.35, 0.47, 0.05, 0.032, mix(pen.main, BLUSH, 0.5), line=False)
    pen.stroke([(0.02, 0.57), (0.045, 0.47), (0.0, 0.455)], 0.012, pen.dark)
    pen.blob(
        [(-0.075, 0.385), (-0.02, 0.40), (0.01, 0.39), (0.04, 0.40), (0.09, 0.385), (0.01, 0.345)], hexed("#c0564f")
    )


@kind("robot", 0.48, 0.75, "#8fa9bd", "#e8a33d", flips=False)
def robot(pen: Pen) -> None:
    for side in (-1, 1):
        pen.limb([(side * 0.10, 0.24), (side * 0.11, 0.06)], [0.08, 0.08], pen.dark)
        pen.blob([(side * 0.05, 0.0), (side * 0.06, 0.07), (side * 0.17, 0.07), (side * 0.19, 0.0)], pen.main)
        pen.limb([(side * 0.20, 0.50), (side * 0.30, 0.38), (side * 0.29, 0.28)], [0.07, 0.06, 0.06], pen.dark)
        pen.oval(side * 0.29, 0.25, 0.048, 0.048, pen.second)
        pen.oval(side * 0.21, 0.52, 0.055, 0.055, pen.main)
    pen.blob(
        [(-0.20, 0.24), (-0.215, 0.54), (-0.12, 0.575), (0.12, 0.575), (0.215, 0.54), (0.20, 0.24), (0, 0.21)], pen.main
    )
    pen.box(-0.11, 0.32, 0.11, 0.48, pen.light)
    for k, code in enumerate(("#d6523f", "#f0c14b", "#5aa05a")):
        pen.oval(-0.06 + k * 0.06, 0.44, 0.019, 0.019, hexed(code))
    pen.stroke([(-0.08, 0.36), (-0.03, 0.39), (0.02, 0.35), (0.08, 0.38)], 0.011, hexed("#3a8f8a"))
    pen.box(-0.06, 0.57, 0.06, 0.62, pen.dark)
    pen.stroke([(0, 0.88), (0, 0.96)], 0.018, pen.dark, smooth=False)
    pen.oval(0, 0.975, 0.032, 0.032, pen.second)
    for side in (-1, 1):
        pen.box(side * 0.245 - 0.03, 0.69, side * 0.245 + 0.03, 0.80, pen.second)
    pen.blob(
        [(-0.22, 0.63), (-0.235, 0.85), (-0.12, 0.90), (0.12, 0.90), (0.235, 0.85), (0.22, 0.63), (0, 0.60)], pen.main
    )
    pen.blob([(-0.17, 0.68), (-0.175, 0.82), (0, 0.845), (0.175, 0.82), (0.17, 0.68), (0, 0.655)], hexed("#2f3a4d"))
    for x in (-0.08, 0.08):
        pen.oval(x, 0.77, 0.036, 0.038, hexed("#9ff0e4"), line=False)
        pen.oval(x + 0.01, 0.785, 0.012, 0.012, WHITE, line=False)
    pen.stroke([(-0.05, 0.705), (0, 0.69), (0.05, 0.705)], 0.013, hexed("#9ff0e4"))


@kind("snowman", 0.46, 0.7, "#fbfcfd", "#c8453c", flips=False)
def snowman(pen: Pen) -> None:
    for side in (-1, 1):
        pen.stroke([(side * 0.18, 0.52), (side * 0.34, 0.62), (side * 0.38, 0.70)], 0.018, hexed("#6b4a35"))
    for y, r in ((0.22, 0.24), (0.52, 0.185), (0.76, 0.145)):
        pen.oval(0, y, r, r * 0.95, pen.main)
    for y in (0.44, 0.52, 0.60):
        pen.oval(0.01, y, 0.018, 0.018, DARK, line=False)
    pen.limb([(-0.14, 0.66), (0, 0.635), (0.14, 0.66)], [0.05, 0.06, 0.05], pen.second)
    pen.limb([(0.07, 0.64), (0.10, 0.50)], [0.05, 0.06], pen.second)
    for x in (-0.05, 0.06):
        pen.oval(x, 0.80, 0.017, 0.02, DARK, line=False)
    pen.polygon([(0.0, 0.775), (0.20, 0.745), (0.0, 0.735)], hexed("#f08a3c"))
    pen.box(-0.16, 0.865, 0.16, 0.895, DARK)
    pen.box(-0.10, 0.89, 0.10, 1.02, DARK)
    pen.box(-0.10, 0.895, 0.10, 0.925, pen.second, line=False)


@kind("ghost", 0.40, 0.75, "#f4f3f6", "#e58f9c", flips=False)
def ghost(pen: Pen) -> None:
    pen.blob(
        [
            (-0.30, 0.08),
            (-0.31, 0.50),
            (-0.25, 0.82),
            (0, 0.98),
            (0.25, 0.82),
            (0.31, 0.50),
            (0.30, 0.08),
            (0.20, 0.14),
            (0.11, 0.05),
            (0, 0.13),
            (-0.11, 0.05),
            (-0.20, 0.14),
        ],
        pen.main,
    )
    for side in (-1, 1):
        pen.limb([(side * 0.26, 0.52), (side * 0.38, 0.48)], [0.12, 0.07], pen.main)
        pen.eye(side * 0.095, 0.68, 0.046)
        pen.oval(side * 0.17, 0.57, 0.045, 0.028, pen.second, line=False)
    pen.oval(0, 0.55, 0.03, 0.045, DARK, line=False)
    pen.stroke([(-0.2, 0.3), (-0.1, 0.25)], 0.01, lighter(DARK, 0.6))
