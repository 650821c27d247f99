"""Scenery: what is behind and under the things, by place and light."""

from __future__ import annotations

import math
from collections.abc import Callable

from limner.engines.sketch.canvas import Canvas
from limner.engines.sketch.colour import WHITE, Colour, darker, hexed, lighter, mix
from limner.engines.sketch.light import Light
from limner.engines.sketch.pen import Point, spline

HORIZON = 0.62
"""Where the ground begins, in shares of the height."""


def ridge(canvas: Canvas, height: float, rough: float, bumps: int) -> list[Point]:
    """A line of hills across the sheet."""
    shake = canvas.random.uniform
    points = [(-0.06 + 1.12 * k / bumps, height + shake(-rough, rough)) for k in range(bumps + 1)]
    return spline(points, closed=False)


def _lit(light: Light, colour: Colour, far: float = 0.0) -> Colour:
    """A ground's colour in this light; what is far takes the horizon's colour."""
    return mix(mix(colour, light.tint, light.strength), light.sky[2], far)


def _land(
    canvas: Canvas, light: Light, top: float, rough: float, bumps: int, colours: tuple[Colour, Colour], far: float = 0.0
) -> None:
    line = ridge(canvas, top, rough, bumps)
    upper, lower = (_lit(light, each, far) for each in colours)
    canvas.area([*line, (1.1, 1.1), (-0.1, 1.1)], [upper, mix(upper, lower, 0.7), lower])
    canvas.strokes([line], 0.0022, darker(upper, 0.4), opacity=0.45)


def _peaks(
    canvas: Canvas, light: Light, base: float, height: float, count: int, colour: Colour, far: float, cap: bool = True
) -> None:
    shake = canvas.random.uniform
    for index in range(count):
        x = (index + 0.5 + shake(-0.25, 0.25)) / count
        top = base - height * shake(0.65, 1.0)
        half = (base - top) * shake(0.75, 1.0) * canvas.height / canvas.width * 1.25
        rock = _lit(light, colour, far)
        left, right = (x - half, base + 0.03), (x + half, base + 0.03)
        mid = (x + half * shake(-0.12, 0.12), base + 0.03)
        ridge_points = [
            (x, top),
            (x - half * 0.10, top + (base - top) * 0.35),
            (x + half * 0.06, top + (base - top) * 0.62),
            mid,
        ]
        canvas.area(
            [left, (x - half * 0.46, top + (base - top) * 0.50), (x, top), *ridge_points[1:]],
            [lighter(rock, 0.16), rock],
        )
        canvas.area(
            [(x, top), (x + half * 0.5, top + (base - top) * 0.46), right, *ridge_points[:0:-1]],
            [darker(rock, 0.16), darker(rock, 0.08)],
        )
        if cap:
            snow = _lit(light, WHITE, far * 0.5)
            drop = (base - top) * 0.27
            canvas.area(
                [
                    (x, top),
                    (x + half * 0.27, top + drop * 0.96),
                    (x + half * 0.14, top + drop * 0.8),
                    (x + half * 0.03, top + drop * 1.25),
                    (x - half * 0.10, top + drop * 0.85),
                    (x - half * 0.25, top + drop),
                ],
                [snow],
            )


def _firs(canvas: Canvas, light: Light, base: float, height: float, count: int, colour: Colour, far: float) -> None:
    shake = canvas.random.uniform
    stretch = canvas.height / canvas.width
    for index in range(count):
        x, size = (index + shake(0.0, 1.0)) / count, height * shake(0.55, 1.1)
        bottom = base + shake(-0.005, 0.012)
        outline: list[Point] = [(x, bottom - size)]
        for step in (1, 2, 3, 4):
            wide = size * 0.075 * step * stretch
            outline.append((x + wide, bottom - size * (1 - step / 4.1)))
            outline.append((x + wide * 0.55, bottom - size * (1 - step / 4.3)))
        outline += [(2 * x - px, py) for px, py in reversed(outline[1:])]
        tone = _lit(light, mix(colour, darker(colour, 0.4), shake(0, 0.6)), far)
        canvas.area(outline, [lighter(tone, 0.08), tone])


