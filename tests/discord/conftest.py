"""The stand-in for Discord, and the real adapter on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord.front import FrontDoor, listening
from tests.fakes.discord import Acting, FakeDiscord


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    fake = await FakeDiscord().start()
    yield fake
    await fake.close()
    assert fake.breaches == []


@pytest.fixture
async def front(discord: FakeDiscord, tmp_path: Path) -> AsyncIterator[FrontDoor]:
    async with listening(discord, tmp_path) as front:
        yield front


@pytest.fixture
def ada(discord: FakeDiscord) -> Acting:
    return Acting(discord, "ada")


@pytest.fixture
def bob(discord: FakeDiscord) -> Acting:
    return Acting(discord, "bob")
