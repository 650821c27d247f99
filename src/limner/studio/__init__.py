"""The studio: what actions stand on. It accepts; its parts find, price, hear and show. It knows no platform."""

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
from limner.domain.place import Member
from limner.domain.request import Job, JobState, Priority, Request
from limner.engines import LANES, SKETCH
from limner.errors import NotFound, OverBudget, PromptTooLong, Undeliverable
from limner.models.roster import Roster
from limner.rules.abilities import fit
from limner.store import Store
from limner.store.jobs import Ended
from limner.store.lanes import Limits
from limner.studio.accounts import Accounts
from limner.studio.alts import AltTexts
from limner.studio.answering import Answering
from limner.studio.approving import Approving
from limner.studio.archives import Archives
from limner.studio.board import Board
from limner.studio.budgets import Budgets
from limner.studio.buttons import Buttons
from limner.studio.calling import Calling
from limner.studio.cards import job_card
from limner.studio.choosing import Choosing
from limner.studio.collages import Collages
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
from limner.studio.hearing import Hearing
from limner.studio.intake import Intake
from limner.studio.line import Line
from limner.studio.listening import LetPass, Listening
from limner.studio.notes import Notes, Repeated
from limner.studio.offers import Offers
from limner.studio.people import People
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
from limner.studio.works import Works

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
        spool: Path,
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
        self._secret = secret = store.secret
        self._worker = store.presence.worker
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
            desk=self.desk,
            budgets=self.budgets,
            buttons=Buttons(table=table, desk=self.desk, page=self.permits.page),
            collages=Collages(store=store, spool=spool),
            courier=courier,
            described=lambda job: self.alts.written(job),
            finished=lambda job, address: self.answering.finished(job, address),
            now=now,
        )
        self.people = People(store=store)
        self.works = Works(store=store, board=self.board)
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
        self.drafts = Drafts(store=store, board=self.board, courier=courier, deliver=deliver)
        self.usher = Usher(store=store, board=self.board, lanes=lanes, pace=pace, now=now)
        self.line = Line(store=store, board=self.board, usher=self.usher, stop=stop, now=now)
        calling = Calling(store=store, desk=self.desk, budgets=self.budgets)
        self.describing = Describing(
            store=store, desk=self.desk, calling=calling, eye=hands.eye, sign=self.sign, now=now
        )
        self.alts = AltTexts(
            store=store,
            wanted=settings.image.alt_text,
            able=lambda: self.desk.sees,
            look=self.describing.see,
        )
        self.listening = Listening(
            settings=settings.voice, store=store, desk=self.desk, warden=self.warden, courier=courier
        )
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
        self.answering = Answering(store=store, board=self.board, aloud=self.aloud)
        self.recent = Recent(store=store)
        self.counting = Counting(store=store, board=self.board, seconds=settings.voice.wait_seconds)
        self.notes = Notes(store=store, intake=self.intake)
        self.hearing = Hearing(
            settings=settings.voice,
            store=store,
            table=table,
            desk=self.desk,
            calling=calling,
            ear=hands.ear,
            intake=self.intake,
            listening=self.listening,
            recalling=Recalling(
                settings=settings.voice, store=store, recent=self.recent, styles=self.styles, sign=self.sign
            ),
            answered=self.works.answered,
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
                *await self.choosing.news(note, asked.member),
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
            before = await self.works.asset(request.version_of, member)
        except NotFound:
            return request
        about = before.about if request.prompt == before.prompt else before.words
        return request.evolve(
            version_of=before.id,
            version=before.version + 1,
            origin=before.origin or before.id,
            about=about if request.private or not before.private else None,
        )

    async def give_up(self, id: str) -> None:
        """Ends a job whose card could not be shown, before it costs anything."""
        if (job := await self._store.jobs.get(id)) is not None and job.state is JobState.ACCEPTED:
            trouble = Undeliverable(where=job.place.channel).sentence
            now = self._now()
            await self._store.jobs.fail(job, trouble=trouble, charged=False, delivered=now, undelivered=trouble)

    def sign(self, member: str) -> str:
        """A keyed hash of a member's id, for the provider: it tells members apart and names none."""
        return hmac.new(self._secret, member.encode(), hashlib.sha256).hexdigest()
