"""What OpenAI answers 400 and 404 to: the rules of the Images API, as its documentation has them.

Which qualities, formats and sizes a model has is taken from the catalogue; the arithmetic of free sizes is written
here a second time, so that a mistake in the studio's own shows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError

from limner.models import Model, Purpose
from limner.models.catalogue import Catalogue
from tests.fakes.openai.received import FILE_FIELDS, File

CATALOGUE = Catalogue.load()
BOTH = {
    *("prompt", "model", "background", "complexity", "frame_count", "frame_duration_ms", "moderation", "n"),
    *("output_compression", "output_format", "partial_images", "quality", "safety_identifier", "size", "stream"),
    *("svg", "user"),
}
KNOWN = {
    "generations": BOTH,
    "edits": BOTH | {"input_fidelity"},
}
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
MEGABYTE = 1024 * 1024


@dataclass(eq=False)
class Refusal(Exception):
    """An answer in OpenAI's error shape."""

    status: int
    message: str
    type: str | None = "invalid_request_error"
    code: str | None = None
    param: str | None = None

    def body(self) -> dict[str, Any]:
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


def refuse(param: str, message: str, code: str | None = "invalid_value") -> Refusal:
    """A 400 about one parameter."""
    return Refusal(400, message, code=code, param=param)


ALIKE = {Purpose.PAINT: "gpt-image-1", Purpose.HEAR: "gpt-audio", Purpose.CONVERSE: "gpt-6-luna"}


def serving(name: Any, served: Mapping[str, str | None], *purposes: Purpose) -> Model:
    """The model that serves this request; unknown ones that are served are like the oldest."""
    if not isinstance(name, str) or not name:
        raise Refusal(400, "you must provide a model parameter", param="model", code="missing_required_parameter")
    if name not in served:
        message = f"The model `{name}` does not exist or you do not have access to it."
        raise Refusal(404, message, code="model_not_found")
    model = CATALOGUE.get(name)
    if model is None or model.name != name:
        alike = CATALOGUE.get(ALIKE[purposes[0]])
        assert alike is not None
        model = alike.model_copy(update={"name": name, "title": name})
    if model.purpose not in purposes:
        raise refuse("model", f"The model `{name}` is not supported at this endpoint.", "unsupported_model")
    return model


ONE_AT_A_TIME = ("gif", "svg")
"""Formats that are for some accounts, one at a time and whole."""


