"""What happens once: events that platforms deliver twice, and notices that are told one time."""

from __future__ import annotations

from limner.store.database import Database, insert, now
from limner.store.tables import once


class Once:
    """Remembers keys for good."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first(self, key: str) -> bool:
        """True the first time ever for this key, for exactly one of those who ask at the same time."""
        async with self._database.write() as connection:
            written = await connection.execute(
                insert(connection, once).values(key=key, created=now()).on_conflict_do_nothing().returning(once.c.key)
            )
            return written.first() is not None

    async def told(self, team: str, note: str) -> bool:
        """True the first time that this team is told this."""
        return await self.first(f"told:{team}:{note}")
