"""What a model can do of what was asked: everything is fitted to it, and what had to change is said."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import sqrt

from limner.domain.options import Background, Format, Quality
from limner.domain.reference import Reference
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
    references: tuple[Reference, ...] = ()
    """The pictures that go along: the request's own, then those of its style."""
    notes: tuple[str, ...] = ()
    """What was changed, as sentences."""


def fit(request: Request, model: Model) -> Fit:
    """The request as the model can do it.

    Raises:
        TooManyPictures: More references than it takes.
        BadOption: It starts from pictures, or has a mask, and the model takes none.
    """
    notes: list[str] = []
    references = len(request.references)
    if references and not model.edit:
        raise BadOption(name="model", value=model.title, why="it paints from words alone; leave the pictures out")
    if references > model.references:
        raise TooManyPictures(count=references, limit=model.references)
    if request.mask and not model.mask:
        raise BadOption(name="model", value=model.title, why="it takes no mask; leave that out")
    examples = _examples(request, model, notes)
    width, height, rounded = _size(request.shape, None if model.flexible else model.sizes)
    notes += rounded
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
        references=(*request.references, *examples),
        notes=tuple(notes),
    )


def _examples(request: Request, model: Model, notes: list[str]) -> tuple[Reference, ...]:
    """The pictures of its style for which there is room beside the request's own."""
    every = request.worn.references if request.worn else ()
    if every and not (model.edit and model.examples):
        notes.append(f"{model.title} takes no pictures to show a style: those of the style were left out.")
        return ()
    shown = request.examples[: max(model.references - len(request.references), 0)]
    if left := len(every) - len(shown):
        which = "The style's picture was" if len(every) == 1 else f"{left} of the style's {len(every)} pictures were"
        notes.append(f"{which} left out: {model.references} go with one request.")
    return shown


def _quality(asked: Quality, model: Model, notes: list[str]) -> str:
    """The quality asked for, else the next lower one that the model has, else its lowest."""
    lower = reversed(list(Quality)[: list(Quality).index(asked) + 1])
    found = next((quality for quality in lower if API_QUALITY[quality] in model.qualities), None)
    used = API_QUALITY[found] if found else model.qualities[0]
    if found is not asked:
        spoken = next((quality for quality, word in API_QUALITY.items() if word == used), used)
        notes.append(f"{model.title} has no quality “{asked}”: {spoken} used.")
    return used


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


@lru_cache(maxsize=1024)  # each button with a price on it asks again
def _size(shape: str, sizes: tuple[str, ...] | None) -> tuple[int, int, tuple[str, ...]]:
    """The size nearest to a shape, of these or else of all, and what was rounded, as sentences."""
    notes: tuple[str, ...] = ()
    exact, across = pixels(shape), ratio(shape)
    width, height = _flexible(exact, across) if sizes is None else _nearest(exact, across, sizes)
    if exact and (width, height) != exact:
        notes = (f"{exact[0]}×{exact[1]} is not to be had: {width}×{height} used.",)
    elif exact is None and shape not in NAMED and abs(Fraction(width, height) / across - 1) > Fraction(2, 100):
        notes = (f"{shape} is not to be had: {_spoken(width, height)} used.",)
    return width, height, notes


def _spoken(width: int, height: int) -> str:
    plain = Fraction(width, height).limit_denominator(12)
    near = abs(Fraction(width, height) / plain - 1) < Fraction(2, 100)
    return f"{plain.numerator}:{plain.denominator}" if near else f"{width}×{height}"


def _nearest(exact: tuple[int, int] | None, across: Fraction, named: tuple[str, ...]) -> tuple[int, int]:
    """Of a model's few sizes the one whose ratio is nearest, then the one whose area is."""
    sizes = [pixels(size) or (1024, 1024) for size in named]
    area = exact[0] * exact[1] if exact else USUAL

    def distance(size: tuple[int, int]) -> tuple[float, int]:
        quotient = Fraction(size[0], size[1]) / across
        return float(max(quotient, 1 / quotient)), abs(size[0] * size[1] - area)

    return min(sizes, key=distance)


def _flexible(exact: tuple[int, int] | None, across: Fraction) -> tuple[int, int]:
    """The size in the model's steps and bounds that is nearest to what was asked: to a size by its sides, to a ratio by
    its ratio."""
    area = exact[0] * exact[1] if exact else (1024 * 1024 if across == 1 else USUAL)
    across = min(max(across, 1 / STEEPEST), STEEPEST)
    area = min(max(area, LEAST), MOST)
    tall, wide = sqrt(area / across), sqrt(area * across)
    shrink = min(1.0, LONGEST / max(tall, wide))
    wide, tall = wide * shrink, tall * shrink

    def distance(size: tuple[int, int]) -> tuple[float, float]:
        off = abs(size[0] - wide) + abs(size[1] - tall)
        return (off, -size[0] * size[1]) if exact else (abs(size[0] / size[1] / across - 1), off)

    return min(filter(_taken, product(_steps(wide), _steps(tall))), key=distance)


def _steps(side: float) -> tuple[int, ...]:
    """The steps around a side, two on either hand; among those of both sides there is always a size that is taken."""
    below = int(side) // STEP
    return tuple(STEP * step for step in range(below - 1, below + 3))


def _taken(size: tuple[int, int]) -> bool:
    long, short = max(size), min(size)
    return LEAST <= long * short <= MOST and long <= LONGEST and long <= short * STEEPEST
