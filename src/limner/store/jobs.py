"""Jobs: accepted once, changed whole, and settled together with their pictures and their money."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from limner.domain.money import Micros
from limner.domain.request import Asset, Job, JobState
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids, ledger
from limner.store.attempts import Attempts, Outcome
from limner.store.blobs import Blob
from limner.store.database import now
from limner.store.library import add_blobs, keep, use
from limner.store.tables import attempts, jobs

OVER = (JobState.DELIVERED, JobState.ENDED)


class Jobs(Attempts):
    """The jobs, and the attempts at them."""

    async def new_id(self) -> str:
        """An id that no job has or had: four characters to say aloud, more when four are crowded."""
        async with self._database.read() as connection:
            return await _free_id(connection)

    async def accept(self, job: Job, caps: tuple[ledger.Cap, ...] = ()) -> tuple[Job, bool]:
        """Writes the job and reserves its estimate, all or nothing; gives the job, and whether it is a new one.

        An event that the team's jobs know already gives the job that it made, and False. Should the id have been taken
        since it was drawn, the job that is given has another.

        Raises:
            OverBudget: A cap has no room for the estimate.
        """
        async with self._database.write() as connection:
            await ledger.line_up(connection, job.team)
            known = select(jobs.c.record).where(jobs.c.team == job.team, jobs.c.event == job.event)
            if (earlier := (await connection.execute(known)).scalar()) is not None:
                return earlier, False
            await ledger.check(connection, caps, job.estimate)
            if (await connection.execute(select(jobs.c.id).where(jobs.c.id == job.id))).first():
                job = job.evolve(id=await _free_id(connection))
            await connection.execute(jobs.insert().values(id=job.id, event=job.event, **_columns(job)))
            await ledger.reserve(connection, _booking(job), job.estimate)
            pictures = (*job.request.references, *((job.request.mask,) if job.request.mask else ()))
            await use(connection, f"job:{job.id}", (picture.blob for picture in pictures))
        return job, True

    async def get(self, id: str) -> Job | None:
        """The job, whosever it is, deleted or not."""
        async with self._database.read() as connection:
            return (await connection.execute(select(jobs.c.record).where(jobs.c.id == id))).scalar()

    async def of_team(self, id: str, team: str) -> Job:
        """The job, as a member of the team asks for it: `a41f`, `#A41F`, or one of its pictures, `a41f.2`.

        Raises:
            NotFound: It is not there, another team's, or deleted; the three look the same.
        """
        said = ids.read(id)
        job = await self.get(said[0]) if said else None
        if job is None or job.team != team or job.deleted:
            raise NotFound(what=shorten(one_line(id), 40))
        return job

    async def change(self, id: str, **fields: Any) -> Job:
        """The job with these fields changed.

        Raises:
            NotFound: There is no such job.
        """
        async with self._database.write() as connection:
            return await _change(connection, await _locked(connection, id), **fields)

    async def unfinished(self) -> tuple[Job, ...]:
        """Those neither delivered nor ended, oldest first."""
        query = select(jobs.c.record).where(jobs.c.state.not_in(OVER)).order_by(jobs.c.created, jobs.c.id)
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def settle(self, job: Job, *, assets: tuple[Asset, ...], blobs: tuple[Blob, ...], cost: Micros) -> None:
        """Everything that comes of a painted job, all or nothing: the pictures in the library, their blobs and parents,
        the actual cost in the ledger, the job's state and cost. Doing it again changes nothing.

        A job that was deleted while it was painted is paid, and leaves no picture.
        """
        async with self._database.write() as connection:
            current = await _locked(connection, job.id)
            if current.state in {JobState.PAINTED, JobState.DELIVERED}:
                return
            await ledger.settle(connection, _booking(current), cost)
            if not current.deleted:
                await add_blobs(connection, blobs)
                await use(connection, f"job:{job.id}", (blob.key for blob in blobs))
                await keep(connection, current, assets)
            await _change(
                connection,
                current,
                state=JobState.PAINTED,
                cost=cost,
                trouble=None,
                charged=None,
                ended=current.ended or now(),
            )

    async def fail(self, job: Job, *, trouble: str, charged: bool | None) -> Job:
        """Ends a job without a picture, all or nothing; gives it as it is then.

        Its reservation is given back (`charged` False), kept as possibly charged (None), or settled (True) by what its
        attempts are known to have cost, else by the estimate. A job that has its pictures, or has ended, stays as it
        is.
        """
        async with self._database.write() as connection:
            current = await _locked(connection, job.id)
            if current.state is not JobState.ACCEPTED and current.state is not JobState.PAINTING:
                return current
            cost = Micros(0)
            if charged:
                paid = select(attempts.c.cost).where(attempts.c.job == job.id, attempts.c.outcome == Outcome.PAID)
                costs = (await connection.execute(paid)).scalars().all()
                cost = Micros(sum(costs)) if costs else current.estimate
                await ledger.settle(connection, _booking(current), cost)
            elif charged is None:
                cost = current.estimate
                await ledger.doubt(connection, _booking(current))
            else:
                await ledger.release(connection, _booking(current))
            return await _change(
                connection,
                current,
                state=JobState.ENDED,
                trouble=trouble,
                charged=charged,
                cost=cost,
                ended=now(),
            )


def _columns(job: Job) -> dict[str, Any]:
    return {
        "team": job.team,
        "member": job.member,
        "state": job.state,
        "deleted": job.deleted,
        "created": job.created,
        "record": job,
    }


def _booking(job: Job) -> ledger.Booking:
    return ledger.Booking(reference=f"job:{job.id}", team=job.team, member=job.member, counted=job.created)


async def _free_id(connection: AsyncConnection) -> str:
    length = ids.SHORTEST
    while True:
        drawn = [ids.draw(length) for _ in range(4)]
        taken = set((await connection.execute(select(jobs.c.id).where(jobs.c.id.in_(drawn)))).scalars())
        if free := [id for id in drawn if id not in taken]:
            return free[0]
        length += 1


async def _locked(connection: AsyncConnection, id: str) -> Job:
    query = select(jobs.c.record).where(jobs.c.id == id).with_for_update()
    job: Job | None = (await connection.execute(query)).scalar()
    if job is None:
        raise NotFound(what=shorten(one_line(id), 40))
    return job


async def _change(connection: AsyncConnection, job: Job, **fields: Any) -> Job:
    changed = job.evolve(**fields)
    await connection.execute(update(jobs).where(jobs.c.id == job.id).values(**_columns(changed)))
    return changed
