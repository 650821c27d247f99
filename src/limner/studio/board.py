"""The board: cards made of jobs, shown where they belong, and kept as they stand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from weakref import WeakValueDictionary

import stamina
import structlog

from limner.domain.action import Table
from limner.domain.card import Card, Line, Picture, Progress, Role, State, says
from limner.domain.courier import Courier
from limner.domain.place import Address, Member, Place
from limner.domain.request import Asset, Job, JobState
from limner.domain.text import alt_text
from limner.errors import PlatformTrouble, Refusal, Undeliverable
from limner.media import vector
from limner.media.header import SVG
from limner.media.sheet import sheet
from limner.media.strip import strip
from limner.store import Store
from limner.store.attempts import NotOurs
from limner.store.blobs import Blob
from limner.store.jobs import kept
from limner.studio.budgets import Budgets
from limner.studio.buttons import Buttons
from limner.studio.cards import SUFFIX, job_card
from limner.studio.desk import Desk

log = structlog.get_logger(__name__)


Compose = Callable[..., Awaitable[tuple[bytes, str, int, int]]]
"""Makes one picture of several files, with `labels`: bytes, media type, width, height."""

STRIP = 3
"""Versions side by side at most."""
DELIVERIES = 3
DRAWN = 1024
"""Pixels of a drawing on a sheet."""
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
        table: Table,
        desk: Desk,
        budgets: Budgets,
        page: Callable[[Place], str | None],
        courier: Callable[[str], Courier],
        spool: Path,
        worker: str,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._worker = worker
        self._buttons = Buttons(table=table, desk=desk, page=page)
        self._desk = desk
        self._budgets = budgets
        self._courier = courier
        self._spool = spool
        self._now = now
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """One card of a job is shown at a time: one that says less never comes after one that says more."""

    # ── making cards ────────────────────────────────────────────────────────────────────────────────────────

    async def card_of(self, job: Job, asset: Asset | None = None) -> Card:
        """The job's card as it stands now; with one of its pictures, that picture alone, with all that can be done with
        it."""
        every = await self._store.library.of_job(job.id)
        shown = every if asset is None else (asset,)
        return job_card(
            job,
            model=self._desk.title(job.model),
            assets=shown,
            sheet=job.sheet if len(shown) > 1 else None,
            strip=await self._strip_of(job, shown, alone=len(every) == 1),
            controls=self._buttons.of(job, shown),
            spent=await self.spent(Member(id=job.member, team=job.team, name=job.member_name)),
        )

    async def _strip_of(self, job: Job, shown: tuple[Asset, ...], *, alone: bool) -> Picture | None:
        """The strip as it was made, unless something that it shows was deleted meanwhile."""
        if len(shown) != 1 or shown[0].version == 1:
            return None
        if alone and job.strip is not None and await self._store.library.known(job.strip.blob):
            return job.strip
        return await self.strip(shown[0])

    async def strip(self, asset: Asset) -> Picture | None:
        """The last versions up to this picture side by side, kept until one of them is deleted; None for a first
        one. What all see shows nothing that is private."""
        reader = asset.member if asset.private else ""
        versions = await self._store.lineage.versions(asset, member=reader, most=STRIP)
        if len(versions) < 2:
            return None
        labels = tuple(f"v{each.version}" for each in versions)
        told = f"{', '.join(labels[:-1])} and {labels[-1]} side by side, the newest last. {asset.words}"
        try:
            return await self._composed(versions, strip, labels, name=f"{_stem(asset)}-strip", alt=told)
        except (Refusal, FileNotFoundError) as trouble:  # an earlier version's bytes are lost: this one is shown
            log.warning("a strip could not be made", asset=asset.id, why=str(trouble))
            return None

    async def sheet(self, assets: tuple[Asset, ...], *, labels: tuple[str, ...] | None = None) -> Picture | None:
        """Several pictures as one grid, kept in the blob store until one of them is deleted; None for one."""
        if len(assets) < 2:
            return None
        told = f"a sheet of {len(assets)} pictures. {assets[0].words}"
        return await self._composed(assets, sheet, labels, name=f"limner-{assets[0].job}-sheet", alt=told)

    async def _composed(
        self, assets: tuple[Asset, ...], compose: Compose, labels: tuple[str, ...] | None, *, name: str, alt: str
    ) -> Picture:
        """A picture made of others, which goes when the first of them is deleted. Its name tells it from another of its
        sort, for platforms that find files by their names."""
        with TemporaryDirectory(dir=self._spool) as folder:
            paths = [await self._local(asset, Path(folder)) for asset in assets]
            data, media_type, width, height = await compose(paths, labels=labels)
        key = await self._store.blobs.put(data)
        await self._store.library.add_blob(
            Blob(key=key, media_type=media_type, width=width, height=height, size=len(data)),
            jobs=tuple(dict.fromkeys(each.job for each in assets)),
        )
        self._store.blobs.claimed(key)
        return Picture(
            blob=key,
            name=f"{name}-{key[:6]}.{SUFFIX[media_type]}",
            media_type=media_type,
            width=width,
            height=height,
            size=len(data),
            alt=alt_text(alt),
        )

    async def _local(self, asset: Asset, folder: Path) -> Path:
        """The picture as a file that can be decoded: of a drawing a picture of it."""
        if asset.media_type == SVG:
            drawn = folder / f"{asset.blob}.drawn"
            source = await self._store.blobs.read(asset.blob)
            await asyncio.to_thread(drawn.write_bytes, await vector.shown(source, longest=DRAWN, name=asset.id))
            return drawn
        return await self._store.blobs.file(asset.blob, folder)

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
        shown = await self._courier(address.place.platform).show(address, card)
        if kept(shown) and card.state is not State.PAINTING:
            await self._store.cards.put(shown, card)
        return shown

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

    async def post(self, near: Place, words: str, card: Card) -> str:
        """Posts a card in the place that these words name, on the platform of `near`; gives the place's name.

        Raises:
            Undeliverable: There is no such place, or no way in.
        """
        place, name = await self._courier(near.platform).find(words, near)
        await self.show(Address(place=place), card)
        return name

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
            await self._tell(job, await self.card_of(job))

    async def _tell(self, job: Job, card: Card, *, seconds: float | None = TELL_SECONDS) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._courier(job.place.platform).show(job.address, card)
        except (PlatformTrouble, TimeoutError) as trouble:
            log.info("progress could not be shown", why=str(trouble) or "it took too long")

    def _turn(self, id: str) -> asyncio.Lock:
        return self._turns.setdefault(id, asyncio.Lock())

    async def begin(self, id: str, address: Address, card: Card) -> Address:
        """Shows a job's first card; from then on it is painted when its turn comes.

        Raises:
            Undeliverable: The place is gone or closed to us.
        """
        shown = await self._courier(address.place.platform).show(address, card)
        await self._store.jobs.shown(id, shown, card)
        return shown

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
        job = await self._composed_for(job)
        card = await self.card_of(job)
        try:
            async with self._turn(job.id):
                shown = await self._insist(job.address, card)
        except PlatformTrouble as trouble:
            tried = job.deliveries + 1
            due = self._now() + min(AGAIN_FIRST * 2 ** min(tried - 1, 12), AGAIN_MOST)
            log.error("a card could not be delivered", why=trouble.sentence, tried=tried, again=due.isoformat())
            await self._store.queue.give_back(job.id, due=due, deliveries=tried, undelivered=trouble.sentence)
            return job
        return await self._store.jobs.delivered(job, shown, card)

    async def _composed_for(self, job: Job) -> Job:
        """The job with what its card shows besides the pictures themselves: a sheet of several, a strip of versions."""
        if job.request.count > 1 and job.sheet is None:
            if made := await self.sheet(await self._store.library.of_job(job.id)):
                return await self._store.jobs.change(job.id, sheet=made)
        elif job.request.version > 1 and job.strip is None:
            assets = await self._store.library.of_job(job.id)
            if len(assets) == 1 and (made := await self.strip(assets[0])):
                return await self._store.jobs.change(job.id, strip=made)
        return job

    @stamina.retry(on=_passing, attempts=DELIVERIES, timeout=None, wait_max=WAIT_MOST)
    async def _insist(self, address: Address, card: Card) -> Address:
        """Shows a card, again and again while what stands in the way may pass."""
        return await self._courier(address.place.platform).show(address, card)

    async def take_down(self, job: Job) -> Card:
        """Puts a word in place of every card that shows this job; gives the card that stands there then."""
        gone = says(f"{job.id} was deleted.", Role.NOTE).evolve(state=State.GONE, job=job.id)
        for address, _ in await self._store.cards.of_job(job.id):
            await self._replace(address, gone)
        return gone

    async def take_off(self, job: str) -> None:
        """Shows a job's cards without a strip or tree that is no longer there, since something on it was deleted."""
        for address, card in await self._store.cards.of_job(job):
            if card.strip is not None and not await self._store.library.known(card.strip.blob):
                await self._replace(address, card.evolve(strip=None))

    async def _replace(self, address: Address, card: Card) -> None:
        try:
            await self.show(address, card)
        except PlatformTrouble as trouble:
            log.info("a card that shows what was deleted is out of reach", why=trouble.sentence)


def _stem(asset: Asset) -> str:
    return f"limner-{asset.id.replace('.', '-')}"
