"""Cancel, as members meet it on every platform: at once, kind, and honest about money."""

from __future__ import annotations

import asyncio

import pytest

from tests.conversations.reading import id_of, paintings
from tests.conversations.test_queue import a_line, release
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Seen, Stage


@pytest.fixture
def keyed_house(keyed_house: House) -> House:
    """One that paints one picture at a time."""
    keyed_house.sections["openai"] = {"concurrency": 1}
    return keyed_house


async def on_card(stage: Stage, seen: Seen, words: str) -> Seen:
    """The card once it says this."""
    async with asyncio.timeout(PATIENCE):
        while True:
            cards = {card.message: card for card in await stage.cards()}
            if words in cards[seen.message].text:
                return cards[seen.message]
            await asyncio.sleep(0.05)


async def answered(stage: Stage, answer: Seen, words: str) -> Seen:
    """The answer, which says this: on Slack the job's own card may change before it."""
    async with asyncio.timeout(PATIENCE):
        while words not in answer.text:
            await asyncio.sleep(0.05)
            answer = next((each for each in reversed(await stage.cards()) if words in each.text), answer)
    return answer


async def test_what_waits_is_cancelled_at_once_and_costs_nothing(stage: Stage, openai: FakeOpenAI) -> None:
    first, second, third = await a_line(stage, openai)
    await stage.press(second, "Cancel")
    ended = await on_card(stage, second, "Cancelled by")
    assert "Nothing was charged" in ended.text
    assert [label.split(" ~")[0] for label in ended.buttons] == ["Try again"]
    release(openai)
    await asyncio.gather(stage.settled(first), stage.settled(third))
    assert paintings(openai) == 2


async def test_what_is_being_painted_is_stopped_and_may_have_been_charged(stage: Stage, openai: FakeOpenAI) -> None:
    first, second, _ = await a_line(stage, openai)
    await stage.press(first, "Cancel")
    ended = await on_card(stage, first, "Cancelled by")
    assert "may have been charged" in ended.text
    assert "possibly charged $" in ended.text
    assert [label.split(" ~")[0] for label in ended.buttons] == ["Paint again"]
    release(openai)
    assert len((await stage.settled(second)).pictures) == 1


async def test_an_id_is_enough_and_twice_is_a_sentence(stage: Stage, openai: FakeOpenAI) -> None:
    first, second, third = await a_line(stage, openai)
    id = id_of(second)
    told = await answered(stage, await stage.command("cancel", job=id), f"{id} ended. Cancelled by")
    assert told.private_to == "ada" or stage.platform == "web"
    await on_card(stage, second, "Nothing was charged")
    again = await stage.command("cancel", job=id)
    assert f"“{id}” has come to its end already" in again.text
    assert "There is no “zz99” here" in (await stage.command("cancel", job="zz99")).text
    assert "/queue shows them" in (await stage.command("cancel")).text
    release(openai)
    await asyncio.gather(stage.settled(first), stage.settled(third))


async def test_the_list_has_it_too_and_is_shown_anew(stage: Stage, openai: FakeOpenAI) -> None:
    first, second, third = await a_line(stage, openai)
    listed = await stage.command("queue")
    changed = await stage.press(listed, f"Cancel {id_of(third)}")
    changed = await answered(stage, changed, "The queue")
    assert "a whale" not in changed.text
    assert "a owl" in changed.text
    await on_card(stage, third, "Nothing was charged")
    release(openai)
    await asyncio.gather(stage.settled(first), stage.settled(second))


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_others_may_not_and_admins_may(stage: Stage, openai: FakeOpenAI) -> None:
    first, second, third = await a_line(stage, openai)
    refused = await stage.press(second, "Cancel", member="bob")
    assert "Only its author or an admin can cancel this" in refused.text
    assert refused.private_to == "bob"
    await stage.press(second, "Cancel", member="admin")
    await on_card(stage, second, "Cancelled by")
    release(openai)
    await asyncio.gather(stage.settled(first), stage.settled(third))
    assert paintings(openai) == 2
