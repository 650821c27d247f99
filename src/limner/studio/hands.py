"""What does the work: engines that paint and the ear that listens, as the configuration has them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from limner.config import Settings
from limner.ears import Ear
from limner.ears.samples import SampleEar
from limner.engines import Engine
from limner.engines.sketch import Sketcher
from limner.models import Purpose
from limner.models.roster import Roster, served

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = structlog.get_logger(__name__)

LEARN_SECONDS = 5.0
"""The longest that a first request waits to learn which models the endpoint serves."""
NO_KEY = "none"
"""What servers that want no key are sent, since the SDK insists on one."""


class Hands:
    """Engines by name, and the ear."""

    def __init__(
        self, *, engines: Mapping[str, Engine], ear: Ear, roster: Roster, client: AsyncOpenAI | None = None
    ) -> None:
        self.engines = engines
        self.ear = ear
        self._client = client
        self._learning = asyncio.create_task(self._learn(client, roster)) if client else None

    async def _learn(self, client: AsyncOpenAI, roster: Roster) -> None:
        models = await served(client)
        roster.learn(models)
        log.info("models", served=None if models is None else len(models))

    async def ready(self) -> None:
        """Returns when it is known which models the endpoint serves, or soon without that."""
        if self._learning and not self._learning.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._learning), LEARN_SECONDS)

    async def close(self) -> None:
        """Lets everything go."""
        if self._learning:
            self._learning.cancel()
        for engine in self.engines.values():
            await engine.close()
        await self.ear.close()
        if self._client:
            await self._client.close()


def hire(settings: Settings, roster: Roster) -> Hands:
    """The hands for these settings: OpenAI's with a key (or a server of one's own), the offline ones without."""
    sketcher = Sketcher()
    key = settings.openai.api_key
    if key is None and settings.openai.base_url is None:
        return Hands(engines={sketcher.name: sketcher}, ear=SampleEar(), roster=roster)

    from limner.ears.gpt_audio import GPTAudio
    from limner.engines.openai_images import OpenAIImages
    from limner.openai.client import connect

    client = connect(
        api_key=key.get_secret_value() if key else NO_KEY,
        base_url=settings.openai.base_url,
        organization=settings.openai.organization,
    )
    engine = OpenAIImages(client)
    ear = GPTAudio(client, model=lambda: roster.resolve(settings.voice.model, Purpose.HEAR).model.name)
    return Hands(engines={sketcher.name: sketcher, engine.name: engine}, ear=ear, roster=roster, client=client)
