"""What is seen before the picture is there, and around it: partial pictures, completions, status, help, threads."""

from __future__ import annotations

import asyncio

import pytest

from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.patience import PATIENCE
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.web import WebStage


async def test_the_picture_is_seen_while_it_forms(stage: Stage, openai: FakeOpenAI) -> None:
    if isinstance(stage, SlackStage):
        openai.hold = asyncio.Event()
        waiting = await stage.command("imagine", prompt="a red fox", quality="draft")
        assert "a red fox" in waiting.text
        assert waiting.pictures == ()
        openai.hold.set()
        assert len((await stage.settled(waiting)).pictures) == 1
        return
    openai.partial_delay = 2.0
    card = await stage.command("imagine", prompt="a red fox", quality="draft")
    forming = await partly(stage, card)
    assert forming.alts == ("AI-generated: a red fox",)
    done = await stage.settled(card)

    assert len(done.pictures) == 1
    assert done.pictures[0] != forming.pictures[0]
    assert paintings(openai) == 1


async def partly(stage: Stage, card: Seen) -> Seen:
    """The card with a picture on it that is not the last."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if isinstance(stage, DiscordStage):
                shown = stage.fake.messages[card.message]
                busy, now = shown.files, stage.seen(shown)
                if busy:
                    assert now.buttons in {(), ("Cancel",)}, "nothing of it was seen before it was done"
                    return now
            else:
                assert isinstance(stage, WebStage)
                article = stage.browser.cards[card.message]
                assert article.attributes["data-state"] in {"waiting", "painting"}, "seen only when it was done"
                if article.by("img"):
                    return await stage._seen(article)
            await asyncio.sleep(0.02)


async def test_status_and_help_say_what_is_so_with_a_key(stage: Stage) -> None:
    status = await stage.settled(await stage.command("status"))
    assert "Painting: GPT Image 2.6 Sunburst" in status.text
    assert "GPT Image 1 was shut down on 2026-10-23" in status.text
    assert "Hearing: GPT Audio 1.5" in status.text
    assert "nothing spent today" in status.text
    assert status.private_to == "ada" or stage.platform == "web"
    await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    assert "you: $0.0" in (await stage.settled(await stage.command("status"))).text

    help = (await stage.settled(await stage.command("help"))).text
    for action in stage.limner.table.commands:
        first, _, second = action.typed.partition(" ")
        told = next(line for line in help.splitlines() if f"/{first}{' ' if second else ':'}" in line)
        assert second in told
    assert "you read what was heard before it is painted" in help


async def test_status_and_help_say_what_is_so_without_a_key(offline_stage: Stage) -> None:
    status = await offline_stage.settled(await offline_stage.command("status"))
    assert "Painting: the offline sketcher, free of charge." in status.text
    assert "needs an OpenAI key" in status.text
    help = await offline_stage.settled(await offline_stage.command("help"))
    assert "needs an OpenAI key" in help.text


@pytest.mark.parametrize("stage", ["discord"], indirect=True)
async def test_styles_models_and_ids_complete_while_typing(stage: Stage) -> None:
    assert isinstance(stage, DiscordStage)
    ada = stage.act("ada")
    painted = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    id = painted.text.rsplit(" ", 1)[-1]

    assert await ada.complete("imagine", "style", "story") == ["storybook"]
    models = await ada.complete("imagine", "model", "gpt-image")
    assert "gpt-image-2.6-sunburst" in models
    assert "gpt-image-1" not in models
    assert await ada.complete("show", "picture", id[:2]) == [id]
    assert await ada.complete("show", "picture", "zzzz") == []
    assert "#marketing" in await ada.complete("share", "place", "mark")


@pytest.mark.parametrize("stage", ["slack"], indirect=True)
async def test_on_slack_a_mention_in_a_thread_is_answered_there_and_the_bare_command_is_a_form(
    stage: Stage, openai: FakeOpenAI
) -> None:
    assert isinstance(stage, SlackStage)
    fake = stage.fake
    await fake.say("look at this", user="bob", channel="general")
    root = fake.workspace.messages[-1].ts
    before = stage._now("ada")
    await fake.say("@Limner a red fox --draft --wide", user="ada", channel="general", thread=root)
    answered = await stage.settled(await stage._answered("ada", before))
    assert len(answered.pictures) == 1
    assert stage._message(answered).thread_ts == root

    await fake.slash("", user="ada", channel="general")
    await fake.until(lambda: fake.workspace.views)
    view = list(fake.workspace.views.values())[-1]
    before = stage._now("ada")
    refused = await fake.submit(view, {"prompt": "a blue fox", "shape": "banana"})
    assert "is no shape I can paint" in str(refused)
    await fake.submit(view, {"prompt": "a blue fox", "quality": "draft"})
    painted = await stage.settled(await stage._answered("ada", before))
    assert "a blue fox" in painted.text
    assert len(painted.pictures) == 1
    assert paintings(openai) == 2
