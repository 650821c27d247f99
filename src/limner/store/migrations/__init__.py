"""The database's history, one module in `versions/` for each step, run when the store is opened."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, table
from sqlalchemy import column as named

from limner.errors import HostTrouble
from limner.store.database import Database

HEAD = "v0021"
"""The newest revision, written here so that Alembic need not be imported to see that there is nothing to do."""

_TURN = 0x4C696D6E6572  # a number that no other program's lock is likely to have

_version = table("alembic_version", named("version_num"))


async def migrate(database: Database) -> None:
    """Brings the database to `HEAD`, in one transaction.

    Raises:
        HostTrouble: It is at a revision that this Limner does not know.
    """
    if await database.read(_revision) != HEAD:
        await database.write(_upgrade)


async def check(database: Database) -> None:
    """Looks whether the database is at `HEAD`, for whoever only reads it.

    Raises:
        HostTrouble: It is not.
    """
    if await database.read(_revision) != HEAD:
        raise HostTrouble(
            why="The database is another Limner's, or an older one's. Start this one on it once: limner run"
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_version.name):
        return None
    return connection.execute(select(_version.c.version_num)).scalar()


def _upgrade(connection: Connection, revision: str = "head") -> None:
    if connection.dialect.name == "postgresql":
        # Several processes may start at the same time on an empty database; the first makes the tables.
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))

    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    scripts = ScriptDirectory(str(Path(__file__).parent))
    with EnvironmentContext(
        Config(), scripts, fn=lambda current, _: scripts._upgrade_revs(revision, current)
    ) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        try:
            environment.run_migrations()
        except CommandError as unknown:
            raise HostTrouble(
                why=f"The database is at revision {_revision(connection)}, which this Limner does not know. "
                "Run the Limner that wrote it, or a newer one."
            ) from unknown
