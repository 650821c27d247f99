"""What does the work: engines that paint, the ear that listens, the eye that looks, as the configuration has them.

The SDK takes a second to import, so that is done beside everything else: a Limner listens before its hands are there,
and whoever needs one waits for it.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from limner.config import Settings
from limner.ears import Ear
from limner.engines import Engine
from limner.eyes import Eye
from limner.models import Purpose
from limner.models.roster import Roster, served

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from limner.openai.moderation import Moderator

log = structlog.get_logger(__name__)

LEARN_SECONDS = 5.0
"""The longest that a first request waits to learn which models the endpoint serves."""
NO_KEY = "none"
"""What servers that want no key are sent, since the SDK insists on one."""


class Hands:
    """Engines by name, ear and eye: OpenAI's with a key (or a server of one's own), the offline ones without."""

    def __init__(self, settings: Settings, roster: Roster, engines: Mapping[str, Engine] | None = None) -> None:
        """`engines` stand in place of those of the same names, such as one of a host's own."""
        self._settings = settings
        self._engines = engines or {}
        self._roster = roster
        self.keyed = settings.openai.api_key is not None or settings.openai.base_url is not None
        """Whether OpenAI, or a server that speaks its API, can be asked."""
        self._client: AsyncOpenAI | None = None
        self._moderator: Moderator | None = None
        self._eye: Eye | None = None
        self._made = asyncio.create_task(self._make())
        self._learned = asyncio.create_task(self._learn())

    async def _make(self) -> tuple[Mapping[str, Engine], Ear]:
        if not self.keyed:
            await asyncio.to_thread(importlib.import_module, "limner.engines.sketch")
            from limner.ears.samples import SampleEar
            from limner.engines.sketch import Sketcher

            return {Sketcher.name: Sketcher()}, SampleEar()

        await asyncio.to_thread(importlib.import_module, "limner.engines.openai_images")
        await asyncio.to_thread(importlib.import_module, "limner.engines.openai_responses")
        await asyncio.to_thread(importlib.import_module, "openai")
        await asyncio.to_thread(importlib.import_module, "openai.resources.moderations")
        from limner.ears.gpt_audio import GPTAudio
        from limner.engines.openai_images import OpenAIImages
        from limner.engines.openai_responses import OpenAIResponses
        from limner.engines.sketch import Sketcher
        from limner.eyes.gpt_vision import GPTVision
        from limner.openai.client import connect
        from limner.openai.moderation import Moderator

        openai, key = self._settings.openai, self._settings.openai.api_key
        self._client = connect(
            api_key=key.get_secret_value() if key else NO_KEY,
            base_url=openai.base_url,
            organization=openai.organization,
        )
        self._moderator = Moderator(self._client, self._settings.moderation.model)
        self._eye = GPTVision(self._client)
        voice, lead, roster = self._settings.voice.model, self._settings.image.mainline, self._roster
        engines: tuple[Engine, ...] = (
            Sketcher(),
            OpenAIImages(self._client),
            OpenAIResponses(
                self._client, mainline=lambda: roster.resolve(lead, Purpose.CONVERSE).model, gone=roster.gone
            ),
        )
        ear = GPTAudio(self._client, model=lambda: roster.resolve(voice, Purpose.HEAR).model.name)
        return {each.name: each for each in engines}, ear

    async def _learn(self) -> None:
        await asyncio.shield(self._made)
        if self._client is not None:
            models = await served(self._client)
            self._roster.learn(models)
            log.info("models", served=None if models is None else len(models))
            image, voice = self._settings.image, self._settings.voice
            for name in (image.model, image.mainline, self._settings.describe.model, voice.model):
                if self._roster.catalogue.get(name) is None:
                    log.warning("a model's prices are not known: it is counted as the dearest", model=name)

    async def engine(self, name: str) -> Engine:
        """The engine of this name."""
        if name in self._engines:
            return self._engines[name]
        engines, _ = await asyncio.shield(self._made)
        return engines[name]

    async def ear(self) -> Ear:
        """The ear."""
        _, ear = await asyncio.shield(self._made)
        return ear

    async def eye(self) -> Eye | None:
        """What looks at pictures; None where nobody can."""
        await asyncio.shield(self._made)
        return self._eye

    async def moderator(self) -> Moderator | None:
        """What screens requests; None where there is nobody to ask."""
        await asyncio.shield(self._made)
        return self._moderator

    async def ready(self) -> None:
        """Returns when it is known which models the endpoint serves, or soon without that."""
        if not self._learned.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._learned), LEARN_SECONDS)

    async def close(self) -> None:
        """Lets everything go."""
        self._learned.cancel()
        await asyncio.wait([self._made, self._learned])
        if self._made.exception() is None:
            engines, ear = self._made.result()
            for engine in engines.values():
                await engine.close()
            await ear.close()
            if self._eye is not None:
                await self._eye.close()
        if self._client is not None:
            await self._client.close()
