"""Where Limner comes into a server or a channel, it says what it does and where it listens, once."""

from __future__ import annotations

import asyncio

import pytest

from tests.patience import PATIENCE
from tests.stages import Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage

WELCOME = "Limner is here"


async def greeted(stage: DiscordStage | SlackStage, count: int) -> list[str]:
    """All greetings, once there are so many."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if isinstance(stage, DiscordStage):
                found = [(each.channel, each.text) for each in stage.fake.messages.values()]
            else:
                found = [(each.channel, f"{each.text} {each.blocks}") for each in stage.fake.workspace.messages]
            places = [where for where, text in found if WELCOME in text and "/help" in text]
            if len(places) >= count:
                return places
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("stage", ["discord"], indirect=True)
async def test_a_server_is_greeted_where_it_may_be(stage: Stage) -> None:
    assert isinstance(stage, DiscordStage)
    assert await greeted(stage, 0) == []  # the one that it was in is no news
    async with asyncio.timeout(PATIENCE):
        # Until it is ready, a server that comes is taken for one that was there, and has it wait half a second more.
        while not await greeted(stage, 0):
            await stage.fake.invited("lobby")
            await asyncio.sleep(1.5)
    names: dict[int, str] = {}
    for number, (system, closed) in enumerate((("news", ()), (None, ("first",)), ("news", ("news",))), 1):
        guild = await stage.fake.invited("first", "second", "news", system=system, closed=closed)
        async with asyncio.timeout(PATIENCE):
            while number not in names:
                there = [stage.fake.channels[each] for each in await greeted(stage, 0)]
                names |= {
                    n: each["name"] for n, each in ((number, each) for each in there) if each["guild_id"] == guild
                }
                await asyncio.sleep(0.05)
    assert names == {1: "news", 2: "second", 3: "first"}
    said = [each.text for each in stage.fake.messages.values() if WELCOME in each.text]
    assert all("voice note" in each for each in said)


@pytest.mark.parametrize("stage", ["slack"], indirect=True)
async def test_a_channel_is_greeted_once_and_only_when_limner_itself_comes(stage: Stage) -> None:
    assert isinstance(stage, SlackStage)
    await stage.fake.joined("general", user="bob")
    await stage.fake.joined("general")
    assert len(await greeted(stage, 1)) == 1
    await stage.fake.joined("general")
    await stage.command("help")
    assert len(await greeted(stage, 1)) == 1
    (said,) = [str(each.blocks) for each in stage.fake.workspace.messages if WELCOME in str(each.blocks)]
    assert "Say what you see in a voice note" in said
