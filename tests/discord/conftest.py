"""The stand-in for Discord, and the real adapter on it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina

from limner_discord import platform
from tests.discord.front import FrontDoor, front_door, listening
from tests.fakes.discord import Acting, FakeDiscord


@pytest.fixture(autouse=True)
def _without_waiting() -> Iterator[None]:
    """Waiting between tries is the host's; a test does without."""
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


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
async def desk(discord: FakeDiscord, tmp_path: Path) -> AsyncIterator[FrontDoor]:
    """A courier without a gateway."""
    front = front_door(discord, tmp_path)
    front.courier = await platform.open(front)  # type: ignore[arg-type]
    yield front
    await front.courier.close()


@pytest.fixture
def ada(discord: FakeDiscord) -> Acting:
    return Acting(discord, "ada")


@pytest.fixture
def bob(discord: FakeDiscord) -> Acting:
    return Acting(discord, "bob")
