"""The library: every picture of a team, and the blobs that pictures and requests are made of."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Executable, Select, bindparam, delete, select, union, update

from limner.domain.approval import Approval
from limner.domain.look import Look
from limner.domain.money import Micros
from limner.domain.request import Asset, Job
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids, marks, search
from limner.store.blobs import ORPHAN_AGE, Blob
from limner.store.database import Database, Inserting, either, now
from limner.store.erasing import erase
from limner.store.tables import approvals, assets, blobs, jobs, parents, uses


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
            asset: Asset | None = await self._database.read(lambda connection: connection.execute(query).scalar())
            if asset is not None:
                return asset
        raise NotFound(what=shorten(one_line(id), 40))

    async def of_job(self, job: str) -> tuple[Asset, ...]:
        """A job's pictures, in order."""
        query = select(assets.c.record).where(assets.c.job == job).order_by(assets.c.number)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def standing(self, job: str) -> tuple[tuple[Asset, Approval | None], ...]:
        """The same, each with what was asked and decided about it, if anything was."""
        rows = await self._database.read(lambda connection: connection.execute(_STANDING, {"its_job": job}).all())
        return tuple((row[0], row[1]) for row in rows)

    async def delete(self, job: Job) -> tuple[str, ...]:
        """Takes a job and its pictures out of the library, the search and all else; gives the keys of the bytes that
        nothing uses any longer, which are doomed. What it cost stays in the ledger.

        Raises:
            StillOpen: It waits or is being painted: what it costs is not known.
        """
        return await self._database.write(erase, job.id)

    async def unlooked(self, *, limit: int, after: int = 0) -> tuple[tuple[int, Asset], ...]:
        """Pictures of whichever team that nobody has looked at, with their places in the library, from one place on."""
        query = select(assets.c.sequence, assets.c.record).where(~assets.c.looked, assets.c.sequence > after)
        query = query.order_by(assets.c.sequence).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple((row[0], row[1]) for row in rows)

    async def look(self, sequence: int, look: Look | None) -> None:
        """Notes how the picture at a place looks; None: it cannot be seen, and nobody need look again."""
        await self._database.write(_look, sequence, look)

    async def describe(self, asset: Asset, words: str | None, cost: Micros) -> None:
        """Notes what a model saw in a picture (None: nothing that can be used), and with its job what that cost."""
        await self._database.write(_describe, asset, words, cost)

    async def add_blob(self, blob: Blob, *, jobs: tuple[str, ...] = ()) -> None:
        """Notes what a blob is. With jobs it is a sheet that shows their pictures, and goes when the first of them is
        deleted."""
        await self._database.write(_add_blob, blob, jobs)

    async def known(self, key: str) -> bool:
        """Whether a blob is there that was noted."""
        query = select(blobs.c.key).where(blobs.c.key == key)
        return await self._database.read(lambda connection: connection.execute(query).first() is not None)

    async def named(self, keys: Iterable[str]) -> set[str]:
        """Which of these keys something uses, or came in a short while ago; the others are orphans, such as what was
        attached to a request that was refused."""
        return await self._database.read(_named, list(keys))

    async def forget_orphans(self) -> None:
        """Forgets what blobs are that nothing uses, nor came in a short while ago."""
        used = select(uses.c.blob).where(uses.c.blob == blobs.c.key).exists()
        orphans = delete(blobs).where(blobs.c.created <= now() - ORPHAN_AGE, ~used)
        await self._database.write(lambda connection: connection.execute(orphans) and None)


def page(connection: Connection, query: Select[Asset], team: str, before: str | None) -> tuple[Asset, ...]:
    """What a query over the library finds, of what is older than the picture `before`."""
    if before is not None:
        job, number = ids.read(before) or ("", 0)
        place = select(assets.c.sequence).where(assets.c.job == job, assets.c.number == number, assets.c.team == team)
        sequence = connection.execute(place).scalar()
        if sequence is None:
            raise NotFound(what=shorten(one_line(before), 40))
        query = query.where(assets.c.sequence < sequence)
    return tuple(connection.execute(query).scalars())


