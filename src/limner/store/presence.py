"""A worker's name: one living process has it, wherever it runs. On SQLite the lock on the directory sees to that; on
PostgreSQL a lock that the server holds for as long as one connection lives, and lets go of when its process is gone."""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
import time

import structlog
from sqlalchemy import Connection, NullPool, create_engine, func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from limner.errors import ConfigError, StoreTrouble, WorkerInUse
from limner.store.database import connecting

log = structlog.get_logger(__name__)

SINGLE = "limner"
"""The id of a process that does everything."""
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
OURS = {"blobs", "easel", "spool"}
"""Folders of the data directory that are nobody's name."""
LOOK = 2.0
"""Seconds between two looks whether the server still holds the name."""
PATIENCE = 3.0
"""Seconds that a name's last process may take to be gone: a restart follows at its heels."""


def check(worker: str) -> str:
    """A worker's id, which is a folder's name too.

    Raises:
        ConfigError: It cannot be one.
    """
    if not ID.fullmatch(worker) or worker.lower() in OURS:
        why = f"“{worker[:80]}” cannot be a process's id; use at most 64 letters, digits, - . and _, such as w-1"
        raise ConfigError(where="--id", why=why)
    return worker


class Presence:
    """A name that is held."""

    def __init__(self, worker: str, url: URL | None = None) -> None:
        """With `url`, among all processes that use this PostgreSQL database."""
        self.worker = worker
        self._engine = (
            create_engine(
                url,
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
                connect_args=connecting(url, application_name=f"limner {worker}"),
            )
            if url is not None
            else None
        )
        self._connection: Connection | None = None
        self._using = threading.RLock()
        digest = hashlib.sha256(f"limner worker {worker}".encode()).digest()
        self._key = int.from_bytes(digest[:8], "big", signed=True)

    async def take(self) -> None:
        """Takes the name.

        Raises:
            WorkerInUse: Another process has it.
            StoreTrouble: The database is out of reach.
        """
        if self._engine is None:
            return
        until = time.monotonic() + PATIENCE
        while not await self._held():
            if time.monotonic() > until:
                raise WorkerInUse(worker=self.worker)
            await asyncio.sleep(0.1)

    async def keep(self) -> None:
        """Holds the name until cancelled: a database that was gone and is back is asked for it again.

        Raises:
            WorkerInUse: Another process took it meanwhile; this one must end.
        """
        while True:
            await asyncio.sleep(LOOK)
            if self._engine is not None:
                try:
                    await self.take()
                except StoreTrouble:
                    continue

    async def leave(self) -> None:
        """Lets go of the name."""
        if self._engine is not None:
            await asyncio.to_thread(self._drop)

    async def _held(self) -> bool:
        # In a thread: whoever waits for a server that is gone must not hold up the rest.
        try:
            return await asyncio.to_thread(self._hold)
        except DBAPIError as problem:
            raise StoreTrouble() from problem

    def _hold(self) -> bool:
        """Whether the name is ours now; with a connection that died, on another one."""
        with self._using:
            if self._connection is not None:
                try:
                    self._connection.execute(select(1))
                    return True
                except DBAPIError:
                    log.warning("the database is gone, and its hold on this name with it", worker=self.worker)
                    self._drop()
            self._connection = self._asked()
            return self._connection is not None

    def _asked(self) -> Connection | None:
        """A connection that holds the name; None: another process's does."""
        assert self._engine is not None
        connection = self._engine.connect()
        held = False
        try:
            for setting, seconds in _NOTICE.items():
                connection.execute(text(f"SET {setting} = {seconds}"))
            held = bool(connection.execute(select(func.pg_try_advisory_lock(self._key))).scalar_one())
        finally:
            if not held:
                connection.close()
        return connection if held else None

    def _drop(self) -> None:
        with self._using:
            if self._connection is not None:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None


_NOTICE = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3}
"""Seconds after which the server notices that this machine is gone, and lets go of the name."""
