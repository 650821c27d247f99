"""Chat Completions with sound and functions: what is refused, and how an answer looks."""

from __future__ import annotations

import binascii
import io
import json
import math
import re
import time
import wave
from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any

import av
import pybase64
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from limner.models import Usage
from tests.fakes.openai.refusals import Refusal, refuse

Call = tuple[str, dict[str, Any]]
"""A function's name, and the arguments that it is called with, sent as they are."""
Hears = Call | str | Callable[[dict[str, Any]], "Call | str"]

NOTHING: Call = ("nothing", {"heard": "", "language": "und", "why": "silence"})
TOKENS_PER_SECOND = 10
VOICES = {"alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse"}
SOUND_LIMIT = 20 * 1024 * 1024
KNOWN = {
    *("messages", "model", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs"),
    *("max_completion_tokens", "max_tokens", "metadata", "modalities", "moderation", "n", "parallel_tool_calls"),
    *("prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
    *("reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream"),
    *("stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity"),
    "web_search_options",
}
KEYWORDS = {"type", "description", "enum", "minimum", "maximum"}
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def common(asked: Mapping[str, Any]) -> None:
    """Refuses what no model takes."""
    for name in asked:
        if name not in KNOWN:
            raise Refusal(400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
    if asked.get("stream"):
        raise refuse("stream", "This fake answers in one piece.", "unsupported_value")
    if set(asked.get("modalities") or ["text"]) - {"text", "audio"}:
        raise refuse("modalities", "Supported values are: 'text' and 'audio'.", "unsupported_value")
    if ("audio" in (asked.get("modalities") or ())) != bool(asked.get("audio")):
        raise refuse("audio", "'audio' goes with the modality 'audio', and only with it.", "missing_required_parameter")
    if len(str(asked.get("safety_identifier") or "")) > 64:
        raise refuse("safety_identifier", "Invalid 'safety_identifier': at most 64 characters.")
    if not isinstance(asked.get("messages"), list) or not asked["messages"]:
        raise refuse("messages", "Missing required parameter: 'messages'.", "missing_required_parameter")
    _tools(asked)


def listened(asked: Mapping[str, Any]) -> float:
    """Seconds of sound in the request, after everything in it was found good."""
    common(asked)
    if (asked.get("response_format") or {}).get("type") == "json_schema":
        raise refuse("response_format", "'json_schema' is not supported with this model.", "unsupported_value")
    seconds = [
        _sound(part, message, where) for part, message, where in parts(asked, "input_audio") if part["type"] != "text"
    ]
    if not seconds and not speaks(asked):
        raise refuse("model", "This model requires that either input content or output modality contain audio.")
    return sum(seconds)


def speaks(asked: Mapping[str, Any]) -> bool:
    """Whether an answer in sound is asked for."""
    return "audio" in (asked.get("modalities") or ())


def spoken(asked: Mapping[str, Any], number: int) -> tuple[dict[str, Any], Usage]:
    """An answer in sound: a tone, a fifteenth of a second for each character of the last message."""
    audio = asked["audio"]
    if audio.get("voice") not in VOICES:
        raise refuse("audio.voice", f"Invalid value: '{audio.get('voice')}'.")
    if audio.get("format") != "wav":
        raise refuse("audio.format", "This fake speaks WAV.", "unsupported_value")
    words = str(asked["messages"][-1]["content"])
    seconds = max(1, len(words) // 15)
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(24_000)
        period = b"".join(
            round(9_000 * math.sin(math.tau * at / 60)).to_bytes(2, "little", signed=True) for at in range(60)
        )
        sound.writeframes(period * (400 * seconds))
    said = {
        "id": f"audio_{number}",
        "data": pybase64.b64encode(out.getvalue()).decode(),
        "expires_at": int(time.time()) + 3600,
        "transcript": words,
    }
    usage = Usage(text_in=ceil(len(words) / 4) + 60, text_out=ceil(len(words) / 4), audio_out=20 * seconds)
    told = answered(asked, {"audio": said}, "stop", usage, number)
    told["usage"]["completion_tokens"] += usage.audio_out
    told["usage"]["total_tokens"] += usage.audio_out
    told["usage"]["completion_tokens_details"]["audio_tokens"] = usage.audio_out
    return told, usage


def completion(asked: Mapping[str, Any], answer: Call | str, usage: Usage, number: int) -> dict[str, Any]:
    """The answer: a function called, or words."""
    if isinstance(answer, str):
        return answered(asked, {"content": answer}, "stop", usage, number)
    function = {"name": answer[0], "arguments": _arguments(answer)}
    calls = [{"id": f"call_{number}", "type": "function", "function": function}]
    return answered(asked, {"tool_calls": calls}, "tool_calls", usage, number)


def answered(
    asked: Mapping[str, Any], message: dict[str, Any], finish_reason: str, usage: Usage, number: int, *, image: int = 0
) -> dict[str, Any]:
    """An answer with this message. `image`: the tokens of a picture, which are among those of the text in `usage`."""
    before = usage.text_in + usage.text_cached + usage.text_written + usage.audio_in
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": None, "refusal": None, "annotations": [], **message},
                "logprobs": None,
                "finish_reason": finish_reason,
            }
        ],
        "usage": {
            "prompt_tokens": before,
            "completion_tokens": usage.text_out,
            "total_tokens": before + usage.text_out,
            "prompt_tokens_details": {
                "audio_tokens": usage.audio_in,
                "text_tokens": before - usage.audio_in - image,
                "cached_tokens": usage.text_cached,
                "cache_write_tokens": usage.text_written,
                "image_tokens": image,
            },
            "completion_tokens_details": {"text_tokens": usage.text_out, "audio_tokens": 0, "reasoning_tokens": 0},
        },
        "service_tier": "default",
    }


def counted(asked: Mapping[str, Any], seconds: float, answer: Call | str) -> Usage:
    """Tokens: of the text about a quarter of its characters, of the sound ten a second."""
    words = sum(len(part["text"]) for part, _, _ in parts(asked, "input_audio") if part["type"] == "text")
    words += len(json.dumps(asked["tools"])) if asked.get("tools") else 0
    said = answer if isinstance(answer, str) else answer[0] + _arguments(answer)
    return Usage(
        text_in=ceil(words / 4), audio_in=ceil(seconds * TOKENS_PER_SECOND), text_out=max(1, ceil(len(said) / 4))
    )


def _arguments(answer: Call) -> str:
    return json.dumps(answer[1], ensure_ascii=False)


def parts(asked: Mapping[str, Any], kind: str) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    """Every part of every message, plain text too, with its message and its place; there are text and this kind."""
    for number, message in enumerate(asked["messages"]):
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, str):
            yield {"type": "text", "text": content}, message, f"messages[{number}].content"
            continue
        if not isinstance(content, list) or not content:
            raise refuse(f"messages[{number}].content", "Invalid content.", "invalid_type")
        for index, part in enumerate(content):
            where = f"messages[{number}].content[{index}]"
            if not isinstance(part, dict) or part.get("type") not in ("text", kind):
                raise refuse(where, f"Invalid content part at '{where}'.")
            if part["type"] == "text" and not isinstance(part.get("text"), str):
                raise refuse(where, f"Invalid text at '{where}'.", "invalid_type")
            yield part, message, where


