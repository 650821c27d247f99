"""The front door: one Limner, with its studio, its couriers and its durable flow. Adapters know this and no more."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from importlib.metadata import entry_points
from pathlib import Path

import structlog

from limner import actions
from limner.config import Settings
from limner.domain.action import Action
from limner.domain.ask import Ask, Asked
from limner.domain.card import Card, Form, Line, Picture, Role, State
from limner.domain.courier import Courier, Platform
from limner.domain.options import Options
from limner.domain.place import Address, Person, Place
from limner.domain.request import Job
from limner.domain.text import one_line, shorten
from limner.errors import Refusal, Trouble, Undeliverable
from limner.jobs.easel import Easel
from limner.jobs.flow import Flow
from limner.media.preview import preview
from limner.models import Purpose
from limner.models.catalogue import Catalogue
from limner.models.roster import Roster
from limner.rules import styles
from limner.store import Store
from limner.studio import Repeated, Studio
from limner.studio.cards import picture_of
from limner.studio.hands import Hands

log = structlog.get_logger(__name__)

COMPLETIONS = 25
"""The most names offered while typing; Discord's limit."""
GRACE_SECONDS = 20.0
QUIET_PACE = 5.0
"""Seconds between two tellings where nobody can be told."""


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

    # ── asks ────────────────────────────────────────────────────────────────────────────────────────────────

    def check(self, ask: Ask) -> Card | None:
        """A refusal when the ask's options cannot be, else None. Without any waiting, so it may precede the
        acknowledgement: a private answer can then be given where the platform fixes privacy with it."""
        try:
            self._options(ask)
        except Trouble as trouble:
            return refusal(trouble)
        return None

    async def take(self, ask: Ask) -> Card | None:
        """Answers an ask and shows the answer at its address through the platform's courier.

        Never raises what a member could cause: troubles become private cards. None: this event was answered before.
        """
        ask = ask.evolve(event=f"{ask.place.platform}:{ask.event}")
        with structlog.contextvars.bound_contextvars(platform=ask.place.platform, action=ask.action):
            try:
                action, options = self._options(ask)
                return await self._answer(action, options, ask)
            except Repeated:
                log.info("answered before", asked=ask.event)
                return None
            except Trouble as trouble:
                log.info("refused", why=type(trouble).__name__)
                return await self._refuse(ask.address, trouble)

    def _options(self, ask: Ask) -> tuple[Action, Options]:
        action = self.table.get(ask.action)
        if action is None:
            raise Refusal(why="That button is from another time; /help shows what there is.")
        return action, action.options.read(ask.values)

    async def _answer(self, action: Action, options: Options, ask: Ask) -> Card | None:
        member = await self._store.people.member(ask.place, ask.person)
        if not action.costs and not await self._store.once.first(f"{member.team}:{ask.event}"):
            raise Repeated
        ask = ask.evolve(target=ask.target or await self._answered(ask))
        if action.meanwhile is None:
            return await self._show(
                ask.address, await action.run(Asked(ask=ask, member=member, options=options), self._studio)
            )
        waiting = Card(state=State.WAITING, lines=(Line(text=action.meanwhile),))
        ask = ask.evolve(address=await self._studio.board.show(ask.address, waiting))
        try:
            card = await action.run(Asked(ask=ask, member=member, options=options), self._studio)
        except Trouble as trouble:
            # The waiting card is public already: it gives way to the reason.
            return await self._show(ask.address, refusal(trouble).evolve(private=False))
        return await self._show(ask.address, card)

    async def _answered(self, ask: Ask) -> str | None:
        """The job whose card this ask replies to."""
        if ask.answers is None:
            return None
        place = ask.place
        card = await self._store.cards.at(
            platform=place.platform, space=place.space, channel=place.channel, message=ask.answers
        )
        return card.job if card else None

    async def _show(self, address: Address, card: Card) -> Card:
        shown = await self._studio.board.show(address, card)
        if card.job and card.state is State.WAITING:
            await self._begin(card.job, shown)
        return card

    async def _begin(self, id: str, shown: Address) -> None:
        """The card is there: the work may begin."""
        job = await self._store.jobs.get(id)
        if job is None or job.queued:
            return
        await self._store.jobs.change(id, address=shown, queued=True)
        await self._flow.submit(id)

    async def _refuse(self, address: Address, trouble: Trouble) -> Card:
        card = refusal(trouble)
        try:
            await self._studio.board.show(address, card)
        except Undeliverable as unreachable:
            log.warning("a refusal could not be shown", why=unreachable.sentence)
        return card

    # ── forms and completions ───────────────────────────────────────────────────────────────────────────────

    async def form(self, action: str, *, person: Person, place: Place, target: str | None = None) -> Form:
        """The form of an action, filled in from its target (a job, an asset, a note).

        Raises:
            NotFound: The target is not there, or not this team's.
        """
        declared = self.table[action]
        values: dict[str, str] = {}
        if declared.fill and target:
            member = await self._store.people.member(place, person)
            values = await declared.fill(target, member, self._studio)
        return Form(
            action=action,
            target=target,
            title=shorten(declared.help.rstrip("."), 45),
            submit="Paint" if declared.costs else "Go",
            fields=declared.parameters,
            values=values,
        )

    async def complete(self, source: str, typed: str, *, person: Person, place: Place) -> tuple[str, ...]:
        """At most 25 names that begin with or contain what is typed. `source`: see `Parameter.completes`."""
        said = one_line(typed).lower()
        match source:
            case "styles":
                names = list(styles.ready())
            case "models":
                names = [each.name for each in self._studio.desk.roster.alive(Purpose.PAINT) if each.name != "sketch"]
            case "assets":
                member = await self._store.people.member(place, person)
                names = [each.id for each in await self._studio.newest(member, limit=100)]
            case _:
                names = []
        near = [each for each in names if said in each.lower()]
        return tuple(sorted(near, key=lambda each: not each.lower().startswith(said))[:COMPLETIONS])

    # ── pictures ────────────────────────────────────────────────────────────────────────────────────────────

    async def read(self, picture: Picture) -> bytes:
        """The bytes of a picture on a card, as they were made."""
        return await self._store.blobs.read(picture.blob)

    async def preview(
        self, picture: Picture, *, longest: int, limit: int | None = None, formats: tuple[str, ...] = ("image/jpeg",)
    ) -> tuple[bytes, str]:
        """The picture made small: at most `longest` pixels either way and `limit` bytes, in the first of these formats
        that keeps its transparency. Gives bytes and media type."""
        source = self._store.blobs.local_path(picture.blob) or await self._store.blobs.read(picture.blob)
        return await preview(source, longest=longest, limit=limit, formats=formats)

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

    async def serve(self, platforms: Iterable[Platform]) -> None:
        """Listens on these platforms until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for platform in platforms:
                tasks.create_task(platform.serve(self, self.courier(platform.name)), name=platform.name)


def refusal(trouble: Trouble) -> Card:
    """A trouble as its one kind sentence, for the asking member's eyes."""
    return Card(state=State.REFUSED, lines=(Line(role=Role.WARNING, text=trouble.sentence),), private=True)


