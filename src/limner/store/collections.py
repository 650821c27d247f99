"""The collections that teams keep, and the tags that they put on pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, bindparam, delete, func, or_, select

from limner.domain.collection import TAGS, Collection
from limner.domain.request import Asset
from limner.errors import BadOption, CollectionGone
from limner.store import audit, ids, search
from limner.store.database import Database, either, now
from limner.store.marks import mark
from limner.store.saved import place_of
from limner.store.tables import assets, collected, collections, tags, teams

MOST = 500
"""Collections of a team."""
HOLDS = 10_000
"""Pictures of a collection."""
_MARK = "c"
_ID = re.compile(_MARK + r"[0-9a-f]{20}")


def is_collection(id: str | None) -> bool:
    """Whether this is how a collection's id looks; nothing else has one like it."""
    return id is not None and _ID.fullmatch(id) is not None


class Collections:
    """Keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, team: str) -> tuple[tuple[Collection, int], ...]:
        """A team's collections in the order of their names, each with how many pictures it holds."""
        held = select(func.count()).where(collected.c.collection == collections.c.id).scalar_subquery()
        query = select(collections.c.record, held).where(collections.c.team == team).order_by(collections.c.key)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple((row[0], row[1]) for row in rows)

    async def named(self, key: str, team: str) -> Collection | None:
        """The team's collection with this `Collection.key`."""
        return await self._database.read(_named, key, team)

    async def get(self, id: str | None, team: str) -> Collection:
        """A team's collection by its id.

        Raises:
            CollectionGone: It is not there any longer, or another team's.
        """
        found = await self._database.read(_get, id or "", team)
        if found is None:
            raise CollectionGone
        return found

    async def add(self, asset: Asset, wanted: Collection, team: str) -> tuple[Collection, bool]:
        """Puts a picture into the collection of this name, which is made where there is none; gives it, and whether the
        picture was not in it.

        Raises:
            NotFound: The picture was deleted.
            BadOption: The team, or the collection, has too many.
        """
        return await self._database.write(_add, asset, wanted, team)

    async def drop(self, asset: Asset, collection: Collection) -> bool:
        """Takes a picture out; False: it was not in it.

        Raises:
            NotFound: The picture was deleted.
        """
        return await self._database.write(_drop, asset, collection)

    async def remove(
        self, id: str, team: str, allow: Callable[[Collection], None], decision: audit.Decision
    ) -> Collection:
        """Forgets a collection, with a line in the audit log; its pictures stay. `allow` may refuse by raising.

        Raises:
            CollectionGone: It is not there any longer.
        """
        return await self._database.write(_remove, id, team, allow, decision)

    async def tag(self, asset: Asset, team: str, named: Mapping[str, str], *, remove: bool) -> tuple[str, ...]:
        """Puts tags on a picture, by their keys, or takes them off; gives those that are on it then.

        Raises:
            NotFound: The picture was deleted.
            BadOption: It has too many.
        """
        return await self._database.write(_tag, asset, team, named, remove)

    async def tags_on(self, asset: Asset) -> tuple[str, ...]:
        """The tags of a picture, by name."""
        query = select(tags.c.name).join(assets).where(assets.c.job == asset.job, assets.c.number == asset.number)
        query = query.order_by(tags.c.key)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def holding(self, asset: Asset) -> tuple[Collection, ...]:
        """The collections that a picture is in, by name."""
        query = (
            select(collections.c.record)
            .join(collected, collected.c.collection == collections.c.id)
            .join(assets, assets.c.sequence == collected.c.asset)
            .where(assets.c.job == asset.job, assets.c.number == asset.number)
            .order_by(collections.c.key)
        )
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def tags_of(self, team: str, *, limit: int = 200) -> tuple[str, ...]:
        """The tags that a team uses, by name."""
        query = select(func.min(tags.c.name)).where(tags.c.team == team).group_by(tags.c.key).order_by(tags.c.key)
        return await self._database.read(lambda connection: tuple(connection.execute(query.limit(limit)).scalars()))

    async def tagged(self, team: str, member: str, *, limit: int = 200) -> tuple[tuple[str, int], ...]:
        """The tags that a team uses, by name, each with how many pictures have it that a member may see."""
        query = (
            select(func.min(tags.c.name), func.count())
            .join(assets)
            .where(tags.c.team == team, or_(~assets.c.private, assets.c.member == member))
            .group_by(tags.c.key)
            .order_by(tags.c.key)
        )
        rows = await self._database.read(lambda connection: connection.execute(query.limit(limit)).all())
        return tuple((row[0], row[1]) for row in rows)


