"""The stages on which every conversation is played."""

from __future__ import annotations

import os
import zlib
from collections.abc import AsyncIterator
from importlib import import_module

import pytest

from limner.media import preview as making_small
from tests import contracts
from tests.backends.fixtures import BACKENDS
from tests.conversations.remembering import remembered
from tests.house import House
from tests.stages import Stage

STAGES = {"discord": "DiscordStage", "slack": "SlackStage", "web": "WebStage"}
STORE = os.environ.get("TESTS_STORE")


@pytest.fixture(params=[STORE] if STORE else BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """On SQLite each conversation is played on every platform, on PostgreSQL on one, which its name picks: that is
    about what stands behind. With `TESTS_STORE` it is played on every platform there, and nowhere else."""
    return str(request.param)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    others = [item for item in items if not _played(item)]
    items[:] = [item for item in items if _played(item)]
    config.hook.pytest_deselected(items=others)


def _played(item: pytest.Item) -> bool:
    given = getattr(item, "callspec", None)
    if given is None or STORE or given.params.get("backend") != "postgresql":
        return True
    if any("backend" in mark.args[0] for mark in item.iter_markers("parametrize")):
        return True  # it is about PostgreSQL
    stage = next((given.params[name] for name in ("stage", "offline_stage") if name in given.params), None)
    names = list(STAGES)
    return stage is None or names.index(stage) == zlib.crc32(item.nodeid.partition("[")[0].encode()) % len(names)


@pytest.fixture(autouse=True)
def _described_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said to the platforms is the same on PostgreSQL, and is held to their descriptions on SQLite."""
    if "backend" in request.fixturenames and request.getfixturevalue("backend") == "postgresql":
        monkeypatch.setattr(contracts, "PRESENT", False)


MADE_SMALL = remembered(making_small._preview)


@pytest.fixture(autouse=True)
def _made_small_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fakes paint the same few pictures again and again, and to make them small takes a fifth of all processors'
    time; how that is done is for `tests/media`."""
    monkeypatch.setattr(making_small, "_preview", MADE_SMALL)


@pytest.fixture(params=STAGES)
async def stage(request: pytest.FixtureRequest, keyed_house: House) -> AsyncIterator[Stage]:
    """One platform after the other, with OpenAI's fake behind the house."""
    module = import_module(f"tests.stages.{request.param}")
    async with getattr(module, STAGES[request.param])(keyed_house) as stage:
        yield stage


@pytest.fixture(params=STAGES)
async def offline_stage(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Stage]:
    """One platform after the other, without a key."""
    module = import_module(f"tests.stages.{request.param}")
    async with getattr(module, STAGES[request.param])(house) as stage:
        yield stage
