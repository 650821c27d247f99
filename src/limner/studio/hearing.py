"""Hearing a voice note: fetched, decoded, heard once, its cost on the books, and kept until its member says a word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from limner.config import Settings
from limner.domain.action import Table
from limner.domain.ask import Asked
from limner.domain.money import Micros
from limner.domain.options import Options
from limner.domain.place import Member
from limner.domain.request import Asset
from limner.ears import Context, Ear, Heard
from limner.errors import (
    HearingNeedsKey,
    ModelGone,
    NotFound,
    NotYourNote,
    OutcomeUnknown,
    ProviderTrouble,
)
from limner.media.sound import Sound
from limner.models import Model, Purpose
from limner.rules import prices
from limner.store import Store
from limner.store.attempts import Outcome
from limner.store.notes import Note
from limner.studio.budgets import Budgets
from limner.studio.desk import Desk
from limner.studio.intake import Intake
from limner.studio.listening import Listening
from limner.studio.styles import Styles

log = structlog.get_logger(__name__)

STYLES = 40
"""Names of styles that the ear is told at most; the team's own come first."""


class Repeated(Exception):
    """This was answered before; nothing more is to be shown."""


class Hearing:
    """Listens."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        table: Table,
        desk: Desk,
        budgets: Budgets,
        ear: Callable[[], Awaitable[Ear]],
        intake: Intake,
        listening: Listening,
        styles: Styles,
        spool: Path,
        answered: Callable[[Asked[Options]], Awaitable[Asset | None]],
        sign: Callable[[str], str],
        worker: str,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._table = table
        self._desk = desk
        self._budgets = budgets
        self._ear = ear
        self._intake = intake
        self._listening = listening
        self._styles = styles
        self._spool = spool
        self._answered = answered
        self._sign = sign
        self._worker = worker
        self._now = now

    async def hear(self, asked: Asked[Options]) -> tuple[Heard, Note | None]:
        """What a voice note says, and the note as kept when it asks for something.

        Raises:
            NotListening: Voice notes are not heard here, or hearing needs a key.
            ClosedChannel, RoleMissing: The team's rules take none from here, or from this member.
            StoreTrouble: Nothing new is begun now.
            BadFile: There is nothing to hear; nothing was charged.
            ProviderTrouble: The ear's model failed.
        """
        if asked.ask.sound is None:
            raise NotFound(what="voice note")
        self._store.health.check()
        await self._listening.admit(asked)
        references = await self._intake.pictures(asked.place, asked.ask.pictures)
        target = await self._answered(asked)
        context = Context(
            words=asked.ask.words,
            pictures=len(references),
            replies_to=target.words if target else None,
            styles=tuple(each.name for each in await self._styles.of(asked.member))[:STYLES],
            member=self._sign(asked.member.id),
        )
        with TemporaryDirectory(dir=self._spool) as folder:
            longest = self._settings.voice.max_seconds
            sound = await self._intake.sound(asked.place, asked.ask.sound, Path(folder), max_seconds=longest)
            heard, paid = await self._attempts(asked, sound, context)
        log.info("heard", seconds=round(sound.seconds, 1), language=heard.language, asked_for=heard.action, cost=paid)
        if heard.action is None or self._table.get(heard.action) not in self._table.spoken:
            return heard, None
        note = Note(
            id=await self._store.notes.new_id(),
            team=asked.member.team,
            member=asked.member.id,
            words=heard.words,
            language=heard.language,
            action=heard.action,
            values={**heard.values, **self._given(asked, heard.action)},
            references=references,
            target=target.id if target and heard.action == "edit" else None,
            created=self._now(),
            cost=paid,
        )
        await self._store.notes.add(note)
        return heard, note

    def _given(self, asked: Asked[Options], action: str) -> dict[str, Any]:
        """What was chosen by hand beside the note, as far as it goes with what was asked for."""
        known = {each.name for each in self._table[action].parameters}
        return {name: value for name, value in asked.ask.given.items() if name in known}

    async def _attempts(self, asked: Asked[Options], sound: Sound, context: Context) -> tuple[Heard, Micros]:
        """Calls the ear; again only when its model turns out to be gone, and then the model that follows."""
        await self._desk.ready()
        while True:
            model = self._desk.listener()
            try:
                return await self._attempt(asked, sound, context, model)
            except ModelGone:
                if model is None or not self._desk.replaced(model, Purpose.HEAR):
                    raise

    async def _attempt(
        self, asked: Asked[Options], sound: Sound, context: Context, model: Model | None
    ) -> tuple[Heard, Micros]:
        """Calls the ear once, with the attempt on record before."""
        ear = await self._ear()
        estimate = prices.hearing_estimate(model, sound.seconds) if model else Micros(0)
        attempt = await self._store.jobs.open_attempt(
            job=None,
            team=asked.member.team,
            member=asked.member.id,
            channel=asked.place.key,
            worker=self._worker,
            purpose=Purpose.HEAR,
            model=model.name if model else ear.name,
            engine=ear.name,
            estimate=estimate,
            caps=await self._budgets.caps(asked.member, asked.place),
        )
        try:
            heard = await ear.hear(sound, context, tuple(each.function for each in self._table.spoken))
        except (HearingNeedsKey, ProviderTrouble) as trouble:
            outcome = Outcome.FREE if trouble.charged is False else Outcome.UNKNOWN
            await self._store.jobs.close_attempt(attempt, outcome=outcome, trouble=trouble.sentence)
            raise
        except BaseException:  # cut off, or broken: nobody knows what it cost
            await self._store.jobs.close_attempt(attempt, outcome=Outcome.UNKNOWN, trouble=OutcomeUnknown().sentence)
            raise
        paid = prices.cost(model, heard.usage) if model and heard.usage else estimate
        await self._store.jobs.close_attempt(
            attempt, outcome=Outcome.PAID, cost=paid, usage=heard.usage, request_id=heard.request_id
        )
        return heard, paid

    async def note(self, id: str | None, member: Member) -> Note:
        """A note that waits for its member's word.

        Raises:
            NotFound: There is none.
            NotYourNote: Somebody else spoke it.
            Repeated: Its word was given already.
        """
        note = await self._store.notes.get(id or "", member.team)
        if note.member != member.id and not member.admin:
            raise NotYourNote()
        if note.ended:
            raise Repeated
        return note

    async def end(self, note: Note) -> None:
        """The note waits no more."""
        await self._store.notes.end(note.id)
