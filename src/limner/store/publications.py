"""Public links: kept by a hash of their secret word, so that who reads the database cannot open them."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select

from limner.domain.publication import Publication
from limner.domain.request import Asset
from limner.errors import NotFound
from limner.store import ids
from limner.store.database import Database, now
from limner.store.tables import assets, publications

MARK = "k"


def digest(word: str) -> str:
    """What is kept of a secret word: SHA-256, in hexadecimal."""
    return hashlib.sha256(word.encode()).hexdigest()


class Publications:
    """Keeps them as long as their picture; one that was withdrawn, or whose time is over, is gone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new_id(self) -> str:
        """An id to withdraw it by; it opens nothing."""
        return f"{MARK}{ids.draw(7)}"

    async def add(self, publication: Publication, word: str) -> None:
        """Makes a picture public to whoever has the word.

        Raises:
            NotFound: The picture was deleted meanwhile.
        """
        await self._database.write(_add, publication, digest(word))

    async def open(self, word: str) -> tuple[Publication, Asset] | None:
        """What a word opens; None: nothing, or nothing any longer."""
        row = await self._database.read(lambda connection: connection.execute(_OPEN, _at(word=digest(word))).first())
        return (row.record, row.asset) if row is not None else None

    async def of_team(self, team: str, *, member: str | None = None) -> tuple[Publication, ...]:
        """A team's public links (those of one member), newest first."""
        which = [_LIVES, publications.c.team == team]
        if member is not None:
            which.append(publications.c.member == member)
        query = select(publications.c.record).where(*which).order_by(publications.c.created.desc())
        return await self._database.read(lambda connection: tuple(connection.execute(query, _at()).scalars()))

    async def of_asset(self, asset: Asset) -> tuple[Publication, ...]:
        """The public links of a picture, newest first."""
        return tuple(each for each in await self.of_team(asset.team) if each.asset == asset.id)

    async def withdraw(self, id: str, team: str) -> None:
        """Ends a public link: from now on its word opens nothing."""
        gone = delete(publications).where(publications.c.id == id, publications.c.team == team)
        await self._database.write(lambda connection: connection.execute(gone) and None)

    async def forget_old(self) -> None:
        """Forgets those whose time is over."""
        old = delete(publications).where(publications.c.expires <= now())
        await self._database.write(lambda connection: connection.execute(old) and None)


def _add(connection: Connection, publication: Publication, word: str) -> None:
    job, number = ids.read(publication.asset) or ("", 0)
    found = connection.execute(_SEQUENCE, {"its_job": job, "its_number": number, "its_team": publication.team}).scalar()
    if found is None:
        raise NotFound(what=publication.asset)
    row = publication.model_dump(include={"id", "team", "member", "created", "expires"})
    connection.execute(publications.insert(), {**row, "word": word, "asset": found, "record": publication})


def _at(**given: Any) -> dict[str, Any]:
    return {"at": now(), **given}


_LIVES = or_(publications.c.expires.is_(None), publications.c.expires > bindparam("at"))
_OPEN = (
    select(publications.c.record, assets.c.record.label("asset"))
    .join(assets, and_(assets.c.sequence == publications.c.asset, assets.c.team == publications.c.team))
    .where(publications.c.word == bindparam("word"), _LIVES)
)
_SEQUENCE = select(assets.c.sequence).where(
    assets.c.job == bindparam("its_job"),
    assets.c.number == bindparam("its_number"),
    assets.c.team == bindparam("its_team"),
)
