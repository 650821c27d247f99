"""Reading aloud: words spoken once, their cost on the books, made small as OGG/Opus."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from limner.domain.listening import EarName
from limner.domain.money import Micros
from limner.domain.place import Member, Place
from limner.ears.speaking import Mouth, Said
from limner.errors import HearingNeedsKey, ModelGone, OutcomeUnknown, ProviderTrouble
from limner.media.sound import OGG, listenable
from limner.models import Model, Purpose
from limner.rules import prices
from limner.store import Store
from limner.store.attempts import Outcome
from limner.store.notes import Recording
from limner.studio.budgets import Budgets
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
        budgets: Budgets,
        intake: Intake,
        mouth: Callable[[], Awaitable[Mouth | None]],
        voice: str,
        spool: Path,
        sign: Callable[[str], str],
        worker: str,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._desk = desk
        self._budgets = budgets
        self._intake = intake
        self._mouth = mouth
        self._voice = voice
        self._spool = spool
        self._sign = sign
        self._worker = worker
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
        await self._desk.ready()
        while True:
            model = self._desk.listener(EarName.GPT_AUDIO)
            assert model is not None
            try:
                said, cost = await self._attempt(mouth, words, model, member, place)
                break
            except ModelGone:  # asked again only so, and then of the model that follows
                if not self._desk.replaced(model, Purpose.HEAR):
                    raise
        with TemporaryDirectory(dir=self._spool) as folder:
            path = Path(folder, "said")
            await asyncio.to_thread(path.write_bytes, said.data)
            sound = await listenable(path, path.parent, name=name, max_seconds=LONGEST, takes=OGG)
            recording = await self._intake.keep_sound(sound.path, name, "audio/ogg", self._now() + KEPT)
        log.info("read aloud", model=model.name, seconds=round(sound.seconds, 1), cost=cost)
        return Aloud(recording=recording, seconds=sound.seconds, model=model, cost=cost)

    async def _attempt(
        self, mouth: Mouth, words: str, model: Model, member: Member, place: Place
    ) -> tuple[Said, Micros]:
        """Speaks once, with the attempt on record before."""
        estimate = prices.speaking_estimate(model, words)
        attempt = await self._store.jobs.open_attempt(
            job=None,
            team=member.team,
            member=member.id,
            channel=place.key,
            worker=self._worker,
            purpose=Purpose.SPEAK,
            model=model.name,
            engine=mouth.name,
            estimate=estimate,
            caps=await self._budgets.caps(member, place),
        )
        try:
            said = await mouth.say(words, voice=self._voice, member=self._sign(member.id))
        except ProviderTrouble as trouble:
            outcome = Outcome.FREE if trouble.charged is False else Outcome.UNKNOWN
            await self._store.jobs.close_attempt(attempt, outcome=outcome, trouble=trouble.sentence)
            raise
        except BaseException:  # cut off, or broken: nobody knows what it cost
            await self._store.jobs.close_attempt(attempt, outcome=Outcome.UNKNOWN, trouble=OutcomeUnknown().sentence)
            raise
        paid = prices.cost(model, said.usage) if said.usage else estimate
        await self._store.jobs.close_attempt(
            attempt, outcome=Outcome.PAID, cost=paid, usage=said.usage, request_id=said.request_id
        )
        return said, paid
