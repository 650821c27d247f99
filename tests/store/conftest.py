"""The store's tests run on both backends: SQLite and a folder, PostgreSQL and S3."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from limner.config import Data
from limner.store import Store
from tests.backends.fixtures import BACKENDS
from tests.backends.sqlite import put_database


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def store(tmp_path: Path, storage: dict[str, str]) -> AsyncIterator[Store]:
    if not storage:
        put_database(tmp_path / "data")
    opened = await Store.open(Data(directory=tmp_path / "data", **storage))
    yield opened
    assert await opened.ledger.balanced()
    await opened.close()
