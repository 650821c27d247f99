"""The store's tests run on both backends: SQLite and a folder, PostgreSQL and S3."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copytree

import pytest

from limner.config import Data
from limner.store import Store
from tests.backends.fixtures import BACKENDS


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a SQLite database that is up to date, made once."""
    directory = tmp_path_factory.mktemp("empty")

    async def make() -> None:
        await (await Store.open(Data(directory=directory))).close()

    asyncio.run(make())
    return directory


@pytest.fixture
async def store(tmp_path: Path, empty: Path, storage: dict[str, str]) -> AsyncIterator[Store]:
    if not storage:
        copytree(empty, tmp_path / "data")
    opened = await Store.open(Data(directory=tmp_path / "data", **storage))
    yield opened
    assert await opened.ledger.balanced()
    await opened.close()
