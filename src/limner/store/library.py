"""The library: every picture of a team, newest first, and the blobs that pictures and requests are made of."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from limner.domain.request import Asset, Job
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids, search
from limner.store.blobs import ORPHAN_AGE, Blob
from limner.store.database import Database, insert, now
from limner.store.tables import assets, blobs, jobs, parents, uses


class Library:
    """Finds pictures, by team: whoever is not of it sees nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, id: str, team: str) -> Asset:
        """The picture that `a41f`, `#A41F` or `a41f.2` means; without a number, the first.

        Raises:
            NotFound: It is not there, another team's, or deleted; the three look the same.
        """
        said = ids.read(id)
        if said is not None:
            query = select(assets.c.record).where(
                assets.c.job == said[0], assets.c.number == said[1], assets.c.team == team
            )
            async with self._database.read() as connection:
                asset: Asset | None = (await connection.execute(query)).scalar()
            if asset is not None:
                return asset
        raise NotFound(what=shorten(one_line(id), 40))

    async def of_job(self, job: str) -> tuple[Asset, ...]:
        """A job's pictures, in order."""
        query = select(assets.c.record).where(assets.c.job == job).order_by(assets.c.number)
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def newest(
        self,
        team: str,
        *,
        limit: int = 24,
        before: str | None = None,
        words: str | None = None,
        member: str | None = None,
    ) -> tuple[Asset, ...]:
        """A page of the library, newest first: those older than the picture `before`, with all of the words in their
        prompts (their beginnings suffice; accents and case do not matter). Private pictures are `member`'s own only.

        Raises:
            NotFound: `before` is not there.
        """
        query = select(assets.c.record).where(
            assets.c.team == team, or_(assets.c.private.is_(False), assets.c.member == member)
        )
        async with self._database.read() as connection:
            if before is not None:
                job, number = ids.read(before) or ("", 0)
                place = select(assets.c.sequence).where(
                    assets.c.job == job, assets.c.number == number, assets.c.team == team
                )
                sequence = (await connection.execute(place)).scalar()
                if sequence is None:
                    raise NotFound(what=shorten(one_line(before), 40))
                query = query.where(assets.c.sequence < sequence)
            if words is not None and words.strip():
                query = search.matching(query, team, words, sqlite=self._database.sqlite)
            query = query.order_by(assets.c.sequence.desc()).limit(limit)
            return tuple((await connection.execute(query)).scalars())

    async def delete(self, job: Job) -> tuple[str, ...]:
        """Takes a job and its pictures out of the library and the search; gives the keys of the blobs that nothing
        uses any longer, for the caller to remove. What it cost stays in the ledger."""
        whole, sheet = f"job:{job.id}", f"sheet:{job.id}"
        async with self._database.write() as connection:
            current = (
                await connection.execute(select(jobs.c.record).where(jobs.c.id == job.id).with_for_update())
            ).scalar()
            if current is None or current.deleted:
                return ()
            await connection.execute(
                update(jobs).where(jobs.c.id == job.id).values(deleted=True, record=current.evolve(deleted=True))
            )
            own = select(uses.c.blob).where(uses.c.owner.in_((whole, sheet)))
            used = set((await connection.execute(own)).scalars())
            # A sheet shows this job's pictures: that other jobs are on it too does not keep it.
            sheets = select(uses.c.blob).where(uses.c.owner == sheet)
            shown = set((await connection.execute(sheets)).scalars())
            await search.forget(connection, job.id)
            await connection.execute(delete(assets).where(assets.c.job == job.id))
            await connection.execute(delete(uses).where(uses.c.owner.in_((whole, sheet))))
            await connection.execute(
                delete(uses).where(uses.c.blob.in_(shown), uses.c.owner.startswith("sheet:", autoescape=True))
            )
            needed = set((await connection.execute(select(uses.c.blob).where(uses.c.blob.in_(used)))).scalars())
            free = tuple(sorted(used - needed))
            await connection.execute(delete(blobs).where(blobs.c.key.in_(free)))
        return free

    async def add_blob(self, blob: Blob, *, jobs: tuple[str, ...] = ()) -> None:
        """Notes what a blob is. With jobs it is a sheet that shows their pictures, and goes when the first of them is
        deleted."""
        async with self._database.write() as connection:
            await add_blobs(connection, (blob,))
            for job in jobs:
                await use(connection, f"sheet:{job}", (blob.key,))

    async def named(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys something uses, or came in a short while ago; the others are orphans, such as what was
        attached to a request that was refused."""
        wanted = list(keys)
        found: set[str] = set()
        async with self._database.read() as connection:
            for start in range(0, len(wanted), 500):
                some = wanted[start : start + 500]
                rows = union(
                    select(uses.c.blob).where(uses.c.blob.in_(some)),
                    select(blobs.c.key).where(blobs.c.key.in_(some), blobs.c.created > now() - ORPHAN_AGE),
                )
                found.update((await connection.execute(rows)).scalars())
        return found

    async def forget_orphans(self) -> None:
        """Forgets what blobs are that nothing uses, nor came in a short while ago."""
        used = select(uses.c.blob).where(uses.c.blob == blobs.c.key).exists()
        async with self._database.write() as connection:
            await connection.execute(delete(blobs).where(blobs.c.created <= now() - ORPHAN_AGE, ~used))


async def keep(connection: AsyncConnection, job: Job, made: tuple[Asset, ...]) -> None:
    """Puts a job's pictures into the library, within a transaction of whoever settles it."""
    for asset in made:
        kept = await connection.execute(
            assets.insert()
            .values(
                job=job.id,
                number=asset.number,
                team=job.team,
                member=asset.member,
                blob=asset.blob,
                prompt=asset.prompt,
                private=asset.private,
                created=asset.created,
                record=asset,
            )
            .returning(assets.c.sequence)
        )
        sequence = kept.scalar_one()
        if asset.parents:
            rows = [{"asset": sequence, "parent": parent} for parent in dict.fromkeys(asset.parents)]
            await connection.execute(parents.insert(), rows)
    await use(connection, f"job:{job.id}", (asset.blob for asset in made))
    await search.learn(connection, job.id)


async def add_blobs(connection: AsyncConnection, added: Iterable[Blob]) -> None:
    """Notes what blobs are, those not known yet, and that they came in now."""
    at = now()
    rows = [{**blob.model_dump(), "created": at} for blob in added]
    if rows:
        await connection.execute(
            insert(connection, blobs).on_conflict_do_update(index_elements=[blobs.c.key], set_={"created": at}), rows
        )


async def use(connection: AsyncConnection, owner: str, keys: Iterable[str]) -> None:
    """Notes that an owner (`job:a41f`, `note:…`) needs blobs, so that they stay when others no longer do."""
    rows = [{"owner": owner, "blob": key} for key in dict.fromkeys(keys)]
    if rows:
        await connection.execute(insert(connection, uses).on_conflict_do_nothing(), rows)