def _snow(canvas: Canvas, light: Light) -> None:
    _peaks(canvas, light, HORIZON - 0.02, 0.20, 4, hexed("#8fa3bd"), 0.55)
    _land(canvas, light, HORIZON - 0.02, 0.02, 5, (hexed("#e3edf5"), hexed("#dbe7f3")), 0.25)
    _firs(canvas, light, HORIZON + 0.005, 0.15, 15, hexed("#4f7470"), 0.38)
    _land(canvas, light, HORIZON + 0.02, 0.015, 4, (hexed("#f4f7fa"), hexed("#d3e1f0")))
    _land(canvas, light, 0.78, 0.022, 3, (hexed("#fcfcfb"), hexed("#c9daee")))


def _meadow(canvas: Canvas, light: Light) -> None:
    _land(canvas, light, HORIZON - 0.06, 0.04, 4, (hexed("#88b3a4"), hexed("#88b3a4")), 0.45)
    _land(canvas, light, HORIZON - 0.01, 0.03, 3, (hexed("#8fbc72"), hexed("#79a862")), 0.2)
    _land(canvas, light, HORIZON + 0.06, 0.025, 3, (hexed("#93c36b"), hexed("#6ea457")))
    _land(canvas, light, 0.80, 0.02, 3, (hexed("#84b85c"), hexed("#578f4b")))
    _tufts(canvas, light, hexed("#4f8646"), 70)


def _tufts(canvas: Canvas, light: Light, colour: Colour, count: int) -> None:
    shake = canvas.random.uniform
    lines = []
    for _ in range(count):
        x, y = shake(0, 1), shake(0.70, 0.98)
        size = 0.012 * (0.4 + (y - 0.66) * 4)
        for lean in (-0.5, 0.0, 0.6):
            lines.append([(x, y), (x + lean * size, y - size * shake(0.8, 1.4))])
    canvas.strokes(lines, 0.0028, _lit(light, colour), opacity=0.6)


def _autumn(canvas: Canvas, light: Light) -> None:
    _land(canvas, light, HORIZON - 0.06, 0.04, 4, (hexed("#c69a72"), hexed("#c69a72")), 0.45)
    shake = canvas.random.uniform
    for _ in range(38):
        x = shake(0, 1)
        tone = _lit(light, hexed(canvas.random.choice(["#d98a3a", "#c85f33", "#e0b04a", "#a9532f"])), 0.22)
        _puff(canvas, x, HORIZON - shake(0.0, 0.06), shake(0.03, 0.06), tone)
    _land(canvas, light, HORIZON + 0.02, 0.02, 3, (hexed("#cfae62"), hexed("#b08a4c")))
    _land(canvas, light, 0.80, 0.02, 3, (hexed("#c99d52"), hexed("#8f6a3a")))
    dots = [(shake(0, 1), shake(0.72, 1.0), shake(0.003, 0.006)) for _ in range(90)]
    for index, code in enumerate(("#c4502e", "#e29a3b", "#8e4527")):
        canvas.dots(dots[index::3], _lit(light, hexed(code)), opacity=0.8)


def _puff(canvas: Canvas, x: float, y: float, radius: float, colour: Colour) -> None:
    shake = canvas.random.uniform
    rx = radius * canvas.short / canvas.width
    ry = radius * canvas.short / canvas.height
    ring = [
        (x + rx * shake(0.8, 1.15) * math.cos(k * math.tau / 9), y + ry * shake(0.8, 1.15) * math.sin(k * math.tau / 9))
        for k in range(9)
    ]
    canvas.area(spline(ring, steps=4), [lighter(colour, 0.14), darker(colour, 0.1)])


