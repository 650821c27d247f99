"""Calls: the only place where an engine is asked for anything.

An attempt is on record before a call is made, and closed with what is known of it after; one that goes on at the
provider is picked up there, or ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any

import structlog

from limner.domain.card import Picture, Progress
from limner.domain.request import Job
from limner.domain.text import alt_text
from limner.engines import Engine, OnPartial, Painted, Painting, PictureFile, Resumable
from limner.errors import OutcomeUnknown, ProviderTrouble, StoreTrouble
from limner.jobs.journal import Journal
from limner.jobs.progress import Reporter, reporting
from limner.jobs.shares import bill
from limner.media.preview import preview
from limner.models import Purpose
from limner.models.roster import Roster
from limner.openai.limits import Allowance
from limner.store import Store
from limner.store.attempts import Attempt, End, Outcome
from limner.store.lanes import Limits

log = structlog.get_logger(__name__)

PARTIAL_LONGEST = 768

Show = Callable[[Job, Progress, Picture | None], Awaitable[None]]


class Calls:
    """Makes them, and keeps the books of them."""

    def __init__(
        self,
        *,
        store: Store,
        engine: Callable[[str], Awaitable[Engine]],
        worker: str,
        roster: Roster,
        show: Show,
        pace: Callable[[Job], float],
        lanes: Mapping[str, Limits],
    ) -> None:
        """As for `Easel`."""
        self._store = store
        self._engine = engine
        self._worker = worker
        self._roster = roster
        self._show = show
        self._pace = pace
        self._lanes = lanes

    async def make(self, job: Job, journal: Journal, painting: Painting) -> None:
        """Calls the engine; afterwards the journal has what came.

        Raises:
            InDoubt, NotOurs: It is not to be called.
            ProviderTrouble: Nothing came; what is known of the call is on record.
        """
        engine = await self._engine(job.engine)
        if (limits := self._lanes.get(job.lane)) is not None:
            await self._store.lanes.begins(job, limits)
        attempt = await self._store.jobs.open_attempt(
            job=job.id,
            team=job.team,
            member=job.member,
            purpose=Purpose.PAINT,
            model=job.model,
            engine=job.engine,
            estimate=job.estimate,
            worker=self._worker,
            channel=job.place.key,
        )
        on_handle = partial(self._known_as, attempt)
        await self._carry_out(
            job, journal, attempt, lambda seen: engine.paint(painting, journal.folder, seen, on_handle)
        )

    async def resume(self, job: Job, journal: Journal, call: Attempt) -> None:
        """Picks up what comes of a call that was made before; afterwards the journal has it.

        Raises:
            ProviderTrouble: As for `make`.
        """
        engine, handle = await self._resumable(job), call.handle or ""
        log.info("picked up where it was left", attempt=call.id)
        await self._carry_out(job, journal, call.id, lambda seen: engine.resume(handle, journal.folder, seen))

    async def cancel(self, job: Job, journal: Journal, call: Attempt) -> None:
        """Ends a call at the provider; afterwards the journal has what came of it, if that was quicker.

        Raises:
            ProviderTrouble: As for `make`.
        """
        engine = await self._resumable(job)
        try:
            painted = await engine.cancel(call.handle or "", journal.open())
            await surely(journal.write(call.id, painted))
        except ProviderTrouble as trouble:
            await self._close(job, call.id, trouble)
            raise

    async def _resumable(self, job: Job) -> Resumable:
        engine = await self._engine(job.engine)
        if not isinstance(engine, Resumable):  # it was another's, under this name
            raise OutcomeUnknown()
        return engine

    async def _carry_out(
        self, job: Job, journal: Journal, attempt: int, work: Callable[[OnPartial], Awaitable[Painted]]
    ) -> None:
        partials: list[str] = []

        async def tell(progress: Progress, partial: Picture | None) -> None:
            await self._show(job, progress, partial)

        try:
            async with reporting(tell, self._pace(job)) as reporter:
                painted = await work(lambda file: self._keep_partial(job, file, reporter, partials))
                await surely(journal.write(attempt, painted))
        except ProviderTrouble as trouble:
            await self._learn(job.lane, trouble.fields.get("allowance"))
            await self._close(job, attempt, trouble)
            raise
        finally:
            for key in partials:
                await self._store.blobs.delete(key)
        await self._learn(job.lane, painted.allowance)

    async def _close(self, job: Job, attempt: int, trouble: ProviderTrouble) -> None:
        end = End(outcome=_OUTCOMES[charged(trouble)], trouble=trouble.sentence)
        if (spent := trouble.fields.get("spent")) is not None:
            paid = bill(self._roster, job, spent)
            end = end.evolve(cost=paid.cost, usage=spent.usage, shares=paid.shares, request_id=spent.request_id)
        await self._store.jobs.close_attempt(attempt, **{name: getattr(end, name) for name in End.model_fields})

    async def _known_as(self, attempt: int, handle: str) -> None:
        """Puts a call's handle on record. Without it the call goes on all the same."""
        try:
            await self._store.jobs.known_as(attempt, handle)
        except StoreTrouble:
            log.warning("a call's handle could not be noted", attempt=attempt)

    async def _learn(self, lane: str, told: Allowance | None) -> None:
        """Lets all workers know what the provider told of its limits."""
        if told is not None and (limits := self._lanes.get(lane)) is not None:
            await self._store.lanes.learn(lane, limits, per_minute=told.per_minute, left=told.left, reset=told.reset)

    async def _keep_partial(self, job: Job, file: PictureFile, reporter: Reporter, kept: list[str]) -> None:
        data, media_type = await preview(file.path, longest=PARTIAL_LONGEST)
        try:
            key = await self._store.blobs.put(data)
        except (StoreTrouble, OSError) as trouble:  # the picture itself is being paid for, and may find room later
            log.warning("a partial picture could not be kept", why=str(trouble))
            return
        kept.append(key)
        scale = min(1.0, PARTIAL_LONGEST / max(file.width, file.height))
        reporter.partial(
            Picture(
                blob=key,
                name=f"limner-{job.id}-so-far.jpg",
                media_type=media_type,
                width=round(file.width * scale),
                height=round(file.height * scale),
                size=len(data),
                alt=alt_text(job.request.prompt),
            )
        )


def charged(trouble: ProviderTrouble) -> bool | None:
    """Whether money was spent on what came to nothing: surely, where the provider told what it counted."""
    return True if trouble.fields.get("spent") is not None else trouble.charged


_OUTCOMES = {True: Outcome.PAID, False: Outcome.FREE, None: Outcome.UNKNOWN}


async def surely(work: Coroutine[Any, Any, None]) -> None:
    """Does what is not to be left half-done, even if this is cancelled meanwhile; that counts afterwards, and also
    when it happened a moment ago and nobody has heard of it yet."""
    doing = asyncio.ensure_future(work)
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await doing
        raise
    if (task := asyncio.current_task()) is not None and task.cancelling():
        raise asyncio.CancelledError