def _named(connection: Connection, key: str, team: str) -> Collection | None:
    query = select(collections.c.record).where(collections.c.team == team, collections.c.key == key)
    found: Collection | None = connection.execute(query).scalar()
    return found


def _get(connection: Connection, id: str, team: str) -> Collection | None:
    if not is_collection(id):
        return None
    query = select(collections.c.record).where(collections.c.id == id, collections.c.team == team)
    found: Collection | None = connection.execute(query).scalar()
    return found


def _add(connection: Connection, asset: Asset, wanted: Collection, team: str) -> tuple[Collection, bool]:
    # Whoever makes one for this team waits here: a name is taken once, and the count is right.
    connection.execute(select(teams.c.id).where(teams.c.id == team).with_for_update())
    place = place_of(connection, asset)
    kept = _named(connection, wanted.key, team)
    if kept is None:
        count = select(func.count()).select_from(collections).where(collections.c.team == team)
        if connection.execute(count).scalar_one() >= MOST:
            raise BadOption(
                name="name", value=wanted.name[:40], why=f"your team has {MOST} collections, and that is all"
            )
        kept = wanted.evolve(id=f"{_MARK}{ids.long()}", created=now())
        row = {"id": kept.id, "team": team, "key": kept.key, "created": kept.created, "record": kept}
        connection.execute(collections.insert().values(row))
    held = select(func.count()).select_from(collected).where(collected.c.collection == kept.id)
    if connection.execute(held).scalar_one() >= HOLDS:
        raise BadOption(name="name", value=kept.name[:40], why=f"it holds {HOLDS:,} pictures already")
    putting = _COLLECT[connection.dialect.name]
    added = connection.execute(putting, {"collection": kept.id, "asset": place}).first() is not None
    search.change(connection, (place,), add=(mark("collection", kept.id),))
    return kept, added


def _drop(connection: Connection, asset: Asset, collection: Collection) -> bool:
    place = place_of(connection, asset)
    gone = delete(collected).where(collected.c.collection == collection.id, collected.c.asset == place)
    if connection.execute(gone.returning(collected.c.asset)).first() is None:
        return False
    search.change(connection, (place,), drop=(mark("collection", collection.id),))
    return True


def _remove(
    connection: Connection, id: str, team: str, allow: Callable[[Collection], None], decision: audit.Decision
) -> Collection:
    known = _get(connection, id, team)
    if known is None:
        raise CollectionGone
    allow(known)
    # Pictures keep its mark: no other collection gets this id, and nobody can ask for it.
    connection.execute(delete(collected).where(collected.c.collection == id))
    if connection.execute(delete(collections).where(collections.c.id == id)).rowcount == 0:
        raise CollectionGone
    audit.add(connection, decision)
    return known


def _tag(connection: Connection, asset: Asset, team: str, named: Mapping[str, str], remove: bool) -> tuple[str, ...]:
    place = place_of(connection, asset)
    marked = tuple(mark("tag", f"{team} {key}") for key in named)
    if remove:
        connection.execute(delete(tags).where(tags.c.asset == place, tags.c.key.in_(list(named))))
        search.change(connection, (place,), drop=marked)
    else:
        rows = [{"asset": place, "key": key, "team": team, "name": name} for key, name in named.items()]
        connection.execute(_TAG[connection.dialect.name], rows)
        search.change(connection, (place,), add=marked)
    kept = tuple(connection.execute(_TAGS, {"its_asset": place}).scalars())
    if len(kept) > TAGS:
        raise BadOption(name="tags", value="", why=f"a picture has at most {TAGS}")
    return kept


_COLLECT = either(lambda insert: insert(collected).on_conflict_do_nothing().returning(collected.c.asset))
_TAG = either(lambda insert: insert(tags).on_conflict_do_nothing())
_TAGS = select(tags.c.name).where(tags.c.asset == bindparam("its_asset")).order_by(tags.c.key)
