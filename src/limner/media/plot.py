"""A small plot: bars of days, in neutral colours that do on light and on dark grounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from limner.media.offloop import PICTURES, off_loop
from limner.media.preview import encode

SIZE = (960, 400)
MOST = 31
"""Bars in one plot."""

_GROUND = "#2b2d31"
_INK = "#e3e5e8"
_FAINT = "#a3a6ad"
_RULE = "#4a4d55"
_BAR = "#6ea8fe"
_LAST = "#ffb45e"
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 24, 64, 48
_TICKS = 4


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One day."""

    label: str
    """Below it, such as `9`."""
    value: int
    """At least 0."""
    said: str
    """The value in words, above it where there is room."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What the upright axis shows: from nothing to the first round number that no bar passes."""

    top: int
    ticks: tuple[int, ...]


def scale(most: int) -> Scale:
    """The scale for bars up to this value: at most five ticks, each a 1, 2 or 5 with noughts."""
    step = 1
    factors = (2, 5, 10)
    base = 1
    while step * _TICKS < most:
        step = next((base * each for each in factors if base * each * _TICKS >= most), base * 10)
        base *= 10
    count = max(1, -(-most // step))
    return Scale(top=step * count, ticks=tuple(step * each for each in range(count + 1)))


async def bars(title: str, days: Sequence[Bar], ticks: Scale, spelt: Sequence[str]) -> bytes:
    """The plot as a PNG of `SIZE` pixels; the last bar, which is today's, stands out. `spelt`: the ticks in words.

    Raises:
        ValueError: No bars, or more than `MOST`.
    """
    if not 1 <= len(days) <= MOST:
        raise ValueError(f"a plot has 1 to {MOST} bars, not {len(days)}")
    return await off_loop(PICTURES, _bars, title, tuple(days), ticks, tuple(spelt))


def _bars(title: str, days: tuple[Bar, ...], ticks: Scale, spelt: tuple[str, ...]) -> bytes:
    width, height = SIZE
    canvas = Image.new("RGB", SIZE, _GROUND)
    draw = ImageDraw.Draw(canvas)
    large, middle, small = (ImageFont.load_default(size) for size in (26, 18, 15))
    draw.text((24, 18), title, fill=_INK, font=large)
    floor, room = height - _BOTTOM, height - _BOTTOM - _TOP

    def level(value: int) -> int:
        return floor - round(room * value / ticks.top)

    for value, words in zip(ticks.ticks, spelt, strict=True):
        draw.line((_LEFT, level(value), width - _RIGHT, level(value)), fill=_RULE)
        draw.text((_LEFT - 10, level(value)), words, fill=_FAINT, font=small, anchor="rm")
    each = (width - _LEFT - _RIGHT) / len(days)
    for number, day in enumerate(days):
        left, right = _LEFT + each * (number + 0.18), _LEFT + each * (number + 0.82)
        middle_of = round((left + right) / 2)
        if day.value:
            top = min(level(day.value), floor - 2)  # whatever was spent is seen
            draw.rectangle((round(left), top, round(right), floor), fill=_LAST if number == len(days) - 1 else _BAR)
            if small.getlength(day.said) < each * 1.15:
                draw.text((middle_of, top - 4), day.said, fill=_INK, font=small, anchor="mb")
        draw.text((middle_of, floor + 10), day.label, fill=_FAINT, font=middle if each > 40 else small, anchor="mt")
    return encode(canvas, {"format": "PNG", "optimize": True})
