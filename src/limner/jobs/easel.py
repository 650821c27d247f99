"""Painting and settling: a job's second and third step.

What surely never reached the model goes back into the queue, with the server's own delay; a call that goes on at the
provider is picked up there by whoever has the job next; one whose end nobody knows is never made again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from limner.domain.look import Look
from limner.domain.money import Micros, spell
from limner.domain.request import Answer, Asset, Job, JobState, Request
from limner.engines import Engine, Painted, Painting, PictureFile
from limner.errors import (
    Cancelled,
    CancelledAtWork,
    CancelledInTime,
    ModelGone,
    NeverSent,
    OutcomeUnknown,
    ProviderTrouble,
    RateLimited,
    Refusal,
    Trouble,
)
from limner.jobs.calls import Calls, Show, charged
from limner.jobs.finishing import finish
from limner.jobs.journal import Journal
from limner.jobs.looking import seen
from limner.jobs.materials import Materials
from limner.jobs.shares import bill
from limner.models.roster import Roster
from limner.rules.abilities import Fit, fit
from limner.store import Store
from limner.store.attempts import Attempt, End, InDoubt, NotOurs, Outcome
from limner.store.blobs import Blob
from limner.store.lanes import Limits

log = structlog.get_logger(__name__)

TRIES = 6
"""How often a job is called for at most whose calls surely never reach the model."""
SUCCESSIONS = 4
"""Models that may follow one another in one painting."""
FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
LONGEST_TOLD = 3600.0
"""Seconds that the server itself may name."""


class Easel:
    """Paints jobs."""

    def __init__(
        self,
        *,
        store: Store,
        engine: Callable[[str], Awaitable[Engine]],
        worker: str,
        roster: Roster,
        folder: Path,
        show: Show,
        pace: Callable[[Job], float],
        sign: Callable[[str], str],
        words: Callable[[Request, Fit], str],
        waits_again: Callable[[Job, str, float], AbstractAsyncContextManager[None]],
        lanes: Mapping[str, Limits],
    ) -> None:
        """`worker` is who takes jobs here, `lanes` what the host allows. `show` tells of progress, `pace` how often
        (seconds), `sign` makes a keyed hash of a member's id, `words` gives the prompt as it is sent. `waits_again`
        says why a job goes back into the queue (it does in its block), and for how many seconds."""
        self._store = store
        self._materials = Materials(store.blobs)
        self._worker = worker
        self._roster = roster
        self._folder = folder
        self._sign = sign
        self._words = words
        self._waits_again = waits_again
        self._calls = Calls(store=store, engine=engine, worker=worker, roster=roster, show=show, pace=pace, lanes=lanes)

    async def paint(self, job: Job) -> Job:
        """Calls the engine, unless it was called before; afterwards the journal or the job's trouble says what came.

        Raises:
            NotOurs: It went back into the queue, or somebody else has it.
        """
        journal = Journal(self._folder / job.id)
        if job.state is not JobState.PAINTING or journal.written:
            return job
        try:
            return await self._painted(job, journal)
        except (ProviderTrouble, Refusal) as trouble:  # a refusal: what follows a model cannot do this
            spent = charged(trouble) if isinstance(trouble, ProviderTrouble) else trouble.charged
            log.warning("painting failed", trouble=type(trouble).__name__, charged=spent)
            if spent is not None and not isinstance(trouble, (NeverSent, RateLimited)):
                await self._store.lanes.answers(job.lane)
            await journal.clear()
            return await self._store.jobs.fail(job, trouble=trouble.sentence, charged=spent)

    async def _painted(self, job: Job, journal: Journal) -> Job:
        try:
            return await self._attempts(job, journal)
        except InDoubt:
            return await self._rescued(job, journal)

    async def _attempts(self, job: Job, journal: Journal) -> Job:
        """Calls; again at once only when the model turns out to be gone, and then the one that follows."""
        for _ in range(SUCCESSIONS):
            try:
                await self._calls.make(job, journal, await self._painting(job, journal.open()))
                return job
            except ModelGone as trouble:
                job = await self._replaced(job, trouble)
            except (NeverSent, RateLimited) as trouble:
                await self._later(job, trouble)
        raise NeverSent()

    async def _later(self, job: Job, trouble: ProviderTrouble) -> None:
        """Puts a job back into the queue whose call surely did not reach the model; all workers hear of it.

        Raises:
            NotOurs: Always, except that a job that has been put back too often raises its trouble.
        """
        said = trouble.fields.get("retry_after")
        pause = float(said) if said else None
        why = _WHY[type(trouble)]
        await self._store.lanes.failed(job.lane, why=why, pause=pause)
        if job.tries + 1 >= TRIES:
            raise trouble
        seconds = _delay(job.tries + 1, pause)
        log.info("back into the queue", trouble=type(trouble).__name__, seconds=round(seconds, 1))
        async with self._waits_again(job, why, seconds):
            due = datetime.now(UTC) + timedelta(seconds=seconds)
            await self._store.queue.give_back(job.id, due=due, tries=job.tries + 1)
        raise NotOurs

    async def _replaced(self, job: Job, trouble: ModelGone) -> Job:
        """The job with the model that follows; raises `ModelGone` when none does."""
        self._roster.gone(job.model)
        resolved = self._roster.resolve(job.model)
        log.warning("the model is gone", model=job.model, successor=resolved.model.name)
        fitted = fit(job.request, resolved.model)
        news = (resolved.note,) if resolved.note and await self._store.once.told(job.team, resolved.note) else ()
        notes = (*job.notes, *news, *fitted.notes)
        return await self._store.jobs.change(
            job.id,
            model=resolved.model.name,
            width=fitted.width,
            height=fitted.height,
            notes=tuple(dict.fromkeys(notes)),
        )

    async def _painting(self, job: Job, folder: Path) -> Painting:
        model = self._roster.named(job.model)
        fitted = fit(job.request, model)
        references = [await self._materials.file(each, folder) for each in fitted.references]
        mask = await self._materials.file(job.request.mask, folder) if job.request.mask else None
        if fitted.canvas is not None:
            references[0], mask = await self._materials.grown(references[0], fitted.canvas, folder)
        return Painting(
            model=model,
            prompt=self._words(job.request, fitted),
            said=job.request.prompt,
            width=fitted.width,
            height=fitted.height,
            quality=fitted.quality,
            count=fitted.count,
            background=fitted.background,
            format=fitted.format,
            frames=fitted.frames,
            frame_ms=job.request.frame_ms if fitted.frames else None,
            references=tuple(references),
            mask=mask,
            continues=await self._continues(job),
            member=self._sign(job.member),
        )

    async def _continues(self, job: Job) -> str | None:
        """The call that the picture to be changed came of, where its provider keeps it. A mask is laid over a picture
        that goes along."""
        request = job.request
        first = request.references[0].asset if request.references else None
        if request.masked or first is None or first != request.version_of:
            return None
        return await self._store.jobs.handle_of(first.partition(".")[0])

    async def settle(self, job: Job) -> Job:
        """Moves the pictures into the library, with the cost into the ledger in the same transaction. What is in the
        journal was paid for: it is settled whatever was thought of the job meanwhile."""
        journal = Journal(self._folder / job.id)
        found = await journal.read()
        if found is None:
            return job
        painted = found.painted
        made, asked = len(painted.pictures), job.request.count
        spent = bill(self._roster, job, painted)
        paid = spent.cost
        if made < asked:
            job = _noting(job, f"The model made {made} of {asked}.")
        if not found.billed:
            job = _noting(job, f"The answer's end was lost, so this was possibly charged: {spell(paid)}.")
        fitted = fit(job.request, self._roster.named(job.model))
        finished, notes = await finish(
            job,
            painted.pictures,
            asked=fitted.format,
            canvas=fitted.canvas,
            materials=self._materials,
            folder=journal.folder,
        )
        for note in notes:
            job = _noting(job, note)
        kept = [
            (await self._kept(each.picture), await self._kept(each.answer) if each.answer else None)
            for each in finished
        ]
        looks = [await seen(each.picture.path, job.id) for each in finished]
        outcome = Outcome.PAID if found.billed else Outcome.UNKNOWN
        end = End(outcome=outcome, cost=paid, usage=painted.usage, request_id=painted.request_id, shares=spent.shares)
        blobs = tuple(blob for pair in kept for blob in pair if blob is not None)
        made_of_it = _assets(job, kept, looks, painted, paid)
        job = await self._store.jobs.settle(
            job, assets=made_of_it, blobs=blobs, cost=paid, attempt=found.attempt, end=end
        )
        for blob in blobs:
            self._store.blobs.claimed(blob.key)
        await journal.clear()
        return job

    async def _kept(self, file: PictureFile) -> Blob:
        key = await self._store.blobs.put_file(file.path)
        size = _size(file.path)
        return Blob(key=key, media_type=file.media_type, width=file.width, height=file.height, size=size)

    async def left_behind(self) -> None:
        """Settles what came of jobs that others have given up since this worker left them, and lets it be delivered;
        clears away what is of jobs that are over. To be done before any is taken up: those that it still has are not
        touched."""
        names = await asyncio.to_thread(_names, self._folder)
        own = {job.id for job in await self._store.queue.of(self._worker)} if names else set()
        for name in names:
            try:
                if name not in own:
                    await self._put_in_order(name)
            except (Trouble, OSError, ValueError, KeyError, TypeError):  # one folder must not keep the worker from work
                log.exception("what was left of a job could not be settled", job=name)

    async def _put_in_order(self, name: str) -> None:
        job = await self._store.jobs.get(name)
        journal = Journal(self._folder / name)
        if job is None or job.state in {JobState.ACCEPTED, JobState.PAINTING}:
            return
        if job.state is JobState.ENDED and journal.written:
            log.warning("a picture was there of a job that was given up", job=name)
            await self.settle(job)
            await self._store.queue.give_back(name)
        else:
            await journal.clear()

    async def broken(self, problem: Exception, job: Job) -> Job:
        """Ends a job whose step broke, so that its card can say so. Money stays marked as possibly spent if a call was
        under way; pictures that have arrived stay in the journal, and are settled at the next start."""
        return await self._end(job, Trouble(ref=job.id).sentence)

    async def stopped(self, job: Job) -> Job:
        """Ends a job whose call was cut off: because a member cancelled it, or its worker fell silent. One that goes on
        at the provider is ended there."""
        by = job.cancelled_by
        journal = Journal(self._folder / job.id)
        if by is not None and job.state is JobState.PAINTING and not journal.written:
            for call in await self._store.jobs.attempts(job.id):
                if call.resumable:
                    return await self._cancelled(job, journal, call, by)
        return await self._end(job, CancelledInTime(by=by).sentence if by else Trouble(ref=job.id).sentence)

    async def _cancelled(self, job: Job, journal: Journal, call: Attempt, by: str) -> Job:
        try:
            await self._calls.cancel(job, journal, call)
        except ProviderTrouble as trouble:
            await journal.clear()
            if charged(trouble) is None:
                return await self._doubt(job)
            told = CancelledAtWork(by=by, verb=trouble.fields.get("verb", "is"))
            return await self._store.jobs.fail(job, trouble=told.sentence, charged=True)
        return job

    async def _end(self, job: Job, trouble: str) -> Job:
        journal = Journal(self._folder / job.id)
        if job.state not in {JobState.ACCEPTED, JobState.PAINTING} or journal.written:
            return job
        await journal.clear()
        if any(each.outcome is not Outcome.FREE for each in await self._store.jobs.attempts(job.id)):
            return await self._doubt(job)
        return await self._store.jobs.fail(job, trouble=trouble, charged=False)

    async def _rescued(self, job: Job, journal: Journal) -> Job:
        """A job whose process died in a call: with what the provider has of it, else with its pictures, where they had
        all arrived, else in doubt."""
        calls = [each for each in await self._store.jobs.attempts(job.id) if each.outcome is not Outcome.FREE]
        if len(calls) == 1 and calls[0].resumable:
            with suppress(OutcomeUnknown):
                await self._calls.resume(job, journal, calls[0])
                return job
        whole = await journal.left()
        if len(whole) < job.request.count or len(calls) != 1 or calls[0].outcome is not Outcome.OPEN:
            await journal.clear()
            return await self._doubt(job)
        await journal.write(calls[0].id, Painted(pictures=whole), billed=False)
        return job

    async def _doubt(self, job: Job) -> Job:
        """Ends a job with a call whose end nobody knows: it stands as possibly charged, and is never made again."""
        trouble = Cancelled(by=job.cancelled_by) if job.cancelled_by else OutcomeUnknown()
        for each in await self._store.jobs.attempts(job.id):
            await self._store.jobs.close_attempt(each.id, outcome=Outcome.UNKNOWN, trouble=trouble.sentence)
        return await self._store.jobs.fail(job, trouble=trouble.sentence, charged=None)


def _size(file: Path) -> int:
    return file.stat().st_size


def _names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


_WHY = {NeverSent: "OpenAI cannot be reached", RateLimited: "OpenAI is busy for us"}


def _delay(tried: int, said: float | None) -> float:
    """The server's own delay where it names one, else doubling; with jitter, so that many do not come back at once."""
    seconds = min(said, LONGEST_TOLD) if said else min(FIRST_DELAY * 2 ** (tried - 1), LONGEST_DELAY)
    return seconds * random.uniform(1.0, 1.25)  # noqa: S311 no secret


