"""What was asked for of late in a place, as everybody there sees it: what words such as "that one" can be about."""

from __future__ import annotations

from collections.abc import AsyncIterator

from limner.domain.place import Member, Place
from limner.domain.request import Asset, Job
from limner.store import Store
from limner.store.jobs import BEFORE_PICTURES

CARDS = 40
"""The newest cards of a place that are looked through."""


class Recent:
    """Looks back."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def jobs(self, place: Place, team: str) -> AsyncIterator[Job]:
        """The jobs whose cards stand in a place (in its thread, and where that hangs on, if it has one), newest first.
        What is private, or was deleted, is not among them."""
        cards = [card for _, card in await self._store.cards.newest(place, limit=CARDS)]
        if place.thread is not None:
            root = await self._store.cards.at(
                platform=place.platform, space=place.space, channel=place.of(place.thread), message=place.thread
            )
            cards = [*([root] if root else []), *cards]
        for id in dict.fromkeys(card.job for card in reversed(cards) if card.job is not None):
            job = await self._store.jobs.get(id)
            if job is not None and job.team == team and not job.deleted and not job.request.private:
                yield job

    async def picture(self, place: Place, member: Member) -> Asset | None:
        """The member's own newest picture in a place, of several the first."""
        async for job in self.jobs(place, member.team):
            if job.member == member.id and (made := await self._store.library.of_job(job.id)):
                return made[0]
        return None

    async def waiting(self, place: Place, member: Member) -> Job | None:
        """The member's own newest job in a place that is not painted yet."""
        async for job in self.jobs(place, member.team):
            if job.member == member.id and job.state in BEFORE_PICTURES:
                return job
        return None
