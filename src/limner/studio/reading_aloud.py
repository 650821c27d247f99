"""Reading aloud: words spoken once, their cost on the books, made small as what the platform plays."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from limner.domain.card import Sound
from limner.domain.courier import Courier
from limner.domain.money import Micros
from limner.domain.place import Member, Place
from limner.domain.text import one_line, shorten
from limner.ears.speaking import Mouth
from limner.errors import BadFile, HearingNeedsKey, OverBudget, ProviderTrouble
from limner.media.containers import MEDIA_TYPES
from limner.media.sound import listenable
from limner.media.waveform import waveform
from limner.models import Model, Purpose
from limner.rules import prices
from limner.store import Store
from limner.store.blobs import Blob
from limner.studio.calling import Calling
from limner.studio.desk import Desk

log = structlog.get_logger(__name__)

LONGEST = 600
"""Seconds of speech that are taken from the model."""
KEPT = timedelta(days=1)
"""How long what was said is kept at least: for the page's player, and for a platform that is out of reach."""
ALT = 1000
"""Characters of what was said that go along as text."""
UNSAID = (ProviderTrouble, OverBudget, HearingNeedsKey, BadFile)
"""Why words are not read aloud; the text stands."""


@dataclass(frozen=True, kw_only=True)
class Aloud:
    """What was said, and what it cost."""

    sound: Sound
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
        courier: Callable[[str], Courier],
        mouth: Callable[[], Awaitable[Mouth | None]],
        voice: str,
        spool: Path,
        sign: Callable[[str], str],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._desk = desk
        self._calling = calling
        self._courier = courier
        self._mouth = mouth
        self._voice = voice
        self._spool = spool
        self._sign = sign
        self._now = now

    def able(self, place: Place) -> bool:
        """Whether there is a voice, and something in a place that plays it."""
        return self._desk.hears and self._courier(place.platform).plays is not None

    async def read(self, words: str, member: Member, place: Place, *, about: str | None, name: str) -> Aloud:
        """The words as a sound that is played in this place, at this member's cost. `about`: the job or note that they
        speak of, with which the sound is deleted; the team's rule on keeping sounds says how long it stays. `name`: of
        the file, without its ending.

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
        sound = await self._kept(said.data, words, member, place, about, name)
        log.info("read aloud", model=model.name, seconds=round(sound.seconds, 1), cost=cost)
        return Aloud(sound=sound, model=model, cost=cost)

    async def _kept(self, data: bytes, words: str, member: Member, place: Place, about: str | None, name: str) -> Sound:
        """The sound as its platform plays it, in the blob store."""
        plays = self._courier(place.platform).plays or "mp3"
        days = timedelta(days=(await self._store.rules.get(member.team)).voice.keep_days)
        with TemporaryDirectory(dir=self._spool) as folder:
            path = Path(folder, "said")
            await asyncio.to_thread(path.write_bytes, data)
            made = await listenable(path, path.parent, name=name, max_seconds=LONGEST, takes=(plays,))
            drawn = await waveform(made.path, plays, max_seconds=LONGEST)
            size = (await asyncio.to_thread(made.path.stat)).st_size
            key = await self._store.blobs.put_file(made.path)
        media_type = MEDIA_TYPES[plays]
        await self._store.spoken.keep(
            Blob(key=key, media_type=media_type, width=0, height=0, size=size),
            team=member.team,
            member=member.id,
            about=about,
            until=self._now() + max(KEPT, days),
        )
        self._store.blobs.claimed(key)
        return Sound(
            blob=key,
            name=f"{name}.{plays}",
            media_type=media_type,
            size=size,
            alt=shorten(one_line(words), ALT),
            seconds=made.seconds,
            waveform=drawn,
        )