def _forest(canvas: Canvas, light: Light) -> None:
    for far, base, height, count in ((0.62, 0.60, 0.42, 15), (0.42, 0.65, 0.50, 12), (0.2, 0.70, 0.58, 9)):
        _firs(canvas, light, base, height, count, hexed("#3f6f57"), far)
    _land(canvas, light, 0.665, 0.012, 4, (hexed("#7f9c5c"), hexed("#5d8049")), 0.1)
    _land(canvas, light, 0.80, 0.02, 3, (hexed("#6f9550"), hexed("#3f6a41")))
    _tufts(canvas, light, hexed("#33583a"), 80)
    if not light.dark:
        canvas.area([(0.52, -0.1), (0.66, -0.1), (0.42, 0.86), (0.16, 0.86)], [(255, 246, 204)], opacity=0.13)
        canvas.area([(0.74, -0.1), (0.81, -0.1), (0.68, 0.82), (0.52, 0.82)], [(255, 246, 204)], opacity=0.12)


def _water(canvas: Canvas, light: Light) -> None:
    _land(canvas, light, HORIZON - 0.035, 0.02, 6, (hexed("#7f9db0"), hexed("#7f9db0")), 0.5)
    near, far = _lit(light, hexed("#2f7fa3")), mix(_lit(light, hexed("#62b0c4")), light.sky[2], 0.35)
    canvas.area(
        [(-0.1, HORIZON), (1.1, HORIZON), (1.1, 1.1), (-0.1, 1.1)], [far, mix(far, near, 0.6), near, darker(near, 0.2)]
    )
    shake = canvas.random.uniform
    for opacity, colour in ((0.42, lighter(light.sky[2], 0.3)), (0.28, darker(near, 0.25))):
        lines = []
        for _ in range(46):
            y = HORIZON + 0.012 + (1 - HORIZON) * shake(0, 1) ** 1.5
            size = 0.02 + (y - HORIZON) * 0.20
            x = shake(-0.05, 1)
            lines.append(
                spline(
                    [(x, y), (x + size * 0.3, y - 0.005), (x + size * 0.65, y + 0.004), (x + size, y)],
                    closed=False,
                    steps=4,
                )
            )
        canvas.strokes(lines, 0.003, colour, opacity=opacity)


def _beach(canvas: Canvas, light: Light) -> None:
    _water(canvas, light)
    foam = ridge(canvas, 0.745, 0.012, 5)
    canvas.area([*foam, (1.1, 1.1), (-0.1, 1.1)], [(244, 250, 248)], opacity=0.8)
    _land(canvas, light, 0.765, 0.012, 5, (hexed("#f2dcae"), hexed("#dcb67c")))
    shake = canvas.random.uniform
    canvas.dots([(shake(0, 1), shake(0.80, 1), 0.0022) for _ in range(90)], _lit(light, hexed("#b98d55")), opacity=0.6)


def _underwater(canvas: Canvas, light: Light) -> None:
    canvas.gradient(
        [
            _lit(light, hexed("#8fdbe0")),
            _lit(light, hexed("#3fa7c0")),
            _lit(light, hexed("#1d6a98")),
            _lit(light, hexed("#174a78")),
        ]
    )
    shake = canvas.random.uniform
    for index in range(5):
        x = 0.1 + index * 0.2 + shake(-0.06, 0.06)
        canvas.area(
            [(x, -0.1), (x + shake(0.04, 0.1), -0.1), (x - 0.05, 0.8), (x - 0.26, 0.8)], [(235, 255, 250)], opacity=0.10
        )
    _land(canvas, light, 0.86, 0.02, 4, (hexed("#d9c793"), hexed("#a3946a")), 0.0)
    weeds = []
    for _ in range(26):
        x, tall = shake(0, 1), shake(0.08, 0.24)
        weeds.append(
            spline([(x + 0.012 * math.sin(k * 1.9), 0.92 - tall * k / 5) for k in range(6)], closed=False, steps=4)
        )
    canvas.strokes(weeds[::2], 0.010, _lit(light, hexed("#2f8f74")), opacity=0.8)
    canvas.strokes(weeds[1::2], 0.008, _lit(light, hexed("#c25b6a")), opacity=0.65)
    canvas.dots(
        [(shake(0, 1), shake(0.05, 0.8), shake(0.003, 0.009)) for _ in range(34)], (232, 252, 255), opacity=0.55
    )


