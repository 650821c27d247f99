"""The front door: one Limner, with its studio, its couriers and its durable flow. Adapters know this and no more."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from limner.config import Settings
from limner.domain.action import Action, On, Reply
from limner.domain.ask import Ask, Asked, Pointed
from limner.domain.card import Card, Controls, File, Form, Line, Picture, Role, State, says
from limner.domain.courier import Courier, Platform
from limner.domain.options import Options
from limner.domain.permit import Permit
from limner.domain.place import Address, Member, Person, Place
from limner.domain.spoken import spoken
from limner.domain.text import one_line, shorten
from limner.errors import (
    AgainstRules,
    LinkUsed,
    NotFound,
    NothingToChange,
    OverBudget,
    PlatformTrouble,
    Refusal,
    StoreTrouble,
    Trouble,
    Undeliverable,
)
from limner.jobs.flow import Flow
from limner.media.preview import preview
from limner.models import Purpose
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

log = structlog.get_logger(__name__)

DOUBLE_CLICK = timedelta(seconds=2)
TOLD_ALONE = "I have answered this in private."
NOTING = (0.1, 0.2, 0.4)
"""Seconds to wait for a card that a quick member replies to already."""
LANDING = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds to wait until the newest picture of a thread is on record that a quick member sees already."""
THREAD = 20
"""Cards of a thread that are looked through for its newest picture."""
PICTURED = frozenset({On.JOB, On.PICTURE, On.DRAFT})
"""What buttons stand on whose target is a job or one of its pictures."""
THUMBS = ("image/webp", "image/png")
"""The formats of the page's previews."""
COMPLETIONS = 25
"""The most names offered while typing; Discord's limit."""


