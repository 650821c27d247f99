"""What happens once: events that platforms deliver twice, and notices that are told one time."""

from __future__ import annotations

from sqlalchemy import Connection

from limner.store.database import Database, either, now
from limner.store.tables import once


class Once:
    """Remembers keys for good."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first(self, key: str) -> bool:
        """True the first time ever for this key, for exactly one of those who ask at the same time."""
        return await self._database.write(_first, key)

    async def told(self, team: str, note: str) -> bool:
        """True the first time that this team is told this."""
        return await self.first(f"told:{team}:{note}")


def _first(connection: Connection, key: str) -> bool:
    written = connection.execute(_ADD[connection.dialect.name], {"key": key, "created": now()})
    return written.first() is not None


_ADD = either(lambda insert: insert(once).on_conflict_do_nothing().returning(once.c.key))