def installed_platforms() -> tuple[Platform, ...]:
    """Every platform that is installed, by entry point."""
    return tuple(each.load() for each in entry_points(group="limner.platforms"))


@asynccontextmanager
async def open_limner(
    settings: Settings,
    *,
    platforms: Iterable[Platform] = (),
    couriers: Iterable[Courier] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    grace: float = GRACE_SECONDS,
) -> AsyncIterator[Limner]:
    """A Limner on its data directory, with the couriers of these platforms; what was under way is taken up again.

    Closing it waits up to `grace` seconds for jobs under way; a call that is cut off then stays possibly charged.

    Raises:
        DataInUse: Another process has the directory.
        ConfigError: A part of the configuration cannot be.
    """
    store = await Store.open(settings.data)
    catalogue = Catalogue.load(settings.image.catalogue)
    roster = Roster(catalogue, own_endpoint=settings.openai.base_url is not None, today=lambda: _today(now))
    hands = Hands(settings, roster)
    reach: dict[str, Courier] = {each.platform: each for each in couriers}
    secret = _secret(settings.data.directory)
    spool = _empty(settings.data.directory / "spool")

    def courier(platform: str) -> Courier:
        if platform not in reach:
            raise Undeliverable(where=platform)
        return reach[platform]

    studio = Studio(
        settings=settings,
        table=actions.table(),
        store=store,
        roster=roster,
        hands=hands,
        courier=courier,
        secret=secret,
        spool=spool,
        now=now,
    )
    easel = Easel(
        store=store,
        engine=hands.engine,
        roster=roster,
        folder=settings.data.directory / "easel",
        show=studio.board.tell,
        pace=lambda job: _pace(reach, job),
        sign=studio.sign,
        words=studio.desk.words,
    )
    flow = Flow(
        directory=settings.data.directory,
        steps=(("paint", easel.paint), ("settle", easel.settle), ("deliver", studio.board.deliver)),
        broken=lambda id, problem: _broken(easel, studio, id, problem),
        concurrency=settings.openai.concurrency,
    )
    limner = Limner(settings=settings, store=store, studio=studio, flow=flow, spool=spool, secret=secret)
    try:
        for platform in platforms:
            reach[platform.name] = await platform.open(limner)
        flow.start()
        left = await store.jobs.unfinished()  # before anybody asks for more
        resuming = asyncio.create_task(_resume(left, store, flow))
        yield limner
        resuming.cancel()
    finally:
        await flow.stop(seconds=grace)
        for each in reach.values():
            await each.close()
        await hands.close()
        await store.close()


def _today(now: Callable[[], datetime]) -> date:
    return now().date()


def _pace(reach: dict[str, Courier], job: Job) -> float:
    courier = reach.get(job.place.platform)
    return courier.pace if courier else QUIET_PACE


async def _resume(left: tuple[Job, ...], store: Store, flow: Flow) -> None:
    """Takes up the jobs that an earlier process left, and removes what it left lying about."""
    for job in left:
        await flow.submit(job.id)
    await store.sweep()


async def _broken(easel: Easel, studio: Studio, id: str, problem: Exception) -> None:
    await easel.broken(id, problem)
    await studio.board.deliver(id)


def _secret(directory: Path) -> bytes:
    """This installation's key: made once, readable by its owner alone."""
    file = directory / "secret.key"
    try:
        return file.read_bytes()
    except FileNotFoundError:
        made = secrets.token_bytes(32)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(made)
        return made


def _empty(folder: Path) -> Path:
    """The spool, without what an earlier run left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
