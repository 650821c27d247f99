"""What hangs and flies in the sky."""

from __future__ import annotations

import math

from limner.engines.sketch.colour import hexed, lighter, mix
from limner.engines.sketch.pen import Pen
from limner.engines.sketch.things import Level, kind


@kind("sun", 0.20, 1.0, "#ffd968", "#fff1b8", Level.HEAVEN, glow=1.0, flips=False)
def sun(pen: Pen) -> None:
    for ray in range(16):
        angle = ray * math.tau / 16 + 0.1
        inner, outer = 0.37, 0.46 if ray % 2 else 0.52
        pen.stroke(
            [
                (inner * math.cos(angle), 0.5 + inner * math.sin(angle)),
                (outer * math.cos(angle), 0.5 + outer * math.sin(angle)),
            ],
            0.022,
            pen.main,
        )
    pen.oval(0, 0.5, 0.32, 0.32, pen.main)
    pen.oval(-0.05, 0.55, 0.23, 0.23, mix(pen.main, pen.second, 0.6), line=False)


@kind("moon", 0.17, 1.0, "#f4efd8", "#d8d4c0", Level.HEAVEN, glow=1.0, flips=False)
def moon(pen: Pen) -> None:
    pen.oval(0, 0.5, 0.46, 0.46, pen.main)
    for x, y, r in (
        (-0.14, 0.62, 0.10),
        (0.16, 0.46, 0.13),
        (-0.10, 0.32, 0.07),
        (0.12, 0.74, 0.05),
        (-0.28, 0.46, 0.05),
    ):
        pen.oval(x, y, r, r * 0.92, pen.second, line=False)


@kind("form", 0.50, 1.0, "#5b8fb9", "#f2b56b", Level.AIR, glow=0.0)
def form(pen: Pen) -> None:
    """What stands for the unknown: a calm balance of rounds, an arc and a leaf."""
    turn = pen.random.uniform(0, math.tau)
    variant = pen.random.randrange(3)
    if variant == 0:
        for r, tone in ((0.47, pen.dark), (0.37, pen.main), (0.26, lighter(pen.main, 0.5)), (0.14, pen.second)):
            x, y = (0.47 - r) * 0.6 * math.cos(turn), 0.48 + (0.47 - r) * 0.6 * math.sin(turn)
            pen.oval(x, y, r, r, tone)
    elif variant == 1:
        for k in range(4):
            r = 0.46 - k * 0.105
            arch = [(r * math.cos(a * math.pi / 14), 0.12 + 1.5 * r * math.sin(a * math.pi / 14)) for a in range(15)]
            pen.polygon(arch, (pen.main, lighter(pen.main, 0.5), pen.second, pen.dark)[k])
        pen.oval(0.34, 0.82, 0.10, 0.10, pen.second)
    else:
        for k, (r, tone) in enumerate(((0.26, pen.main), (0.20, pen.second), (0.14, pen.dark), (0.09, pen.light))):
            angle = turn + k * 1.9
            ring = [
                (
                    0.2 * math.cos(angle) + r * pen.random.uniform(0.85, 1.15) * math.cos(a * math.tau / 8),
                    0.5 + 0.2 * math.sin(angle) + r * pen.random.uniform(0.85, 1.15) * math.sin(a * math.tau / 8),
                )
                for a in range(8)
            ]
            pen.blob(ring, tone)
        pen.stroke([(-0.42, 0.2), (-0.1, 0.34), (0.14, 0.22), (0.42, 0.36)], 0.02, pen.dark)


@kind("cloud", 0.17, 2.3, "#fdfcf8", "#dfe7ee", Level.AIR)
def cloud(pen: Pen) -> None:
    ring = [
        (-1.02, 0.20),
        (-0.98, 0.46),
        (-0.66, 0.52),
        (-0.52, 0.82),
        (-0.14, 0.76),
        (0.16, 1.0),
        (0.50, 0.84),
        (0.60, 0.56),
        (0.94, 0.52),
        (1.06, 0.24),
        (0.8, 0.06),
        (0, 0.02),
        (-0.8, 0.06),
    ]
    pen.blob(ring, pen.main)
    pen.blob(
        [(-0.90, 0.18), (-0.40, 0.26), (0.10, 0.18), (0.60, 0.28), (0.94, 0.18), (0.7, 0.08), (-0.7, 0.08)],
        pen.second,
        line=False,
    )


@kind("rainbow", 0.52, 1.9, "#d9534f", "#7a5bb0", Level.FAR, glow=0.8, flips=False)
def rainbow(pen: Pen) -> None:
    for band, code in enumerate(("#d9534f", "#ef8a2b", "#f2cf4a", "#5fa55a", "#4a86c8", "#7a5bb0")):
        r = 0.92 - band * 0.062
        arc = [(r * math.cos(k * math.pi / 30), r * math.sin(k * math.pi / 30)) for k in range(31)]
        pen.stroke(arc, 0.064, lighter(hexed(code), 0.14), smooth=False)


@kind("planet", 0.34, 1.5, "#d98e5f", "#e8cfa0", Level.AIR, flips=True)
def planet(pen: Pen) -> None:
    ring = [
        (
            0.68 * math.cos(k * math.tau / 40),
            0.5 + 0.16 * math.sin(k * math.tau / 40) + 0.22 * math.cos(k * math.tau / 40),
        )
        for k in range(41)
    ]
    pen.stroke(ring[:21], 0.06, pen.second)
    pen.oval(0, 0.5, 0.40, 0.40, pen.main)
    for y, wide in ((0.66, 0.30), (0.52, 0.36), (0.36, 0.32)):
        pen.limb([(-wide, y - 0.06), (0, y - 0.03), (wide, y + 0.06)], [0.02, 0.06, 0.03], pen.light, line=False)
    pen.stroke(ring[20:], 0.06, pen.second)
