"""The moderation endpoint: free of charge, one call for the words and one picture together.

Sources: `resources/moderations.py` and `types/moderation*.py` of the SDK. More than one picture is refused with
`too_many_images`, which the description does not say.
"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

from limner.domain.rules import Screening
from limner.errors import NeverSent, OutcomeUnknown, ProviderFailed
from limner.openai.errors import caught, translate

if TYPE_CHECKING:
    from openai import AsyncOpenAI

SECONDS = 4.0
"""The longest that a request waits for its verdict, whatever happens on the way."""
TRIES = 2
"""A connection that fails is tried once more: nothing is charged here, so nothing can be charged twice."""


class Moderator:
    """Asks what OpenAI's safety check sees."""

    def __init__(self, client: AsyncOpenAI, model: str) -> None:
        self._client = client
        self._model = model

    async def screen(self, words: str, picture: bytes | None = None) -> Screening:
        """What is seen in the words, and in a JPEG.

        Raises:
            ProviderTrouble: No verdict could be had within `SECONDS`.
        """
        try:
            async with asyncio.timeout(SECONDS):
                for _ in range(TRIES - 1):
                    try:
                        return await self._ask(words, picture)
                    except (NeverSent, OutcomeUnknown):
                        continue
                return await self._ask(words, picture)
        except TimeoutError as problem:
            raise ProviderFailed() from problem

    async def _ask(self, words: str, picture: bytes | None) -> Screening:
        said: Any = words
        if picture is not None:
            url = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
            said = [{"type": "text", "text": words}, {"type": "image_url", "image_url": {"url": url}}]
        try:
            # The SDK's own reading of the answer takes anything for a verdict, and costs more than the call.
            answer = await self._client.moderations.with_raw_response.create(
                model=self._model, input=said, timeout=SECONDS
            )
            told = json.loads(answer.http_response.content)
        except caught() as error:
            raise translate(error, self._model) from error
        except ValueError as problem:
            raise ProviderFailed() from problem
        return _read(told)


def _read(told: Any) -> Screening:
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, list) or not results or not all(_is_verdict(each) for each in results):
        raise ProviderFailed()
    seen = [name for each in results for name, there in (each.get("categories") or {}).items() if there]
    return Screening(flagged=any(each["flagged"] for each in results), categories=tuple(dict.fromkeys(seen)))


def _is_verdict(result: Any) -> bool:
    return (
        isinstance(result, dict)
        and isinstance(result.get("flagged"), bool)
        and isinstance(result.get("categories") or {}, dict)
    )
