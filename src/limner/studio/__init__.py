"""The studio: what actions stand on. It accepts and finds; its parts price, hear and show. It knows no platform."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog

from limner.config import Settings
from limner.domain.action import Table
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.courier import Courier
from limner.domain.money import spell
from limner.domain.options import PROMPT_LIMIT, Options
from limner.domain.place import Attachment, Member, Person, Place
from limner.domain.request import Asset, Job, JobState, Priority, Request
from limner.domain.text import one_line
from limner.engines import LANES, SKETCH
from limner.errors import NotFound, NotReady, OverBudget, PromptTooLong, Undeliverable
from limner.models.roster import Roster
from limner.rules.abilities import fit
from limner.store import Store
from limner.store.attempts import Attempt
from limner.store.audit import Decision
from limner.store.holds import Hold
from limner.store.jobs import Ended
from limner.store.lanes import Limits
from limner.studio.accounts import Accounts
from limner.studio.alts import AltTexts
from limner.studio.answering import Answering
from limner.studio.approving import Approving
from limner.studio.archives import Archives
from limner.studio.board import Board
from limner.studio.budgets import Budgets
from limner.studio.calling import Calling
from limner.studio.cards import job_card
from limner.studio.choosing import Choosing
from limner.studio.collecting import Collecting
from limner.studio.contacts import Contacts
from limner.studio.counting import Counting
from limner.studio.describing import Describing
from limner.studio.desk import Desk
from limner.studio.drafts import Drafts
from limner.studio.enlarging import Enlarging
from limner.studio.entrance import Entrance
from limner.studio.finder import Finder
from limner.studio.forgetting import Forgetting
from limner.studio.hands import Hands
from limner.studio.hearing import Hearing, Repeated
from limner.studio.intake import Intake
from limner.studio.line import Line
from limner.studio.listening import LetPass, Listening
from limner.studio.offers import Offers
from limner.studio.permits import Permits
from limner.studio.provenance import Provenance
from limner.studio.publishing import Publishing
from limner.studio.reading_aloud import ReadingAloud
from limner.studio.recalling import Recalling
from limner.studio.recent import Recent
from limner.studio.screening import Screenings
from limner.studio.sharing import Sharing
from limner.studio.shelf import Shelf
from limner.studio.standings import Standings
from limner.studio.styles import Styles
from limner.studio.uniting import Uniting
from limner.studio.usher import Usher
from limner.studio.warden import Warden

__all__ = ["LetPass", "Repeated", "Studio"]

log = structlog.get_logger(__name__)

OFFLINE = "Offline sketch: drawn on this machine, free of charge. With an OpenAI key, GPT Image paints."


class Studio:
    """One house: its library, its hands, its rules."""

    def __init__(
        self,
        *,
        settings: Settings,
        table: Table,
        store: Store,
        roster: Roster,
        hands: Hands,
        courier: Callable[[str], Courier],
        secret: bytes,
        spool: Path,
        worker: str,
        lanes: Mapping[str, Limits],
        pace: Callable[[str], float],
        stop: Callable[[str], None],
        deliver: Callable[[Job], Awaitable[None]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`lanes`: what the host allows where it is painted. `pace`: seconds between two edits of one card on a
        platform. `stop` stops a job by its id, if this process is painting it; `deliver` shows the card of a job that
        is this worker's and at its end."""
        self.settings = settings
        self.table = table
        self._store = store
        self._secret = secret
        self._worker = worker
        self._now = now
        self.courier = courier
        self.enlarging = Enlarging(store=store, spool=spool)
        self.intake = Intake(store=store, courier=courier, spool=spool)
        self.desk = Desk(settings=settings, roster=roster, hands=hands, today=lambda: now().date())
        self.permits = Permits(
            store=store, web=settings.web, secret=secret, card_of=lambda job: self.board.card_of(job), now=now
        )
        self.budgets = Budgets(store=store, host=settings.budget, now=now)
        self.offers = Offers(store=store, desk=self.desk)
        self.accounts = Accounts(store=store, budgets=self.budgets, now=now)
        self.board = Board(
            store=store,
            table=table,
            desk=self.desk,
            budgets=self.budgets,
            page=self.permits.page,
            courier=courier,
            described=lambda job: self.alts.written(job),
            finished=lambda job, address: self.answering.finished(job, address),
            spool=spool,
            worker=worker,
            now=now,
        )
        self.warden = Warden(
            settings=settings.moderation,
            store=store,
            desk=self.desk,
            screenings=Screenings(
                settings=settings.moderation, store=store, moderator=hands.moderator, secret=secret, spool=spool
            ),
        )
        self.choosing = Choosing(store=store, desk=self.desk, warden=self.warden)
        self.uniting = Uniting(store=store, warden=self.warden, now=now)
        self.standings = Standings(store=store, warden=self.warden, courier=courier)
        self.entrance = Entrance(
            store=store, warden=self.warden, standings=self.standings, page=self.permits.page, now=now
        )
        self.provenance = Provenance(store=store)
        self.publishing = Publishing(store=store, warden=self.warden, page=self.permits.page, now=now)
        self.styles = Styles(store=store, warden=self.warden, spool=spool)
        self.archives = Archives(store=store, page=self.permits.page, now=now)
        self.collecting = Collecting(store=store, warden=self.warden)
        self.approving = Approving(store=store, board=self.board, warden=self.warden, now=now)
        self.finder = Finder(store=store, desk=self.desk, budgets=self.budgets, now=now)
        self.contacts = Contacts(store=store, finder=self.finder, spool=spool)
        self.shelf = Shelf(finder=self.finder, board=self.board)
        self.forgetting = Forgetting(store=store, board=self.board, keep_days=settings.data.keep_days, now=now)
        self.sharing = Sharing(store=store, board=self.board, courier=courier)
        self.drafts = Drafts(store=store, board=self.board, courier=courier, deliver=deliver, worker=worker)
        self.usher = Usher(store=store, board=self.board, lanes=lanes, pace=pace, now=now)
        self.line = Line(store=store, board=self.board, usher=self.usher, stop=stop, now=now)
        calling = Calling(store=store, desk=self.desk, budgets=self.budgets, worker=worker)
        self.describing = Describing(
            store=store, desk=self.desk, calling=calling, eye=hands.eye, sign=self.sign, now=now
        )
        self.alts = AltTexts(
            store=store,
            wanted=settings.image.alt_text,
            able=lambda: self.desk.sees,
            look=self.describing.see,
        )
        self.listening = Listening(settings=settings.voice, store=store, desk=self.desk, warden=self.warden)
        self.aloud = ReadingAloud(
            store=store,
            desk=self.desk,
            calling=calling,
            courier=courier,
            mouth=hands.mouth,
            voice=settings.voice.voice,
            spool=spool,
            sign=self.sign,
            now=now,
        )
        self.answering = Answering(store=store, board=self.board, aloud=self.aloud, able=self._can_answer)
        self.recent = Recent(store=store)
        self.counting = Counting(store=store, board=self.board, seconds=settings.voice.wait_seconds)
        self.hearing = Hearing(
            settings=settings,
            store=store,
            table=table,
            desk=self.desk,
            calling=calling,
            ear=hands.ear,
            intake=self.intake,
            listening=self.listening,
            styles=self.styles,
            recalling=Recalling(settings=settings.voice, store=store, recent=self.recent),
            spool=spool,
            answered=self.answered,
            sign=self.sign,
            now=now,
        )

    async def paint(self, asked: Asked[Options], request: Request, *, ends: str | None = None) -> Card:
        """Accepts a request: checked, priced, its money reserved, on record. Gives the card to show meanwhile. `ends`:
        the voice note that asks for it.

        Raises:
            Refusal: It cannot be taken; nothing was charged.
            Repeated: This event's job is there already, or the note had its word.
        """
        await self.desk.ready()
        request = await self.drafts.kept(request, asked.member)
        request = await self.styles.dress(request, asked.member, asked.place)
        request = await self.choosing.settle(request, asked.member, asked.place)
        self.desk.check_engine(request.engine)
        model, note = self.desk.painter(request.model, request.engine)
        fitted = fit(request, model)
        request = await self._numbered(request, asked.member)
        beyond = len(self.desk.sent(request, fitted)) - PROMPT_LIMIT  # a style's words and Limner's own count too
        if beyond > 0:
            raise PromptTooLong(length=len(request.prompt), limit=len(request.prompt) - beyond)
        screened = await self.warden.admit(asked.member, asked.place, request, model)
        now = self._now()
        engine, stands_in = self.desk.engine(request, model, fitted)
        job = Job(
            id=await self._store.jobs.new_id(),
            team=asked.member.team,
            member=asked.member.id,
            member_name=asked.member.name,
            place=asked.place,
            address=asked.ask.address,
            event=asked.ask.event,
            request=request.evolve(count=fitted.count),
            model=model.name,
            engine=engine,
            lane=LANES[engine],
            width=fitted.width,
            height=fitted.height,
            notes=(
                *((OFFLINE,) if model.name == SKETCH else ()),
                *await self.news(note, asked.member),
                *((stands_in,) if stands_in else ()),
                *fitted.notes,
            ),
            estimate=self.desk.price(request, model, fitted),
            priority=Priority.LATER if request.later else Priority.NORMAL,
            created=now,
        )
        caps = await self.budgets.caps(asked.member, asked.place)
        try:
            decision = self.warden.accepted(asked.member, f"{model.title}, about {spell(job.estimate)}; {screened}")
            job, fresh = await self._store.jobs.accept(job, caps, worker=self._worker, decision=decision, ends=ends)
        except Ended as over:
            raise Repeated from over
        except OverBudget as trouble:
            await self.warden.refused(asked.member, trouble)
            raise await self.offers.beside(trouble, asked.member, request) from None
        asked.noted()
        if not fresh:
            raise Repeated
        log.info("accepted", job=job.id, model=job.model, estimate=job.estimate)
        return job_card(job, model=model.title, waits=await self.usher.says(job))

    async def _numbered(self, request: Request, member: Member) -> Request:
        """A request that knows which version it makes. Of what was deleted meanwhile it is the one that it was meant to
        be."""
        if request.version_of is None:
            return request
        try:
            before = await self.asset(request.version_of, member)
        except NotFound:
            return request
        about = before.about if request.prompt == before.prompt else before.words
        return request.evolve(
            version_of=before.id,
            version=before.version + 1,
            origin=before.origin or before.id,
            about=about if request.private or not before.private else None,
        )

    async def held(self, id: str, member: Member) -> Hold | None:
        """The pictures that this member pointed at, by the id under which they are held; None: it is another id.

        Raises:
            NotFound: They are not held any longer, or for somebody else.
        """
        return await self._store.holds.of(id, team=member.team, member=member.id)

    async def hold(self, pictures: tuple[Attachment, ...], member: Member) -> str:
        """Keeps hold of pictures that this member points at; gives the id to ask for them by."""
        return (await self._store.holds.add(team=member.team, member=member.id, pictures=pictures)).id

    async def person(self, id: str, place: Place) -> Member | None:
        """The member whom the place's platform knows by this id; None: they are not known here."""
        return await self._store.people.known(place, id)

    async def meet(self, person: Person, place: Place) -> Member:
        """The member that a person is in this place, before they have said a word."""
        return await self._store.people.member(place, person)

    async def members(self, member: Member) -> tuple[Member, ...]:
        """Everybody of the member's team."""
        return await self._store.people.of_team(member.team)

    async def names(self, member: Member) -> dict[str, str]:
        """What the team calls channels and roles, as far as its rules name them."""
        return (await self._store.rules.get(member.team)).names

    async def note_down(self, decision: Decision) -> None:
        """Puts a decision into the audit log."""
        await self._store.audit.add(decision)

    async def news(self, note: str | None, member: Member) -> tuple[str, ...]:
        """The sentence that another model stands in, the first time that it concerns this team."""
        if note is None or not await self._store.once.told(member.team, note):
            return ()
        log.warning("another model stands in", note=note)
        return (note,)

    async def job(self, id: str | None, member: Member) -> Job:
        """The job of this team that an id of a job or asset names.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        name = _said(id).partition(".")[0]
        job = await self._store.jobs.of_team(name, member.team)
        if job.request.private and job.member != member.id:
            raise NotFound(what=name)
        return job

    async def done(self, id: str | None, member: Member) -> Job:
        """The same, once it has come to its end.

        Raises:
            NotFound: It is not there, or not this team's.
            NotReady: It waits, or is being painted: a copy of its card would never change.
        """
        job = await self.job(id, member)
        if job.state in {JobState.ACCEPTED, JobState.PAINTING}:
            raise NotReady(what=job.id)
        return job

    async def card(self, id: str | None, member: Member) -> Card:
        """The card of what an id names: a job's, or that of one of its pictures alone (`a41f.2`).

        Raises:
            NotFound: It is not there, or not this team's.
            NotReady: It waits, or is being painted.
        """
        job = await self.done(id, member)
        alone = await self.asset(id, member) if "." in _said(id) else None
        return await self.board.card_of(job, alone)

    async def shown(self, id: str | None, member: Member) -> Card:
        """The same, with the lineage of what it shows."""
        job = await self.done(id, member)
        every = await self.assets(job)
        alone = await self.asset(id, member) if "." in _said(id) else None
        card = await self.board.card_of(job, alone)
        return await self.board.with_lineage(card, every if alone is None else (alone,))

    async def give_up(self, id: str) -> None:
        """Ends a job whose card could not be shown, before it costs anything."""
        if (job := await self._store.jobs.get(id)) is not None and job.state is JobState.ACCEPTED:
            trouble = Undeliverable(where=job.place.channel).sentence
            now = self._now()
            await self._store.jobs.fail(job, trouble=trouble, charged=False, delivered=now, undelivered=trouble)

    async def asset(self, id: str | None, member: Member) -> Asset:
        """The picture of this team that an id names; of several without a number, the first.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        asset = await self._store.library.get(_said(id), member.team)
        if asset.private and asset.member != member.id:
            raise NotFound(what=asset.id)
        return asset

    async def answered(self, asked: Asked[Options]) -> Asset | None:
        """The picture that words answer when they reply to its card, of several the first; None when they reply to
        none.

        Raises:
            NotFound: It was deleted.
        """
        if asked.target is None:
            return None
        made = await self.assets(await self.job(asked.target, asked.member))
        return next((each for each in made if each.id == asked.target), made[0] if made else None)

    async def assets(self, job: Job) -> tuple[Asset, ...]:
        """A job's pictures, in order."""
        return await self._store.library.of_job(job.id)

    async def newest(self, member: Member, *, limit: int) -> tuple[Asset, ...]:
        """The newest pictures of the member's team, newest first; of private ones the member's own."""
        return (await self._store.finding.page(member.team, member=member.id, limit=limit)).assets

    async def star(self, asset: Asset, member: Member) -> bool:
        """Saves a picture for a member, or lets it go again; whether it is saved now."""
        return await self._store.saved.turn(asset, member.id)

    async def attempts(self, job: Job) -> tuple[Attempt, ...]:
        """The calls that were made for a job, in order."""
        return await self._store.jobs.attempts(job.id)

    async def listens(self, team: str, place: Place) -> str:
        """Whether and how voice notes are heard in a place, in a sentence."""
        return await self.listening.says(team, place, self.courier(place.platform).listens)

    def _can_answer(self, place: Place) -> bool:
        """Whether there is a voice, and something that plays it."""
        return self.desk.hears and self.courier(place.platform).plays is not None

    def sign(self, member: str) -> str:
        """A keyed hash of a member's id, for the provider: it tells members apart and names none."""
        return hmac.new(self._secret, member.encode(), hashlib.sha256).hexdigest()


def _said(id: str | None) -> str:
    """An id as members say and paste it."""
    return one_line(id or "").strip("#“”\"'` ").lower()
