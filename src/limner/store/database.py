"""The connection to the database: who may write when, and what differs between SQLite and PostgreSQL.

A transaction is a plain function from a connection to what it gives. It runs from its begin to its commit in one
thread: it cannot be cut off half-way by a cancelled task, and no event loop is asked between its statements.
(SQLAlchemy's own way through aiosqlite changes threads four times for each statement, at fifteen times the processor.)
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import quote

import aiosqlite
import structlog
from sqlalchemy import Connection, Executable, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    InternalError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from limner.errors import ConfigError, StoreTrouble
from limner.store.compiled import COMPILED
from limner.store.health import READING, WRITING, Health
from limner.store.writing import Writer

# At DEBUG it writes every row that is written: prompts, and tokens while they are needed.
logging.getLogger("aiosqlite").setLevel(logging.INFO)
log = structlog.get_logger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[Connection, P], T]
"""What is done within a transaction. It must change nothing but the database: it may be run again."""

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}

# FULL, not NORMAL: in WAL mode NORMAL may forget the last commits when the power fails, and a forgotten attempt would
# be painted and paid for a second time. It costs one fsync for each commit.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA secure_delete = ON",  # tokens are kept while a job runs, and then are to be gone
)
_READING = ("PRAGMA query_only = ON", "PRAGMA busy_timeout = 5000")

READERS = 2
"""Connections that only read SQLite, beside the one that writes."""
CONNECTIONS = 4
"""Connections to PostgreSQL at most that write, and as many that only read."""
CONNECTING = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""What libpq is told, unless the address says otherwise: seconds, but the last in milliseconds, until a server whose
machine has gone without a word is known to be gone. By itself the operating system waits for a quarter of an hour."""
TRIES = 3
"""How often a transaction is run that stood in another's way, which only PostgreSQL's do."""
IN_THE_WAY = {"40001", "40P01"}
"""PostgreSQL's codes for that: serialization failure, deadlock."""
TRUSTED_SECONDS = 1.0
"""How long after its last use a connection to PostgreSQL is used again without trying it."""
USED = "used"


def address(given: str | None, directory: Path) -> URL:
    """The SQLAlchemy address with our drivers in it; without one, `limner.db` in the directory.

    Raises:
        ConfigError: It is of neither database that we know.
    """
    if given is None:
        return URL.create(_DRIVERS["sqlite"], database=str(directory.resolve() / "limner.db"))
    try:
        url = make_url(given)
        driver = _DRIVERS[url.drivername.partition("+")[0]]
    except (ArgumentError, KeyError) as problem:
        # The address may have a password in it.
        raise ConfigError(
            where="[data] database", why="it has to begin with postgresql:// or sqlite:///, and this one does not"
        ) from problem
    return url.set(drivername=driver)


def connecting(url: URL, **also: str) -> dict[str, Any]:
    """How a connection to PostgreSQL is made; what the address itself says of it counts."""
    return {name: value for name, value in {**CONNECTING, **also}.items() if name not in url.query}


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Begin(Enum):
    """How a transaction begins."""

    READ = "read"
    """Single queries; each sees what is committed when it is asked."""
    VIEW = "view"
    """All queries see the same."""
    WRITE = "write"


class Lane(Protocol):
    """Where transactions run, one after the other."""

    async def run(self, work: Callable[[Connection], T], begin: Begin, *, short: bool = False) -> T:
        """What the work gives; what it wrote is kept if it began to write, and did not raise. `short`: it is done at
        once, and may wait for others that are."""
        ...

    async def close(self) -> None: ...


