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
from limner.domain.listening import EarName
from limner.ears import Ear
from limner.engines import Engine
from limner.eyes import Eye
from limner.models import Purpose
from limner.models.roster import Roster, served

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from limner.ears.speaking import Mouth
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
        self.hears = self.keyed or settings.voice.base_url is not None
        """Whether there is an ear for notes of one's own."""
        self.listeners = roster if settings.voice.base_url is None else roster.elsewhere()
        """The models that listen, where they are served."""
        self._client: AsyncOpenAI | None = None
        self._hearing: AsyncOpenAI | None = None
        """The client of a server that listens only."""
        self._moderator: Moderator | None = None
        self._eye: Eye | None = None
        self._mouth: Mouth | None = None
        self._made = asyncio.create_task(self._make())
        self._learned = asyncio.create_task(self._learn())

    async def _make(self) -> tuple[Mapping[str, Engine], Mapping[str, Ear]]:
        engines = await self._make_engines()
        return engines, await self._make_ears()

    async def _make_ears(self) -> Mapping[str, Ear]:
        voice, listeners = self._settings.voice, self.listeners
        if not self.hears:
            from limner.ears.samples import SampleEar

            sample: Ear = SampleEar()
            return dict.fromkeys(map(str, EarName), sample)
        await asyncio.to_thread(importlib.import_module, "openai.resources.audio")
        from limner.ears.gpt_audio import GPTAudio
        from limner.ears.speaking import Mouth
        from limner.ears.transcriber import Transcriber
        from limner.openai.client import connect

        client = self._client
        if voice.base_url is not None:
            key = voice.api_key.get_secret_value() if voice.api_key else NO_KEY
            client = self._hearing = connect(api_key=key, base_url=voice.base_url)
        assert client is not None
        self._mouth = Mouth(client, model=lambda: listeners.resolve(voice.model, Purpose.HEAR).model.name)
        return {
            str(EarName.GPT_AUDIO): GPTAudio(
                client, model=lambda: listeners.resolve(voice.model, Purpose.HEAR).model.name
            ),
            str(EarName.TRANSCRIBE): Transcriber(
                client, model=lambda: listeners.resolve(voice.transcriber, Purpose.TRANSCRIBE).model.name
            ),
        }

    async def _make_engines(self) -> Mapping[str, Engine]:
        if not self.keyed:
            await asyncio.to_thread(importlib.import_module, "limner.engines.sketch")
            from limner.engines.sketch import Sketcher

            return {Sketcher.name: Sketcher()}

        await asyncio.to_thread(importlib.import_module, "limner.engines.openai_images")
        await asyncio.to_thread(importlib.import_module, "limner.engines.openai_responses")
        await asyncio.to_thread(importlib.import_module, "openai")
        await asyncio.to_thread(importlib.import_module, "openai.resources.moderations")
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
        lead, roster = self._settings.image.mainline, self._roster
        engines: tuple[Engine, ...] = (
            Sketcher(),
            OpenAIImages(self._client),
            OpenAIResponses(
                self._client, mainline=lambda: roster.resolve(lead, Purpose.CONVERSE).model, gone=roster.gone
            ),
        )
        return {each.name: each for each in engines}

    async def _learn(self) -> None:
        await asyncio.shield(self._made)
        image, voice = self._settings.image, self._settings.voice
        asked = [image.model, image.mainline, self._settings.describe.model] if self._client is not None else []
        asked += [voice.model, voice.transcriber] if self.hears else []
        for client, roster in ((self._client, self._roster), (self._hearing, self.listeners)):
            if client is not None:
                models = await served(client)
                roster.learn(models)
                log.info("models", served=None if models is None else len(models))
        for name in asked:
            if self._roster.catalogue.get(name) is None:
                log.warning("a model's prices are not known: it is counted as the dearest", model=name)

    async def engine(self, name: str) -> Engine:
        """The engine of this name."""
        if name in self._engines:
            return self._engines[name]
        engines, _ = await asyncio.shield(self._made)
        return engines[name]

    async def ear(self, name: EarName) -> Ear:
        """The ear of this name."""
        _, ears = await asyncio.shield(self._made)
        return ears[name]

    async def mouth(self) -> Mouth | None:
        """What reads aloud; None where nobody can."""
        await asyncio.shield(self._made)
        return self._mouth

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
            engines, ears = self._made.result()
            for engine in engines.values():
                await engine.close()
            for ear in ears.values():
                await ear.close()
            if self._eye is not None:
                await self._eye.close()
        for client in (self._client, self._hearing):
            if client is not None:
                await client.close()