def painting(kind: str, asked: Mapping[str, Any], model: Model, granted: Set[str] = frozenset()) -> None:
    """Refuses what the model, or the Images API, does not take. `kind` is `generations` or `edits`.

    Args:
        granted: Which of `ONE_AT_A_TIME` this account may have.
    """
    for name in asked:
        if name not in KNOWN[kind]:
            raise Refusal(400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
    prompt = asked.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise refuse("prompt", "Invalid 'prompt': a non-empty string is required.", "missing_required_parameter")
    if len(prompt) > 32_000:
        raise refuse(
            "prompt", f"Invalid 'prompt': string too long: {len(prompt)}, at most 32000.", "string_above_max_length"
        )
    _number(asked, "n", 1, model.count)
    _rendering(asked, model)
    _format(asked, model, granted)
    _streaming(asked, model)
    _fidelity(asked, model)
    if len(str(asked.get("safety_identifier") or "")) > 64:
        raise refuse(
            "safety_identifier", "Invalid 'safety_identifier': at most 64 characters.", "string_above_max_length"
        )


def _rendering(asked: Mapping[str, Any], model: Model) -> None:
    _choice(asked, "quality", (*model.qualities, "auto"))
    _choice(asked, "background", ("auto", *model.backgrounds))
    _choice(asked, "moderation", ("auto", "low"))
    _choice(asked, "complexity", ("low", "medium", "high"))
    _size(asked.get("size"), model, moving=asked.get("output_format") == "gif")


def tool(asked: Mapping[str, Any], model: Model, granted: Set[str], *, stream: bool) -> None:
    """Refuses what the model does not take as options of the image generation tool."""
    _choice(asked, "action", ("auto", "generate", "edit"))
    _rendering(asked, model)
    _format(asked, model, granted)
    _streaming({**asked, "stream": stream}, model)
    _fidelity(asked, model)


def references(files: Sequence[File], model: Model, *, format: str = "png") -> None:
    """Refuses files that are not up to 16 PNG, WebP or JPEG, named and so declared, and masks that do not fit."""
    if format == "gif" and any(file.field == "mask" for file in files):
        raise refuse("mask", "'mask' is not supported with output_format 'gif'.")
    for file in files:
        if file.field not in FILE_FIELDS:
            raise Refusal(400, f"Unknown parameter: '{file.field}'.", code="unknown_parameter", param=file.field)
    images = [file for file in files if file.field in {"image", "image[]"}]
    if not model.edit:
        raise refuse("model", f"{model.name} does not edit images.", "unsupported_model")
    if not images:
        raise refuse("image", "Missing required parameter: 'image'.", "missing_required_parameter")
    if len([file for file in images if file.field == "image"]) > 1:
        raise refuse("image", "Duplicate parameter: 'image'. Use 'image[]' for several.", "duplicate_parameter")
    if len(images) > model.references:
        raise refuse("image", f"Invalid 'image': too many images: {len(images)}, at most {model.references}.")
    sizes = [readable(file).size for file in images]
    overlays = {file.field: file for file in files if file.field in {"mask", "markup"}}
    if len(overlays) > 1:
        raise refuse("markup", "'markup' cannot be combined with 'mask'.")
    for file in overlays.values():
        overlay(file, sizes[0], model)


def overlay(file: File, size: tuple[int, int], model: Model) -> None:
    """Refuses a mask, or a markup, that does not fit a picture of this size."""
    overlay = readable(file)
    if overlay.format != "PNG":
        raise refuse(file.field, f"Invalid '{file.field}': it must be a PNG.", "invalid_image_file")
    if file.field == "mask" and len(file.data) >= 4 * MEGABYTE:
        raise refuse("mask", "Invalid 'mask': it must be less than 4 MB.", "image_too_large")
    if overlay.size != size:
        raise refuse(file.field, f"Invalid '{file.field}': its size does not match the image's.", "invalid_image_file")
    if "A" not in overlay.getbands() and "transparency" not in overlay.info:
        raise refuse(file.field, f"Invalid '{file.field}': it has no alpha channel.", "invalid_image_file")
    if file.field == "markup" and not model.name.startswith("gpt-image-2.5"):
        raise refuse("markup", f"'markup' is not supported by {model.name}.")


def readable(file: File) -> Image.Image:
    """The picture, which is named and declared as what it is."""
    if not file.filename or file.content_type not in PICTURES:
        raise refuse(
            file.field,
            f"Invalid file '{file.field}': unsupported mimetype ('{file.content_type}'). Supported file formats are "
            "'image/jpeg', 'image/png', and 'image/webp'.",
            "unsupported_file_mimetype",
        )
    if len(file.data) >= 50 * MEGABYTE:
        raise refuse(file.field, "Invalid image file: it must be less than 50 MB.", "image_too_large")
    try:
        with Image.open(io.BytesIO(file.data)) as image:
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise refuse(file.field, "Invalid image file or mode for image.", "invalid_image_file") from None
    if image.format != PICTURES[file.content_type]:
        raise refuse(
            file.field, f"Invalid image file: it is {image.format}, not {file.content_type}.", "invalid_image_file"
        )
    return image


def _number(asked: Mapping[str, Any], name: str, least: int, most: int) -> None:
    value = asked.get(name)
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse(name, f"Invalid type for '{name}': expected an integer.", "invalid_type")
    if not least <= value <= most:
        code = "integer_above_max_value" if value > most else "integer_below_min_value"
        raise refuse(name, f"Invalid '{name}': expected {least} to {most}, but got {value}.", code)


def _choice(asked: Mapping[str, Any], name: str, values: Sequence[str]) -> None:
    value = asked.get(name)
    if value is not None and value not in values:
        said = ", ".join(f"'{each}'" for each in values)
        raise refuse(name, f"Invalid value: '{value}'. Supported values are: {said}.")


def _size(size: Any, model: Model, *, moving: bool) -> None:
    if size in (None, "auto", *model.sizes):
        return
    match = re.fullmatch(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})", size) if isinstance(size, str) else None
    if match is None or not model.flexible:
        said = ", ".join(f"'{each}'" for each in (*model.sizes, "auto"))
        raise refuse("size", f"Invalid value: '{size}'. Supported values are: {said}.")
    short, long = sorted((int(match[1]), int(match[2])))
    if short % 16 or long % 16:
        raise refuse("size", f"Invalid size '{size}': width and height must be divisible by 16.")
    if long > 3 * short:
        raise refuse("size", f"Invalid size '{size}': the aspect ratio must be between 1:3 and 3:1.")
    if moving:
        return  # bounded together with the number of its frames
    if long > 3840 or not 655_360 <= long * short <= 8_294_400:
        raise refuse("size", f"Invalid size '{size}': the image would be too small or too large.")


