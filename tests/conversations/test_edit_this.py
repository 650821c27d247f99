"""Edit this picture: a form on any message, by Discord's message command and Slack's shortcut."""

from __future__ import annotations

import pytest

from tests.conversations.hostile import plain
from tests.conversations.reading import id_of, paintings, whole_words
from tests.fakes.openai import FakeOpenAI
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage

pytestmark = pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
PICTURE = plain(size=(600, 400))


async def said(stage: Stage, words: str = "", files: tuple[tuple[str, bytes], ...] = ()) -> Seen:
    """Bob says something."""
    if isinstance(stage, DiscordStage):
        return stage.seen(await stage.act("bob").say(words, files=files))
    assert isinstance(stage, SlackStage)
    held = tuple(stage.fake.workspace.new_file(name, data) for name, data in files)
    await stage.fake.say(words, user="bob", channel="general", files=held)
    message = [each for each in stage.fake.workspace.messages if not each.by_bot][-1]
    return Seen(message=message.ts, text=words)


async def edited(stage: Stage, seen: Seen, *, files: tuple[tuple[str, bytes], ...] = (), **values: object) -> Seen:
    """Ada uses the command on a message, and fills in what it opens; gives what answers, a form's or a refusal's."""
    if isinstance(stage, DiscordStage):
        sent = await stage.act("ada").menu("Edit this picture", stage.fake.messages[seen.message])
        if sent.kind != 9:
            return await stage._answered(sent)
        return await stage.settled(await stage._answered(await stage.act("ada").submit(sent, files=files, **values)))
    assert isinstance(stage, SlackStage)
    views = len(stage.fake.workspace.views)
    before = stage._now("ada")
    await stage.fake.shortcut(stage._message(seen), "limner:edit-this", user="ada")
    opened = await stage._answered("ada", before, views)
    if opened.raw.get("type") != "modal":
        return opened
    before = stage._now("ada")
    if files:
        held = [stage.fake.workspace.new_file(name, data) for name, data in files]
        values["references"] = [stage.fake.workspace.told(each, stage.fake.base) for each in held]
    await stage.fake.submit(opened.raw, values, user="ada")
    return await stage.settled(await stage._answered("ada", before))


async def test_somebodys_picture_is_changed_by_a_form(stage: Stage, openai: FakeOpenAI) -> None:
    message = await said(stage, "my holiday", files=(("beach.png", PICTURE),))
    await stage.restart()
    scarf = plain(size=(64, 64))
    changed = await edited(stage, message, prompt="make it night", files=(("scarf.png", scarf),))

    assert "make it night" in changed.text
    assert "v2" not in whole_words(changed)  # it is no picture of the library
    assert [file.data for file in openai.requests[-1].files] == [PICTURE, scarf]
    assert paintings(openai) == 1


async def test_on_a_card_it_makes_the_next_version(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft", member="bob"))
    changed = await edited(stage, first, prompt="make it night")

    assert f"v2 of {id_of(first)}" in changed.text
    assert "draft" in changed.text
    assert openai.requests[-1].parsed["prompt"] == "make it night"


async def test_without_a_picture_it_says_so_in_private(stage: Stage, openai: FakeOpenAI) -> None:
    told = await edited(stage, await said(stage, "just words"))

    assert "no picture of mine on that message" in told.text
    assert told.private_to == "ada"
    assert paintings(openai) == 0


async def test_what_was_deleted_meanwhile_is_not_found(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    await stage.press(first, "Delete")
    told = await edited(stage, first)

    assert f"There is no “{id_of(first)}” here" in told.text
    assert told.private_to == "ada"
    assert paintings(openai) == 1
