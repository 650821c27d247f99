"""Works: what was painted for a team, found by the ids that its members say."""

from __future__ import annotations

from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.domain.place import Member
from limner.domain.request import Asset, Job
from limner.domain.text import one_line
from limner.errors import NotFound, NotReady
from limner.store import Store
from limner.store.attempts import Attempt
from limner.store.jobs import BEFORE_PICTURES
from limner.studio.board import Board


class Works:
    """Finds jobs and pictures, each for those who may see it."""

    def __init__(self, *, store: Store, board: Board) -> None:
        self._store, self._board = store, board

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
        if job.state in BEFORE_PICTURES:
            raise NotReady(what=job.id)
        return job

    async def asset(self, id: str | None, member: Member) -> Asset:
        """The picture of this team that an id names; of several without a number, the first.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        asset = await self._store.library.get(_said(id), member.team)
        if asset.private and asset.member != member.id:
            raise NotFound(what=asset.id)
        return asset

    async def made(self, id: str | None, member: Member) -> tuple[Job, Asset]:
        """The same picture, behind the job that it was made by.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        asset = await self.asset(id, member)
        return await self.job(asset.id, member), asset

    async def of(self, job: Job) -> tuple[Asset, ...]:
        """A job's pictures, in order."""
        return await self._store.library.of_job(job.id)

    async def calls(self, job: Job) -> tuple[Attempt, ...]:
        """The calls that were made for a job, in order."""
        return await self._store.jobs.attempts(job.id)

    async def answered(self, asked: Asked[Options]) -> Asset | None:
        """The picture that words answer when they reply to its card, of several the first; None when they reply to
        none.

        Raises:
            NotFound: It was deleted.
        """
        if asked.target is None:
            return None
        made = await self.of(await self.job(asked.target, asked.member))
        return next((each for each in made if each.id == asked.target), made[0] if made else None)

    async def newest(self, member: Member, *, limit: int) -> tuple[Asset, ...]:
        """The newest pictures of the member's team, newest first; of private ones the member's own."""
        return (await self._store.finding.page(member.team, member=member.id, limit=limit)).assets

    async def card(self, id: str | None, member: Member) -> Card:
        """The card of what an id names: a job's, or that of one of its pictures alone (`a41f.2`).

        Raises:
            NotFound: It is not there, or not this team's.
            NotReady: It waits, or is being painted.
        """
        job, alone = await self._named(id, member)
        return await self._board.card_of(job, alone)

    async def card_with_lineage(self, id: str | None, member: Member) -> Card:
        """The same, with the lineage of what it shows."""
        job, alone = await self._named(id, member)
        shown = await self.of(job) if alone is None else (alone,)
        return await self._board.with_lineage(await self._board.card_of(job, alone), shown)

    async def save(self, asset: Asset, member: Member) -> bool:
        """Saves a picture for a member, or lets it go again; whether it is saved now."""
        return await self._store.saved.turn(asset, member.id)

    async def _named(self, id: str | None, member: Member) -> tuple[Job, Asset | None]:
        job = await self.done(id, member)
        return job, await self.asset(id, member) if "." in _said(id) else None


def _said(id: str | None) -> str:
    """An id as members say and paste it."""
    return one_line(id or "").strip("#“”\"'` ").lower()
