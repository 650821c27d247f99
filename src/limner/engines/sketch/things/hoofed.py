"""Animals with hooves."""

from __future__ import annotations

from limner.engines.sketch.colour import Colour, darker, hexed, lighter
from limner.engines.sketch.pen import Pen
from limner.engines.sketch.things import kind

DARK = hexed("#2f2833")
CREAM = hexed("#fbf1de")
PINK = hexed("#eaa59b")


def _legs(pen: Pen, xs: tuple[float, ...], top: float, width: float, colour: Colour, hoof: Colour) -> None:
    for x in xs:
        pen.limb([(x, top), (x - 0.01, top * 0.5), (x, 0.02)], [width * 1.5, width, width * 0.9], colour)
        pen.box(x - width * 0.5, 0.0, x + width * 0.55, 0.05, hoof)


@kind("horse", 0.56, 1.15, "#8a5634", "#3a2a24", seat=0.62)
def horse(pen: Pen) -> None:
    main, mane = pen.main, pen.second
    _legs(pen, (-0.20, 0.20), 0.44, 0.06, darker(main, 0.3), DARK)
    pen.limb([(-0.32, 0.60), (-0.45, 0.54), (-0.48, 0.36), (-0.45, 0.20)], [0.05, 0.11, 0.11, 0.03], mane)
    pen.blob(
        [
            (-0.35, 0.52),
            (-0.28, 0.65),
            (-0.05, 0.63),
            (0.14, 0.66),
            (0.28, 0.60),
            (0.28, 0.44),
            (0.10, 0.38),
            (-0.12, 0.38),
            (-0.29, 0.36),
        ],
        main,
    )
    pen.blob([(0.10, 0.60), (0.22, 0.80), (0.33, 0.93), (0.41, 0.90), (0.42, 0.76), (0.33, 0.52), (0.24, 0.44)], main)
    pen.polygon([(0.345, 0.92), (0.37, 1.02), (0.41, 0.91)], main)
    pen.blob([(0.33, 0.93), (0.42, 0.93), (0.53, 0.80), (0.575, 0.72), (0.54, 0.67), (0.47, 0.69), (0.38, 0.77)], main)
    pen.blob([(0.49, 0.71), (0.555, 0.76), (0.58, 0.71), (0.54, 0.665)], lighter(main, 0.25), line=False)
    pen.blob([(0.38, 0.95), (0.30, 0.93), (0.19, 0.80), (0.08, 0.61), (0.16, 0.62), (0.26, 0.76), (0.34, 0.85)], mane)
    _legs(pen, (-0.28, 0.25), 0.46, 0.068, main, DARK)
    pen.eye(0.435, 0.84, 0.018)
    pen.oval(0.553, 0.715, 0.008, 0.012, DARK, line=False)


@kind("unicorn", 0.58, 1.15, "#f3eef2", "#d79ad0", seat=0.62)
def unicorn(pen: Pen) -> None:
    horse(pen)
    pen.polygon([(0.40, 0.915), (0.53, 1.10), (0.445, 0.885)], hexed("#f3cf6b"))


@kind("deer", 0.56, 1.0, "#b0764a", "#f2e2c8", seat=0.6)
def deer(pen: Pen) -> None:
    main = pen.main
    _legs(pen, (-0.18, 0.16), 0.40, 0.042, darker(main, 0.28), DARK)
    pen.oval(-0.31, 0.53, 0.05, 0.065, pen.second)
    pen.blob(
        [
            (-0.31, 0.48),
            (-0.22, 0.57),
            (0.0, 0.55),
            (0.16, 0.57),
            (0.24, 0.48),
            (0.20, 0.37),
            (0.0, 0.33),
            (-0.24, 0.34),
        ],
        main,
    )
    pen.blob([(0.10, 0.54), (0.20, 0.74), (0.30, 0.76), (0.29, 0.56), (0.21, 0.42)], main)
    for lean in (-0.07, 0.05):
        antler = hexed("#8a6a4a")
        pen.stroke([(0.28, 0.78), (0.24 + lean, 0.88), (0.27 + lean * 2, 1.0)], 0.018, antler)
        pen.stroke([(0.25 + lean, 0.88), (0.20 + lean * 2.4, 0.96)], 0.015, antler)
        pen.stroke([(0.26 + lean, 0.93), (0.32 + lean * 1.6, 1.0)], 0.015, antler)
    pen.limb([(0.22, 0.76), (0.12, 0.80)], [0.07, 0.02], main)
    pen.blob([(0.20, 0.74), (0.25, 0.81), (0.34, 0.79), (0.45, 0.70), (0.46, 0.65), (0.40, 0.635), (0.28, 0.66)], main)
    pen.oval(0.455, 0.675, 0.022, 0.024, DARK, line=False)
    pen.blob([(0.22, 0.50), (0.27, 0.60), (0.28, 0.50), (0.22, 0.42)], pen.second, line=False)
    _legs(pen, (-0.24, 0.20), 0.42, 0.045, main, DARK)
    for x, y in ((-0.20, 0.50), (-0.12, 0.52), (-0.05, 0.49), (-0.15, 0.45), (0.03, 0.51)):
        pen.oval(x, y, 0.013, 0.013, pen.second, line=False)
    pen.eye(0.315, 0.745, 0.016)


