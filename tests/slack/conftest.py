"""The real adapter on a fake workspace, with a front door that writes asks down."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import stamina

from limner_slack import platform
from limner_slack.courier import SlackCourier
from tests.fakes.slack import FakeSlack
from tests.slack.desk import Desk


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting between tries is the host's; a test does without."""
    stamina.set_testing(True, attempts=3)
    monkeypatch.setattr("limner_slack.calls.JITTER", 0.0)
    monkeypatch.setattr("limner_slack.unready.TOO_EARLY", (0.0, 0.0, 0.0))
    monkeypatch.setattr("limner_slack.uploads.POLL_SECONDS", (0.0, 0.0, 0.01))


@pytest.fixture(autouse=True)
def _with_waiting_again() -> AsyncIterator[None]:
    yield
    stamina.set_testing(False)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A workspace. What reached it has to conform to Slack's description."""
    async with FakeSlack() as fake:
        for name in ("ada", "bob", "admin"):
            fake.workspace.member(name)
        yield fake
    assert fake.breaches == []


@pytest.fixture
async def desk(tmp_path: Path, slack: FakeSlack) -> AsyncIterator[Desk]:
    """The front door with its courier; nobody listens."""
    made = Desk(tmp_path, slack)
    made.courier = await platform.open(made)
    yield made
    await made.courier.close()


@pytest.fixture
def courier(desk: Desk) -> SlackCourier:
    assert isinstance(desk.courier, SlackCourier)
    return desk.courier


@pytest.fixture
async def listening(desk: Desk, slack: FakeSlack) -> AsyncIterator[Desk]:
    """The front door with the platform listening before it."""
    serving = asyncio.create_task(platform.serve(desk, desk.courier))
    await slack.until(lambda: serving.done() or len(slack.sockets) == 2)
    if serving.done():
        await serving
    yield desk
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
    assert slack.unanswered == []
