"""The stages on which every conversation is played."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module

import pytest

from tests.house import House
from tests.stages import Stage

STAGES = {"discord": "DiscordStage", "slack": "SlackStage", "web": "WebStage"}


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
