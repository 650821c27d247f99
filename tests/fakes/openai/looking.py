"""Chat Completions with a picture and a strict form: what is refused, and how an answer looks."""

from __future__ import annotations

import binascii
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import pybase64
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from PIL import Image, UnidentifiedImageError

from limner.models import Usage
from tests.fakes.openai.hearing import answered, common, parts
from tests.fakes.openai.refusals import refuse

KINDS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}
PICTURE_LIMIT = 50 * 1024 * 1024
EFFORTS = ("none", "low", "medium", "high", "xhigh", "max")
CACHED_FROM = 1024
"""Tokens from which on what is asked is written into the cache."""
_DATA = re.compile(r"data:(image/[a-z]+);base64,(.*)", re.DOTALL)


@dataclass(frozen=True)
class Declines:
    """The model would not answer."""

    why: str = "I'm sorry, I can't help with that."


Sees = dict[str, Any] | str | Declines
"""The fields of an answer, its text as it is sent, or that there is none."""


def looked(asked: Mapping[str, Any]) -> Image.Image:
    """The picture in the request, after everything in it was found good."""
    common(asked)
    effort = asked.get("reasoning_effort")
    if effort is not None and effort not in EFFORTS:
        raise refuse("reasoning_effort", f"Unsupported value: '{effort}'.", "unsupported_value")
    if asked.get("tools") and effort != "none":
        raise refuse("tools", "Function tools are supported with reasoning_effort 'none' only.", "unsupported_value")
    if "max_tokens" in asked:
        raise refuse("max_tokens", "Use 'max_completion_tokens' instead.", "unsupported_parameter")
    most = asked.get("max_completion_tokens")
    if most is not None and (not isinstance(most, int) or most < 1):
        raise refuse("max_completion_tokens", "Invalid 'max_completion_tokens'.")
    _form(asked)
    pictures = [_picture(part, message, where) for part, message, where in _images(asked)]
    if len(pictures) != 1:
        raise refuse("messages", f"This fake looks at one picture at a time, not {len(pictures)}.")
    return pictures[0]


def described(asked: Mapping[str, Any], picture: Image.Image) -> dict[str, Any]:
    """What is truly there, in the form that is asked for: another picture is described otherwise."""
    red, green, blue = picture.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    seen = f"a {picture.width} by {picture.height} picture of the colour {red:02x}{green:02x}{blue:02x}"
    fields: dict[str, Any] = {"description": f"This is {seen}."}
    if "prompts" in (properties := _schema(asked).get("properties", {})):
        ways = ("plainly", "from above", "at dusk", "in oil", "once more")
        fields["prompts"] = [f"{seen}, {ways[number % 5]}" for number in range(properties["prompts"]["minItems"])]
    return fields


def completion(
    asked: Mapping[str, Any], picture: Image.Image, answer: Sees, number: int
) -> tuple[dict[str, Any], Usage]:
    """The answer, and its tokens: of the text about a quarter of its characters, of the picture 1.2 for each square of
    32 pixels. What is longer than it may be is cut off."""
    refusal = answer.why if isinstance(answer, Declines) else None
    text = refusal or (answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False))
    most = asked.get("max_completion_tokens") or 10**9
    cut = ceil(len(text) / 4) > most
    text = text[: most * 4] if cut else text
    image = ceil(ceil(picture.width / 32) * ceil(picture.height / 32) * 1.2)
    before = ceil(sum(len(part["text"]) for part, _, _ in parts(asked, "image_url") if part["type"] == "text") / 4)
    before += image + ceil(len(json.dumps(asked.get("response_format") or {})) / 4)
    written = before if before >= CACHED_FROM else 0
    usage = Usage(text_in=before - written, text_written=written, text_out=max(1, ceil(len(text) / 4)))
    message = {"content": None, "refusal": text} if refusal else {"content": text}
    return answered(asked, message, "length" if cut else "stop", usage, number, image=image), usage


def _images(asked: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    return (each for each in parts(asked, "image_url") if each[0]["type"] == "image_url")


def _picture(part: dict[str, Any], message: dict[str, Any], where: str) -> Image.Image:
    """The picture, if it is what it says it is, and whole."""
    if message.get("role") != "user":
        raise refuse(where, "'image_url' is only supported in user messages.")
    said = part.get("image_url")
    said = said if isinstance(said, dict) else {}
    if said.get("detail", "auto") not in ("auto", "low", "high", "original"):
        raise refuse(where, f"Invalid value: '{said.get('detail')}'.")
    match = _DATA.fullmatch(str(said.get("url", "")))
    if match is None:
        raise refuse(where, f"Failed to download image from {str(said.get('url'))[:80]}.", "invalid_image_url")
    try:
        data = pybase64.b64decode(match[2], validate=True)
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise refuse(where, "Invalid image data: it could not be decoded.", "invalid_image") from None
    if len(data) > PICTURE_LIMIT or KINDS.get(match[1]) != image.format:
        raise refuse(where, f"Invalid image: it is {image.format}, not {match[1]}, or too large.", "invalid_image")
    return image


def _schema(asked: Mapping[str, Any]) -> dict[str, Any]:
    said = (asked.get("response_format") or {}).get("json_schema") or {}
    return dict(said.get("schema") or {})


def _form(asked: Mapping[str, Any]) -> None:
    """Refuses a schema that is none, or not strict where it says so."""
    said = asked.get("response_format")
    if said is None:
        return
    named = said.get("json_schema") or {}
    if said.get("type") != "json_schema" or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", str(named.get("name", ""))):
        raise refuse("response_format", "Invalid 'response_format': expected a named 'json_schema'.")
    schema = _schema(asked)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise refuse("response_format", f"Invalid schema: {error.message[:200]}", "invalid_json_schema") from None
    if named.get("strict"):
        _strict(schema)


def _strict(schema: Mapping[str, Any]) -> None:
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        if schema.get("additionalProperties") is not False or sorted(schema.get("required", [])) != sorted(fields):
            why = "'additionalProperties' has to be false, and 'required' every property"
            raise refuse("response_format", f"Invalid schema for response_format: {why}.", "invalid_json_schema")
        for each in fields.values():
            _strict(each)
    elif schema.get("type") == "array":
        _strict(schema.get("items", {}))