class Limner:
    """What a platform talks to."""

    def __init__(
        self, *, settings: Settings, store: Store, studio: Studio, flow: Flow, spool: Path, secret: bytes
    ) -> None:
        self.settings = settings
        self.table = studio.table
        self.spool = spool
        """A folder for files on their way in, such as uploads; each is removed by whoever put it there."""
        self.secret = secret
        """This installation's own key, for signing what it hands out."""
        self._store = store
        self._studio = studio
        self._flow = flow
        self.reading = Reading(store=store, studio=studio)
        """What pages show."""
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
                card = await self._answer(*self._options(ask), noted)
            except Repeated as problem:
                raise LinkUsed from problem
            assert card is not None
            return card

    async def go_ahead(self, countdown: Countdown) -> None:
        """Carries out what a note asks for whose member has let its moment pass, and shows what comes of it on the
        note's card."""
        ask = countdown.ask.evolve(action="generate", values={}, target=countdown.note, event=f"due:{countdown.note}")
        with (
            self._busy(lambda: None),
            structlog.contextvars.bound_contextvars(platform=ask.place.platform, note=countdown.note),
        ):
            try:
                await self._answer(*self._options(ask), lambda: None)
            except Repeated:
                log.info("went ahead before")
            except (AgainstRules, OverBudget) as trouble:
                await self._tell_alone(ask.address, refusal(trouble))
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
                action, options, ask = self._options(ask)
                return await self._answer(action, options, ask, noted)
            except Repeated:
                log.info("answered before", asked=ask.event)
                return None
            except LetPass:
                log.info("let pass", asked=ask.event)
                return None
            except Trouble as trouble:
                log.info("refused", why=type(trouble).__name__)
                return await self._refuse(ask, trouble)

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

    async def _answer(self, action: Action, options: Options, ask: Ask, noted: Callable[[], None]) -> Card | None:
        if action.costs or action.meanwhile is not None:
            self._store.health.check()
        member = await self._store.people.member(ask.place, ask.person)
        # What paints at once is told apart by its job, so that a crash before the job is on record loses nothing.
        paints_at_once = action.costs and action.meanwhile is None
        if not paints_at_once and not await self._store.once.first(f"{member.team}:{ask.event}"):
            raise Repeated
        if ask.pressed is not None and (action.costs or action.once):
            await self._once_pressed(ask, member)
        if not paints_at_once:
            noted()
        if ask.target is None and (answered := await self._answered(ask, action)) is not None:
            ask = ask.evolve(target=answered)
        if action.meanwhile is None:
            asked = Asked(ask=ask, member=member, options=options, noted=noted)
            return await self._show(ask.address, await action.run(asked, self._studio))
        if action.before is not None:
            await action.before(Asked(ask=ask, member=member, options=options), self._studio)
        private = action.reply is Reply.PRIVATE
        ask = ask.evolve(address=await self._studio.board.at_work(ask.address, action.meanwhile, private=private))
        try:
            card = await action.run(Asked(ask=ask, member=member, options=options), self._studio)
        except (Repeated, LetPass):
            raise
        except Exception as problem:  # the waiting card is there for all to see: it gives way to the reason
            ref = uuid.uuid4().hex[:8]
            if not isinstance(problem, Trouble):
                log.exception("an action broke", ref=ref)
            trouble = problem if isinstance(problem, Trouble) else Trouble(ref=ref)
            told = await self._aloud(ask, refusal(trouble))
            if isinstance(trouble, AgainstRules | OverBudget):
                return await self._tell_alone(ask.address, told)
            return await self._show(ask.address, told.evolve(private=private))
        return await self._show(ask.address, card)

    async def _tell_alone(self, waiting: Address, card: Card) -> Card:
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

    async def _answered(self, ask: Ask, action: Action) -> str | None:
        """The picture or job that an ask is about: of the card that it replies to, or else of the thread that it is
        said in."""
        if ask.answers is not None:
            return _subject(await self._card_replied_to(ask.place, ask.answers))
        if ask.place.thread is None:
            return None
        return await self._subject_of_thread(ask.place, pictured=action.costs or action.meanwhile is not None)

    async def _subject_of_thread(self, place: Place, *, pictured: bool) -> str | None:
        """Of a thread's cards the newest one is meant (that shows pictures), else the one that the thread hangs on.
        Where threads are channels, one that hangs on no card of ours is a channel like others."""
        root = await self._card_at(place, place.thread or "")
        if root is None and place.parent is not None:
            return None
        for pause in LANDING:
            if not await self._store.queue.landing(place.path, place.thread or ""):
                break
            await asyncio.sleep(pause)
        for _, card in reversed(await self._store.cards.newest(place, limit=THREAD)):
            if (card.pictures or not pictured) and (subject := _subject(card)):
                return subject
        return _subject(root)

    async def _card_replied_to(self, place: Place, message: str) -> Card | None:
        """The card of a message; one that was shown a moment ago is kept a moment later."""
        for pause in NOTING:
            if (card := await self._card_at(place, message)) is not None:
                return card
            await asyncio.sleep(pause)
        return await self._card_at(place, message)

    async def _card_at(self, place: Place, message: str) -> Card | None:
        return await self._store.cards.at(
            platform=place.platform, space=place.space, channel=place.of(message), message=message
        )

    async def answerable(self, place: Place, message: str) -> bool:
        """Whether a message is the card of a job: what is said in answer to it is said to Limner."""
        card = await self._card_replied_to(place, message)
        return card is not None and card.job is not None

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

    async def _refuse(self, ask: Ask, trouble: Trouble) -> Card:
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

    async def greet(self, place: Place) -> bool:
        """Says in a place that it has come into where it listens and what to do, once; False: it may not say anything
        there, which is no reason to try again."""
        team = await self._store.people.team(place)
        if not await self._store.once.first(f"{team}:greeted:{place.path}"):
            return True
        listens = await self._studio.listens(team, place)
        try:
            await self._studio.board.show(Address(place=place, elsewhere=False), greeting(listens))
        except PlatformTrouble as trouble:
            log.info("nobody could be greeted", why=trouble.sentence)
            return False
        return True

    # ── forms and completions ───────────────────────────────────────────────────────────────────────────────

    async def form(
        self, action: str, *, person: Person, place: Place, target: str | None = None, of: Pointed | None = None
    ) -> Form:
        """The form of an action, filled in from its target (a job, an asset, a note), or from the message that it is
        asked for `of`: the picture of a card, else those attached.

        Raises:
            NotFound: The target is not there, or not this team's.
            NotReady: The picture is still being painted.
            NothingToChange: There is no picture on the message.
        """
        declared = self.table[action]
        member = await self._store.people.member(place, person)
        if of is not None:
            target = await self._pointed_at(of, member, place)
        values: dict[str, str] = {}
        if declared.fill and target:
            values = await declared.fill(target, member, self._studio)
        elif declared.on in PICTURED and target:
            await self._studio.job(target, member)
        return Form(
            action=action,
            target=target,
            title=shorten(declared.help.rstrip("."), 45),
            submit="Paint" if declared.costs else "Go",
            fields=declared.form_of(target),
            values=values,
        )

    async def _pointed_at(self, of: Pointed, member: Member, place: Place) -> str:
        """The picture or job of a card, else an id by which the attached pictures are held."""
        subject = _subject(await self._card_at(place, of.message))
        if subject is not None:
            await self._studio.done(subject, member)
            return subject
        if not of.pictures:
            raise NothingToChange
        return await self._studio.hold(of.pictures, member)

    async def complete(self, source: str, typed: str, *, person: Person, place: Place) -> tuple[str, ...]:
        """At most 25 names that begin with or contain what is typed. `source`: see `Parameter.completes`."""
        said = one_line(typed).lower()
        match source:
            case "styles":
                member = await self._store.people.member(place, person)
                names = [each.name for each in await self._studio.styles.of(member)]
            case "models":
                names = [each.name for each in self._studio.desk.roster.alive(Purpose.PAINT) if each.name != "sketch"]
            case "engines":
                names = list(self._studio.desk.engines)
            case "assets":
                member = await self._store.people.member(place, person)
                names = [each.id for each in await self._studio.newest(member, limit=100)]
            case "collections":
                member = await self._store.people.member(place, person)
                names = [each.name for each, _ in await self._studio.collecting.of(member)]
            case "tags":
                member = await self._store.people.member(place, person)
                names = list(await self._studio.collecting.tags_of(member))
            case "places":
                member = await self._store.people.member(place, person)
                names = list(await self._studio.sharing.offered(member, place))
            case "members":
                member = await self._store.people.member(place, person)
                names = ["me", *(each.name for each in await self._studio.members(member))]
            case _:
                names = []
        near = [each for each in names if said in each.lower()]
        return tuple(sorted(near, key=lambda each: not each.lower().startswith(said))[:COMPLETIONS])

    # ── pictures ────────────────────────────────────────────────────────────────────────────────────────────

    async def read(self, file: File) -> bytes:
        """The bytes of a picture or a sound on a card, as they were made."""
        return await self._store.blobs.read(file.blob)

    async def there(self, picture: File) -> bool:
        """Whether the bytes of a picture on a card are still there: they go with whatever they show."""
        return await self._store.blobs.exists(picture.blob)

    async def preview(
        self, picture: File, *, longest: int, limit: int | None = None, formats: tuple[str, ...] = ("image/jpeg",)
    ) -> tuple[bytes, str]:
        """The picture made small: at most `longest` pixels either way and `limit` bytes, in the first of these formats
        that keeps its transparency. Gives bytes and media type."""
        source = self._store.blobs.local_path(picture.blob) or await self._store.blobs.read(picture.blob)
        try:
            return await preview(source, longest=longest, limit=limit, formats=formats)
        except FileNotFoundError as gone:  # deleted a moment ago, as pictures are that were still forming
            raise NotFound(what=picture.name) from gone

    async def thumb(self, file: File, longest: int) -> tuple[bytes, str]:
        """The picture made small for the page, as WebP where that can be; made once, and kept as long as it is."""
        return await self._store.previews.of(
            file.blob, longest, lambda: self.preview(file, longest=longest, formats=THUMBS)
        )

    async def cards(self, place: Place, *, limit: int = 30) -> tuple[tuple[Address, Card], ...]:
        """The newest cards shown in a place, oldest first, as they stand now: a page's history."""
        return await self._store.cards.newest(place, limit=limit)

    async def newest(self, place: Place, *, person: Person, limit: int = 24) -> tuple[Picture, ...]:
        """The newest pictures of the team's library."""
        member = await self._store.people.member(place, person)
        return tuple(picture_of(each) for each in await self._studio.newest(member, limit=limit))

    async def asset(self, id: str, *, place: Place, person: Person) -> Picture:
        """One picture of the team's library.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        member = await self._store.people.member(place, person)
        return picture_of(await self._studio.asset(id, member))

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


def _subject(card: Card | None) -> str | None:
    """What words that answer a card are about: its one picture, else its job."""
    if card is None:
        return None
    shown = [each.asset for each in card.pictures if each.asset]
    return shown[0] if card.job is not None and len(shown) == 1 else card.job


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


def refusal(trouble: Trouble) -> Card:
    """A trouble as its one kind sentence, for the asking member's eyes."""
    return Card(
        state=State.REFUSED,
        lines=(Line(role=Role.WARNING, text=trouble.sentence),),
        controls=(Controls(buttons=trouble.ways),) if trouble.ways else (),
        private=True,
    )
