"""What the API refuses, with the answer it gives."""

from __future__ import annotations

import base64
import binascii
import io
import re
import wave
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

import jsonschema
from PIL import Image

from tests.fakes.openai import prices

GENERATION = {
    "model",
    "prompt",
    "background",
    "complexity",
    "frame_count",
    "frame_duration_ms",
    "moderation",
    "n",
    "output_compression",
    "output_format",
    "partial_images",
    "quality",
    "safety_identifier",
    "size",
    "stream",
    "svg",
    "user",
}
EDIT = (GENERATION - {"moderation"}) | {"image", "mask", "markup", "input_fidelity"}
CLASSIC_SIZES = {"1024x1024", "1536x1024", "1024x1536"}
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
NUMBERS = {"n", "partial_images", "output_compression"}


class Refused(Exception):
    """The API answers with an error."""

    def __init__(
        self, message: str, *, status: int = 400, code: str | None = None, param: str | None = None, type: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": type or "invalid_request_error", "param": param, "code": code}


@dataclass
class Part:
    """One part of a form."""

    name: str
    filename: str | None
    content_type: str | None
    data: bytes


@dataclass
class Order:
    """A picture to be made, checked."""

    model: str
    prompt: str
    width: int
    height: int
    quality: str
    n: int
    format: str
    background: str
    stream: bool
    partials: int
    pictures: list[Part] = field(default_factory=list)


def parts(content_type: str, body: bytes) -> list[Part]:
    """The parts of a multipart form."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    assert isinstance(boundary, str), "no boundary"
    found = []
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        said = Message()
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(":")
            said[name] = value.strip()
        found.append(
            Part(
                name=str(said.get_param("name", header="content-disposition")),
                filename=said.get_filename(),
                content_type=said.get_content_type() if said["content-type"] else None,
                data=data,
            )
        )
    return found


def form(found: list[Part]) -> dict[str, Any]:
    """The form's words, as JSON would have them; files are left to `order`."""
    told: dict[str, Any] = {}
    for part in found:
        name = part.name.removesuffix("[]")
        if part.filename is not None:
            told.setdefault(name, []).append({"filename": part.filename, "content_type": part.content_type})
        else:
            said = part.data.decode()
            told[name] = int(said) if name in NUMBERS else said == "true" if name == "stream" else said
    return told


def order(asked: dict[str, Any], files: list[Part], *, edit: bool) -> Order:
    """The request as the API understands it; `Refused` where it does not."""
    for name in asked:
        if name not in (EDIT if edit else GENERATION):
            raise Refused(f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
    model, prompt = asked.get("model"), asked.get("prompt")
    if not isinstance(model, str):
        raise Refused("you must provide a model parameter")
    if not isinstance(prompt, str) or not prompt.strip():
        raise Refused("Missing required parameter: 'prompt'.", code="missing_required_parameter", param="prompt")
    if len(prompt) > 32_000:
        raise Refused("Invalid 'prompt': string too long.", code="string_above_max_length", param="prompt")
    width, height = _size(asked.get("size", "auto"), model)
    quality = asked.get("quality", "auto")
    if quality not in {"auto", *prices.qualities(model)}:
        raise _value("quality", quality)
    format = asked.get("output_format", "png")
    if format not in {"png", "jpeg", "webp"}:
        raise _value("output_format", format)
    background = asked.get("background", "auto")
    if background not in {"auto", "opaque", "transparent"}:
        raise _value("background", background)
    if background == "transparent" and format == "jpeg":
        raise Refused("Transparent background is not supported for jpeg.", param="background")
    if asked.get("output_compression", 100) != 100 and format == "png":
        raise Refused("Compression less than 100 is not supported for PNG.", param="output_compression")
    n, stream, partials = asked.get("n", 1), asked.get("stream", False), asked.get("partial_images", 0)
    if not isinstance(n, int) or not 1 <= n <= 10:
        raise _value("n", n)
    if not isinstance(partials, int) or not 0 <= partials <= 3:
        raise _value("partial_images", partials)
    if "partial_images" in asked and not stream:
        raise Refused("'partial_images' needs 'stream'.", param="partial_images")
    if "input_fidelity" in asked and model.startswith("gpt-image-2"):
        raise Refused("'input_fidelity' is not supported with this model.", param="input_fidelity")
    return Order(
        model=model,
        prompt=prompt,
        width=width,
        height=height,
        quality=quality,
        n=n,
        format=format,
        background=background,
        stream=bool(stream),
        partials=partials,
        pictures=_pictures(files) if edit else [],
    )


def _value(name: str, said: object) -> Refused:
    return Refused(f"Invalid value: '{said}' for '{name}'.", code="invalid_value", param=name)


def _size(said: object, model: str) -> tuple[int, int]:
    if said == "auto":
        return 1024, 1024
    match = re.fullmatch(r"(\d+)x(\d+)", str(said))
    if not match or (not prices.flexible(model) and said not in CLASSIC_SIZES):
        raise _value("size", said)
    width, height = int(match[1]), int(match[2])
    if (
        width % 16
        or height % 16
        or max(width, height) > 3 * min(width, height)
        or max(width, height) > 3840
        or not 655_360 <= width * height <= 8_294_400
    ):
        raise _value("size", said)
    return width, height


def _pictures(files: list[Part]) -> list[Part]:
    pictures = [each for each in files if each.name.removesuffix("[]") == "image"]
    masks = [each for each in files if each.name == "mask"]
    if not pictures:
        raise Refused("Missing required parameter: 'image'.", code="missing_required_parameter", param="image")
    if len(pictures) > 16:
        raise Refused("Too many images: at most 16.", param="image")
    if len(pictures) > 1 and any(each.name != "image[]" for each in pictures):
        raise Refused("Duplicate parameter: 'image'. Use 'image[]'.", code="duplicate_parameter", param="image")
    for each in (*pictures, *masks):
        if each.content_type not in PICTURES:
            raise Refused(
                f"Invalid file '{each.filename}': unsupported mimetype ('{each.content_type}').",
                code="unsupported_file_mimetype",
                param=each.name,
            )
        try:
            with Image.open(io.BytesIO(each.data)) as image:
                honest = image.format == PICTURES[each.content_type]
        except OSError:
            honest = False
        if not honest or len(each.data) >= 50_000_000:
            raise Refused("Invalid image file or mode.", code="invalid_image_file", param=each.name)
    for mask in masks:
        with Image.open(io.BytesIO(mask.data)) as over, Image.open(io.BytesIO(pictures[0].data)) as under:
            if over.size != under.size:
                raise Refused("Invalid mask: size does not match the image.", code="invalid_mask", param="mask")
            if over.format != "PNG" or not over.has_transparency_data or len(mask.data) >= 4_000_000:
                raise Refused("Invalid mask: it needs an alpha channel.", code="invalid_mask", param="mask")
    return pictures


def note(asked: dict[str, Any]) -> tuple[float, int]:
    """Seconds of sound and characters of text in a chat request; `Refused` where it is not to be heard."""
    seconds, text = 0.0, 0
    heard = False
    for message in asked.get("messages", []):
        content = message.get("content")
        for part in [{"type": "text", "text": content}] if isinstance(content, str) else content or []:
            if part.get("type") == "input_audio":
                seconds += _seconds(part["input_audio"])
                heard = True
            else:
                text += len(part.get("text", ""))
    if not heard:
        raise Refused(
            "This model requires that either input content or output modality contain audio.", code="invalid_value"
        )
    names = set()
    for tool in asked.get("tools", []):
        function = tool["function"]
        names.add(function["name"])
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", function["name"]):
            raise Refused(f"Invalid 'tools': '{function['name']}'.", param="tools")
        try:
            jsonschema.Draft202012Validator.check_schema(function["parameters"])
        except jsonschema.SchemaError as problem:
            raise Refused(
                f"Invalid schema for function '{function['name']}': {problem.message}", param="tools"
            ) from None
        if function["parameters"].get("type") != "object":
            raise Refused(f"Invalid schema for function '{function['name']}': not an object.", param="tools")
    if asked.get("response_format", {}).get("type") == "json_schema":
        raise Refused("'json_schema' is not supported with this model.", param="response_format")
    return seconds, text


def _seconds(sound: dict[str, Any]) -> float:
    problem = Refused(
        "Invalid 'input_audio': the data is not of the said format.", code="invalid_value", param="messages"
    )
    try:
        data = base64.b64decode(sound["data"], validate=True)
    except binascii.Error:
        raise problem from None
    if sound.get("format") == "wav":
        try:
            with wave.open(io.BytesIO(data)) as file:
                return file.getnframes() / file.getframerate()
        except (wave.Error, EOFError):
            raise problem from None
    if sound.get("format") == "mp3" and (data[:3] == b"ID3" or (data[:1] == b"\xff" and data[1] & 0xE0 == 0xE0)):
        return len(data) / 8_000
    raise problem
