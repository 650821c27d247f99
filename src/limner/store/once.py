"""What happens once: events that platforms deliver twice, and notices that are told one time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, Executable, bindparam, delete

from limner.store.database import Database, Inserting, either, now
from limner.store.tables import once

PASSING = timedelta(minutes=1)
"""How long at least it is known that a key came lately."""
_LATELY = "lately:"


class Once:
    """Remembers keys for good, and some for a moment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first(self, key: str) -> bool:
        """True the first time ever for this key, for exactly one of those who ask at the same time."""
        return await self._database.write(_first, key)

    async def lately(self, key: str, *, within: timedelta) -> bool:
        """True when this key has not come within so long, a minute at most."""
        return await self._database.write(_lately, _LATELY + key, within)

    async def forget_passing(self) -> None:
        """Forgets what came lately and is no longer asked for."""
        old = delete(once).where(once.c.key.startswith(_LATELY), once.c.created < now() - PASSING)
        await self._database.write(lambda connection: connection.execute(old) and None)

    async def told(self, team: str, note: str) -> bool:
        """True the first time that this team is told this."""
        return await self.first(f"told:{team}:{note}")


def _first(connection: Connection, key: str) -> bool:
    written = connection.execute(_ADD[connection.dialect.name], {"key": key, "created": now()})
    return written.first() is not None


def _lately(connection: Connection, key: str, within: timedelta) -> bool:
    at = now()
    row = {"key": key, "created": at, "before": at - within}
    return connection.execute(_RENEW[connection.dialect.name], row).first() is not None


def _renew(insert: Inserting) -> Executable:
    adding = insert(once)
    renewing: Executable = adding.on_conflict_do_update(
        index_elements=[once.c.key],
        set_={"created": adding.excluded.created},
        where=once.c.created < bindparam("before", type_=once.c.created.type),
    ).returning(once.c.key)
    return renewing


_RENEW = either(_renew)
_ADD = either(lambda insert: insert(once).on_conflict_do_nothing().returning(once.c.key))
