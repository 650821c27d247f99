"""Drafts: a member's private pictures, until they are sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from limner.domain.card import Card, Line, Role
from limner.domain.courier import Courier
from limner.domain.place import Address, Member, Place
from limner.domain.request import Asset, Job, Request
from limner.errors import NotFound, NotSent, PlatformTrouble
from limner.store import Store
from limner.store.audit import Verdict, What
from limner.studio.board import Board
from limner.studio.warden import decision

log = structlog.get_logger(__name__)


class Drafts:
    """Keeps them apart, and sends them."""

    def __init__(
        self,
        *,
        store: Store,
        board: Board,
        courier: Callable[[str], Courier],
        deliver: Callable[[Job], Awaitable[None]],
    ) -> None:
        """`deliver` shows the card of a job that is this worker's and at its end."""
        self._store = store
        self._board = board
        self._courier = courier
        self._deliver = deliver
        self._worker = store.presence.worker

    async def of(self, member: Member, *, limit: int, before: str | None = None) -> tuple[Asset, ...]:
        """A member's drafts, newest first: of each its first picture.

        Raises:
            NotFound: `before` is not there.
        """
        return await self._store.drafts.of(member.team, member.id, limit=limit, before=before)

    async def kept(self, request: Request, member: Member) -> Request:
        """The request, private where it comes from a private picture of the member's."""
        if request.private:
            return request
        for id in request.parents:
            try:
                parent = await self._store.library.get(id, member.team)
            except NotFound:  # deleted meanwhile
                continue
            if parent.private and parent.member == member.id:
                return request.evolve(private=True)
        return request

    async def send(self, job: Job, member: Member, address: Address, *, words: str | None = None) -> Job:
        """Makes a draft everybody's and posts its card at the address: once, whoever asks for it however often. Gives
        the job as it is then; where the platform is out of reach, its card is posted as soon as it is not.

        Raises:
            NotReady: It waits, or is being painted.
            NothingToSend: It ended without a picture.
            NotSent: The place is closed to us; it stays a draft.
        """
        where = await self.name(address.place)
        copies = await self._store.cards.of_job(job.id)
        decided = decision(member, What.SEND, Verdict.DONE, f"to {where}", job=job.id)
        job, first = await self._store.drafts.publish(
            job.id, address=address, words=words, worker=self._worker, decision=decided
        )
        if not first:
            return job
        log.info("sent", job=job.id)
        await self._deliver(job)
        job = await self._store.jobs.get(job.id) or job
        if job.request.private:
            raise NotSent(what=job.id, where=where)
        sent = await self.sent(job)
        for copy, _ in copies:
            await self._board.replace(copy, sent)
        return job

    async def sent(self, job: Job) -> Card:
        """What stands in a draft's place once it was sent."""
        where = await self.name(job.address.place)
        said = f"Sent to {where}, for all to see; {job.id} is in the gallery now."
        if job.undelivered is not None and job.delivered is None:
            said = f"On its way to {where}: {job.undelivered} It appears there by itself as soon as it can."
        prompt = Line(role=Role.PROMPT, text=job.request.prompt)
        return Card(private=True, job=job.id, lines=(prompt, Line(text=said)))

    async def name(self, place: Place) -> str:
        """A place as members call it."""
        try:
            _, name = await self._courier(place.platform).find(place.channel, place)
        except PlatformTrouble:  # a conversation without a name
            return "the conversation that it was asked for in"
        return name
