from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from limner.config import Data
from limner.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(Data(directory=tmp_path / "data"))
    yield opened
    assert await opened.ledger.balanced()
    await opened.close()
