"""Workers: which processes live that share the database."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Executable, delete, select

from limner.store.database import Database, Inserting, either, now
from limner.store.tables import workers

SILENT = timedelta(seconds=60)
"""After how long without a sign of life a worker is taken for dead."""
PASSING = "cli"
"""The role of processes that never come back under their id."""


class Workers:
    """Notes signs of life."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def heartbeat(self, worker: str, role: str) -> None:
        """Notes that a worker lives."""
        row = {"id": worker, "role": role, "started": now(), "seen": now()}
        await self._database.write(lambda connection: connection.execute(_SEEN[connection.dialect.name], row) and None)

    async def serving(self, *roles: str) -> bool:
        """Whether a process with one of these roles lives."""
        alive = select(workers.c.id).where(workers.c.role.in_(roles), workers.c.seen > now() - SILENT)
        return await self._database.read(lambda connection: connection.execute(alive).first() is not None)

    async def leave(self, worker: str) -> None:
        """Notes that a worker has ended and left nothing."""
        gone = delete(workers).where(workers.c.id == worker)
        await self._database.write(lambda connection: connection.execute(gone) and None)


def _seen(insert: Inserting) -> Executable:
    living = insert(workers)
    seen: Executable = living.on_conflict_do_update(
        index_elements=[workers.c.id], set_={"role": living.excluded.role, "seen": living.excluded.seen}
    )
    return seen


_SEEN = either(_seen)