def _desert(canvas: Canvas, light: Light) -> None:
    _peaks(canvas, light, HORIZON - 0.01, 0.12, 4, hexed("#c9977a"), 0.4, cap=False)
    _land(canvas, light, HORIZON, 0.03, 3, (hexed("#ecca8e"), hexed("#dcae70")), 0.15)
    _land(canvas, light, HORIZON + 0.09, 0.035, 3, (hexed("#f0cd8c"), hexed("#d8a565")))
    _land(canvas, light, 0.83, 0.03, 2, (hexed("#eec27c"), hexed("#c98e52")))
    shake = canvas.random.uniform
    lines = []
    for _ in range(22):
        x, y = shake(-0.1, 1), shake(0.74, 0.98)
        lines.append(spline([(x, y), (x + 0.06, y - 0.008), (x + 0.13, y + 0.003)], closed=False))
    canvas.strokes(lines, 0.0025, _lit(light, hexed("#a8713f")), opacity=0.45)


def _city(canvas: Canvas, light: Light) -> None:
    shake, pick = canvas.random.uniform, canvas.random.random
    for far, low, high, wide, tone in ((0.58, 0.16, 0.44, 0.07, "#6f86a8"), (0.26, 0.08, 0.32, 0.10, "#5b6c90")):
        x = -0.04
        windows: list[tuple[float, float, float]] = []
        while x < 1.02:
            width, tall = wide * shake(0.6, 1.25), shake(low, high)
            top = 0.70 - tall
            colour = _lit(light, mix(hexed(tone), hexed("#b98a7a"), pick() * 0.5), far)
            canvas.area([(x, 0.72), (x, top), (x + width, top), (x + width, 0.72)], [lighter(colour, 0.1), colour])
            canvas.area(
                [(x + width * 0.7, 0.72), (x + width * 0.7, top), (x + width, top), (x + width, 0.72)],
                [darker(colour, 0.16)],
            )
            if pick() < 0.3:
                canvas.area(
                    [(x + width * 0.3, top), (x + width * 0.5, top - 0.05), (x + width * 0.7, top)],
                    [darker(colour, 0.1)],
                )
            rows, columns = int(tall / 0.032), 3
            windows += [
                (x + width * (0.2 + 0.3 * c), top + 0.022 + r * 0.032, 0.0042)
                for r in range(rows)
                for c in range(columns)
                if pick() < 0.55
            ]
            x += width * 1.04
        lit = (255, 214, 122) if light.dark or (light.lamp == "sun" and light.strength > 0.15) else (232, 240, 246)
        canvas.dots(windows, lit, opacity=0.85 if light.dark else 0.6)
    road = _lit(light, hexed("#8d8f9c"))
    canvas.area([(-0.1, 0.70), (1.1, 0.70), (1.1, 1.1), (-0.1, 1.1)], [lighter(road, 0.2), road, darker(road, 0.2)])
    canvas.area([(-0.1, 0.70), (1.1, 0.70), (1.1, 0.735), (-0.1, 0.735)], [lighter(road, 0.35)])
    canvas.strokes([[(x / 6, 0.90), (x / 6 + 0.08, 0.90)] for x in range(7)], 0.008, lighter(road, 0.6), opacity=0.75)


def _space(canvas: Canvas, light: Light) -> None:
    canvas.gradient([hexed("#0b0d2a"), hexed("#1c1b4b"), hexed("#3a2560")])
    shake = canvas.random.uniform
    for code in ("#7a3b96", "#2f5fae", "#b0487f", "#2b8fa0"):
        canvas.glow(shake(0.1, 0.9), shake(0.1, 0.9), shake(0.35, 0.6), hexed(code), 0.42)
    stars(canvas, 220, 1.0)


