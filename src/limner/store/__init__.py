"""The store: everything that is remembered, in one database and one place for bytes."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from limner.config import Data
from limner.errors import DataInUse, Trouble, WorkerInUse
from limner.store.adoption import Adoption
from limner.store.approvals import Approvals
from limner.store.attempts import Attempt, Outcome
from limner.store.audit import Audit
from limner.store.blobs import Blob, Blobs
from limner.store.budgets import Budgets
from limner.store.cards import Cards
from limner.store.collections import Collections
from limner.store.countdowns import Countdowns
from limner.store.database import Database, address
from limner.store.descriptions import Descriptions
from limner.store.drafts import Drafts
from limner.store.exporting import Exporting
from limner.store.finding import Finding
from limner.store.forgetting import Forgetting
from limner.store.forgotten import Forgotten
from limner.store.health import Health
from limner.store.holds import Holds
from limner.store.identities import Identities
from limner.store.jobs import Jobs
from limner.store.lanes import Lanes
from limner.store.ledger import Cap, Ledger
from limner.store.library import Library
from limner.store.lineage import Lineage
from limner.store.lock import Lock
from limner.store.migrations import migrate
from limner.store.notes import Note, Notes
from limner.store.once import Once
from limner.store.overdue import give_up
from limner.store.pending import Pending
from limner.store.people import People
from limner.store.permits import Permits
from limner.store.places import Places
from limner.store.presence import SINGLE, Presence
from limner.store.previews import Previews
from limner.store.publications import Publications
from limner.store.queue import Queue
from limner.store.refused import Refused
from limner.store.rules import Rules
from limner.store.saved import Saved
from limner.store.screenings import Screenings
from limner.store.searches import Searches
from limner.store.secret import agree, secret_of
from limner.store.sessions import Sessions
from limner.store.spending import Spending
from limner.store.spoken import Spoken
from limner.store.styles import Styles
from limner.store.tickets import Tickets
from limner.store.unions import Unions
from limner.store.workers import Workers

__all__ = ["SINGLE", "Attempt", "Blob", "Cap", "Note", "Outcome", "Store"]


FOLLOWED_SECONDS = 30
"""How long after another process has deleted a picture its previews are gone here, too."""


class Store:
    """An open store; `open` makes one."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        *,
        locks: tuple[Lock, ...],
        presence: Presence,
        folder: Path,
        secret: bytes,
        health: Health,
    ) -> None:
        self._database = database
        self.health = database.health = blobs.health = health
        self.shared = not database.sqlite
        """Whether other processes may use the same database."""
        self._locks = locks
        self.presence = presence
        self.folder = folder
        """Where this process alone keeps what is under way."""
        self.secret = secret
        """This installation's key."""
        self.blobs = blobs
        self.previews = Previews(folder / "previews")
        blobs.forget = self.previews.forget
        self.people = People(database)
        self.jobs = Jobs(database)
        self.workers = Workers(database)
        self.places = Places(database)
        self.lanes = Lanes(database)
        self.queue = Queue(database, self.places)
        self.pending = Pending(database)
        self.adoption = Adoption(database)
        self.library = Library(database)
        self.forgetting = Forgetting(database)
        self.forgotten = Forgotten(database)
        self.exporting = Exporting(database)
        self.finding = Finding(database)
        self.searches = Searches(database)
        self.collections = Collections(database)
        self.approvals = Approvals(database)
        self.lineage = Lineage(database)
        self.saved = Saved(database)
        self.ledger = Ledger(database)
        self.spending = Spending(database)
        self.budgets = Budgets(database)
        self.cards = Cards(database)
        self.notes = Notes(database)
        self.countdowns = Countdowns(database)
        self.spoken = Spoken(database)
        self.drafts = Drafts(database)
        self.refused = Refused(database)
        self.holds = Holds(database)
        self.descriptions = Descriptions(database)
        self.permits = Permits(database)
        self.publications = Publications(database)
        self.sessions = Sessions(database)
        self.tickets = Tickets(database)
        self.unions = Unions(database, self.people)
        self.identities = Identities(database, self.people)
        self.once = Once(database)
        self.rules = Rules(database)
        self.styles = Styles(database)
        self.audit = Audit(database)
        self.screenings = Screenings(database)

    @classmethod
    async def open(cls, data: Data, *, worker: str = SINGLE) -> Store:
        """The store of a configuration, its folders made and its tables brought up to date. `worker` is the process's
        id among those that share a database.

        Raises:
            ConfigError: The database is none that is known, or blobs cannot be kept where they should be.
            DataInUse: Another process has this directory, or this SQLite file.
            WorkerInUse: Another process has this id.
            StoreTrouble: The database or the bucket cannot be reached.
            HostTrouble: The database was written by a newer Limner, or with another key.
        """
        url = address(data.database, data.directory)
        shared = url.get_backend_name() != "sqlite"
        folder = data.directory / worker if shared else data.directory
        async with AsyncExitStack() as opened:
            file = None if shared else Path(str(url.database))
            locks = await asyncio.to_thread(_locked, data.directory, folder, worker, file, opened)
            presence = Presence(worker, url if shared else None)
            opened.push_async_callback(presence.leave)
            await presence.take()
            database = await Database.open(url)
            opened.push_async_callback(database.close)
            await migrate(database)
            secret = await asyncio.to_thread(secret_of, data)
            if shared:
                await agree(database, secret)
            bytes_in = None if data.blobs else data.directory / "blobs"
            blobs = await asyncio.to_thread(lambda: Blobs(folder=bytes_in, url=data.blobs))
            if data.blobs:
                await blobs.probe()
            opened.pop_all()
        health = Health(data.directory)
        await health.look()
        return cls(database, blobs, locks=locks, presence=presence, folder=folder, secret=secret, health=health)

    async def watch(self) -> None:
        """Keeps the state of health true, until cancelled."""
        await self.health.watch(self.blobs.probe_writing)

    async def follow(self) -> None:
        """Forgets the previews of what other processes delete, until cancelled."""
        while self.shared:
            await asyncio.sleep(FOLLOWED_SECONDS)
            with suppress(Trouble):  # the database is away: next time
                await self.previews.sweep(self.library.named)

    async def sweep(self) -> int:
        """Forgets what is not waited for any longer, and removes bytes that nothing uses, older than an hour; gives how
        many. For a start and now and then, behind everything else."""
        await give_up(self._database)
        await self.once.forget_passing()
        await self.refused.forget_old()
        await self.notes.forget_old()
        await self.spoken.forget_old()
        await self.holds.forget_old()
        await self.descriptions.forget_old()
        await self.permits.forget_old()
        await self.publications.forget_old()
        await self.unions.gather()
        await self.sessions.forget_old()
        await self.tickets.forget_old()
        await self.searches.forget_old()
        await self.library.forget_orphans()
        await self.previews.sweep(self.library.named)
        return await self.blobs.sweep(self.library.named)

    async def close(self) -> None:
        """Lets go of the database and of the directory."""
        await self._database.close()
        await self.presence.leave()
        for lock in self._locks:
            lock.release()


def _locked(directory: Path, folder: Path, worker: str, file: Path | None, opened: AsyncExitStack) -> tuple[Lock, ...]:
    """The directory's lock, whatever the database is: the journals of running jobs are in it. Processes that share a
    database share the directory, and each has a folder of its own in it. A SQLite file that is elsewhere has a lock of
    its own beside it."""
    shared = folder != directory
    _make(directory)
    locks = [Lock(directory, shared=shared)]
    opened.callback(locks[0].release)
    if shared:
        _make(folder)
        locks.append(Lock(folder, taken=WorkerInUse(worker=worker)))
        opened.callback(locks[1].release)
    elif file is not None and file.parent.resolve() != directory.resolve():
        file.parent.mkdir(parents=True, exist_ok=True)
        locks.append(Lock(file.parent, name=f"{file.name}.lock", taken=DataInUse(directory=str(file))))
        opened.callback(locks[1].release)
    return tuple(locks)


def _make(directory: Path) -> None:
    # Prompts, pictures and tokens of running jobs are nobody else's business on a machine with several users.
    if not directory.exists():
        directory.mkdir(parents=True)
        os.chmod(directory, 0o700)
