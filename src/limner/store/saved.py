"""Saved: the pictures that a member has put a star to, for themselves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from limner.domain.request import Asset
from limner.errors import NotFound
from limner.store import search
from limner.store.database import Database, now
from limner.store.marks import mark
from limner.store.tables import assets, saved


class Saved:
    """Remembers them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def turn(self, asset: Asset, member: str) -> bool:
        """Saves a picture for a member, or lets it go that was saved; whether it is saved now.

        Raises:
            NotFound: It was deleted.
        """
        return await self._database.write(_turn, asset, member)

    async def holds(self, asset: Asset, member: str) -> bool:
        """Whether a member has saved a picture."""
        query = select(saved.c.asset).join(assets).where(_is(asset), saved.c.member == member)
        return await self._database.read(lambda connection: connection.execute(query).first() is not None)

    async def among(self, places: Sequence[int], member: str) -> frozenset[int]:
        """Which of these places in the library have a picture that a member has saved."""
        query = select(saved.c.asset).where(saved.c.member == member, saved.c.asset.in_(places))
        return await self._database.read(lambda connection: frozenset(connection.execute(query).scalars()))


def _is(asset: Asset) -> ColumnElement[bool]:
    return and_(assets.c.job == asset.job, assets.c.number == asset.number)


def place_of(connection: Connection, asset: Asset) -> int:
    """A picture's place in the library, which nobody deletes before the transaction is over.

    Raises:
        NotFound: It was deleted.
    """
    sequence: int | None = connection.execute(select(assets.c.sequence).where(_is(asset)).with_for_update()).scalar()
    if sequence is None:
        raise NotFound(what=asset.id)
    return sequence


def _turn(connection: Connection, asset: Asset, member: str) -> bool:
    sequence = place_of(connection, asset)
    gone = delete(saved).where(saved.c.member == member, saved.c.asset == sequence).returning(saved.c.asset)
    starred = (mark("saved", member),)
    if connection.execute(gone).first() is not None:
        search.change(connection, (sequence,), drop=starred)
        return False
    connection.execute(saved.insert().values(member=member, asset=sequence, created=now()))
    search.change(connection, (sequence,), add=starred)
    return True
