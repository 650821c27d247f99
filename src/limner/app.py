"""The front door: one Limner, with its studio, its couriers and its durable flow. Adapters know this and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from limner.answers import Answers
from limner.askers import Askers
from limner.config import Settings
from limner.domain.action import Action
from limner.domain.ask import Ask, Asked
from limner.domain.card import Card, Line, Picture, Role
from limner.domain.courier import Courier, Platform
from limner.domain.options import Options
from limner.domain.permit import Permit
from limner.domain.place import Address, Person, Place
from limner.domain.spoken import spoken
from limner.edge import refusal
from limner.errors import (
    AgainstRules,
    LinkUsed,
    OverBudget,
    PlatformTrouble,
    Refusal,
    Trouble,
)
from limner.forms import Forms
from limner.jobs.flow import Flow
from limner.pictures import Pictures
from limner.reading import Reading
from limner.store import Store
from limner.store.countdowns import Countdown
from limner.store.health import Health
from limner.studio import LetPass, Repeated, Studio
from limner.studio.archives import Archives
from limner.studio.cards import picture_of
from limner.studio.entrance import Entrance
from limner.studio.permits import Permits
from limner.studio.provenance import Provenance
from limner.studio.publishing import Publishing
from limner.subjects import Subjects

log = structlog.get_logger(__name__)


class Limner:
    """What a platform talks to."""

    def __init__(self, *, settings: Settings, store: Store, studio: Studio, flow: Flow, spool: Path) -> None:
        self.settings = settings
        self.table = studio.table
        self.spool = spool
        """A folder for files on their way in, such as uploads; each is removed by whoever put it there."""
        self.secret = store.secret
        """This installation's own key, for signing what it hands out."""
        self._store = store
        self._studio = studio
        self.reading = Reading(store=store, studio=studio)
        """What pages show."""
        self.subjects = Subjects(store)
        """What words are about that name no picture."""
        self.askers = Askers(store, studio.standings)
        """Who asks."""
        self._answers = Answers(store=store, studio=studio, flow=flow, askers=self.askers, subjects=self.subjects)
        self.forms = Forms(studio, self.askers, self.subjects)
        """Forms to fill in, and what is offered while one types."""
        self.pictures = Pictures(store)
        """The bytes of what is on cards."""
        self._taking: set[asyncio.Task[Any] | None] = set()

    # ── asks ────────────────────────────────────────────────────────────────────────────────────────────────

    def check(self, ask: Ask) -> Card | None:
        """A refusal when the ask's options cannot be, else None. Without any waiting, so it may precede the
        acknowledgement: a private answer can then be given where the platform fixes privacy with it."""
        try:
            self._options(ask)
        except Trouble as trouble:
            return refusal(trouble)
        return None

    async def take(self, ask: Ask, noted: Callable[[], None] = lambda: None) -> Card | None:
        """Answers an ask and shows the answer at its address through the platform's courier. `noted` is called when it
        is on record, or will not be, for platforms that deliver again what is not acknowledged.

        Never raises what a member could cause: troubles become private cards. None: this event was answered before.
        """
        with self._busy(noted):
            return await self._take(ask, noted)

    async def use(self, permit: Permit, values: Mapping[str, Any], noted: Callable[[], None] = lambda: None) -> Card:
        """Asks what a permit permits, and shows the answer where the permit was asked for. `noted` is called when it is
        on record, or will not be.

        Raises:
            LinkUsed: It was used before; nothing is done again.
            Trouble: It cannot be taken; whoever uses the permit is to be told, and may use it still.
        """
        ask = permit.ask.evolve(values=values)
        with (
            self._busy(noted),
            structlog.contextvars.bound_contextvars(platform=ask.place.platform, action=ask.action, permit=permit.id),
        ):
            try:
                return await self._answers.give(*self._options(ask), noted)
            except Repeated as problem:
                raise LinkUsed from problem

    async def go_ahead(self, countdown: Countdown) -> None:
        """Carries out what a note asks for whose member has let its moment pass, and shows what comes of it on the
        note's card."""
        ask = countdown.ask.evolve(action="generate", values={}, target=countdown.note, event=f"due:{countdown.note}")
        with (
            self._busy(lambda: None),
            structlog.contextvars.bound_contextvars(platform=ask.place.platform, note=countdown.note),
        ):
            try:
                await self._answers.give(*self._options(ask), lambda: None)
            except Repeated:
                log.info("went ahead before")
            except (AgainstRules, OverBudget) as trouble:
                await self._answers.tell_alone(ask.address, refusal(trouble))
            except Trouble as trouble:
                await self._studio.board.replace(ask.address, refusal(trouble).evolve(private=False))

    async def tell(self, ask: Ask) -> Card:
        """What an action answers that costs nothing, without showing it anywhere; troubles are cards too. For pages
        that are asked and answered at once; what all of a channel are to be told is `take`'s."""
        try:
            action, options, ask = self._options(ask)
            assert not action.costs
            member = await self._store.people.member(ask.place, ask.person)
            return await action.run(Asked(ask=ask, member=member, options=options), self._studio)
        except Trouble as trouble:
            return refusal(trouble)

    @contextmanager
    def _busy(self, noted: Callable[[], None]) -> Iterator[None]:
        task = asyncio.current_task()
        self._taking.add(task)
        try:
            yield
        finally:
            noted()
            self._taking.discard(task)

    async def _take(self, ask: Ask, noted: Callable[[], None]) -> Card | None:
        ask = ask.evolve(event=f"{ask.place.platform}:{ask.event}")
        with structlog.contextvars.bound_contextvars(platform=ask.place.platform, action=ask.action):
            try:
                action, options, ask = self._options(await self.askers.of_card(ask))
                return await self._answers.give(action, options, ask, noted)
            except Repeated:
                log.info("answered before", asked=ask.event)
                return None
            except LetPass:
                log.info("let pass", asked=ask.event)
                return None
            except Trouble as trouble:
                log.info("refused", why=type(trouble).__name__)
                return await self._answers.refuse(ask, trouble)

    def _options(self, ask: Ask) -> tuple[Action, Options, Ask]:
        """What is asked for, its options checked; where a voice note is among them, it is heard first."""
        action = self.table.get(ask.action)
        if action is None:
            raise Refusal(why="That button is from another time; /help shows what there is.")
        subject = {
            each.name: ask.target for each in action.parameters if each.subject and not each.is_file and ask.target
        }
        options = action.options.read({**subject, **ask.values})
        if (note := spoken(ask, options)) is not None:
            return self._options(note)
        return action, options, ask

    async def greet(self, place: Place) -> bool:
        """Says in a place that it has come into where it listens and what to do, once; False: it may not say anything
        there, which is no reason to try again."""
        team = await self._store.people.team(place)
        if not await self._store.once.first(f"{team}:greeted:{place.path}"):
            return True
        listens = await self._studio.listening.says(team, place)
        try:
            await self._studio.board.show(Address(place=place, elsewhere=False), greeting(listens))
        except PlatformTrouble as trouble:
            log.info("nobody could be greeted", why=trouble.sentence)
            return False
        return True

    # ── what is there ────────────────────────────────────────────────────────────────────────────────────────────

    async def cards(self, place: Place, *, limit: int = 30) -> tuple[tuple[Address, Card], ...]:
        """The newest cards shown in a place, oldest first, as they stand now: a page's history."""
        return await self._store.cards.newest(place, limit=limit)

    async def newest(self, place: Place, *, person: Person, limit: int = 24) -> tuple[Picture, ...]:
        """The newest pictures of the team's library."""
        member = await self._store.people.member(place, person)
        return tuple(picture_of(each) for each in await self._studio.works.newest(member, limit=limit))

    async def asset(self, id: str, *, place: Place, person: Person) -> Picture:
        """One picture of the team's library.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        member = await self._store.people.member(place, person)
        return picture_of(await self._studio.works.asset(id, member))

    @property
    def publishing(self) -> Publishing:
        """What public links lead to."""
        return self._studio.publishing

    @property
    def entrance(self) -> Entrance:
        """Sessions of members on the web page."""
        return self._studio.entrance

    @property
    def provenance(self) -> Provenance:
        """Whether files carry content credentials, and the sentence that says so."""
        return self._studio.provenance

    @property
    def permits(self) -> Permits:
        """What signed links permit."""
        return self._studio.permits

    @property
    def archives(self) -> Archives:
        """Collections to be downloaded."""
        return self._studio.archives

    def courier(self, platform: str) -> Courier:
        """The courier of a platform."""
        return self._studio.courier(platform)

    @property
    def sketches(self) -> bool:
        """Whether pictures come from the offline sketcher."""
        return self._studio.desk.sketches

    @property
    def hears(self) -> bool:
        """Whether voice notes of one's own can be heard."""
        return self._studio.desk.hears

    async def rest(self, seconds: float) -> None:
        """Lets the asks that are being taken be answered, for so long."""
        if taking := {task for task in self._taking if task is not None and task is not asyncio.current_task()}:
            _, late = await asyncio.wait(taking, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    @property
    def health(self) -> Health:
        """Whether it can take something on, and why not."""
        return self._store.health

    @property
    def shared(self) -> bool:
        """Whether other processes show cards too."""
        return self._store.shared

    async def note(self, address: Address, card: Card) -> None:
        """Keeps a card that passes (progress) as it stands, for another process to show."""
        await self._store.cards.put(address, card)

    async def serve(self, platforms: Iterable[Platform]) -> None:
        """Listens on these platforms until cancelled.

        Raises:
            WorkerInUse: Another process took this one's id while the database was away.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._store.presence.keep(), name="presence")
            for platform in platforms:
                tasks.create_task(platform.serve(self, self.courier(platform.name)), name=platform.name)


def greeting(listens: str) -> Card:
    """What Limner says when it comes into a place."""
    return Card(
        lines=(
            Line(role=Role.TITLE, text="Limner is here: say what you see, and it is painted here."),
            Line(text="Type /imagine a red fox in snow; answer a picture with words to change it."),
            Line(text=listens),
            Line(role=Role.NOTE, text="/help shows what there is. Admins choose by /voice set where I listen."),
        )
    )