class Database:
    """Runs transactions."""

    def __init__(self, *, sqlite: bool, writer: Lane, readers: tuple[Lane, ...]) -> None:
        self.sqlite = sqlite
        self._writer = writer
        self._readers = readers
        self._next = 0
        self.health: Health | None = None
        """Who is told what transactions meet."""

    @classmethod
    async def open(cls, url: URL, *, read_only: bool = False) -> Database:
        """The database at this address. `read_only` leaves it as it is, and whoever has it undisturbed.

        Raises:
            StoreTrouble: It cannot be reached.
        """
        if url.get_backend_name() != "sqlite":
            return cls(sqlite=False, writer=_Threads(url), readers=(_Threads(url, reading=True),))
        lanes: list[_SQLite] = []
        try:
            for _ in range(1 if read_only else 1 + READERS):
                lanes.append(await _SQLite.open(str(url.database), read_only=read_only))
        except aiosqlite.Error as problem:
            for lane in lanes:
                await lane.close()
            raise _trouble(problem) from problem
        return cls(sqlite=True, writer=lanes[0], readers=tuple(lanes[1:] or lanes))

    async def close(self) -> None:
        for lane in {id(each): each for each in (self._writer, *self._readers)}.values():
            await lane.close()

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the work finds; what it writes is lost.

        Raises:
            StoreTrouble: The database is out of reach.
        """
        with self._noticing(READING):
            return await _run(self._reader(), partial(_on, work, args, kwargs), Begin.READ)

    async def view(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same, for work that asks several questions whose answers have to fit together."""
        with self._noticing(READING):
            return await _run(self._reader(), partial(_on, work, args, kwargs), Begin.VIEW)

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the work gives, once everything that it wrote is on the disk; nothing is written if it raises.

        Raises:
            StoreTrouble: The database is out of reach, full or read-only.
        """
        with self._noticing(WRITING, READING):
            return await _run(self._writer, partial(_on, work, args, kwargs), Begin.WRITE)

    async def jot(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for work of a few quick statements, which may share its commit with others of that kind."""
        with self._noticing(WRITING, READING):
            return await _run(self._writer, partial(_on, work, args, kwargs), Begin.WRITE, short=True)

    def _noticing(self, *parts: str) -> AbstractContextManager[None]:
        return self.health.noticing(*parts) if self.health is not None else nullcontext()

    def _reader(self) -> Lane:
        self._next += 1
        return self._readers[self._next % len(self._readers)]


def _on(work: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any], connection: Connection) -> T:
    return work(connection, *args, **kwargs)


async def _run(lane: Lane, work: Callable[[Connection], T], begin: Begin, *, short: bool = False) -> T:
    for tried in range(1, TRIES + 1):
        try:
            return await lane.run(work, begin, short=short)
        except (OperationalError, InterfaceError, InternalError, PoolTimeout, sqlite3.OperationalError) as problem:
            if isinstance(problem, DBAPIError) and _again(problem, begin) and tried < TRIES:
                continue
            if isinstance(lane, _SQLite) and _reason(problem) is None:
                raise  # a statement that cannot be: SQLite calls that operational too
            raise _trouble(problem) from problem
    raise AssertionError("unreachable")


def _again(problem: DBAPIError, begin: Begin) -> bool:
    """Whether to run it once more: it stood in another's way, or only read from a connection that has gone."""
    gone = problem.connection_invalidated and begin is not Begin.WRITE
    return gone or getattr(problem.orig, "sqlstate", None) in IN_THE_WAY


def _reason(problem: Exception) -> str | None:
    said = str(getattr(problem, "orig", None) or problem)
    return next((why for part, why in _REASONS.items() if part in said), None)


def _trouble(problem: Exception) -> StoreTrouble:
    # The driver's own words only: SQLAlchemy's would show the statement.
    log.error("the database does not take part", why=str(getattr(problem, "orig", None) or type(problem).__name__))
    return StoreTrouble(why=_reason(problem) or "my database does not answer")


_REASONS = {
    "disk is full": "my disk is full",
    "No space left": "my disk is full",
    "readonly": "my disk is read-only",
    "read-only": "my disk is read-only",
    "locked": "my database is locked by another program",
    "disk I/O error": "my disk has a fault",
    "unable to open": "my disk cannot be reached",
    "malformed": "my database is damaged",
}


