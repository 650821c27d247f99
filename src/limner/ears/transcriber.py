"""The ear that writes down and does not understand: a transcription, of which plain rules make a request. A quarter of
the price of GPT audio, and for servers that have nothing else.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from limner.domain.text import clean, shorten
from limner.ears import Context, Heard, Sound, Why
from limner.ears.phrases import understood, why_nothing
from limner.errors import OutcomeUnknown, ProviderFailed
from limner.media.sound import OGG
from limner.models import Usage
from limner.openai.errors import caught, translate

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WORDS_LIMIT = 32_000
_GUIDED = "gpt-transcribe"
"""The model that takes keywords."""
_KEYWORDS = 50
LABEL = "Written down word for word, and read by simple rules: what they do not know stays in the prompt."


class Transcriber:
    """Hears with one request to `audio.transcriptions`; never repeats it by itself."""

    name = "transcribe"
    takes: tuple[str, ...] = OGG

    def __init__(self, client: AsyncOpenAI, *, model: Callable[[], str]) -> None:
        """`model` says which model listens now. The client is the caller's to close."""
        self._client = client
        self._model = model

    async def hear(self, sound: Sound, context: Context, functions: tuple[dict[str, Any], ...]) -> Heard:
        """As `Ear.hear`."""
        model = self._model()
        data = await asyncio.to_thread(sound.path.read_bytes)
        guided: dict[str, Any] = {}
        if model.startswith(_GUIDED) and context.styles:
            guided["keywords"] = list(context.styles[:_KEYWORDS])
        try:
            answer = await self._client.audio.transcriptions.create(
                file=(f"note.{sound.format}", data, f"audio/{sound.format}"),
                model=model,
                response_format="json",
                **guided,
            )
        except caught() as error:
            raise translate(error, model) from error
        except ValueError as error:  # half of an answer: the SDK lets what its JSON reader says through
            raise OutcomeUnknown() from error
        return _read(answer, sound, context, functions)

    async def close(self) -> None:
        """Nothing to let go of."""


def _read(answer: Any, sound: Sound, context: Context, functions: tuple[dict[str, Any], ...]) -> Heard:
    # Servers that are merely compatible answer with less, or with something else altogether.
    request_id = getattr(answer, "_request_id", None)
    text = answer if isinstance(answer, str) else getattr(answer, "text", None)
    if not isinstance(text, str) or text.lstrip().lower().startswith(("<!doctype", "<html")):
        raise ProviderFailed(request_id=request_id)
    words = shorten(clean(text), _WORDS_LIMIT)
    action, values = understood(words, context, functions)
    return Heard(
        words=words,
        language=_language(answer),
        action=action,
        values=values,
        why=Why.TALK if action else why_nothing(words),
        usage=_usage(getattr(answer, "usage", None), sound),
        request_id=request_id,
        label=LABEL,
    )


def _language(answer: Any) -> str:
    """The first language that was heard. `gpt-transcribe` tells of several, others of one."""
    told = [getattr(each, "code", None) for each in getattr(answer, "languages", None) or ()]
    code = next((each for each in (*told, getattr(answer, "language", None)) if isinstance(each, str)), "")
    return code if _LANGUAGE.fullmatch(code) else "und"


def _usage(told: Any, sound: Sound) -> Usage:
    """What is billed: the seconds, counted by the provider or else by us, and the tokens where it counts those."""
    seconds = getattr(told, "seconds", None)
    length = float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else sound.seconds
    details = getattr(told, "input_token_details", None)
    return Usage(
        audio_seconds=length,
        audio_in=getattr(details, "audio_tokens", None) or 0,
        text_in=getattr(details, "text_tokens", None) or 0,
        text_out=getattr(told, "output_tokens", None) or 0,
    )
