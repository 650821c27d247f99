"""Sharing: with a channel, a person, a channel of the team's other chat; once, where the member may, with credit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conversations.reading import id_of
from tests.conversations.test_linking import code_on, linked
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Chat, Seen, Stage
from tests.stages.both import BothStages
from tests.stages.visitor import OpenHouse

chats = pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)


@pytest.fixture
async def both(keyed_house: House) -> AsyncIterator[BothStages]:
    async with BothStages(OpenHouse(keyed_house)) as stages:
        yield stages


async def painted(stage: Any, prompt: str = "a red fox", **values: Any) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft", **values))  # type: ignore[no-any-return]


def shut_out(stage: Any, name: str) -> None:
    """Ada may no longer post in another channel, and Limner still may."""
    if stage.platform == "slack":
        channel = next(each for each in stage.fake.workspace.channels.values() if each.name == name)
        channel.members.discard(stage.person.id)
        channel.left.add(stage.person.id)
        return
    channel = next(each for each in stage.fake.channels.values() if each["name"] == name)
    channel["permission_overwrites"] = [{"id": stage.person.id, "type": 1, "allow": "0", "deny": str(1 << 11)}]


async def test_it_is_shared_once_however_often_it_is_asked_for(stage: Stage) -> None:
    first = await painted(stage)
    for _ in range(2):
        told = await stage.settled(await stage.command("share", picture=id_of(first), place=stage.elsewhere))
    assert "a moment ago, and once is enough" in told.text
    await stage.restart()
    again = await stage.settled(await stage.command("share", picture=id_of(first), place=stage.elsewhere))
    assert "once is enough" in again.text
    assert len(await stage.cards(place=stage.elsewhere)) == 1
    nowhere = await stage.command("share", picture=id_of(first), place="#nowhere-at-all")
    assert "nowhere-at-all" in nowhere.text
    other = await stage.command(
        "share", picture=id_of(first), place="discord:#general" if stage.platform != "discord" else "slack:#general"
    )
    assert "#general" in other.text
    assert len(await stage.cards(place=stage.elsewhere)) == 1


@chats
async def test_nothing_is_posted_where_the_member_may_not_post(stage: Chat) -> None:
    first = await painted(stage)
    shut_out(stage, stage.elsewhere.lstrip("#"))
    told = await stage.command("share", picture=id_of(first), place=stage.elsewhere)
    assert "You may not post in" in told.text
    assert await stage.cards(place=stage.elsewhere) == ()


@chats
async def test_a_person_gets_it_in_direct_messages(stage: Chat) -> None:
    await painted(stage, "an owl", member="bob")  # whom nobody has met, nobody can name
    first = await painted(stage)
    told = await stage.settled(await stage.command("share", picture=id_of(first), place="@bob", note="Look!"))
    assert "bob’s direct messages" in told.text.lower()
    (there,) = await stage.direct(member="bob")
    assert "Look!" in there.text
    assert "Shared by" in there.text
    assert len(there.pictures) == 1
    assert "I know nobody of that name" in (await stage.command("share", picture=id_of(first), place="@mallory")).text


@chats
async def test_who_decides_is_asked_in_direct_messages_and_every_copy_says_how_it_stands(stage: Chat) -> None:
    await painted(stage, "an owl", member="admin")
    first = await painted(stage)
    asked = await stage.settled(await stage.command("approval-request", picture=id_of(first)))
    (direct,) = await stage.direct(member="admin")
    assert "approval, please" in direct.text
    await stage.press(asked, "Approve", member="admin")
    (direct,) = await stage.direct(member="admin")
    assert "approved by" in direct.text
    assert not [each for each in direct.buttons if each.startswith("Approve")]


async def test_a_picture_goes_to_the_teams_other_chat_with_live_buttons(both: BothStages) -> None:
    discord, slack = both.discord, both.slack
    fox = await painted(discord)
    await linked(both)
    there = f"slack:{slack.elsewhere}"
    stranger = await discord.command("share", picture=id_of(fox), place=there)
    assert "I do not know who you are on Slack" in stranger.text
    given = code_on(await discord.command("link-me"))
    assert "You are one member" in (await slack.command("link-me", code=given)).text
    offered = await both.limner.forms.complete("places", "slack", person=discord.person, place=discord.place)
    assert there in offered
    told = await discord.settled(await discord.command("share", picture=id_of(fox), place=there, note="From afar"))
    assert f"is now in {slack.elsewhere} on Slack" in told.text
    (card,) = await slack.cards(place=slack.elsewhere)
    assert "From afar" in card.text
    assert "Reroll" in " ".join(card.buttons)
    await slack.press(card, "Reroll")
    async with asyncio.timeout(PATIENCE):
        while len(await slack.cards(place=slack.elsewhere)) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert "a red fox" in (await slack.cards(place=slack.elsewhere))[-1].text
    shut_out(slack, slack.elsewhere.lstrip("#"))
    refused = await discord.command("share", picture=id_of(fox), place=there, note="Once more")
    assert "You may not post in" in refused.text
