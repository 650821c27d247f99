"""What Limner has said aloud: whose it is, what it is about, and for how long it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from limner.store import ids
from limner.store.blobs import Blob
from limner.store.database import Database, now
from limner.store.library import add_blobs, use
from limner.store.tables import spoken, uses


class Spoken:
    """Keeps it until its time is over, or what it is about is deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, blob: Blob, *, team: str, member: str, about: str | None, until: datetime) -> None:
        """Keeps a sound that a member has asked for. `about`: the job or the note that it speaks of."""
        row = {"id": ids.long(), "team": team, "member": member, "about": about, "until": until}
        await self._database.write(_keep, blob, row)

    async def forget(self, about: Iterable[str]) -> tuple[str, ...]:
        """Forgets what was said of these jobs and notes; gives the keys of the blobs that nothing uses any longer."""
        return await self._database.write(_forget, tuple(about))

    async def forget_old(self) -> None:
        """Forgets what is to be kept no longer; the sweeper takes the bytes."""
        gone = delete(spoken).where(spoken.c.until < now()).returning(spoken.c.id)
        await self._database.write(lambda connection: _let_go(connection, connection.execute(gone).scalars().all()))


def _keep(connection: Connection, blob: Blob, row: Mapping[str, object]) -> None:
    add_blobs(connection, (blob,))
    connection.execute(spoken.insert().values(row))
    use(connection, _owner(str(row["id"])), (blob.key,))


def _forget(connection: Connection, about: tuple[str, ...]) -> tuple[str, ...]:
    gone = connection.execute(delete(spoken).where(spoken.c.about.in_(about)).returning(spoken.c.id)).scalars().all()
    keys = _let_go(connection, gone)
    needed = set(connection.execute(select(uses.c.blob).where(uses.c.blob.in_(keys))).scalars())
    return tuple(sorted(keys - needed))


def _let_go(connection: Connection, ids: Iterable[str]) -> set[str]:
    owners = [_owner(id) for id in ids]
    freed = delete(uses).where(uses.c.owner.in_(owners)).returning(uses.c.blob)
    return set(connection.execute(freed).scalars())


def _owner(id: str) -> str:
    return f"spoken:{id}"
