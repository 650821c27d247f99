"""Lineage: which pictures were made from which. It is a graph: a picture may have several parents (a blend), and any
number of children.

Who may see a picture is decided as everywhere: by its team, and of private ones they are their member's own. What was
deleted, or is another member's secret, is left out, and so is whatever is reached through it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from limner.domain.request import Asset
from limner.store import ids
from limner.store.database import Database
from limner.store.tables import assets, parents

FAMILY = 60
"""The most pictures of one family that are looked up."""


class Lineage:
    """Finds a picture's relatives."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def children(self, asset: Asset, *, member: str) -> tuple[Asset, ...]:
        """What was made from a picture, oldest first, as this member may see it."""
        seen = _seen(asset.team, member)
        return await self._database.read(lambda connection: tuple(_children(connection, [asset.id], seen)))

    async def ancestors(self, asset: Asset, *, member: str) -> tuple[Asset, ...]:
        """What a picture was made from, and that from, the nearest first."""
        return await self._database.read(_ancestors, asset, _seen(asset.team, member))

    async def versions(self, asset: Asset, *, member: str, most: int) -> tuple[Asset, ...]:
        """A picture after the versions before it, oldest first, `most` in all."""
        return await self._database.read(_versions, asset, _seen(asset.team, member), most)

    async def family(self, of: Sequence[Asset], *, member: str, most: int = FAMILY) -> tuple[Asset, ...]:
        """Pictures of one team with all of their relatives, the nearest `most`, oldest first."""
        return await self._database.read(_family, of, _seen(of[0].team, member), most) if of else ()


def _seen(team: str, member: str) -> ColumnElement[bool]:
    return and_(assets.c.team == team, or_(assets.c.private.is_(False), assets.c.member == member))


def _named(connection: Connection, names: Iterable[str], seen: ColumnElement[bool]) -> Sequence[Asset]:
    read = [said for name in names if (said := ids.read(name)) is not None]
    if not read:
        return ()
    named = or_(*(and_(assets.c.job == job, assets.c.number == number) for job, number in read))
    return connection.execute(select(assets.c.record).where(named, seen).order_by(assets.c.sequence)).scalars().all()


def _children(connection: Connection, names: Iterable[str], seen: ColumnElement[bool]) -> Sequence[Asset]:
    made = select(parents.c.asset).where(parents.c.parent.in_(list(names)))
    query = select(assets.c.record).where(assets.c.sequence.in_(made), seen).order_by(assets.c.sequence)
    return connection.execute(query).scalars().all()


def _ancestors(connection: Connection, asset: Asset, seen: ColumnElement[bool]) -> tuple[Asset, ...]:
    found: dict[str, Asset] = {}
    level: Sequence[Asset] = (asset,)
    while level and len(found) < FAMILY:
        names = {name: None for each in level for name in each.parents if name not in found and name != asset.id}
        level = _named(connection, names, seen)
        found |= {each.id: each for each in level}
    return tuple(found.values())


def _versions(connection: Connection, asset: Asset, seen: ColumnElement[bool], most: int) -> tuple[Asset, ...]:
    line = [asset]
    while len(line) < most and (before := line[-1].version_of) is not None:
        found = _named(connection, [before], seen)
        if not found:
            break
        line.append(found[0])
    return tuple(reversed(line))


def _family(connection: Connection, of: Sequence[Asset], seen: ColumnElement[bool], most: int) -> tuple[Asset, ...]:
    found = {each.id: each for each in of}
    level = of
    while level and len(found) < most:
        up = {name for each in level for name in each.parents if name not in found}
        near = [*_named(connection, sorted(up), seen), *_children(connection, [each.id for each in level], seen)]
        level = list({each.id: each for each in near if each.id not in found}.values())[: most - len(found)]
        found |= {each.id: each for each in level}
    return tuple(sorted(found.values(), key=lambda each: (each.created, each.job, each.number)))