def stars(canvas: Canvas, count: int, down_to: float) -> None:
    """Stars over the upper part of the sheet, some with rays."""
    shake = canvas.random.uniform
    canvas.dots(
        [(shake(0, 1), shake(0, down_to), shake(0.0006, 0.0022)) for _ in range(count)], (255, 250, 226), opacity=0.9
    )
    rays = []
    for _ in range(count // 20):
        x, y, r = shake(0, 1), shake(0, down_to), shake(0.006, 0.012)
        rx, ry = r * canvas.short / canvas.width, r * canvas.short / canvas.height
        rays += [[(x - rx, y), (x + rx, y)], [(x, y - ry), (x, y + ry)]]
    canvas.strokes(rays, 0.0016, (255, 250, 226), opacity=0.8)


def _room(canvas: Canvas, light: Light) -> None:
    wall, floor = hexed(canvas.random.choice(["#a9c2b5", "#d9b9a0", "#9fb4cc", "#d8c59a"])), hexed("#a87a52")
    if light.dark:
        wall, floor = darker(wall, 0.45), darker(floor, 0.4)
    canvas.gradient([_lit(light, lighter(wall, 0.12)), _lit(light, wall), _lit(light, darker(wall, 0.12))])
    shake = canvas.random.uniform
    left, right = (0.60, 0.88) if canvas.random.random() < 0.5 else (0.12, 0.40)
    canvas.area(
        [(left - 0.015, 0.10), (right + 0.015, 0.10), (right + 0.015, 0.50), (left - 0.015, 0.50)],
        [_lit(light, hexed("#f4ead6"))],
    )
    canvas.area([(left, 0.115), (right, 0.115), (right, 0.485), (left, 0.485)], list(light.sky))
    middle = (left + right) / 2
    canvas.strokes(
        [[(middle, 0.11), (middle, 0.49)], [(left, 0.30), (right, 0.30)]], 0.010, _lit(light, hexed("#f4ead6"))
    )
    canvas.area(
        [(left, 0.485), (right, 0.485), (right - 0.12, 0.97), (left - 0.20, 0.97)], [(255, 240, 196)], opacity=0.16
    )
    top = 0.70
    canvas.area(
        [(-0.1, top), (1.1, top), (1.1, 1.1), (-0.1, 1.1)],
        [_lit(light, lighter(floor, 0.16)), _lit(light, floor), _lit(light, darker(floor, 0.2))],
    )
    canvas.area([(-0.1, top - 0.018), (1.1, top - 0.018), (1.1, top), (-0.1, top)], [_lit(light, hexed("#f0e4cd"))])
    canvas.strokes(
        [[(x, top), ((x - 0.5) * 2.2 + 0.5, 1.02)] for x in (k / 9 + shake(-0.01, 0.01) for k in range(-2, 12))],
        0.0025,
        darker(floor, 0.4),
        opacity=0.4,
    )


def _mountains(canvas: Canvas, light: Light) -> None:
    _peaks(canvas, light, HORIZON, 0.44, 4, hexed("#7f8fae"), 0.45)
    _peaks(canvas, light, HORIZON + 0.01, 0.26, 5, hexed("#677a93"), 0.2)
    _land(canvas, light, HORIZON, 0.02, 5, (hexed("#7ea38a"), hexed("#7ea38a")), 0.2)
    _firs(canvas, light, HORIZON + 0.03, 0.09, 26, hexed("#45695a"), 0.15)
    _land(canvas, light, HORIZON + 0.04, 0.02, 3, (hexed("#9cbc78"), hexed("#759a5e")))
    _land(canvas, light, 0.80, 0.02, 3, (hexed("#86ad64"), hexed("#55824d")))
    _tufts(canvas, light, hexed("#45703f"), 50)


PLACES: dict[str, Callable[[Canvas, Light], None]] = {
    "": _meadow,
    "snow": _snow,
    "water": _water,
    "beach": _beach,
    "underwater": _underwater,
    "desert": _desert,
    "forest": _forest,
    "meadow": _meadow,
    "autumn": _autumn,
    "city": _city,
    "space": _space,
    "room": _room,
    "mountains": _mountains,
}
