"""A Limner on a folder of its own, which a test opens, closes and opens again, with OpenAI's fake behind it or none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.store import LocalStore, ObjectStore
from sqlalchemy import NullPool, Row, create_engine, text

from limner.app import Limner
from limner.config import Settings, load
from limner.domain.courier import Platform
from limner.opening import open_limner
from limner.store import SINGLE
from limner.store.database import address
from limner.store.reach import object_store
from tests.backends.sqlite import put_database
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from tests.fakes.openai import FakeOpenAI

KEY = "sk-test-key"


class House:
    """What stays when a Limner stops: its folder and its configuration."""

    def __init__(self, folder: Path, openai: FakeOpenAI | None = None, **sections: Mapping[str, Any]) -> None:
        self.folder = folder
        self.openai = openai
        self.sections: dict[str, dict[str, Any]] = {name: dict(values) for name, values in sections.items()}

    @property
    def easel(self) -> Path:
        """Where the journals of its running jobs are: processes that share a database have a folder each."""
        return self.folder / (SINGLE if self.settings().data.database else "") / "easel"

    def settings(self, **sections: Mapping[str, Any]) -> Settings:
        """The configuration, with these sections laid over the house's own."""
        merged: dict[str, dict[str, Any]] = {"data": {"directory": self.folder}}
        if self.openai is not None:
            key = self.folder / "openai-key"
            key.parent.mkdir(parents=True, exist_ok=True)
            key.write_text(KEY)
            merged["openai"] = {"base_url": self.openai.base_url, "api_key_file": key}
        else:
            merged["openai"] = {"api_key_env": ""}
        merged["voice"] = {"wait_seconds": 0}  # what tests of waiting wait for is theirs to say
        for given in (self.sections, sections):
            for name, values in given.items():
                merged[name] = {**merged.get(name, {}), **values}
        return load(**merged)

    def rows(self, statement: str, **values: Any) -> Sequence[Row[Any]]:
        """What a statement finds in the house's database, wherever that is, or what it changes there."""
        data = self.settings().data
        url = address(data.database, data.directory)
        engine = create_engine(url.set(drivername=url.drivername.replace("+aiosqlite", "")), poolclass=NullPool)
        with engine.begin() as connection:
            found = connection.execute(text(statement), values)
            return found.all() if found.returns_rows else ()

    async def handle(self) -> str:
        """The handle of a call that goes on at the provider, once it is on record."""
        asked = "SELECT handle FROM attempts WHERE handle IS NOT NULL"
        async with asyncio.timeout(PATIENCE):
            while not (found := await asyncio.to_thread(self.rows, asked)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return str(found[0].handle)

    def balances(self) -> dict[str, int]:
        """The ledger's accounts, in micro-dollars; together they are nothing."""
        found: dict[str, int] = {}
        for source, target, amount in self.rows("SELECT source, target, amount FROM ledger"):
            found[source] = found.get(source, 0) - amount
            found[target] = found.get(target, 0) + amount
        assert sum(found.values()) == 0
        return found

    def blobs(self) -> set[str]:
        """The names of what the house's blob store has."""
        return {path.rpartition("/")[2] for path in self._paths()}

    def lose_blobs(self) -> None:
        """Takes all bytes away under the house's feet."""
        for path in self._paths():
            obstore.delete(self._bytes(), path)

    def _paths(self) -> list[str]:
        return [each["path"] for page in obstore.list(self._bytes()) for each in page]

    def _bytes(self) -> ObjectStore:
        data = self.settings().data
        return object_store(data.blobs) if data.blobs else LocalStore(self.folder / "blobs")

    @asynccontextmanager
    async def open(self, platforms: Iterable[Platform] = (), **sections: Mapping[str, Any]) -> AsyncIterator[Limner]:
        """A Limner on this folder with the couriers of these platforms; nobody listens until `serve`."""
        settings = self.settings(**sections)
        if settings.data.database is None:
            put_database(self.folder)
        async with open_limner(settings, platforms=platforms, grace=1) as limner:
            yield limner
