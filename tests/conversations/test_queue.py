"""/queue, and what a waiting card says, as members meet them on every platform."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Seen, Stage


@pytest.fixture
def keyed_house(keyed_house: House) -> House:
    """One that paints one picture at a time."""
    keyed_house.sections["openai"] = {"concurrency": 1}
    return keyed_house


async def a_line(stage: Stage, openai: FakeOpenAI) -> list[Seen]:
    """A picture that is being painted for as long as the provider is held, and two that wait for it."""
    openai.hold = asyncio.Event()
    first = await stage.command("imagine", prompt="a fox", quality="draft")
    async with asyncio.timeout(PATIENCE):
        while not paintings(openai):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    others = [await stage.command("imagine", prompt=f"a {each}", quality="draft") for each in ("owl", "whale")]
    return [first, *others]


def release(openai: FakeOpenAI) -> None:
    assert openai.hold is not None
    openai.hold.set()


async def test_a_waiting_card_says_its_place_and_can_be_cancelled(stage: Stage, openai: FakeOpenAI) -> None:
    _, second, third = await a_line(stage, openai)
    assert "Next in line" in second.text
    assert "2nd in line" in third.text
    assert third.buttons == ("Cancel",)
    release(openai)
    done = await stage.settled(third)
    assert len(done.pictures) == 1
    assert "in line" not in done.text


async def test_the_queue_is_listed_for_oneself(stage: Stage, openai: FakeOpenAI) -> None:
    cards = await a_line(stage, openai)
    listed = await stage.command("queue")
    assert listed.private_to == "ada" or stage.platform == "web"
    assert re.search(r"Painting, \d+ s", listed.text)
    places = [listed.text.index(each) for each in ("a fox", "a owl", "a whale")]
    assert places == sorted(places)
    for card in cards:
        assert f"Cancel {id_of(card)}" in listed.buttons
    assert any(each.startswith("First ") for each in listed.buttons) is (stage.platform == "web")
    release(openai)
    await asyncio.gather(*(stage.settled(card) for card in cards))
    assert "Nothing waits here" in (await stage.command("queue")).text


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_an_admin_puts_a_request_first(stage: Stage, openai: FakeOpenAI) -> None:
    cards = await a_line(stage, openai)
    listed = await stage.command("queue", member="admin")
    changed = await stage.press(listed, f"First {id_of(cards[2])}", member="admin")
    assert changed.text.index("a whale") < changed.text.index("a owl")
    decided = await stage.command("audit", member="admin", job=id_of(cards[2]))
    assert f"painting before all others {id_of(cards[2])}: done. asked for by ada" in decided.text.lower()
    release(openai)
    await asyncio.gather(*(stage.settled(card) for card in cards))
    painted = [each.parsed["prompt"] for each in openai.requests if "prompt" in each.parsed]
    assert painted == ["a fox", "a whale", "a owl"]


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_private_requests_of_others_are_not_named(stage: Stage, openai: FakeOpenAI) -> None:
    cards = await a_line(stage, openai)
    await stage.command("imagine", prompt="a secret owl", quality="draft", private=True)
    listed = await stage.command("queue", member="bob")
    assert "a private job" in listed.text
    assert "secret" not in listed.text
    assert not listed.buttons
    release(openai)
    await asyncio.gather(*(stage.settled(card) for card in cards))
