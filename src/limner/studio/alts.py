"""Alternative texts by a model that has looked, where the host wants them: written once, before a card is delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from limner.config import AltText
from limner.domain.place import Member, Place
from limner.domain.request import Asset, Job, JobState
from limner.errors import NotDescribed, StoreTrouble, Trouble
from limner.store import Store
from limner.studio.describing import Described

log = structlog.get_logger(__name__)

SECONDS = 4.0
"""How long a card waits for them. Who cannot see a picture has its prompt meanwhile, as ever."""

Look = Callable[[Asset, Member, Place], Awaitable[Described]]


class AltTexts:
    """Has finished pictures described for those who cannot see them."""

    def __init__(self, *, store: Store, wanted: AltText, able: Callable[[], bool], look: Look) -> None:
        """`able`: whether anybody can look here. `look` looks once, its cost on the books whatever comes of it."""
        self._store = store
        self._wanted = wanted
        self._able = able
        self._look = look
        self._looking: set[asyncio.Task[None]] = set()

    async def written(self, job: Job) -> Job:
        """The job, its pictures described as far as that came about in time. What takes longer goes on, and is there
        when the pictures are shown again. Nobody looks twice, not even after a crash in the midst of it."""
        if self._wanted is not AltText.DESCRIBED or job.state is not JobState.PAINTED or not self._able():
            return job
        if not await self._store.once.first(f"alt:{job.id}"):
            return job
        pictures = await self._store.library.of_job(job.id)
        tasks = {asyncio.create_task(self._write(job, each), name=f"alt text of {each.id}") for each in pictures}
        if not tasks:
            return job
        self._looking |= tasks
        for each in tasks:
            each.add_done_callback(self._looking.discard)
        _, late = await asyncio.wait(tasks, timeout=SECONDS)
        if late:
            log.warning("alternative texts are late", job=job.id, pictures=len(late))
        return await self._store.jobs.get(job.id) or job

    async def _write(self, job: Job, asset: Asset) -> None:
        """Describes one picture, or leaves it to its prompt."""
        member = Member(id=job.member, team=job.team, name=job.member_name)
        try:
            described = await self._look(asset, member, job.place)
            await self._store.library.describe(asset, described.seen.description, described.cost)
        except NotDescribed as trouble:
            log.info("a picture is not described", asset=asset.id, why=trouble.sentence)
            with suppress(StoreTrouble):
                await self._store.library.describe(asset, None, trouble.fields["paid"])
        except (Trouble, OSError) as trouble:
            log.warning("a picture is not described", asset=asset.id, why=str(trouble))

    async def close(self) -> None:
        """Lets go of what is late; a call that is cut off stays possibly charged."""
        late = tuple(self._looking)
        for each in late:
            each.cancel()
        await asyncio.gather(*late, return_exceptions=True)
