"""What a model can do of what was asked: everything is fitted to it, and what had to change is said."""

from __future__ import annotations

from dataclasses import dataclass

from limner.domain.options import Background, Format, Quality
from limner.domain.reference import Reference
from limner.domain.request import Request
from limner.errors import BadOption, TooManyPictures
from limner.media.canvas import Canvas
from limner.models import Model
from limner.rules.extent import extent
from limner.rules.frames import USUAL_FRAMES, Sheet, frame_size
from limner.rules.sizes import size_of

API_QUALITY = {
    Quality.DRAFT: "low",
    Quality.STANDARD: "medium",
    Quality.FINE: "high",
    Quality.FINER: "xhigh",
    Quality.FINEST: "max",
}

CLEAR = frozenset({Format.PNG, Format.WEBP})
"""Formats that can be asked for with a transparent background."""
SPELT = {Format.JPEG: "JPEG", Format.GIF: "A gif", Format.SVG: "An svg"}
SINGLE = frozenset({Format.GIF, Format.SVG})
"""Formats of which a model makes one at a time, without partial pictures (the SDK's `image_generate_params.py`)."""


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
    frames: int | None = None
    """Of a GIF."""
    canvas: Canvas | None = None
    """Where the first reference stands on what is painted, when it is to grow."""
    notes: tuple[str, ...] = ()
    """What was changed, as sentences."""

    @property
    def painted(self) -> tuple[int, int]:
        """Width and height of what is painted and billed: of a GIF that is the sheet of its frames."""
        if self.frames is None:
            return self.width, self.height
        sheet = Sheet.of(self.frames)
        return self.width * sheet.columns, self.height * sheet.rows


_QUALITIES = tuple(Quality)


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
    if request.masked and not model.mask:
        raise BadOption(name="model", value=model.title, why="it takes no mask; leave that out")
    examples = _examples(request, model, notes)
    format = _format(request, model, notes)
    background, format = _background(request.background, format, model, notes)
    frames = (request.frames or USUAL_FRAMES) if format == Format.GIF else None
    sizes, canvas = None if model.flexible else model.sizes, None
    if request.extend:
        original = request.references[0]
        canvas = extent((original.width, original.height), request.extend, sizes)
        width, height, rounded = *canvas.size, _scaled(canvas, original)
    elif frames is not None:
        width, height, rounded = frame_size(request.shape, frames)
    else:
        width, height, rounded = size_of(request.shape, sizes)
    notes += rounded
    quality = _quality(request.quality, model, notes)
    count = min(request.count, 1 if format in SINGLE else model.count)
    if count < request.count:
        notes.append(f"{model.title} paints {count}{f' {format}' if format in SINGLE else ''} at a time.")
    return Fit(
        width=width,
        height=height,
        quality=quality,
        count=count,
        background=background,
        format=format,
        references=(*request.references, *examples),
        frames=frames,
        canvas=canvas,
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


def _scaled(canvas: Canvas, original: Reference) -> tuple[str, ...]:
    """What became of the picture's own pixels on its canvas."""
    if canvas.across == original.width:
        return ()
    percent = round(100 * canvas.across / original.width)
    size = f"{canvas.width}×{canvas.height}"
    if percent <= 100:
        return (f"Scaled down to {percent} %, so that it fits into the model's {size}.",)
    return (f"Enlarged to {percent} %: the model paints no less than {size}.",)


def _quality(asked: Quality, model: Model, notes: list[str]) -> str:
    """The quality asked for, else the next lower one that the model has, else its lowest."""
    lower = reversed(_QUALITIES[: _QUALITIES.index(asked) + 1])
    found = next((quality for quality in lower if API_QUALITY[quality] in model.qualities), None)
    used = API_QUALITY[found] if found else model.qualities[0]
    if found is not asked:
        spoken = next((quality for quality, word in API_QUALITY.items() if word == used), used)
        notes.append(f"{model.title} has no quality “{asked}”: {spoken} used.")
    return used


def _format(request: Request, model: Model, notes: list[str]) -> str:
    asked = request.format
    if asked not in model.formats:
        notes.append(f"{model.title} makes no {asked}: {model.formats[0]} used.")
        return model.formats[0]
    if request.masked and asked is Format.GIF:
        notes.append("A gif takes no mask: png used.")
        return str(Format.PNG)
    return str(asked)


def _background(asked: Background, format: str, model: Model, notes: list[str]) -> tuple[str, str]:
    if asked not in model.backgrounds:
        if asked is not Background.AUTO:
            notes.append(f"{model.title} has no {asked} background.")
        return str(Background.AUTO), format
    if asked is Background.TRANSPARENT and format not in CLEAR:
        notes.append(f"{SPELT[Format(format)]} cannot be transparent: png used.")
        return str(asked), str(Format.PNG)
    return str(asked), format
