"""Answers: what comes of an ask, done once, and shown where it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from limner.askers import Askers
from limner.domain.action import Action, Reply
from limner.domain.ask import Ask, Asked
from limner.domain.card import Card, Role, State, says
from limner.domain.options import Options
from limner.domain.place import Address, Member
from limner.edge import outcome, refusal
from limner.errors import AgainstRules, OverBudget, PlatformTrouble, Refusal, StoreTrouble, Trouble, Undeliverable
from limner.jobs.flow import Flow
from limner.store import Store
from limner.studio import LetPass, Repeated, Studio
from limner.subjects import Subjects

log = structlog.get_logger(__name__)

DOUBLE_CLICK = timedelta(seconds=2)
TOLD_ALONE = "I have answered this in private."


class Answers:
    """Runs actions."""

    def __init__(self, *, store: Store, studio: Studio, flow: Flow, askers: Askers, subjects: Subjects) -> None:
        self._store = store
        self._studio = studio
        self._flow = flow
        self._askers = askers
        self._subjects = subjects

    async def give(self, action: Action, options: Options, ask: Ask, noted: Callable[[], None]) -> Card:
        """Does what is asked for and shows what comes of it. `noted` is called as soon as it is on record.

        Raises:
            Repeated: This event was answered before, or is being answered.
            LetPass: It was meant for others.
            Trouble: It cannot be done, and the member does not know yet.
        """
        if action.costs or action.meanwhile is not None:
            self._store.health.check()
        member = await self._askers.member(ask.place, ask.person, ask.target)
        # What paints at once is told apart by its job, so that a crash before the job is on record loses nothing.
        paints_at_once = action.costs and action.meanwhile is None
        if not paints_at_once and not await self._store.once.first(f"{member.team}:{ask.event}"):
            raise Repeated
        if ask.pressed is not None and (action.costs or action.once):
            await self._once_pressed(ask, member)
        if not paints_at_once:
            noted()
        if ask.target is None:
            pictured = action.costs or action.meanwhile is not None
            ask = ask.evolve(target=await self._subjects.answered(ask, pictured=pictured))
        if action.meanwhile is not None:
            return await self._give_meanwhile(action.meanwhile, action, Asked(ask=ask, member=member, options=options))
        asked = Asked(ask=ask, member=member, options=options, noted=noted)
        return await self._show(ask.address, await action.run(asked, self._studio))

    async def _give_meanwhile(self, stage: str, action: Action, asked: Asked[Options]) -> Card:
        """Shows a card that says what is being done until it is; whatever goes wrong takes its place."""
        if action.before is not None:
            await action.before(asked, self._studio)
        private = action.reply is Reply.PRIVATE
        address = await self._studio.board.at_work(asked.ask.address, stage, private=private)
        asked = replace(asked, ask=asked.ask.evolve(address=address))
        made = await outcome(action.run(asked, self._studio), about=action.name, passing=(Repeated, LetPass))
        if not isinstance(made, Trouble):
            return await self._show(address, made)
        told = await self._aloud(asked.ask, refusal(made))
        if isinstance(made, AgainstRules | OverBudget):
            return await self.tell_alone(address, told)
        return await self._show(address, told.evolve(private=private))

    async def tell_alone(self, waiting: Address, card: Card) -> Card:
        """Tells the asking member alone what they may not do or spend; the waiting card gives way."""
        told = None
        try:
            told = await self._studio.board.show(waiting, card)
        finally:
            if told is None or told.message != waiting.message:
                await self._give_way(waiting)
        return card

    async def _give_way(self, address: Address) -> None:
        """Puts a word in place of a card that all see, whose answer its asker alone sees."""
        try:
            await self._studio.board.show(address, says(TOLD_ALONE, Role.NOTE).evolve(state=State.GONE))
        except PlatformTrouble as unreachable:
            log.info("a card is out of reach", why=unreachable.sentence)

    async def _once_pressed(self, ask: Ask, member: Member) -> None:
        """Lets one of two clicks pass that follow one another on the same button.

        Raises:
            Refusal: It is the second.
        """
        what = f"pressed:{member.id}:{ask.pressed}:{ask.action}:{ask.target}:{sorted(ask.values.items())}"
        if not await self._store.once.lately(what, within=DOUBLE_CLICK):
            raise Refusal(
                why="You pressed that a moment ago, and once is enough. To have it again, press it again now."
            )

    async def _show(self, address: Address, card: Card) -> Card:
        if card.job is None or card.state is not State.WAITING:
            await self._studio.board.show(address, card)
            return card
        with self._flow.showing(card.job):
            try:
                job = await self._studio.board.begin(card.job, address, card)
            except PlatformTrouble:  # nobody would see it: its money is given back
                await self._studio.give_up(card.job)
                raise
            self._flow.submit(job.lane)
            if card.progress is not None:
                self._studio.usher.take(card.job, job.address, card.progress.stage)
        if card.private and address.reader is None and address.message not in {None, job.address.message}:
            await self._give_way(address)
        return card

    async def refuse(self, ask: Ask, trouble: Trouble) -> Card:
        """Tells why not, as far as it can be shown."""
        card = await self._aloud(ask, refusal(trouble))
        try:
            await self._studio.board.show(ask.address, card)
        except (Undeliverable, StoreTrouble) as unreachable:  # or shown, and not kept
            log.warning("a refusal could not be shown", why=unreachable.sentence)
        return card

    async def _aloud(self, ask: Ask, card: Card) -> Card:
        """The refusal of a voice note, said aloud to a member who wants that."""
        if ask.sound is None:
            return card
        try:
            member = await self._store.people.member(ask.place, ask.person)
            return await self._studio.answering.aloud(card, member, ask.place)
        except Trouble as trouble:
            log.info("a refusal could not be said aloud", why=trouble.sentence)
            return card
