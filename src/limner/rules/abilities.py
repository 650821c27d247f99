"""What a model can do of what was asked: everything is fitted to it, and what had to change is said."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from limner.domain.options import Background, Format, Quality
from limner.domain.request import Request
from limner.domain.shape import NAMED, pixels, ratio
from limner.errors import BadOption, TooManyPictures
from limner.models import Model

API_QUALITY = {
    Quality.DRAFT: "low",
    Quality.STANDARD: "medium",
    Quality.FINE: "high",
    Quality.FINER: "xhigh",
    Quality.FINEST: "max",
}
STEP = 16
LEAST, MOST = 655_360, 8_294_400
"""Pixels that flexible models take."""
LONGEST = 3840
STEEPEST = Fraction(3)
USUAL = 1536 * 1024
"""The area that a ratio without a size gets; a square gets 1024×1024."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A request in values that the model takes."""

    width: int
    height: int
    quality: str
    count: int
    background: str
    format: str
    notes: tuple[str, ...] = ()
    """What was changed, as sentences."""


def fit(request: Request, model: Model) -> Fit:
    """The request as the model can do it.

    Raises:
        TooManyPictures: More references than it takes.
        BadOption: It starts from pictures, and the model paints from words alone.
    """
    notes: list[str] = []
    references = len(request.references)
    if references and not model.edit:
        raise BadOption(name="model", value=model.title, why="it paints from words alone; leave the pictures out")
    if references > model.references:
        raise TooManyPictures(count=references, limit=model.references)
    width, height = _size(request.shape, model, notes)
    quality = _quality(request.quality, model, notes)
    count = min(request.count, model.count)
    if count < request.count:
        notes.append(f"{model.title} paints {count} at a time.")
    format = _format(request.format, model, notes)
    background, format = _background(request.background, format, model, notes)
    return Fit(
        width=width,
        height=height,
        quality=quality,
        count=count,
        background=background,
        format=format,
        notes=tuple(notes),
    )


def _quality(asked: Quality, model: Model, notes: list[str]) -> str:
    order = list(Quality)
    for quality in reversed(order[: order.index(asked) + 1]):
        if API_QUALITY[quality] in model.qualities:
            if quality is not asked:
                notes.append(f"{model.title} has no quality “{asked}”: {quality} used.")
            return API_QUALITY[quality]
    return model.qualities[0]


def _format(asked: Format, model: Model, notes: list[str]) -> str:
    if asked in model.formats:
        return str(asked)
    notes.append(f"{model.title} makes no {asked}: {model.formats[0]} used.")
    return model.formats[0]


def _background(asked: Background, format: str, model: Model, notes: list[str]) -> tuple[str, str]:
    if asked not in model.backgrounds:
        if asked is not Background.AUTO:
            notes.append(f"{model.title} has no {asked} background.")
        return str(Background.AUTO), format
    if asked is Background.TRANSPARENT and format == Format.JPEG:
        notes.append("JPEG cannot be transparent: png used.")
        return str(asked), str(Format.PNG)
    return str(asked), format


def _size(shape: str, model: Model, notes: list[str]) -> tuple[int, int]:
    exact, across = pixels(shape), ratio(shape)
    width, height = _flexible(exact, across) if model.flexible else _nearest(exact, across, model)
    if exact and (width, height) != exact:
        notes.append(f"{exact[0]}×{exact[1]} is not to be had: {width}×{height} used.")
    elif exact is None and shape not in NAMED and abs(Fraction(width, height) / across - 1) > Fraction(2, 100):
        notes.append(f"{shape} is not to be had: {_spoken(width, height)} used.")
    return width, height


def _spoken(width: int, height: int) -> str:
    plain = Fraction(width, height).limit_denominator(12)
    near = abs(Fraction(width, height) / plain - 1) < Fraction(2, 100)
    return f"{plain.numerator}:{plain.denominator}" if near else f"{width}×{height}"


def _nearest(exact: tuple[int, int] | None, across: Fraction, model: Model) -> tuple[int, int]:
    """Of a model's few sizes the one whose ratio is nearest, then the one whose area is."""
    sizes = [pixels(size) or (1024, 1024) for size in model.sizes]
    area = exact[0] * exact[1] if exact else USUAL

    def distance(size: tuple[int, int]) -> tuple[float, int]:
        quotient = Fraction(size[0], size[1]) / across
        return float(max(quotient, 1 / quotient)), abs(size[0] * size[1] - area)

    return min(sizes, key=distance)


def _flexible(exact: tuple[int, int] | None, across: Fraction) -> tuple[int, int]:
    """A size in the model's steps and bounds, as near to what was asked as they allow."""
    across = min(max(across, 1 / STEEPEST), STEEPEST)
    area = exact[0] * exact[1] if exact else (1024 * 1024 if across == 1 else USUAL)
    area = min(max(area, LEAST), MOST)
    wide = across >= 1
    long_over_short = across if wide else 1 / across
    short = _steps(isqrt(int(area / long_over_short)))
    long = _steps(int(short * long_over_short))
    if exact:
        given_long, given_short = max(exact), min(exact)
        if abs(_steps(given_short) - short) <= STEP:
            long, short = _steps(given_long), _steps(given_short)
    long, short = _bounded(long, short)
    return (long, short) if wide else (short, long)


def _steps(side: int) -> int:
    return max(STEP, round(side / STEP) * STEP)


def _bounded(long: int, short: int) -> tuple[int, int]:
    long = min(long, LONGEST)
    while long * short > MOST or long < short:
        short -= STEP
    while long * short < LEAST or long > short * STEEPEST:
        if long > short * STEEPEST and long * (short) >= LEAST:
            long -= STEP
        else:
            short += STEP
    return long, short
