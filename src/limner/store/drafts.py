"""Drafts: private pictures, which their author alone sees until they are sent."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, select, update

from limner.domain.place import Address
from limner.domain.request import Asset, Job, JobState, Request
from limner.errors import NothingToSend, NotReady
from limner.store import audit, ids, marks, search
from limner.store.database import Database, now
from limner.store.jobs import BEFORE_PICTURES, change, locked
from limner.store.library import page
from limner.store.tables import assets, jobs, parents

_NAME = re.compile(r"[a-z0-9]{4,16}(?:\.\d{1,3})?")
"""How ids stand in a sentence, and much else."""


class Drafts:
    """Finds them, and makes them everybody's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, team: str, member: str, *, limit: int, before: str | None = None) -> tuple[Asset, ...]:
        """A member's drafts, newest first: of each its first picture. `before`: those older than this one.

        Raises:
            NotFound: `before` is not there.
        """
        query = select(assets.c.record).where(
            assets.c.team == team, assets.c.member == member, assets.c.private, assets.c.number == 1
        )
        query = query.order_by(assets.c.sequence.desc()).limit(limit)
        return await self._database.read(page, query, team, before)

    async def publish(
        self, id: str, *, address: Address, words: str | None, worker: str, decision: audit.Decision
    ) -> tuple[Job, bool]:
        """Makes a draft everybody's, for exactly one of those who ask at the same time, and sets its card down to be
        shown at the address by this worker; gives the job, and whether it was this time. What is private stays so: the
        picture is no longer said to come from another draft. `words` go with it.

        Raises:
            NotReady: It waits, or is being painted.
            NothingToSend: It ended without a picture.
        """
        return await self._database.write(_publish, id, address, words, worker, decision)

    async def withdraw(self, id: str) -> Job:
        """Makes it a draft again that could not be shown; one that was is left as it is."""
        return await self._database.write(_withdraw, id)


def _publish(
    connection: Connection, id: str, address: Address, words: str | None, worker: str, decision: audit.Decision
) -> tuple[Job, bool]:
    job = locked(connection, id)
    if not job.request.private:
        return job, False
    if job.state in BEFORE_PICTURES:
        raise NotReady(what=job.id)
    if job.state is JobState.ENDED:
        raise NothingToSend(what=job.id)
    secret = _secret(connection, job.team, (*job.request.parents, *_NAME.findall(job.request.told or "")))
    published = change(
        connection,
        job,
        request=_opened(job.request, secret),
        state=JobState.PAINTED,
        address=address,
        private_at=job.address,
        sent=now(),
        sent_with=words,
        strip=None,  # it may show drafts
        delivered=None,
        deliveries=0,
        undelivered=None,
    )
    connection.execute(_SET_DOWN, {"its_id": id, "worker": worker, "channel": address.place.path})
    _rewrite(connection, job, published, secret)
    audit.add(connection, decision)
    return published, True


def _withdraw(connection: Connection, id: str) -> Job:
    job = locked(connection, id)
    if job.sent is None or job.private_at is None or job.address.message is not None:
        return job
    draft = change(
        connection,
        job,
        request=job.request.evolve(private=True),
        state=JobState.DELIVERED,
        address=job.private_at,
        private_at=None,
        sent=None,
        sent_with=None,
        delivered=now(),
        deliveries=0,
        undelivered=None,
    )
    connection.execute(_SET_DOWN, {"its_id": id, "worker": None, "channel": job.place.path})
    _rewrite(connection, job, draft, frozenset())
    return draft


def _secret(connection: Connection, team: str, names: Iterable[str]) -> frozenset[str]:
    """Which of these are private pictures, or jobs of such."""
    named = {name: said for name in names if (said := ids.read(name)) is not None}
    wanted = {job for job, _ in named.values()}
    query = select(assets.c.job).where(assets.c.team == team, assets.c.private, assets.c.job.in_(wanted)).distinct()
    private = set(connection.execute(query).scalars())
    return frozenset(name for name, (job, _) in named.items() if job in private)


def _opened(request: Request, secret: frozenset[str]) -> Request:
    """The request as everybody may know it."""
    references = tuple(each.evolve(asset=None) if each.asset in secret else each for each in request.references)
    request = request.evolve(private=False, references=references)
    if secret.intersection(_NAME.findall(request.told or "")):
        request = request.evolve(told=None)
    return request.branch() if request.version_of in secret else request


def _rewrite(connection: Connection, before: Job, job: Job, secret: frozenset[str]) -> None:
    """Writes a job's pictures anew, as private as it is, and where it is now."""
    search.forget(connection, search.known(connection, job=job.id))
    rows = select(assets.c.sequence, assets.c.record, assets.c.marks).where(assets.c.job == job.id)
    for row in connection.execute(rows).all():
        asset: Asset = row.record.evolve(private=job.request.private)
        if secret:
            kept = tuple(each for each in asset.parents if each not in secret)
            asset = asset.evolve(parents=kept, **_line(job.request))
            connection.execute(delete(parents).where(parents.c.asset == row.sequence, parents.c.parent.in_(secret)))
        made = set(marks.of(row.record, before))
        marked = (*marks.of(asset, job), *(each for each in row.marks if each not in made))
        values = {"record": asset, "private": asset.private, "prompt": asset.words, "marks": marked}
        connection.execute(update(assets).where(assets.c.sequence == row.sequence).values(values))
    search.learn(connection, search.known(connection, job=job.id))


def _line(request: Request) -> dict[str, object]:
    """Where a picture stands among its versions."""
    return {name: getattr(request, name) for name in ("version_of", "version", "origin", "about")}


_SET_DOWN = (
    update(jobs)
    .where(jobs.c.id == bindparam("its_id"))
    .values(worker=bindparam("worker"), channel=bindparam("channel"), due=None)
)
