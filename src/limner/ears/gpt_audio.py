"""The ear that is GPT audio: hears a note and says, by calling a function, what it asks for.

Chat Completions with `input_audio` (WAV or MP3 only) and function calling; the model has no structured outputs. The
functions are the spoken actions' own, each with two more parameters in front: the words as heard, and their language.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import jiter
import pybase64

from limner.domain.text import clean, shorten
from limner.ears import Context, Heard, Sound, Why
from limner.ears.telling import HEARD, NOTHING, system, told
from limner.errors import OutcomeUnknown, ProviderFailed
from limner.media.sound import WAV_OR_MP3
from limner.models import Usage
from limner.openai.errors import caught, translate

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletion, ChatCompletionMessage
    from openai.types.completion_usage import CompletionUsage

DECLINED = "The model declined to act on this note."

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
PIECE = 3 << 16
"""Bytes, a multiple of three, so that base64 of the pieces is that of the whole."""
_WORDS_LIMIT = 32_000


class GPTAudio:
    """Hears with one request to the model; never repeats it by itself."""

    name = "gpt-audio"
    takes: tuple[str, ...] = WAV_OR_MP3

    def __init__(self, client: AsyncOpenAI, *, model: Callable[[], str]) -> None:
        """`model` says which model listens now. The client is the caller's to close."""
        self._client = client
        self._model = model

    async def hear(self, sound: Sound, context: Context, functions: tuple[dict[str, Any], ...]) -> Heard:
        """As `Ear.hear`."""
        from openai.types.chat import ChatCompletion

        model = self._model()
        body = await asyncio.to_thread(_body, model, sound, context, functions)
        try:
            # What `chat.completions.create` would send. It would make JSON of it on the event loop, and hold that up
            # for 100 ms with five minutes of sound.
            completion = await self._client.post(
                "/chat/completions",
                cast_to=ChatCompletion,
                content=body,
                options={"headers": {"Content-Type": "application/json"}},
            )
        except caught() as error:
            raise translate(error, model) from error
        except ValueError as error:  # half of an answer: the SDK lets what its JSON reader says through
            raise OutcomeUnknown() from error
        return _read(completion, {each["name"]: each for each in functions})

    async def close(self) -> None:
        """Nothing to let go of."""


def tool(function: dict[str, Any]) -> Any:
    """An action's function as a tool, its first parameters the words as heard and their language."""
    parameters = function["parameters"]
    asked = {
        **parameters,
        "properties": {**HEARD, **parameters["properties"]},
        "required": [*HEARD, *(each for each in parameters.get("required", []) if each not in HEARD)],
    }
    return {"type": "function", "function": {**function, "parameters": asked}}


def _body(model: str, sound: Sound, context: Context, functions: tuple[dict[str, Any], ...]) -> bytes:
    """The request as JSON, the sound put into its place as it is: base64 needs no escaping."""
    place = f"sound-{uuid4()}"
    content = [
        *({"type": "text", "text": each} for each in told(context)),
        {"type": "input_audio", "input_audio": {"data": place, "format": sound.format}},
    ]
    asked: dict[str, Any] = {
        "model": model,
        "modalities": ["text"],
        "messages": [{"role": "system", "content": system(context)}, {"role": "user", "content": content}],
        "tools": [tool(each) for each in (*functions, NOTHING)],
        "tool_choice": "required",
    }
    if context.member:
        asked["safety_identifier"] = context.member
    before, after = json.dumps(asked).encode().split(place.encode())
    body = BytesIO()
    body.write(before)
    with sound.path.open("rb") as file:
        while piece := file.read(PIECE):
            body.write(pybase64.b64encode(piece))
    body.write(after)
    return body.getvalue()


def _read(completion: ChatCompletion, functions: dict[str, dict[str, Any]]) -> Heard:
    # Servers that are merely compatible answer with less, or with something else altogether.
    choices = getattr(completion, "choices", None)
    if not choices or choices[0].message is None:
        raise ProviderFailed(request_id=getattr(completion, "_request_id", None))
    action, values, label = _called(choices[0].message)
    spoken, language = values.pop("heard", None), values.pop("language", None)
    why = Why.TALK if action in functions else _why(action, values)
    if action not in functions:  # `nothing`, or one that the model made up
        action = None
    known = functions[action]["parameters"]["properties"] if action else {}
    kept = {name: value for name, value in values.items() if name in known and value is not None}
    words = spoken if isinstance(spoken, str) and spoken.strip() else kept.get("prompt")
    return Heard(
        words=shorten(clean(words), _WORDS_LIMIT) if isinstance(words, str) else "",
        language=language if isinstance(language, str) and _LANGUAGE.fullmatch(language) else "und",
        action=action,
        values=kept,
        why=why,
        usage=usage_of(getattr(completion, "usage", None)),
        request_id=getattr(completion, "_request_id", None),
        label=DECLINED if label or choices[0].finish_reason == "content_filter" else None,
    )


def _why(action: str | None, values: dict[str, Any]) -> Why:
    """Why nothing is asked for, where nothing is: what the model says, or what its odd call means."""
    if action is None:
        return Why.UNCLEAR if values else Why.TALK
    if action != NOTHING["name"]:
        return Why.BEYOND
    said = values.get("why")
    return Why(said) if isinstance(said, str) and said in set(Why) else Why.TALK


def _called(message: ChatCompletionMessage) -> tuple[str | None, dict[str, Any], bool]:
    """The first function called, its arguments, and whether the model declined. Plain words count as heard."""
    for call in message.tool_calls or ():
        if call.type != "function":
            continue
        arguments, whole = _arguments(call.function.arguments)
        return call.function.name if whole else None, arguments, False
    if message.refusal:
        return None, {}, True
    return None, {"heard": message.content or ""}, False


def _arguments(text: str | None) -> tuple[dict[str, Any], bool]:
    """The arguments, and whether they are whole: of broken ones the words heard can mostly be saved."""
    data = (text or "").encode()
    try:
        read, whole = jiter.from_json(data), True
    except ValueError:
        try:
            read, whole = jiter.from_json(data, partial_mode="trailing-strings"), False
        except ValueError:
            return {}, False
    return (read, whole) if isinstance(read, dict) else ({}, False)


def usage_of(told: CompletionUsage | None) -> Usage | None:
    """The tokens of an answer, words and sound apart."""
    if told is None:
        return None
    before, after = told.prompt_tokens_details, told.completion_tokens_details
    audio_in, cached = (before.audio_tokens or 0, before.cached_tokens or 0) if before else (0, 0)
    audio_out = after.audio_tokens or 0 if after else 0
    return Usage(
        text_in=max(0, told.prompt_tokens - audio_in - cached),
        text_cached=cached,
        audio_in=audio_in,
        text_out=max(0, told.completion_tokens - audio_out),
        audio_out=audio_out,
    )
