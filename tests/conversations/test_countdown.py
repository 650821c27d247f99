"""What goes ahead at once can be stopped for a moment, and goes ahead once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from limner.store.database import now
from tests.conversations.reading import paintings
from tests.conversations.test_listening import FOX, NOTE
from tests.conversations.test_spoken import says
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Seen, Stage


@pytest.fixture
def keyed_house(keyed_house: House) -> House:
    keyed_house.sections["voice"] = {"listen": "at-once", "wait_seconds": 500}
    return keyed_house


async def spoken(stage: Stage, openai: FakeOpenAI) -> Seen:
    openai.hears.append(("imagine", FOX))
    return await stage.settled(await stage.voice(NOTE))


async def passes(stage: Stage) -> None:
    """The moment passes while Limner is away."""
    then = str(now() - timedelta(seconds=1))
    stage._house.rows("UPDATE countdowns SET due = :then", then=then)  # type: ignore[attr-defined]
    await stage.restart()


async def reads(stage: Stage, message: str, words: str) -> Seen:
    """The card of this message, once it says these words."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for card in await stage.cards():
                if card.message == message and words in card.text:
                    return card
            await asyncio.sleep(0.05)


async def painted(stage: Stage, message: str) -> Seen:
    """The card of this message, once it shows a picture."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for card in await stage.cards():
                if card.message == message and card.pictures and "Cancel" not in card.buttons:
                    return card
            await asyncio.sleep(0.05)


async def test_it_can_be_cancelled_while_it_waits_by_button_and_by_voice(stage: Stage, openai: FakeOpenAI) -> None:
    waiting = await spoken(stage, openai)
    assert "I go ahead in 500 seconds" in waiting.text
    assert [label.split(" ~")[0] for label in waiting.buttons] == ["Generate", "Fix text", "Cancel"]
    stopped = await stage.press(waiting, "Cancel")
    assert "Nothing was painted" in stopped.text

    waiting = await spoken(stage, openai)
    told = await says(stage, openai, "cancel that", "cancel")
    assert "Nothing was painted" in told.text
    (gone,) = [card for card in await stage.cards() if card.message == waiting.message]
    assert "Nothing was painted" in gone.text
    assert stage._house.rows("SELECT 1 FROM countdowns") == []  # type: ignore[attr-defined]

    waiting = await spoken(stage, openai)
    assert (await stage.filled(waiting, "Fix text"))["prompt"] == "a red fox in snow"
    assert stage._house.rows("SELECT 1 FROM countdowns") == []  # type: ignore[attr-defined]
    held = await reads(stage, waiting.message, "I wait for your word now")
    assert "I go ahead" not in held.text
    assert held.buttons == waiting.buttons
    assert paintings(openai) == 0

    mended = await stage.fill(held, "Fix text", prompt="a blue fox")
    painted = await stage.settled(mended)
    assert "a blue fox" in painted.text
    assert "I wait for your word" not in painted.text
    assert paintings(openai) == 1


async def test_mending_at_once_leaves_the_card_of_what_is_painted(stage: Stage, openai: FakeOpenAI) -> None:
    painted = await stage.settled(await stage.fill(await spoken(stage, openai), "Fix text", prompt="a blue fox"))
    assert painted.pictures
    assert "a blue fox" in painted.text
    assert paintings(openai) == 1


async def test_saying_it_aloud_takes_nothing_of_the_moment(stage: Stage, openai: FakeOpenAI) -> None:
    await stage.command("voice-me", listen="aloud")
    waiting = await spoken(stage, openai)

    assert "I go ahead in 500 seconds" in waiting.text
    assert "said aloud for $0." in waiting.text
    ((due,),) = stage._house.rows("SELECT due FROM countdowns")  # type: ignore[attr-defined]
    ((said,),) = stage._house.rows("SELECT ended FROM attempts WHERE purpose = 'speak'")  # type: ignore[attr-defined]
    assert moment(due) - moment(said) >= timedelta(seconds=500)
    (words,) = [each.parsed["messages"][1]["content"] for each in openai.requests if each.parsed.get("audio")]
    assert "I go ahead in 500 seconds" in words


def moment(stored: Any) -> datetime:
    """A point in time as a database gives it."""
    said = stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))
    return (said.astimezone(UTC) if said.tzinfo else said).replace(tzinfo=None)


async def test_it_goes_ahead_once_across_restarts_and_not_when_it_was_said_before(
    stage: Stage, openai: FakeOpenAI
) -> None:
    waiting = await spoken(stage, openai)
    assert paintings(openai) == 0
    await passes(stage)
    card = await painted(stage, waiting.message)
    assert "a red fox in snow" in card.text
    assert paintings(openai) == 1

    second = await spoken(stage, openai)
    await stage.settled(await stage.press(second, "Generate"))
    await passes(stage)
    await stage.command("voice-show")
    assert paintings(openai) == 2
    assert len(stage._house.rows("SELECT 1 FROM jobs")) == 2  # type: ignore[attr-defined]
