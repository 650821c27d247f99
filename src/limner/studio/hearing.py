"""Hearing a voice note: fetched, decoded, heard once, its cost on the books, and kept until its member says a word."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from limner.config import Voice
from limner.domain.action import SUBJECT, Action, Spoken, Table
from limner.domain.ask import Asked
from limner.domain.listening import EarName
from limner.domain.money import Micros
from limner.domain.options import Options
from limner.domain.request import Asset
from limner.domain.text import one_line, shorten, visible
from limner.ears import Context, Ear, Heard
from limner.ears.telling import told
from limner.errors import ModelGone, NotFound, ProviderTrouble
from limner.media.sound import Sound, listenable
from limner.models import Model, Purpose
from limner.rules import prices
from limner.store import Store
from limner.store.notes import Note, Recording
from limner.studio.calling import Calling
from limner.studio.desk import Desk
from limner.studio.intake import Intake
from limner.studio.listening import Listening
from limner.studio.notes import Repeated
from limner.studio.recalling import Recalling

log = structlog.get_logger(__name__)

TRIED_AGAIN = timedelta(days=1)
"""How long a note that could not be heard waits for its member."""


class NotHeard(Exception):
    """The ear failed, and the note is kept for another try, which would cost `estimate`."""

    def __init__(self, trouble: ProviderTrouble, note: Note, estimate: Micros) -> None:
        super().__init__(trouble.sentence)
        self.trouble, self.note, self.estimate = trouble, note, estimate


class Hearing:
    """Listens."""

    def __init__(
        self,
        *,
        settings: Voice,
        store: Store,
        table: Table,
        desk: Desk,
        calling: Calling,
        ear: Callable[[EarName], Awaitable[Ear]],
        intake: Intake,
        listening: Listening,
        recalling: Recalling,
        answered: Callable[[Asked[Options]], Awaitable[Asset | None]],
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._table = table
        self._desk = desk
        self._calling = calling
        self._ear = ear
        self._intake = intake
        self._listening = listening
        self._recalling = recalling
        self._answered = answered
        self._now = now

    async def hear(self, asked: Asked[Options]) -> tuple[Heard, Note | None]:
        """What a voice note says, and the note as kept when it asks for something.

        Raises:
            NotListening: Voice notes are not heard here, or hearing needs a key.
            ClosedChannel, RoleMissing: The team's rules take none from here, or from this member.
            StoreTrouble: Nothing new is begun now.
            BadFile: There is nothing to hear; nothing was charged.
            NotHeard: The ear's model failed; the note is kept.
        """
        if asked.ask.sound is None:
            raise NotFound(what="voice note")
        self._store.health.check()
        await self._listening.admit(asked)
        target = await self._answered(asked)
        note = Note(
            id=await self._store.notes.new_id(),
            team=asked.member.team,
            member=asked.member.id,
            references=await self._intake.pictures(asked.place, asked.ask.pictures),
            answers=target.id if target else None,
            about=asked.target,
            beside=asked.ask.words,
            given=dict(asked.ask.given),
            created=self._now(),
        )
        async with self._intake.note(asked.place, asked.ask.sound) as (path, name):
            return await self._hear(asked, note, path, name)

    async def hear_again(self, asked: Asked[Options], note: Note) -> tuple[Heard, Note | None]:
        """The same for a note that could not be heard before; raises as `hear`.

        Raises:
            Repeated: Somebody is at it already.
        """
        self._store.health.check()
        await self._listening.admit(asked)
        if note.sound is None or not await self._store.notes.end(note.id):
            raise Repeated
        again = note.evolve(id=await self._store.notes.new_id(), sound=None)
        async with self._intake.kept_sound(note.sound) as (path, name):
            try:
                return await self._hear(asked, again, path, name)
            finally:
                await self._intake.forget_sound(note)

    async def _hear(self, asked: Asked[Options], note: Note, path: Path, name: str) -> tuple[Heard, Note | None]:
        named = await self._listening.ear(note.team)
        ear = await self._ear(named)
        longest = self._settings.max_seconds
        sound = await listenable(path, path.parent, name=name, max_seconds=longest, takes=ear.takes)
        context = await self._recalling.context(note, asked.place, asked.member, self._model(named))
        try:
            heard, _, paid = await self._calling.make(
                lambda _: ear.hear(sound, context, self._functions()),
                model=lambda: self._desk.listener(named),
                estimate=lambda model: self._estimate(model, sound, context),
                purpose=Purpose.HEAR,
                engine=ear.name,
                member=asked.member,
                place=asked.place,
            )
        except ProviderTrouble as trouble:
            until = self._now() + TRIED_AGAIN
            unheard = note.evolve(sound=await self._intake.keep_sound(path, name, sound.origin, until))
            await self._store.notes.add(unheard)
            raise NotHeard(trouble, unheard, self._again(named, sound, context)) from trouble
        log.info("heard", seconds=round(sound.seconds, 1), language=heard.language, asked_for=heard.action, cost=paid)
        if heard.action is None or (action := self._table.get(heard.action)) not in self._table.spoken:
            return replace(heard, action=None), None
        assert action is not None
        values = {**heard.values, **self._given(note, heard.action)}
        meant = values.pop(SUBJECT, None)
        kept = note.evolve(
            words=heard.words,
            language=heard.language,
            action=heard.action,
            values=values,
            target=await self._target(asked, note, action, meant if isinstance(meant, str) else None),
            sound=await self._kept(note.team, path, name, sound.origin),
            cost=Micros(note.cost + paid),
        )
        await self._store.notes.add(kept)
        return heard, kept

    async def _target(self, asked: Asked[Options], note: Note, action: Action, meant: str | None) -> str | None:
        """What an action is about: what the note names, else what it answers, else (of what is about a picture, and
        none came along) the speaker's newest one here. Nobody has looked yet whether they may."""
        if not action.about:
            return note.about if action.voice is Spoken.AT_ONCE else None
        if meant is not None and visible(meant):
            return shorten(one_line(meant), 40)
        if (answered := note.answers or note.about) is not None or note.references:
            return answered
        newest = await self._recalling.recent.picture(asked.place, asked.member)
        return newest.id if newest else None

    async def _kept(self, team: str, path: Path, name: str, media_type: str) -> Recording | None:
        """The sound, where the team keeps it."""
        days = (await self._store.rules.get(team)).voice.keep_days
        if not days:
            return None
        return await self._intake.keep_sound(path, name, media_type, self._now() + timedelta(days=days))

    def _given(self, note: Note, action: str) -> dict[str, Any]:
        """What was chosen by hand beside the note, as far as it goes with what was asked for."""
        known = {each.name for each in self._table[action].parameters}
        return {name: value for name, value in note.given.items() if name in known}

    def _estimate(self, model: Model | None, sound: Sound, context: Context) -> Micros:
        if model is None:
            return Micros(0)
        beside = json.dumps(self._functions()) + "".join(told(context))
        return prices.hearing_estimate(model, sound.seconds, beside=beside)

    def _again(self, ear: EarName, sound: Sound, context: Context) -> Micros:
        """What it costs, about, to have a note heard once more."""
        return self._estimate(self._model(ear), sound, context)

    def _model(self, ear: EarName) -> Model | None:
        """The model that listens; None: the ear has none, or it is gone."""
        try:
            return self._desk.listener(ear)
        except ModelGone:
            return None

    def _functions(self) -> tuple[dict[str, Any], ...]:
        return tuple(each.function for each in self._table.spoken)
