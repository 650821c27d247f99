"""Verifying: whether the bytes of everything that the database knows are there, and are what they were."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

from sqlalchemy import Connection, select

from limner.config import Data
from limner.domain.record import Record
from limner.errors import NotFound
from limner.store.blobs import Blobs
from limner.store.books import at_hand
from limner.store.database import Database, address
from limner.store.library import Library
from limner.store.migrations import check
from limner.store.tables import uses

PAGE = 500
"""Keys that are held at a time."""
AT_ONCE = 4
"""Files that are read at a time, each in pieces."""
OWNERS = 5
"""Owners that are named of one file."""


class Fault(StrEnum):
    MISSING = "missing"
    DAMAGED = "damaged"
    UNOWNED = "unowned"
    """It is there, for an hour at least, and nothing needs it."""


class Finding(Record):
    """What is not as it should be with one file."""

    fault: Fault
    key: str
    owners: tuple[str, ...] = ()
    """What needs it: `job:a41f`, `sheet:a41f`, `style:spring`, `note:…`."""


class Tally:
    """How much was looked at."""

    def __init__(self) -> None:
        self.files = 0
        self.bytes = 0
        self.faults = dict.fromkeys(Fault, 0)

    @property
    def sound(self) -> bool:
        """Whether nothing is lost. What nobody needs is no loss: the next sweep takes it."""
        return not self.faults[Fault.MISSING] and not self.faults[Fault.DAMAGED]


class Verifying:
    """Looks, and changes nothing."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database, self._blobs = database, blobs
        self._library = Library(database)
        self.tally = Tally()

    async def findings(self) -> AsyncGenerator[Finding, None]:
        """What is not as it should be, as it is found. However many files there are, a page of their names is in
        memory.

        Raises:
            StoreTrouble: The database or the bucket is out of reach.
        """
        async for finding in self._needed():
            self.tally.faults[finding.fault] += 1
            yield finding
        async for key in self._blobs.unowned(self._library.named):
            self.tally.faults[Fault.UNOWNED] += 1
            yield Finding(fault=Fault.UNOWNED, key=key)

    async def _needed(self) -> AsyncIterator[Finding]:
        after = ""
        while keys := await self._database.read(_used, after):
            after = keys[-1]
            for start in range(0, len(keys), AT_ONCE):
                for finding in await asyncio.gather(*map(self._looked_at, keys[start : start + AT_ONCE])):
                    if finding is not None:
                        yield finding

    async def _looked_at(self, key: str) -> Finding | None:
        digest = hashlib.sha256()
        fault = None
        try:
            async for piece in self._blobs.stream(key):
                await asyncio.to_thread(digest.update, piece)
                self.tally.bytes += len(piece)
        except (NotFound, FileNotFoundError):
            fault = Fault.MISSING
        else:
            fault = Fault.DAMAGED if digest.hexdigest() != key else None
        self.tally.files += 1
        if fault is None:
            return None
        owners = await self._database.read(_owners, key)
        return Finding(fault=fault, key=key, owners=owners) if owners else None  # else deleted a moment ago


@asynccontextmanager
async def open_verifying(data: Data) -> AsyncIterator[Verifying]:
    """Opens a configuration's data to be looked at, beside whoever is at work on it.

    Raises:
        ConfigError: There is nothing yet, or blobs cannot be where the configuration says.
        StoreTrouble: The database or the bucket cannot be reached.
        HostTrouble: The database is of another version.
    """
    at_hand(data)
    database = await Database.open(address(data.database, data.directory), read_only=True)
    try:
        await check(database)
        folder = None if data.blobs else data.directory / "blobs"
        blobs = await asyncio.to_thread(lambda: Blobs(folder=folder, url=data.blobs))
        if data.blobs:
            await blobs.probe()
        yield Verifying(database, blobs)
    finally:
        await database.close()


def _used(connection: Connection, after: str) -> list[str]:
    query = select(uses.c.blob).where(uses.c.blob > after).distinct().order_by(uses.c.blob).limit(PAGE)
    return list(connection.execute(query).scalars())


def _owners(connection: Connection, key: str) -> tuple[str, ...]:
    query = select(uses.c.owner).where(uses.c.blob == key).order_by(uses.c.owner).limit(OWNERS)
    return tuple(connection.execute(query).scalars())
