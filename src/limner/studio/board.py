"""The board: cards made of jobs, shown where they belong, and kept as they stand."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import stamina
import structlog

from limner.domain.card import Card, Line, Picture, Progress, Role, Sound, State, says
from limner.domain.courier import Courier
from limner.domain.lineage import Branch, grown, spelled
from limner.domain.place import Address, Member
from limner.domain.request import Asset, Job, JobState
from limner.errors import PlatformTrouble, Undeliverable
from limner.store import Store
from limner.store.attempts import NotOurs
from limner.store.erasing import gone
from limner.store.jobs import kept
from limner.studio.budgets import Budgets
from limner.studio.buttons import Buttons
from limner.studio.cards import job_card, telling
from limner.studio.collages import Collages, reader_of
from limner.studio.desk import Desk
from limner.studio.underway import Underway

log = structlog.get_logger(__name__)


FAMILY = 24
"""Pictures that are drawn in one tree at most, the nearest relatives."""
TOLD = 10
"""Of these, how many are told of in words."""
DELIVERIES = 3
TELL_SECONDS = 5.0
"""How long it may take to say what a job waits for; it is not worth more."""
WAIT_MOST = 10.0
"""Seconds between two deliveries in a row at most."""
INTERRUPTED = "I was interrupted while I was at this. Nothing is lost; please send it again."
AGAIN_FIRST, AGAIN_MOST = timedelta(seconds=15), timedelta(hours=1)
"""How long a card waits that could not be delivered: longer each time."""


def _passing(problem: Exception) -> bool:
    """Whether a delivery may succeed later."""
    return not isinstance(problem, Undeliverable)


class Board:
    """Shows."""

    def __init__(
        self,
        *,
        store: Store,
        desk: Desk,
        budgets: Budgets,
        buttons: Buttons,
        collages: Collages,
        courier: Callable[[str], Courier],
        described: Callable[[Job], Awaitable[Job]],
        finished: Callable[[Job, Address], None],
        now: Callable[[], datetime],
    ) -> None:
        """`described` gives a job whose pictures have their alternative texts, before its last card is shown;
        `finished` is told when that stands, and where."""
        self._store = store
        self._worker = store.presence.worker
        self._buttons = buttons
        self._desk = desk
        self._budgets = budgets
        self._courier = courier
        self._described = described
        self._finished = finished
        self.collages = collages
        self._now = now
        self.underway = Underway(now)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """One card of a job is shown at a time: one that says less never comes after one that says more."""

    # ── making cards ────────────────────────────────────────────────────────────────────────────────────────

    async def card_of(self, job: Job, asset: Asset | None = None, *, aloud: bool = False) -> Card:
        """The job's card as it stands now; with one of its pictures, that picture alone, with all that can be done with
        it. `aloud`: with what was said when it was done, where it was asked for."""
        standing = await self._store.library.standing(job.id)
        every = tuple(each for each, _ in standing)
        shown = every if asset is None else (asset,)
        card = job_card(
            job,
            model=self._desk.title(job.model),
            assets=shown,
            sheet=job.sheet if len(shown) > 1 else None,
            strip=await self._strip_of(job, shown, alone=len(every) == 1),
            controls=self._buttons.of(job, shown),
            spent=await self.spent(Member(id=job.member, team=job.team, name=job.member_name)),
            sound=await self._sound_of(job) if aloud else None,
        )
        named = {each.id for each in shown}
        for each, approval in standing:
            if approval is not None and each.id in named:
                card = telling(card, each.id, approval)
        return card

    async def _sound_of(self, job: Job) -> Sound | None:
        """What was said to the job's member when it was done, while it is kept; not to those whom it was sent to."""
        if job.sound is None or job.sent is not None:
            return None
        return job.sound if await self._store.blobs.exists(job.sound.blob) else None

    async def with_lineage(self, card: Card, assets: tuple[Asset, ...]) -> Card:
        """The card with where its pictures come from and what came of them: in words, and as a tree. What all see tells
        of nothing that is private."""
        branches = await self.lineage(assets, reader=reader_of(assets[0])) if assets else ()
        shown = frozenset(each.id for each in assets)
        if not shown & {each.asset.id for each in branches}:
            return card
        told = tuple(Line(role=Role.NOTE, text=each) for each in spelled(branches, shown=shown, most=TOLD))
        at = next((place for place, line in enumerate(card.lines) if line.role is Role.FOOTER), len(card.lines))
        drawn = await self.collages.tree(branches, shown, assets[0].id.replace(".", "-"))
        return card.evolve(lines=(*card.lines[:at], *told, *card.lines[at:]), strip=drawn or card.strip)

    async def lineage(self, assets: tuple[Asset, ...], *, reader: str) -> tuple[Branch, ...]:
        """The tree of pictures and their nearest relatives, as this member may see it."""
        return grown(await self._store.lineage.family(assets, member=reader, most=FAMILY))

    async def _strip_of(self, job: Job, shown: tuple[Asset, ...], *, alone: bool) -> Picture | None:
        """The strip as it was made, unless something that it shows was deleted meanwhile."""
        if len(shown) != 1 or shown[0].version == 1:
            return None
        if alone and await self.collages.whole(job.strip):
            return job.strip
        return await self.collages.strip(shown[0])

    async def spent(self, member: Member) -> str | None:
        """What the member has spent today, in words; None where there is nothing to say."""
        return await self._budgets.today(member)

    # ── showing them ────────────────────────────────────────────────────────────────────────────────────────

    async def show(self, address: Address, card: Card) -> Address:
        """Shows a card through its platform's courier, and keeps what all can see there; what passes (progress) is not
        worth a write.

        Raises:
            Undeliverable: The place is gone or closed to us.
        """
        with self.underway.of(address, card) as showing:
            while True:
                card = showing.card
                address = await self._courier(address.place.platform).show(address, card)
                stands = card
                if kept(address) and card.state is not State.PAINTING:
                    stands = await self._store.cards.put(address, card)
                if showing.card is card:
                    showing.card = stands
                if showing.card == card:
                    return address

    async def at_work(self, address: Address, words: str, *, private: bool = False) -> Address:
        """Says that something is being worked on that is no job, and by whom, so that it does not stand for ever."""
        marked = address.evolve(extra={**address.extra, "worker": self._worker})
        return await self.show(marked, Card(state=State.WAITING, lines=(Line(text=words),), private=private))

    async def excuse(self, left: tuple[Address, ...]) -> None:
        """Ends cards that this worker left when it was last ended in the midst of its work."""
        for address in left:
            try:
                await self.show(address, says(INTERRUPTED, Role.WARNING).evolve(state=State.FAILED))
            except PlatformTrouble as trouble:
                log.info("an interrupted card is out of reach", why=trouble.sentence)

    async def tell(self, job: Job, progress: Progress, partial: Picture | None) -> None:
        """Shows how far a job is. A card that cannot be shown now does not stop the painting."""
        card = job_card(job, model=self._desk.title(job.model), progress=progress, partial=partial)
        async with self._turn(job.id):
            await self._tell(job, card, seconds=None)

    async def wait(self, job: Job, waits: str) -> None:
        """Shows what a job waits for that this process has in its hands. A card that cannot be shown now holds up
        nothing."""
        card = job_card(job.evolve(state=JobState.ACCEPTED), model=self._desk.title(job.model), waits=waits)
        async with self._turn(job.id):
            await self._tell(job, card)

    async def wait_on(self, id: str, waits: str) -> Job | None:
        """The same for a job that anybody may take meanwhile; nothing is shown if somebody has. Gives it as it is after
        that: whoever took it in another process may have shown more than this card, which came later then."""
        async with self._turn(id):
            job = await self._store.jobs.get(id)
            if job is None or job.state is not JobState.ACCEPTED or job.address.message is None:
                return None
            await self._tell(job, job_card(job, model=self._desk.title(job.model), waits=waits))
            return await self._store.jobs.get(id)

    async def again(self, job: Job) -> None:
        """Shows a job's last card once more, over one that came too late."""
        async with self._turn(job.id):
            await self._tell(job, await self.card_of(job, aloud=True))

    async def _tell(self, job: Job, card: Card, *, seconds: float | None = TELL_SECONDS) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._courier(job.place.platform).show(job.address, card)
        except (PlatformTrouble, TimeoutError) as trouble:
            log.info("progress could not be shown", why=str(trouble) or "it took too long")

    def _turn(self, id: str) -> asyncio.Lock:
        return self._turns.setdefault(id, asyncio.Lock())

    async def begin(self, id: str, address: Address, card: Card) -> Job:
        """Shows a job's first card; from then on it is painted when its turn comes. Gives the job, with its address.

        Raises:
            Undeliverable: The place is gone or closed to us.
        """
        shown = await self._courier(address.place.platform).show(address, card)
        return await self._store.jobs.shown(id, shown, card)

    async def introduce(self, job: Job) -> Job:
        """Shows the first card of a job whose process ended before it was shown or noted; the courier finds one that
        was posted already.

        Where nothing can be shown, the job is ended, and its last card looks for another way.

        Raises:
            NotOurs: It cannot be shown now; the job waits in the queue until it can.
        """
        try:
            card = job_card(job.evolve(state=JobState.ACCEPTED, started=None), model=self._desk.title(job.model))
            shown = await self._courier(job.place.platform).show(job.address, card)
        except Undeliverable as trouble:
            return await self._store.jobs.fail(job, trouble=trouble.sentence, charged=False)
        except PlatformTrouble as trouble:
            log.warning("a first card could not be shown", why=trouble.sentence)
            await self._store.queue.give_back(job.id, due=self._now() + AGAIN_FIRST)
            raise NotOurs from trouble
        return await self._store.jobs.shown(job.id, shown, card)

    async def deliver(self, job: Job) -> Job:
        """A job's last step: its card shows what came of it. If it cannot be shown now, it is shown later."""
        if job.deleted or job.state in {JobState.ACCEPTED, JobState.PAINTING}:
            return job
        job = await self._composed_for(await self._described(job))
        card = await self.card_of(job, aloud=True)
        try:
            async with self._turn(job.id):
                with self.underway.of(job.address, card) as showing:
                    shown = await self._insist(job.address, card)
                    delivered, stands = await self._store.jobs.delivered(job, shown, showing.card)
                if stands != card:
                    await self.replace(shown, stands)
        except PlatformTrouble as trouble:
            if job.sent is not None and isinstance(trouble, Undeliverable):
                log.warning("a draft could not be sent", why=trouble.sentence)
                return await self._store.drafts.withdraw(job.id)
            tried = job.deliveries + 1
            due = self._now() + min(AGAIN_FIRST * 2 ** min(tried - 1, 12), AGAIN_MOST)
            log.error("a card could not be delivered", why=trouble.sentence, tried=tried, again=due.isoformat())
            await self._store.queue.give_back(job.id, due=due, deliveries=tried, undelivered=trouble.sentence)
            return job
        self._finished(delivered, shown)
        return delivered

    async def say(self, id: str, address: Address) -> None:
        """Shows a job's last card once more at its address, with what is said aloud; nothing, where it has gone
        elsewhere meanwhile."""
        async with self._turn(id):
            job = await self._store.jobs.get(id)
            if job is None or job.deleted or job.address.message != address.message:
                return
            card = await self.card_of(job, aloud=True)
            shown = await self.show(address, card)
            await self._store.jobs.change(id, address=shown.evolve(token=None, expires=None))

    async def _composed_for(self, job: Job) -> Job:
        """The job with what its card shows besides the pictures themselves: a sheet of several, a strip of versions."""
        if job.request.count > 1 and job.sheet is None:
            if made := await self.collages.sheet(await self._store.library.of_job(job.id)):
                return await self._store.jobs.change(job.id, sheet=made)
        elif job.request.version > 1 and job.strip is None:
            assets = await self._store.library.of_job(job.id)
            if len(assets) == 1 and (made := await self.collages.strip(assets[0])):
                return await self._store.jobs.change(job.id, strip=made)
        return job

    @stamina.retry(on=_passing, attempts=DELIVERIES, timeout=None, wait_max=WAIT_MOST)
    async def _insist(self, address: Address, card: Card) -> Address:
        """Shows a card, again and again while what stands in the way may pass."""
        return await self._courier(address.place.platform).show(address, card)

    async def take_down(self, job: str) -> bool:
        """Puts a word in place of every card that shows this job, and takes its pictures off those that show them among
        others; whether that need not be tried again."""
        done = [await self.replace(address, gone(job)) for address, _ in await self._store.cards.of_job(job)]
        for address, card in await self._store.cards.among_others(job):
            pictures = tuple(each for each in card.pictures if not _names(each.asset or "", job))
            lines = tuple(line for line in card.lines if not _names(line.text, job))
            done.append(await self.replace(address, card.evolve(pictures=pictures, lines=lines, strip=None)))
        return all(done)

    async def take_off(self, job: str, deleted: str) -> bool:
        """Shows a job's cards without a collage that showed what was deleted, and without what they said of it; whether
        that need not be tried again."""
        done = []
        for address, card in await self._store.cards.of_job(job):
            if card.strip is not None and not await self.collages.whole(card.strip):
                lines = (line for line in card.lines if line.role is not Role.NOTE or not _names(line.text, deleted))
                done.append(await self.replace(address, card.evolve(strip=None, lines=tuple(lines))))
        return all(done)

    async def replace(self, address: Address, card: Card) -> bool:
        """Puts a card in place of another, if it is within reach; False: it may be later."""
        try:
            await self.show(address, card)
        except PlatformTrouble as trouble:
            log.info("a card to be replaced is out of reach", why=trouble.sentence)
            return not _passing(trouble)
        return True


def _names(words: str, job: str) -> bool:
    """Whether words speak of a job or one of its pictures."""
    return re.search(rf"\b{re.escape(job)}\b", words) is not None
