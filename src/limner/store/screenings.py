"""What moderation said of words and pictures, under a keyed hash of them: never the words themselves."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, select

from limner.domain.rules import Screening
from limner.store.database import Database, either, now
from limner.store.tables import screenings

KEPT = timedelta(days=30)
"""How long a verdict is relied on; the model behind it changes."""


class Screenings:
    """Remembers verdicts for a while."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> Screening | None:
        """The verdict under this key, if it is not too old."""
        return await self._database.read(_get, key)

    async def put(self, key: str, screening: Screening) -> None:
        """Keeps a verdict, and forgets those that are too old."""
        await self._database.write(_put, key, screening)


def _get(connection: Connection, key: str) -> Screening | None:
    found = connection.execute(_GET, {"its_key": key, "since": now() - KEPT}).scalar()
    return None if found is None else Screening.model_validate_json(found)


def _put(connection: Connection, key: str, screening: Screening) -> None:
    row = {"key": key, "verdict": screening.model_dump_json(), "created": now()}
    connection.execute(_PUT[connection.dialect.name], row)
    connection.execute(_EXPIRE, {"since": now() - KEPT})


_GET = select(screenings.c.verdict).where(
    screenings.c.key == bindparam("its_key"), screenings.c.created >= bindparam("since")
)
_PUT = either(
    lambda insert: (row := insert(screenings)).on_conflict_do_update(
        index_elements=[screenings.c.key],
        set_={"verdict": row.excluded.verdict, "created": row.excluded.created},
    )
)
_EXPIRE = delete(screenings).where(screenings.c.created < bindparam("since"))
