"""Reading aloud: words spoken once, their cost on the books, made small as OGG/Opus."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from limner.domain.money import Micros
from limner.domain.place import Member, Place
from limner.ears.speaking import Mouth
from limner.errors import HearingNeedsKey
from limner.media.sound import OGG, listenable
from limner.models import Model, Purpose
from limner.rules import prices
from limner.store import Store
from limner.store.notes import Recording
from limner.studio.calling import Calling
from limner.studio.desk import Desk
from limner.studio.intake import Intake

log = structlog.get_logger(__name__)

LONGEST = 600
"""Seconds of speech that are taken from the model."""
KEPT = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Aloud:
    """What was said, and what it cost."""

    recording: Recording
    seconds: float
    model: Model
    cost: Micros


class ReadingAloud:
    """Reads to members."""

    def __init__(
        self,
        *,
        store: Store,
        desk: Desk,
        calling: Calling,
        intake: Intake,
        mouth: Callable[[], Awaitable[Mouth | None]],
        voice: str,
        spool: Path,
        sign: Callable[[str], str],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._desk = desk
        self._calling = calling
        self._intake = intake
        self._mouth = mouth
        self._voice = voice
        self._spool = spool
        self._sign = sign
        self._now = now

    async def read(self, words: str, member: Member, place: Place, *, name: str) -> Aloud:
        """The words as a recording, at this member's cost.

        Raises:
            HearingNeedsKey: Nobody can speak here.
            OverBudget: A cap has no room for it; nothing was asked.
            ProviderTrouble: The model failed.
            BadFile: What it gave is no speech; it was charged.
        """
        mouth = await self._mouth()
        if mouth is None:
            raise HearingNeedsKey
        said, model, cost = await self._calling.make(
            lambda _: mouth.say(words, voice=self._voice, member=self._sign(member.id)),
            model=self._desk.speaker,
            estimate=lambda model: prices.speaking_estimate(model, words),
            purpose=Purpose.SPEAK,
            engine=mouth.name,
            member=member,
            place=place,
        )
        with TemporaryDirectory(dir=self._spool) as folder:
            path = Path(folder, "said")
            await asyncio.to_thread(path.write_bytes, said.data)
            sound = await listenable(path, path.parent, name=name, max_seconds=LONGEST, takes=OGG)
            recording = await self._intake.keep_sound(sound.path, name, "audio/ogg", self._now() + KEPT)
        log.info("read aloud", model=model.name, seconds=round(sound.seconds, 1), cost=cost)
        return Aloud(recording=recording, seconds=sound.seconds, model=model, cost=cost)
