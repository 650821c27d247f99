"""Where Limner listens is the team's choice, and whether it listens to somebody is theirs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from limner.ears.samples import samples
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage

NOTE = samples()[0].path.read_bytes()
FOX = {"heard": "a red fox in snow", "language": "en", "prompt": "a red fox in snow", "quality": "draft"}
chats = pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)


def hearings(openai: FakeOpenAI) -> int:
    """How many notes reached OpenAI."""
    return sum(1 for each in openai.requests if each.path == "/v1/chat/completions")


async def overheard(stage: Stage, member: str = "ada") -> None:
    """A voice note that is meant for others, in a channel where Limner is; returns when it has been looked at."""
    if isinstance(stage, DiscordStage):
        await stage.act(member).say(voice=NOTE)
    else:
        assert isinstance(stage, SlackStage)
        await stage.fake.voice(NOTE, shape="webm", user=member, channel="general")
    await asyncio.sleep(0.5)


async def chooses(stage: Stage, **values: Any) -> Seen:
    """An admin chooses how notes are heard."""
    return await stage.command("voice-set", member="admin", **values)


@chats
async def test_a_member_who_does_not_want_to_be_heard_is_let_alone(stage: Stage, openai: FakeOpenAI) -> None:
    told = await stage.command("voice-me", listen="off")
    assert "I let your voice notes pass from now on" in told.text
    assert told.private_to == "ada"
    before = len(await stage.cards())
    await overheard(stage)

    assert len(await stage.cards()) == before
    assert hearings(openai) == 0
    refused = await stage.command("imagine", spoken=NOTE)
    assert "You asked me not to listen to you" in refused.text
    assert refused.private_to == "ada"

    openai.hears.append(("imagine", FOX))
    assert "a red fox in snow" in (await stage.settled(await stage.voice(NOTE, member="bob"))).text
    await stage.command("voice-me", listen="on")
    openai.hears.append(("imagine", FOX))
    assert "a red fox in snow" in (await stage.settled(await stage.voice(NOTE))).text


@chats
async def test_nobody_else_has_them_heard_either(stage: Stage, openai: FakeOpenAI) -> None:
    await stage.command("voice-me", member="bob", listen="off")
    if isinstance(stage, DiscordStage):
        said = await stage.act("bob").say(voice=NOTE)
        sent = await stage.act("ada").menu("Imagine from this", said)
        refused = stage.seen(await stage.fake.until(lambda: sent.shown))
    else:
        assert isinstance(stage, SlackStage)
        await overheard(stage, "bob")
        (message,) = [each for each in stage.fake.workspace.messages if each.files]
        before = stage._now("ada")
        await stage.fake.shortcut(message, user="ada")
        refused = await stage._answered("ada", before)

    assert "asked me not to listen to them" in refused.text
    assert hearings(openai) == 0


@chats
async def test_a_channel_can_be_left_alone_and_what_is_addressed_is_told_so(stage: Stage, openai: FakeOpenAI) -> None:
    told = await chooses(stage, listen="off", channel="here")
    assert "not listened to" in told.text
    before = len(await stage.cards())
    await overheard(stage)
    assert len(await stage.cards()) == before

    refused = await stage.command("imagine", spoken=NOTE)
    assert "I do not listen to voice notes here. Please type your prompt with /imagine." in refused.text
    assert refused.private_to == "ada"
    assert hearings(openai) == 0
    assert "Voice notes are not listened to here." in (await stage.command("voice-show")).text
    assert "Voice notes are not listened to here." in (await stage.command("help")).text

    await chooses(stage, listen="usual", channel="here")
    openai.hears.append(("imagine", FOX))
    assert "a red fox in snow" in (await stage.settled(await stage.voice(NOTE))).text


@chats
async def test_a_note_in_a_channel_where_nothing_may_be_asked_is_let_pass(stage: Stage, openai: FakeOpenAI) -> None:
    await stage.command("rules", member="admin", channel=stage.elsewhere)
    before = len(await stage.cards())
    await overheard(stage)

    assert len(await stage.cards()) == before
    assert hearings(openai) == 0


async def test_what_was_heard_is_painted_at_once_where_the_team_wants_it(stage: Stage, openai: FakeOpenAI) -> None:
    told = await chooses(stage, listen="at-once")
    assert "what was heard is painted at once" in told.text
    openai.hears.append(("imagine", {**FOX, "heard": "um, a red fox in snow"}))
    painted = await stage.settled(await stage.voice(NOTE))

    assert len(painted.pictures) == 1
    assert paintings(openai) == 1
    details = (await stage.settled(await stage.press(painted, "Details"))).text
    for known in ("“a red fox in snow”", "“um, a red fox in snow”, in English."):
        assert known in details
    assert "in a voice note" in (said := (await stage.command("help")).text)
    assert "it is painted at once" in said

    await chooses(stage, listen="confirm", channel="here")
    openai.hears.append(("imagine", FOX))
    assert (await stage.settled(await stage.voice(NOTE))).buttons[0].startswith("Generate")
    assert paintings(openai) == 1
    assert "you read what was heard before it is painted" in (await stage.command("help")).text


async def test_what_is_dear_is_shown_first_even_so(stage: Stage, openai: FakeOpenAI) -> None:
    told = await chooses(stage, listen="at-once", confirm_above="0.02")
    assert "What costs more than $0.02 is shown first." in told.text
    openai.hears.append(("imagine", {**FOX, "quality": "finest", "count": 4}))
    heard = await stage.settled(await stage.voice(NOTE))
    assert heard.buttons[0].startswith("Generate")
    assert paintings(openai) == 0

    openai.hears.append(("imagine", FOX))
    assert len((await stage.settled(await stage.voice(NOTE))).pictures) == 1


@chats
async def test_choosing_for_the_team_is_for_admins(stage: Stage, openai: FakeOpenAI) -> None:
    refused = await stage.command("voice-set", listen="off")
    assert "Only an admin can choose how voice notes are heard" in refused.text
    assert refused.private_to == "ada"
    assert "what was heard" in (await stage.command("voice-show")).text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"channel": "here"}, "say how notes are heard in that channel"),
        ({"channel": "#nowhere", "listen": "off"}, "I know no such channel here"),
        ({"confirm_above": "much"}, "much"),
    ],
)
async def test_what_cannot_be_chosen_is_told(stage: Stage, values: dict[str, str], sentence: str) -> None:
    assert sentence in (await chooses(stage, **values)).text


async def test_a_host_who_hears_nothing_has_the_last_word(keyed_house: House, openai: FakeOpenAI) -> None:
    keyed_house.sections["voice"] = {"listen": "off"}
    async with DiscordStage(keyed_house) as stage:
        assert "the host of this Limner has switched listening off" in (await chooses(stage, listen="confirm")).text
        await overheard(stage)
        assert hearings(openai) == 0