def _noting(job: Job, note: str) -> Job:
    return job.evolve(notes=tuple(dict.fromkeys((*job.notes, note))))


def _assets(
    job: Job, kept: list[tuple[Blob, Blob | None]], looks: list[Look | None], painted: Painted, paid: int
) -> tuple[Asset, ...]:
    """The pictures of the library; `kept` has each one's bytes, and the model's own answer where that is another."""
    many = len(kept)
    share, rest = divmod(paid, many)
    now = datetime.now(UTC)
    return tuple(
        Asset(
            id=job.id if many == 1 else f"{job.id}.{number}",
            job=job.id,
            number=number,
            team=job.team,
            member=job.member,
            member_name=job.member_name,
            blob=blob.key,
            media_type=blob.media_type,
            width=blob.width,
            height=blob.height,
            size=blob.size,
            answer=_answer(answer) if answer else None,
            prompt=job.request.prompt,
            revised_prompt=painted.revised_prompt,
            model=job.model,
            quality=job.request.quality,
            cost=Micros(share + (rest if number == 1 else 0)),
            private=job.request.private,
            parents=job.request.parents,
            version_of=job.request.version_of,
            version=job.request.version,
            origin=job.request.origin,
            about=job.request.about,
            created=now,
            look=look,
        )
        for number, ((blob, answer), look) in enumerate(zip(kept, looks, strict=True), 1)
    )


def _answer(blob: Blob) -> Answer:
    return Answer(blob=blob.key, media_type=blob.media_type, width=blob.width, height=blob.height, size=blob.size)
