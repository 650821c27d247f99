"""The page on its own, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.stages.web import WebStage
from tests.web.browsing import launched
from tests.web.peer import PeerHouse


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[WebStage]:
    """The real page before a peer of the front door."""
    async with WebStage(PeerHouse(tmp_path)) as stage:
        yield stage


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A browser, for each process of tests one: to start it takes longer than most tests in it."""
    async with launched() as browser:
        yield browser
