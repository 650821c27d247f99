"""The page on its own, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stages.web import WebStage
from tests.web.peer import PeerHouse


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[WebStage]:
    """The real page before a peer of the front door."""
    async with WebStage(PeerHouse(tmp_path)) as stage:
        yield stage
