"""The line: what a team's queue looks like to its members, and leaving it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from limner.domain.place import Member
from limner.domain.request import Job, JobState, Priority
from limner.domain.text import one_line, shorten
from limner.errors import CancelledInTime, NotFound, NotYours, TooLate
from limner.store import Store
from limner.store.jobs import BEFORE_PICTURES
from limner.store.pending import Stuck
from limner.studio.board import Board
from limner.studio.usher import Usher

log = structlog.get_logger(__name__)

STOPPED_WITHIN, LOOK = 2.5, 0.1
"""Seconds within which a painting that is stopped usually has its last card, and between two looks for it."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A job in the line, as a member sees it."""

    job: Job
    says: str
    """What it waits for, or how long it has been painted."""
    open: bool
    """Whether this member may know what it is."""
    own: bool
    """Whether this member may cancel it."""


class Line:
    """The team's queue."""

    def __init__(
        self, *, store: Store, board: Board, usher: Usher, stop: Callable[[str], None], now: Callable[[], datetime]
    ) -> None:
        """`stop` stops a job by its id, if this process is painting it."""
        self._store = store
        self._board = board
        self._usher = usher
        self._stop = stop
        self._now = now

    async def of(self, member: Member) -> tuple[Waiting, ...]:
        """The jobs of the member's team that are being painted or wait, in order."""
        jobs = await self._store.pending.waiting(member.team)
        said = await self._usher.words()
        return tuple(
            Waiting(
                job=job,
                says=said.get(job.id, "Waiting") if job.state is JobState.ACCEPTED else self._painted_for(job),
                open=_open(job, member),
                own=_own(job, member),
            )
            for job in jobs
        )

    def _painted_for(self, job: Job) -> str:
        seconds = (self._now() - job.started).total_seconds() if job.started else 0.0
        return f"Painting, {max(seconds, 0):.0f} s"

    async def stuck(self, member: Member) -> tuple[Stuck, ...]:
        """Jobs of the member's team whose last card could not be shown yet, oldest first; of private ones their
        own."""
        return tuple(each for each in await self._store.pending.stuck(member.team) if _open(each.job, member))

    async def cancel(self, id: str, member: Member) -> Job:
        """Ends a job that waits, or stops one that is being painted; gives it as it is then. A picture that has arrived
        already wins: it is paid for.

        Raises:
            NotFound: It is not there, or not this team's.
            NotYours: It is another's, and the member no admin.
            TooLate: It has come to its end.
        """
        job = await self._waiting(id, member, verb="cancel")
        by = shorten(one_line(member.name), 40)
        job = await self._store.queue.cancel(job.id, by=by, trouble=CancelledInTime(by=by).sentence)
        if job.state is JobState.PAINTING:
            self._stop(job.id)
            return await self._ended(job)
        if job.state is not JobState.ENDED:
            raise TooLate(what=job.id, verb="cancel")
        log.info("cancelled", job=job.id)
        return await self._board.deliver(job)

    async def first(self, id: str, member: Member) -> Job:
        """Puts a waiting job before all others that are not, for an admin.

        Raises:
            NotFound, TooLate: As for `cancel`.
            NotYours: The member is no admin.
        """
        job = await self._waiting(id, member, verb="hasten", admins=True)
        await self._store.queue.first(job.id, Priority.FIRST)
        return job

    async def _waiting(self, id: str, member: Member, *, verb: str, admins: bool = False) -> Job:
        job = await self._store.jobs.of_team(id, member.team)
        if not _open(job, member) and not member.admin:
            raise NotFound(what=job.id)
        if not _own(job, member) or (admins and not member.admin):
            raise NotYours(verb=verb, **({"who": "an admin"} if admins else {}))
        if job.state not in BEFORE_PICTURES:
            raise TooLate(what=job.id, verb=verb)
        return job

    async def _ended(self, job: Job) -> Job:
        """The job once its worker has stopped it, or as it is after a moment."""
        for _ in range(round(STOPPED_WITHIN / LOOK)):
            await asyncio.sleep(LOOK)
            job = await self._store.jobs.get(job.id) or job
            if job.delivered is not None:
                break
        return job


def _open(job: Job, member: Member) -> bool:
    return not job.request.private or job.member == member.id


def _own(job: Job, member: Member) -> bool:
    return job.member == member.id or member.admin
