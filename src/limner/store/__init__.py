"""The store: everything that is remembered, in one database and one place for bytes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from limner.config import Data
from limner.store.attempts import Attempt, Outcome
from limner.store.audit import Audit
from limner.store.blobs import Blob, Blobs
from limner.store.budgets import Budgets
from limner.store.cards import Cards
from limner.store.database import Database, address
from limner.store.drafts import Drafts
from limner.store.jobs import Jobs
from limner.store.ledger import Cap, Ledger
from limner.store.library import Library
from limner.store.lock import Lock
from limner.store.migrations import migrate
from limner.store.notes import Note, Notes
from limner.store.once import Once
from limner.store.people import People
from limner.store.queue import Queue
from limner.store.rules import Rules
from limner.store.screenings import Screenings

__all__ = ["Attempt", "Blob", "Cap", "Note", "Outcome", "Store"]


class Store:
    """An open store; `open` makes one."""

    def __init__(self, database: Database, blobs: Blobs, lock: Lock) -> None:
        self._database = database
        self.shared = not database.sqlite
        """Whether other processes may use the same database."""
        self._lock = lock
        self.blobs = blobs
        self.people = People(database)
        self.jobs = Jobs(database)
        self.queue = Queue(database)
        self.library = Library(database)
        self.ledger = Ledger(database)
        self.budgets = Budgets(database)
        self.cards = Cards(database)
        self.notes = Notes(database)
        self.drafts = Drafts(database)
        self.once = Once(database)
        self.rules = Rules(database)
        self.audit = Audit(database)
        self.screenings = Screenings(database)

    @classmethod
    async def open(cls, data: Data) -> Store:
        """The store of a configuration, its folders made and its tables brought up to date.

        Raises:
            DataInUse: Another process has this directory.
            HostTrouble: The database was written by a newer Limner.
        """
        await asyncio.to_thread(_make, data.directory)
        # Whatever the database is: the journals of running jobs are in the directory.
        lock = Lock(data.directory)
        database: Database | None = None
        try:
            database = await Database.open(address(data.database, data.directory))
            await migrate(database)
            folder = None if data.blobs else data.directory / "blobs"
            blobs = await asyncio.to_thread(lambda: Blobs(folder=folder, url=data.blobs))
        except BaseException:
            if database is not None:
                await database.close()
            lock.release()
            raise
        return cls(database, blobs, lock)

    async def sweep(self) -> int:
        """Removes bytes that nothing uses, older than an hour; gives how many. For a start, behind everything else."""
        await self.drafts.forget_old()
        await self.library.forget_orphans()
        return await self.blobs.sweep(self.library.named)

    async def close(self) -> None:
        """Lets go of the database and of the directory."""
        await self._database.close()
        self._lock.release()


def _make(directory: Path) -> None:
    # Prompts, pictures and tokens of running jobs are nobody else's business on a machine with several users.
    if not directory.exists():
        directory.mkdir(parents=True)
        os.chmod(directory, 0o700)