@kind("cow", 0.46, 1.3, "#f3ede4", "#4a3a38", seat=0.72)
def cow(pen: Pen) -> None:
    _legs(pen, (-0.26, 0.26), 0.36, 0.08, darker(pen.main, 0.25), DARK)
    pen.limb([(-0.46, 0.66), (-0.54, 0.50), (-0.53, 0.32)], [0.03, 0.025, 0.06], pen.second)
    pen.blob(
        [
            (-0.48, 0.50),
            (-0.44, 0.74),
            (-0.10, 0.76),
            (0.30, 0.76),
            (0.38, 0.56),
            (0.32, 0.32),
            (0.0, 0.27),
            (-0.40, 0.30),
        ],
        pen.main,
    )
    pen.blob([(-0.34, 0.72), (-0.14, 0.74), (-0.10, 0.56), (-0.24, 0.46), (-0.38, 0.54)], pen.second, line=False)
    pen.blob([(0.02, 0.60), (0.16, 0.66), (0.22, 0.50), (0.10, 0.38), (-0.02, 0.46)], pen.second, line=False)
    pen.oval(-0.18, 0.28, 0.10, 0.06, PINK)
    _legs(pen, (-0.36, 0.22), 0.36, 0.09, pen.main, DARK)
    for side in (-1, 1):
        pen.limb([(0.44 + side * 0.08, 0.90), (0.44 + side * 0.17, 1.0)], [0.05, 0.015], hexed("#e5d3ae"))
        pen.oval(0.44 + side * 0.18, 0.84, 0.085, 0.04, pen.second, tilt=side * 14)
    pen.blob(
        [(0.31, 0.82), (0.36, 0.94), (0.52, 0.94), (0.57, 0.82), (0.55, 0.62), (0.44, 0.56), (0.33, 0.62)], pen.main
    )
    pen.oval(0.44, 0.62, 0.125, 0.085, PINK)
    for x in (0.40, 0.48):
        pen.oval(x, 0.63, 0.014, 0.02, DARK, line=False)
        pen.eye(x + (x - 0.44), 0.80, 0.024)


@kind("sheep", 0.36, 1.15, "#f5efe4", "#55474a", seat=0.8)
def sheep(pen: Pen) -> None:
    _legs(pen, (-0.24, -0.12, 0.14, 0.26), 0.32, 0.065, pen.second, DARK)
    ring = (
        (-0.46, 0.48),
        (-0.36, 0.68),
        (-0.16, 0.80),
        (0.08, 0.82),
        (0.30, 0.74),
        (0.38, 0.54),
        (0.28, 0.36),
        (0.06, 0.28),
        (-0.18, 0.28),
        (-0.38, 0.34),
    )
    for x, y in ring:
        pen.oval(x * 0.86, y, 0.125, 0.125, pen.main)
    pen.blob(
        [(-0.40, 0.48), (-0.26, 0.74), (0.05, 0.80), (0.30, 0.66), (0.30, 0.40), (0.0, 0.28), (-0.30, 0.34)],
        pen.main,
        line=False,
    )
    pen.limb([(0.28, 0.74), (0.17, 0.70)], [0.05, 0.07], pen.second)
    pen.blob([(0.26, 0.76), (0.38, 0.82), (0.50, 0.72), (0.54, 0.58), (0.44, 0.52), (0.30, 0.60)], pen.second)
    for x in (0.26, 0.33, 0.40):
        pen.oval(x, 0.81, 0.065, 0.06, pen.main)
    pen.oval(0.41, 0.70, 0.026, 0.028, CREAM, line=False)
    pen.oval(0.415, 0.70, 0.014, 0.016, DARK, line=False)


@kind("pig", 0.34, 1.3, "#f0a9a8", "#d98386", seat=0.8)
def pig(pen: Pen) -> None:
    for x in (-0.24, 0.20):
        pen.limb([(x, 0.36), (x, 0.02)], [0.15, 0.11], pen.dark)
    pen.stroke([(-0.50, 0.56), (-0.58, 0.62), (-0.53, 0.68), (-0.49, 0.62), (-0.58, 0.54)], 0.022, pen.second)
    pen.blob(
        [
            (-0.50, 0.50),
            (-0.42, 0.78),
            (0.0, 0.86),
            (0.34, 0.80),
            (0.46, 0.54),
            (0.34, 0.28),
            (0.0, 0.20),
            (-0.40, 0.26),
        ],
        pen.main,
    )
    for x in (-0.34, 0.28):
        pen.limb([(x, 0.34), (x, 0.02)], [0.17, 0.12], pen.main)
    pen.oval(0.38, 0.60, 0.22, 0.23, pen.main)
    for x in (0.24, 0.46):
        pen.polygon([(x, 0.78), (x + 0.02, 0.98), (x + 0.13, 0.80)], pen.second)
    pen.oval(0.48, 0.54, 0.12, 0.09, pen.second)
    for x in (0.44, 0.52):
        pen.oval(x, 0.54, 0.018, 0.03, DARK, line=False)
        pen.eye(x - 0.05 + (x - 0.48), 0.70, 0.024)