def _format(asked: Mapping[str, Any], model: Model, granted: Set[str]) -> None:
    format = asked.get("output_format") or "png"
    _choice(asked, "output_format", model.formats)
    if format in ONE_AT_A_TIME:
        _one_at_a_time(asked, format)
        if format not in granted:
            message = f"Your organization does not have access to output_format '{format}'."
            raise Refusal(403, message, param="output_format", code="unsupported_value")
    if format == "gif":
        _frames(asked)
    for name in ("frame_count", "frame_duration_ms"):
        if format != "gif" and asked.get(name) is not None:
            raise refuse(name, f"'{name}' is only supported with output_format 'gif'.")
    if format != "svg" and asked.get("svg") is not None:
        raise refuse("svg", "'svg' is only supported with output_format 'svg'.")
    if asked.get("background") == "transparent" and format not in ("png", "webp"):
        raise refuse("background", f"Transparent background is not supported for {format.upper()} output format.")
    _number(asked, "output_compression", 0, 100)
    if format == "png" and asked.get("output_compression") not in (None, 100):
        raise refuse("output_compression", "Compression less than 100 is not supported for PNG output format.")


def _one_at_a_time(asked: Mapping[str, Any], format: str) -> None:
    """What GIF and SVG are not combined with."""
    for name in ("stream", "partial_images", "output_compression"):
        if asked.get(name):
            raise refuse(name, f"'{name}' is not supported with output_format '{format}'.")
    if format == "svg" and (asked.get("n") or 1) != 1:
        raise refuse("n", "SVG generation requires n=1.")


def _frames(asked: Mapping[str, Any]) -> None:
    """All frames of all animations are painted as one sheet, which has to be a picture that the model paints."""
    _number(asked, "frame_count", 2, 16)
    _number(asked, "frame_duration_ms", 1, 655_350)
    count = (asked.get("frame_count") or 9) * (asked.get("n") or 1)
    size = re.fullmatch(r"(\d+)x(\d+)", asked.get("size") or "960x960")
    assert size is not None
    width, height = int(size[1]), int(size[2])
    cells = 9 if count <= 9 else 12 if count <= 12 else 16
    if max(width, height) > 960 or width * height * cells > 8_294_400 or count > 16:
        raise refuse("size", f"Invalid size '{size[0]}': {count} frames of it are more than the model's pixel budget.")


def _streaming(asked: Mapping[str, Any], model: Model) -> None:
    if not isinstance(asked.get("stream") or False, bool):
        raise refuse("stream", "Invalid type for 'stream': expected a boolean.", "invalid_type")
    _number(asked, "partial_images", 0, model.partials)
    if asked.get("partial_images") and not asked.get("stream"):
        raise refuse("partial_images", "'partial_images' is only supported with 'stream'.")


def _fidelity(asked: Mapping[str, Any], model: Model) -> None:
    if asked.get("input_fidelity") is None:
        return
    if model.name.startswith("gpt-image-2"):
        raise refuse("input_fidelity", f"'input_fidelity' is not supported by {model.name}.", "unsupported_parameter")
    _choice(asked, "input_fidelity", ("low",) if model.name == "gpt-image-1-mini" else ("low", "high"))
