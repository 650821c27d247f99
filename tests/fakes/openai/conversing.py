"""What the Responses API takes, and what it refuses, of requests that have a picture painted.

Sources: the SDK's `types/responses/response_create_params.py` and `tool_param.py`, OpenAI's guides to background mode,
to conversation state and to the image generation tool.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from limner.models import Model, Purpose
from tests.fakes.openai.received import File
from tests.fakes.openai.refusals import CATALOGUE, Refusal, overlay, readable, refuse
from tests.fakes.openai.refusals import tool as check_tool

if TYPE_CHECKING:
    from tests.fakes.openai.responding import Response

KNOWN = {
    *("background", "include", "input", "instructions", "max_output_tokens", "max_tool_calls", "metadata", "model"),
    *("parallel_tool_calls", "previous_response_id", "prompt_cache_key", "reasoning", "safety_identifier", "store"),
    *("stream", "stream_options", "temperature", "text", "tool_choice", "tools", "top_p", "truncation", "user"),
}
TOOL = {
    *("type", "action", "background", "complexity", "input_fidelity", "input_image_mask", "model", "moderation"),
    *("output_compression", "output_format", "partial_images", "quality", "size", "svg"),
    *("frame_count", "frame_duration_ms"),
}
ADDRESS = re.compile(r"data:(image/[a-z]+);base64,([A-Za-z0-9+/=]+)\Z")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that was found good."""

    prompt: str
    instructions: str
    shown: int
    """Pictures that came with it."""
    pictures: int
    """Pictures that the tool has to go by, those of the conversation included."""
    tool: dict[str, Any]
    background: bool
    stream: bool
    store: bool
    before: Response | None
    """The turn that it goes on from."""
    echo: dict[str, Any]
    """What of it every answer repeats."""


def read(asked: Mapping[str, Any], known: Mapping[str, Response], granted: Set[str] = frozenset()) -> Asked:
    """The request, checked, for an account that has these responses, and is granted these kinds of files.

    Raises:
        Refusal: The API does not take it.
    """
    for name in asked:
        if name not in KNOWN:
            raise Refusal(400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
    background, stream = asked.get("background") or False, asked.get("stream") or False
    store = asked.get("store") is not False
    if background and not store:
        raise refuse("store", "Background mode requires 'store' to be true.", "unsupported_value")
    before = _before(asked.get("previous_response_id"), known)
    words, shown = _input(asked.get("input"))
    tool = _tool(asked, stream, granted)
    pictures = len(shown) + (before.painted if before is not None else 0)
    if tool.get("action") == "edit" and not pictures:
        raise refuse("tools[0].action", "Action 'edit' needs an image in the context.", "invalid_value")
    if (mask := tool.get("input_image_mask")) is not None:
        if not shown:
            raise refuse("tools[0].input_image_mask", "A mask needs an input image.", "invalid_value")
        overlay(_file("mask", mask.get("image_url")), readable(shown[0]).size, tool_model(tool))
    names = ("model", "instructions", "tools", "tool_choice", "parallel_tool_calls", "max_tool_calls")
    echo = {name: asked.get(name) for name in (*names, "previous_response_id", "safety_identifier")}
    return Asked(
        prompt=words,
        instructions=asked.get("instructions") or "",
        shown=len(shown),
        pictures=pictures,
        tool=tool,
        background=background,
        stream=stream,
        store=store,
        before=before,
        echo={**echo, "background": background, "store": store, "metadata": {}, "temperature": 1.0, "top_p": 1.0},
    )


def tool_model(tool: Mapping[str, Any]) -> Model:
    """The model that paints; whether it is served is not looked at."""
    found = CATALOGUE.get(tool.get("model") or "gpt-image-2.6-sunburst")
    if found is None or found.purpose is not Purpose.PAINT:
        raise refuse("tools[0].model", f"Invalid value: '{tool.get('model')}'.", "invalid_value")
    return found


def _before(name: Any, known: Mapping[str, Response]) -> Response | None:
    if name is None:
        return None
    found = known.get(name)
    if found is None:
        message = f"Previous response with id '{name}' not found."
        raise Refusal(400, message, code="previous_response_not_found", param="previous_response_id")
    if found.status != "completed":
        raise refuse("previous_response_id", f"The response '{name}' is {found.status}.", "invalid_value")
    return found


def _input(said: Any) -> tuple[str, list[File]]:
    """The words, and the pictures with them."""
    if isinstance(said, str) and said.strip():
        return said, []
    if not isinstance(said, list) or not said:
        raise refuse("input", "Missing required parameter: 'input'.", "missing_required_parameter")
    words: list[str] = []
    pictures: list[File] = []
    for item in said:
        if not isinstance(item, dict) or item.get("role") != "user":
            raise refuse("input[0]", "Only messages of the user are understood here.", "invalid_value")
        for part in item["content"]:
            match part.get("type"):
                case "input_text":
                    words.append(part["text"])
                case "input_image":
                    if part.get("detail") not in ("auto", "low", "high", "original"):
                        raise refuse("input[0].content[1].detail", "Missing required parameter.", "invalid_value")
                    pictures.append(_file("input_image", part.get("image_url")))
                    readable(pictures[-1])
                case other:
                    raise refuse("input[0].content", f"Invalid value: '{other}'.", "invalid_value")
    if not "".join(words).strip():
        raise refuse("input", "The input has no words.", "missing_required_parameter")
    return "\n".join(words), pictures


def _file(field: str, address: Any) -> File:
    match = ADDRESS.match(address) if isinstance(address, str) else None
    if match is None:
        raise refuse(field, "Invalid 'image_url'. Expected a base64-encoded data URL.", "invalid_image_url")
    try:
        data = base64.b64decode(match[2], validate=True)
    except binascii.Error:
        raise refuse(field, "The image data is not valid base64.", "invalid_base64_image") from None
    return File(field, f"{field}.{match[1].partition('/')[2]}", match[1], data)


def _tool(asked: Mapping[str, Any], stream: bool, granted: Set[str]) -> dict[str, Any]:
    tools = asked.get("tools")
    if not isinstance(tools, list) or len(tools) != 1 or tools[0].get("type") != "image_generation":
        raise refuse("tools", "Only the image generation tool is known here.", "invalid_value")
    tool: dict[str, Any] = tools[0]
    for name in tool:
        if name not in TOOL:
            message = f"Unknown parameter: 'tools[0].{name}'."
            raise Refusal(400, message, code="unknown_parameter", param=f"tools[0].{name}")
    if asked.get("tool_choice") not in ("auto", "required", None, {"type": "image_generation"}):
        raise refuse("tool_choice", "Invalid value for 'tool_choice'.", "invalid_value")
    check_tool(tool, tool_model(tool), granted, stream=stream)
    return tool
