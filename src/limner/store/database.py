"""The connection to the database: who may write when, and what differs between SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

# At DEBUG it writes every row that is written: prompts, and tokens while they are needed.
logging.getLogger("aiosqlite").setLevel(logging.INFO)

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}

# FULL, not NORMAL: in WAL mode NORMAL may forget the last commits when the power fails, and a forgotten attempt would
# be painted and paid for a second time. It costs one fsync for each commit.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
    "PRAGMA secure_delete = ON",  # tokens are kept while a job runs, and then are to be gone
)


def address(given: str | None, directory: Path) -> URL:
    """The SQLAlchemy address with our drivers in it; without one, `limner.db` in the directory."""
    if given is None:
        return URL.create(_DRIVERS["sqlite"], database=str(directory.resolve() / "limner.db"))
    url = make_url(given)
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Database:
    """Connections that read, and transactions that write."""

    def __init__(self, url: URL) -> None:
        self.sqlite = url.get_backend_name() == "sqlite"
        self.engine: AsyncEngine
        # hide_parameters: an error's text goes to the log, and rows hold prompts and tokens.
        if self.sqlite:
            # isolation_level None: the driver begins nothing by itself; the transactions below are the only ones.
            self.engine = create_async_engine(
                url, connect_args={"isolation_level": None}, pool_size=5, max_overflow=0, hide_parameters=True
            )
            event.listen(self.engine.sync_engine, "connect", _prepare)
            event.listen(self.engine.sync_engine, "begin", _begin)
        else:
            self.engine = create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
        # SQLite has one writer at a time. Waiting in line here is fair; its own busy handler polls, and starves some.
        self._turn = asyncio.Lock()

    async def close(self) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for single queries; what it writes is lost."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write from its start on; committed at the end, rolled back on an error."""
        async with AsyncExitStack() as stack:
            if self.sqlite:
                await stack.enter_async_context(self._turn)
            connection = await stack.enter_async_context(self.engine.connect())
            await connection.execution_options(limner_writes=True)
            await stack.enter_async_context(connection.begin())
            yield connection


def _prepare(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and then wants to write fails at once when another wrote in between, in spite of
    # the busy timeout; one that says so from the start waits its turn.
    if connection.get_execution_options().get("limner_writes"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the words of the database at hand."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
