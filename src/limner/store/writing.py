"""The connection that writes SQLite, in the thread that aiosqlite keeps for it.

Commits are what a busy writer spends its time with: each is an fsync, and a way into the thread and back. Short
transactions that wait at the same moment share one (group commit, as database servers do it): each within a savepoint
of its own, so that one which raises takes nothing of the others with it, and each is told once all of it is on the
disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import aiosqlite
from sqlalchemy import Connection

MANY = 32
"""Transactions that share a commit at most."""
SOON = 0.01
"""Seconds after which none is added to a commit that others wait for."""


@dataclass(eq=False)
class _Asked:
    """A transaction that somebody waits for."""

    work: Callable[[Connection], Any]
    short: bool
    told: asyncio.Future[Any]
    given: Any = None
    problem: Exception | None = None

    def tell(self) -> None:
        if self.told.done():  # whoever asked was cancelled; it is written all the same
            return
        if self.problem is None:
            self.told.set_result(self.given)
        else:
            self.told.set_exception(self.problem)


class Writer:
    """Runs transactions in the order in which they are asked for."""

    def __init__(self, driver: aiosqlite.Connection, connection: Callable[[], Connection]) -> None:
        """`connection` gives SQLAlchemy's connection over the driver's, in the driver's thread."""
        self._driver = driver
        self._connection = connection
        self._waiting: deque[_Asked] = deque()
        self._draining: asyncio.Task[None] | None = None

    async def run(self, work: Callable[[Connection], Any], *, short: bool) -> Any:
        """What the work gives, once what it wrote is on the disk. `short`: a few quick statements, which may wait for
        one another."""
        asked = _Asked(work, short, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain(), name="writing")
        return await asked.told

    async def finish(self) -> None:
        """Returns when nothing waits any longer."""
        if self._draining is not None:
            await asyncio.wait([self._draining])

    async def _drain(self) -> None:
        try:
            while self._waiting:
                taken: list[_Asked] = []
                try:
                    # aiosqlite offers single statements; this is how it runs them in its thread.
                    await self._driver._execute(self._together, taken)  # type: ignore[no-untyped-call]
                except Exception as problem:  # it is theirs who wait, and the next ones are to be run all the same
                    taken = taken or [self._waiting.popleft()]
                    for each in taken:
                        each.problem = each.problem or problem
                for each in taken:
                    each.tell()
        finally:
            self._draining = None

    def _together(self, taken: list[_Asked]) -> None:
        """Takes what waits, and runs it to one commit."""
        driver, connection = self._driver._conn, self._connection()
        until = monotonic() + SOON
        # A transaction that reads first and then wants to write fails at once when another wrote in between, in spite
        # of the busy timeout; one that says so from the start waits its turn.
        driver.execute("BEGIN IMMEDIATE")
        try:
            taken.append(self._waiting.popleft())
            taken[0].given = taken[0].work(connection)
            while self._waiting and taken[-1].short and self._waiting[0].short:
                if len(taken) == MANY or monotonic() > until:
                    break
                taken.append(self._waiting.popleft())
                _among_others(driver, connection, taken[-1])
            driver.commit()
        finally:
            if driver.in_transaction:
                driver.rollback()


def _among_others(driver: sqlite3.Connection, connection: Connection, asked: _Asked) -> None:
    driver.execute("SAVEPOINT own")
    try:
        asked.given = asked.work(connection)
    except Exception as problem:
        if not driver.in_transaction:  # SQLite has taken back everything, as it does when the disk is full
            raise
        asked.problem = problem
        driver.execute("ROLLBACK TO own")
    driver.execute("RELEASE own")
