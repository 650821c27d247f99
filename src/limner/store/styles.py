"""The styles that a team keeps."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Connection, bindparam, delete, func, select

from limner.domain.style import Style
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import audit, ids
from limner.store.database import Database, either, now
from limner.store.library import use
from limner.store.tables import blobs, styles, teams, uses

MOST = 200
"""Styles of a team."""
_MARK = "s"
_ID = re.compile(_MARK + r"[0-9a-f]{20}")

Make = Callable[[Style | None], Style]
"""From the style that has the name already, if any, to what it becomes; may refuse by raising, and be asked again."""


def is_style(id: str) -> bool:
    """Whether this is how a style's id looks; no job or asset has one like it."""
    return _ID.fullmatch(id) is not None


class Styles:
    """Keeps them, and the pictures that show them for as long as they are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, team: str) -> tuple[Style, ...]:
        """A team's styles, in the order of their names."""
        query = select(styles.c.record).where(styles.c.team == team).order_by(styles.c.key)
        return await self._database.read(lambda connection: tuple(connection.execute(query).scalars()))

    async def named(self, key: str, team: str) -> Style | None:
        """The team's style with this `Style.key`."""
        return await self._database.read(_named, key, team)

    async def get(self, id: str, team: str) -> Style:
        """A style of this team's by its id.

        Raises:
            NotFound: It is not there, or another team's.
        """
        query = select(styles.c.record).where(styles.c.id == id, styles.c.team == team)
        found: Style | None = await self._database.read(lambda connection: connection.execute(query).scalar())
        if found is None:
            raise NotFound(what=shorten(one_line(id), 40))
        return found

    async def put(self, key: str, team: str, make: Make, decision: audit.Decision) -> Style | None:
        """Keeps what is made of the style of this name, or a new one, with a line in the audit log; gives it with its
        id and its date. None: the team has `MOST` already.

        Raises:
            NotFound: One of its pictures was deleted meanwhile.
        """
        return await self._database.write(_put, key, team, make, decision)

    async def remove(self, key: str, team: str, allow: Callable[[Style], None], decision: audit.Decision) -> bool:
        """Forgets a style, with a line in the audit log; False: there is none. `allow` may refuse by raising."""
        return await self._database.write(_remove, key, team, allow, decision)


def _named(connection: Connection, key: str, team: str) -> Style | None:
    found: Style | None = connection.execute(_NAMED, {"its_key": key, "its_team": team}).scalar()
    return found


def _put(connection: Connection, key: str, team: str, make: Make, decision: audit.Decision) -> Style | None:
    # Whoever saves for this team waits here: a name is taken once, and the count is right.
    connection.execute(select(teams.c.id).where(teams.c.id == team).with_for_update())
    known = _named(connection, key, team)
    made = make(known)
    if known is not None:
        kept = made.evolve(id=known.id, created=known.created)
    elif connection.execute(_COUNT, {"its_team": team}).scalar_one() >= MOST:
        return None
    else:
        kept = made.evolve(id=f"{_MARK}{ids.long()}", created=now())
    pictures = {each.blob for each in kept.references}
    there = set(connection.execute(select(blobs.c.key).where(blobs.c.key.in_(pictures))).scalars())
    if lost := next((each for each in kept.references if each.blob not in there), None):
        raise NotFound(what=lost.asset or lost.name)
    row = {"team": team, "key": key, "id": kept.id, "created": kept.created, "record": kept}
    connection.execute(_PUT[connection.dialect.name], row)
    owner = f"style:{kept.id}"
    connection.execute(delete(uses).where(uses.c.owner == owner, uses.c.blob.not_in(pictures)))
    use(connection, owner, pictures)
    audit.add(connection, decision)
    return kept


def _remove(
    connection: Connection, key: str, team: str, allow: Callable[[Style], None], decision: audit.Decision
) -> bool:
    known: Style | None = connection.execute(_LOCKED, {"its_key": key, "its_team": team}).scalar()
    if known is None:
        return False
    allow(known)
    connection.execute(delete(styles).where(styles.c.id == known.id))
    # What nothing uses any longer the sweeper takes.
    connection.execute(delete(uses).where(uses.c.owner == f"style:{known.id}"))
    audit.add(connection, decision)
    return True


_NAMED = select(styles.c.record).where(styles.c.key == bindparam("its_key"), styles.c.team == bindparam("its_team"))
_LOCKED = _NAMED.with_for_update()
_COUNT = select(func.count()).select_from(styles).where(styles.c.team == bindparam("its_team"))
_PUT = either(
    lambda insert: (putting := insert(styles)).on_conflict_do_update(
        index_elements=[styles.c.team, styles.c.key], set_={"record": putting.excluded.record}
    )
)