def _sound(part: dict[str, Any], message: dict[str, Any], where: str) -> float:
    """Its seconds, if it is what it says it is."""
    if message.get("role") != "user":
        raise refuse(where, "'input_audio' is only supported in user messages.")
    said = part.get("input_audio")
    said = said if isinstance(said, dict) else {}
    try:
        data = pybase64.b64decode(said.get("data") or "", validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise refuse(where, "Invalid base64 in 'input_audio'.", "invalid_base64") from None
    if not data or len(data) > SOUND_LIMIT:
        raise refuse(where, "The audio is empty or larger than 20 MB.", "invalid_audio")
    match said.get("format"):
        case "wav":
            return _wav(data, where)
        case "mp3":
            return _mp3(data, where)
    raise refuse(where, f"Invalid value: '{said.get('format')}'. Supported values are: 'wav' and 'mp3'.")


def _wav(data: bytes, where: str) -> float:
    try:
        with wave.open(io.BytesIO(data)) as sound:
            frames, rate = sound.getnframes(), sound.getframerate()
            whole = len(sound.readframes(frames)) == frames * sound.getnchannels() * sound.getsampwidth()
    except (wave.Error, EOFError, ZeroDivisionError):
        frames, rate, whole = 0, 1, False
    if not whole or not frames or not rate:
        raise refuse(where, "The audio is not a whole WAV file.", "invalid_audio")
    return float(frames / rate)


def _mp3(data: bytes, where: str) -> float:
    try:
        with av.open(io.BytesIO(data), format="mp3") as container:
            (stream,) = container.streams.audio
            seconds = sum(frame.samples / frame.sample_rate for frame in container.decode(stream))
    except (av.FFmpegError, ValueError):
        seconds = 0.0
    if not seconds or not (data.startswith(b"ID3") or data[0] == 0xFF):
        raise refuse(where, "The audio is not a whole MP3 file.", "invalid_audio")
    return seconds


def _tools(asked: Mapping[str, Any]) -> None:
    names = set()
    for number, tool in enumerate(asked.get("tools") or ()):
        where = f"tools[{number}].function"
        function = tool.get("function") if isinstance(tool, dict) and tool.get("type") == "function" else None
        if not isinstance(function, dict) or not _NAME.fullmatch(str(function.get("name", ""))):
            raise refuse(where, f"Invalid '{where}': expected a function with a name of letters, digits, _ and -.")
        if function["name"] in names:
            raise refuse(where, f"Invalid '{where}': two functions are called '{function['name']}'.")
        names.add(function["name"])
        schema = function.get("parameters", {"type": "object"})
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            raise refuse(
                where, f"Invalid schema for function: {error.message[:200]}", "invalid_function_parameters"
            ) from None
        if problem := _loose(schema):
            raise refuse(where, f"Invalid schema for function: {problem}", "invalid_function_parameters")
        if len(str(function.get("description", ""))) > 1024:
            raise refuse(where, f"Invalid '{where}.description': string too long.", "string_above_max_length")
        if schema.get("type") != "object":
            raise refuse(
                where, "Invalid schema for function: it must be of type 'object'.", "invalid_function_parameters"
            )
    if len(names) > 128:
        raise refuse("tools", "Invalid 'tools': array too long. Expected at most 128.", "array_above_max_length")
    choice = asked.get("tool_choice")
    if choice is not None and not names:
        raise refuse("tool_choice", "'tool_choice' is only allowed when 'tools' are specified.")
    if isinstance(choice, dict) and (choice.get("function") or {}).get("name") not in names:
        raise refuse("tool_choice", "'tool_choice' names a function that is not among 'tools'.")


def _loose(schema: Mapping[str, Any]) -> str:
    """What in a function's parameters cannot be: what is required has to be there, and each to have a type."""
    known = schema.get("properties", {})
    if missing := set(schema.get("required", ())) - set(known):
        return f"required names what 'properties' has not: {sorted(missing)}"
    for name, each in known.items():
        if not isinstance(each, dict) or each.get("type") not in {"string", "integer", "number", "boolean"}:
            return f"'{name}' has no type"
        if odd := set(each) - KEYWORDS:
            return f"'{name}' uses {sorted(odd)}, which is not permitted"
        if "enum" in each and (not each["enum"] or not all(isinstance(value, str) for value in each["enum"])):
            return f"'{name}' has an enum that is none"
    return ""