def _look(connection: Connection, sequence: int, look: Look | None) -> None:
    place = assets.c.sequence == sequence
    asset: Asset | None = connection.execute(select(assets.c.record).where(place).with_for_update()).scalar()
    if asset is None:
        return
    values = {**looked(look), "looked": True, "record": asset.evolve(look=look)}
    connection.execute(update(assets).where(place).values(values))
    if look is not None:
        search.change(connection, (sequence,), add=marks.of_look(look))


def _describe(connection: Connection, asset: Asset, words: str | None, cost: Micros) -> None:
    job: Job = connection.execute(select(jobs.c.record).where(jobs.c.id == asset.job).with_for_update()).scalar_one()
    told = job.evolve(described=Micros(job.described + cost))
    connection.execute(update(jobs).where(jobs.c.id == asset.job).values(record=told))
    place = assets.c.job == asset.job, assets.c.number == asset.number
    there: Asset | None = connection.execute(select(assets.c.record).where(*place).with_for_update()).scalar()
    if there is not None and words:
        connection.execute(update(assets).where(*place).values(record=there.evolve(description=words)))


def _add_blob(connection: Connection, blob: Blob, jobs: tuple[str, ...]) -> None:
    add_blobs(connection, (blob,))
    for job in jobs:
        use(connection, f"sheet:{job}", (blob.key,))


def _named(connection: Connection, wanted: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = union(
            select(uses.c.blob).where(uses.c.blob.in_(some)),
            select(blobs.c.key).where(blobs.c.key.in_(some), blobs.c.created > now() - ORPHAN_AGE),
        )
        found.update(connection.execute(rows).scalars())
    return found


def keep(connection: Connection, job: Job, made: tuple[Asset, ...]) -> None:
    """Puts a job's pictures into the library, within a transaction of whoever settles it."""
    learned: list[search.Learned] = []
    for asset in (each.evolve(team=job.team, member=job.member) for each in made):  # its team may have joined another
        has = marks.of(asset, job)
        row = {
            "job": job.id,
            "number": asset.number,
            "team": job.team,
            "member": asset.member,
            "blob": asset.blob,
            "prompt": asset.words,
            "private": asset.private,
            "created": asset.created,
            "record": asset,
            "marks": has,
            **looked(asset.look),
        }
        sequence = connection.execute(_KEEP, row).scalar_one()
        learned.append(search.Learned(sequence, asset.words, has))
        if asset.parents:
            rows = [{"asset": sequence, "parent": parent} for parent in dict.fromkeys(asset.parents)]
            connection.execute(parents.insert(), rows)
    answers = (asset.answer.blob for asset in made if asset.answer)
    use(connection, f"job:{job.id}", (*(asset.blob for asset in made), *answers))
    search.learn(connection, learned)


def looked(look: Look | None) -> dict[str, object]:
    """The columns that say how a picture looks; without a look it is looked at later."""
    if look is None:
        return {"looked": False}
    return {"looked": True, "colour": look.colours[0], "likeness": look.likeness}


def add_blobs(connection: Connection, added: Iterable[Blob]) -> None:
    """Notes what blobs are, those not known yet, and that they came in now."""
    at = now()
    rows = [{**blob.model_dump(), "created": at} for blob in added]
    if rows:
        connection.execute(_ADD_BLOBS[connection.dialect.name], rows)


def use(connection: Connection, owner: str, keys: Iterable[str]) -> None:
    """Notes that an owner (`job:a41f`, `note:…`) needs blobs, so that they stay when others no longer do."""
    rows = [{"owner": owner, "blob": key} for key in dict.fromkeys(keys)]
    if rows:
        connection.execute(_USE[connection.dialect.name], rows)


def _add_blobs(insert: Inserting) -> Executable:
    adding = insert(blobs)
    added: Executable = adding.on_conflict_do_update(
        index_elements=[blobs.c.key], set_={"created": adding.excluded.created}
    )
    return added


_STANDING = (
    select(assets.c.record, approvals.c.record)
    .outerjoin(approvals)
    .where(assets.c.job == bindparam("its_job"))
    .order_by(assets.c.number)
)
_KEEP = assets.insert().returning(assets.c.sequence)
_ADD_BLOBS = either(_add_blobs)
_USE = either(lambda insert: insert(uses).on_conflict_do_nothing())
