"""What a note is about: the card that it answers, and what was asked for before; and the notes that are let pass."""

from __future__ import annotations

import asyncio

import pytest

from tests.conversations.reading import id_of, paintings
from tests.conversations.test_aloud import rows
from tests.conversations.test_formats import told
from tests.conversations.test_listening import FOX, NOTE, hearings
from tests.fakes.discord import Acting, Message
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.web import WebStage


async def test_a_note_in_answer_to_a_card_changes_that_picture_though_another_is_newer(
    stage: Stage, openai: FakeOpenAI
) -> None:
    fox = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    await stage.settled(await stage.command("imagine", prompt="an owl", quality="draft"))
    openai.hears.append(("edit", {"heard": "make it darker", "language": "en", "prompt": "make it darker"}))
    heard = await stage.settled(await stage.voice(NOTE, answering=fox))

    assert f"Heard in English, understood as: a change to {id_of(fox)}" in heard.text
    assert 'The note answers a picture that was made from: "a red fox"' in told(openai)
    # What was asked for here before; on Slack the answer to a card is said in its thread, and the owl is not of that.
    assert ('"an owl"' in told(openai)) is (stage.platform != "slack")
    darker = await stage.settled(await stage.press(heard, "Generate"))
    assert f"v2 of {id_of(fox)}" in darker.text
    (edit,) = [each for each in openai.requests if each.path == "/v1/images/edits"]
    assert edit.parsed["prompt"].startswith("make it darker")
    if stage.platform != "web":  # where the card has a smaller copy
        assert [file.data for file in edit.files] == list(fox.pictures)

    openai.hears.append(("edit", {"heard": "and bluer", "language": "en", "prompt": "and bluer"}))
    heard = await stage.settled(await stage.voice(NOTE, answering=darker))
    assert f"a change to {id_of(darker)}" in heard.text
    assert "Its versions, oldest first:" in told(openai)
    assert '"make it darker"' in told(openai)


async def test_a_note_that_no_budget_is_left_for_is_refused_before_it_is_heard(
    stage: Stage, openai: FakeOpenAI
) -> None:
    admin = "ada" if stage.platform == "web" else "admin"
    await stage.command("budget", member=admin, amount="$0.0001", scope="everyone")
    assert "answered this in private" in (await stage.settled(await stage.voice(NOTE))).text
    await until(stage, "is left of your daily budget")
    assert hearings(openai) == 0
    assert rows(stage, "SELECT 1 FROM attempts") == rows(stage, "SELECT 1 FROM ledger") == []

    await stage.command("budget", member=admin, amount="$1", scope="everyone")
    openai.hears.append(("imagine", FOX))
    assert "heard for $0." in (await stage.settled(await stage.voice(NOTE))).text
    moved = {each.kind: each.amount for each in rows(stage, "SELECT kind, amount FROM ledger")}
    assert moved["settle"] == openai.billed == moved["reserve"] - moved["release"]
    assert [each.outcome for each in rows(stage, "SELECT outcome FROM attempts")] == ["paid"]


async def until(stage: Stage, words: str) -> None:
    """Until Ada reads these words, wherever she is told what is for her alone."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if isinstance(stage, WebStage):
                told = [each.text for each in stage.browser.cards.values()]
            else:
                told = [each.text for each in (*await stage.cards(), *await stage.direct())]  # type: ignore[attr-defined]
            if any(words in each for each in told):
                return
            await asyncio.sleep(0.05)


async def answer(stage: DiscordStage, said: Message) -> Seen:
    return await stage.settled(stage.seen(await stage.fake.until(lambda: stage._reply(said, "ada"))))


async def test_without_the_message_content_intent_what_is_meant_for_limner_is_heard(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    async with DiscordStage(keyed_house, message_content=False) as stage:
        bob = stage.act("bob")
        other = await bob.say(voice=NOTE)
        forwarded = await bob.say(forwards=other)
        await asyncio.sleep(0.5)
        assert hearings(openai) == 0
        assert await stage.cards() == ()
        assert "reply" in (await stage.command("help")).text

        for meant in (other, forwarded):
            openai.hears.append(("imagine", FOX))
            sent = await stage.act("ada").menu("Imagine from this", meant)
            heard = await stage.settled(stage.seen(await stage.fake.until(lambda: sent.shown)))  # noqa: B023
            assert "a red fox in snow" in heard.text
        openai.hears.append(("imagine", FOX))
        reply = await stage.act("ada").say(voice=NOTE, reply_to=stage.fake.messages[heard.message])
        assert (await answer(stage, reply)).buttons[0].startswith("Generate")
        openai.hears.append(("imagine", FOX))
        direct = await Acting(stage.fake, "ada", direct=True).say(voice=NOTE)
        assert (await answer(stage, direct)).buttons[0].startswith("Generate")
        assert hearings(openai) == 4
        assert paintings(openai) == 0


@pytest.mark.parametrize("stage", ["discord"], indirect=True)
async def test_a_forwarded_note_is_heard_in_its_new_place(stage: Stage, openai: FakeOpenAI) -> None:
    assert isinstance(stage, DiscordStage)
    note = await Acting(stage.fake, "bob", channel=stage.fake.add_channel("elsewhere")).say(voice=NOTE)
    openai.hears += [("imagine", FOX)] * 2
    heard = await answer(stage, await stage.act("ada").say(forwards=note))
    assert "a red fox in snow" in heard.text
    assert len((await stage.settled(await stage.press(heard, "Generate"))).pictures) == 1