class _SQLite:
    """One connection to SQLite, in the thread that aiosqlite keeps for it."""

    def __init__(self, driver: aiosqlite.Connection) -> None:
        self._driver = driver
        # isolation_level None: the driver begins nothing by itself; the transactions below are the only ones.
        # hide_parameters: an error's text goes to the log, and rows hold prompts and tokens.
        self._engine = create_engine(
            "sqlite://",
            creator=self._connection,
            poolclass=StaticPool,
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",
            execution_options={"compiled_cache": COMPILED},
        )
        self._own: Connection | None = None
        self._writer = Writer(driver, self._sqlalchemy)

    @classmethod
    async def open(cls, path: str, *, read_only: bool) -> _SQLite:
        where = f"file:{quote(path)}?mode=ro" if read_only else path
        driver = await aiosqlite.connect(where, uri=read_only, isolation_level=None, cached_statements=256)
        for pragma in _READING if read_only else _PRAGMAS:
            await driver.execute_fetchall(pragma)
        return cls(driver)

    def _connection(self) -> sqlite3.Connection:
        # SQLAlchemy's own dialect for aiosqlite reaches for it in the same way.
        return self._driver._conn

    def _sqlalchemy(self) -> Connection:
        # One of SQLAlchemy's connections for all transactions, which knows of none: to take one from its pool and put
        # it back costs as much as two statements.
        self._own = self._own or self._engine.connect()
        return self._own

    async def run(self, work: Callable[[Connection], T], begin: Begin, *, short: bool = False) -> T:
        given: T
        if begin is Begin.WRITE:
            given = await self._writer.run(work, short=short)
        else:
            # aiosqlite offers single statements; this is how it runs them in its thread.
            given = await self._driver._execute(self._look, work, begin)  # type: ignore[no-untyped-call]
        return given

    def _look(self, work: Callable[[Connection], T], begin: Begin) -> T:
        connection, driver = self._sqlalchemy(), self._connection()
        if begin is Begin.VIEW:
            driver.execute("BEGIN DEFERRED")
        try:
            return work(connection)
        finally:
            if driver.in_transaction:
                driver.rollback()

    async def close(self) -> None:
        await self._writer.finish()
        await self._driver.close()


class _Threads:
    """Connections to PostgreSQL, each used by one thread at a time."""

    def __init__(self, url: URL, *, reading: bool = False) -> None:
        self._engine = create_engine(
            url,
            # Single queries need no transaction around them, which would be two more questions to the server.
            isolation_level="AUTOCOMMIT" if reading else "READ COMMITTED",
            pool_size=CONNECTIONS,
            max_overflow=0,
            hide_parameters=True,
            connect_args=connecting(url),
            execution_options={"compiled_cache": COMPILED},
        )
        if reading:
            event.listen(self._engine, "connect", plan_each)
        event.listen(self._engine, "checkin", _used)
        event.listen(self._engine, "checkout", self._still_there)
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="database")

    async def run(self, work: Callable[[Connection], T], begin: Begin, *, short: bool = False) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transact, work, begin)

    def _transact(self, work: Callable[[Connection], T], begin: Begin) -> T:
        with self._engine.connect() as connection:
            if begin is Begin.VIEW:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            given = work(connection)
            if begin is Begin.WRITE:
                connection.commit()
            return given

    def _still_there(self, driver: Any, record: Any, _: Any) -> None:
        """Tries a connection that has rested before it is used: the server may have gone and come back meanwhile."""
        if monotonic() - record.info.get(USED, 0.0) > TRUSTED_SECONDS:
            try:
                self._engine.dialect.do_ping(driver)
            except self._engine.dialect.dbapi.Error as gone:  # type: ignore[union-attr]
                raise DisconnectionError from gone

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


def plan_each(driver: Any, _: Any) -> None:
    """Has PostgreSQL plan each question for what it is given: a plan that is good for any team walks through the
    library of the large ones for the small ones. What is written finds its rows by their keys, and keeps its plan."""
    before, driver.autocommit = driver.autocommit, True
    driver.execute("SET plan_cache_mode = force_custom_plan")
    driver.autocommit = before


def _used(_: Any, record: Any) -> None:
    record.info[USED] = monotonic()


Inserting = Callable[[Table], Any]


def either(make: Callable[[Inserting], Executable]) -> Mapping[str, Executable]:
    """A statement that needs an INSERT with ON CONFLICT, built once for each database, by the dialect's name."""
    return {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}
