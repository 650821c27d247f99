"""Real processes, on the disk of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.openai import FakeOpenAI
from tests.processes.installation import Installation


@pytest.fixture
async def installation(tmp_path: Path, storage: dict[str, str], openai: FakeOpenAI) -> AsyncIterator[Installation]:
    """A key, a page, and no process yet."""
    async with Installation(tmp_path, openai, data=storage) as made:
        yield made
