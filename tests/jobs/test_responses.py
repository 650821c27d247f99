"""The Responses engine in the flow: what goes on at the provider is picked up, paid once, and ended there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from PIL import Image

from limner.app import Limner
from limner.domain.card import Card, Role, State
from limner.engines import following as looks
from limner.jobs.journal import Journal
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI, Meter
from tests.house import House
from tests.jobs.channel import ADA, Channel, ask
from tests.patience import PATIENCE

CALL = "SELECT outcome, cost, handle, shares, trouble FROM attempts ORDER BY id"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at a response follow one another quickly."""
    monkeypatch.setattr(looks, "FIRST_PAUSE", 0.02)


@asynccontextmanager
async def opened(house: House, channel: Channel, **sections: Any) -> AsyncIterator[Limner]:
    """A house that paints by the Responses engine."""
    image = {"engine": "responses", **sections.pop("image", {})}
    async with house.open(platforms=(channel,), image=image, **sections) as limner:
        yield limner


def ledger(house: House) -> dict[str, int]:
    """The accounts that are not empty."""
    return {name: amount for name, amount in house.balances().items() if amount and name != "budget"}


async def cut_off(house: House, openai: FakeOpenAI, channel: Channel) -> tuple[str, str]:
    """A job whose process stopped while the provider was at work on it, and the handle of that."""
    openai.hold = asyncio.Event()
    async with opened(house, channel) as limner:
        card = await limner.take(ask(prompt="a red fox", quality="draft"))
        handle = await house.handle()
    assert card is not None
    assert [each.state for each in channel.shown.values()] == [State.PAINTING]
    return str(card.job), handle


def said(card: Card, *roles: Role) -> str:
    return " ".join(card.lines_of(*roles))


async def test_a_picture_of_a_conversation_is_settled_with_both_its_costs(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert card.state is State.DONE
    assert "Painted as: “In detail: a red fox”" in said(card, Role.NOTE)
    assert "GPT Image 2.6 Sunburst · Responses ·" in said(card, Role.FOOTER)
    assert ledger(keyed_house) == {"paid": openai.billed}
    ((outcome, cost, handle, shares, _),) = keyed_house.rows(CALL)
    assert (outcome, cost) == ("paid", openai.billed)
    assert handle in openai.responses
    models = {each["model"]: each["cost"] for each in json.loads(shares)}
    assert list(models) == ["gpt-image-2.6-sunburst", "gpt-6-luna"]
    assert sum(models.values()) == cost
    assert all(models.values())


async def test_what_is_reserved_is_enough_for_both(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with opened(keyed_house, channel, image={"mainline": "gpt-6-astra"}) as limner:
        first = await limner.take(ask(prompt="a red fox"))
        await channel.settled()
        assert first is not None
        reserved = keyed_house.rows("SELECT amount FROM ledger WHERE kind = 'reserve'")[0][0]
        before = openai.billed
        await limner.take(ask("edit", prompt="make it night", picture=str(first.job)))
        await all_done(channel, 2)
        again = keyed_house.rows("SELECT amount FROM ledger WHERE kind = 'reserve' ORDER BY id")[1][0]

    assert before <= reserved
    assert openai.billed - before <= again


async def all_done(channel: Channel, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while [card.state for card in channel.shown.values()] != [State.DONE] * count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_call_that_was_cut_off_is_picked_up_by_its_handle_and_paid_once(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    _, handle = await cut_off(keyed_house, openai, channel)
    openai.hold.set()

    async with opened(keyed_house, channel):
        card = await channel.until(State.DONE)

    assert len(card.pictures) == 1
    assert paintings(openai) == 1
    assert list(openai.responses) == [handle]
    assert ledger(keyed_house) == {"paid": openai.billed}
    assert [row.outcome for row in keyed_house.rows(CALL)] == ["paid"]


async def test_a_call_without_a_handle_is_possibly_charged_and_not_made_again(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.faults = ["hang"]
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        await openai.arrived(2)  # the list of models, and the call

    async with opened(keyed_house, channel):
        card = await channel.until(State.FAILED)

    assert "may have been charged" in said(card, Role.WARNING)
    assert paintings(openai) == 1
    assert set(ledger(keyed_house)) == {"unknown"}


async def test_a_call_that_the_provider_has_forgotten_is_possibly_charged(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    await cut_off(keyed_house, openai, channel)
    openai.responses.clear()
    openai.hold.set()

    async with opened(keyed_house, channel):
        card = await channel.until(State.FAILED)

    assert "may have been charged" in said(card, Role.WARNING)
    assert paintings(openai) == 1
    assert set(ledger(keyed_house)) == {"unknown"}


async def test_pictures_that_had_arrived_are_kept_though_the_provider_has_forgotten_them(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    job, _ = await cut_off(keyed_house, openai, channel)
    folder = Journal(keyed_house.easel / job).open()
    await asyncio.to_thread(Image.new("RGB", (1024, 1024), "red").save, folder / "picture-1.png")
    openai.responses.clear()
    openai.hold.set()

    async with opened(keyed_house, channel):
        card = await channel.until(State.DONE)

    assert len(card.pictures) == 1
    assert set(ledger(keyed_house)) == {"unknown"}


async def test_cancelling_ends_it_at_the_provider_and_settles_what_it_used(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        asked = await limner.take(ask(prompt="a red fox", quality="draft"))
        handle = await keyed_house.handle()
        assert asked is not None
        await limner.take(ask("cancel", job=str(asked.job)))
        card = await channel.until(State.FAILED)

    assert "Cancelled by Ada. The model was at work on it already. What it used is charged." in said(card, Role.WARNING)
    assert openai.responses[handle].status == "cancelled"
    assert ledger(keyed_house) == {"paid": openai.billed}
    assert openai.billed > 0
    assert "possibly" not in said(card, Role.FOOTER)


async def test_cancelling_what_was_quicker_keeps_its_picture(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.muffle = asyncio.Event()
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        asked = await limner.take(ask(prompt="a red fox", quality="draft"))
        handle = await keyed_house.handle()
        async with asyncio.timeout(PATIENCE):
            while not openai.responses[handle].over:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert asked is not None
        await limner.take(ask("cancel", job=str(asked.job)))
        card = await channel.until(State.DONE)

    assert len(card.pictures) == 1
    assert ledger(keyed_house) == {"paid": openai.billed}


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("words", "in words instead of a picture: “I would rather describe it"),
        ("stream_moderated", "safety rules declined"),
        ("incomplete", "max output tokens"),
        ("tool_failed", "The image could not be made"),
        ("empty", "it called no tool"),
    ],
)
async def test_what_comes_to_nothing_is_settled_by_what_it_used(
    keyed_house: House, openai: FakeOpenAI, fault: str, sentence: str
) -> None:
    openai.faults = [fault]
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert card.state is State.FAILED
    assert sentence in said(card, Role.WARNING)
    assert "What it used is charged." in said(card, Role.WARNING)
    assert next(button.label for row in card.controls for button in row.buttons).startswith("Try again")
    assert ledger(keyed_house) == {"paid": openai.billed}
    assert paintings(openai) == 1


async def test_a_failure_that_counts_nothing_is_possibly_charged(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.faults = ["failed"]
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert card.state is State.FAILED
    assert set(ledger(keyed_house)) == {"unknown"}
    assert paintings(openai) == 1


async def test_what_was_surely_refused_is_asked_for_again(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.faults = ["rate_limit"]
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        card = await channel.settled()

    assert card.state is State.DONE
    assert paintings(openai) == 2
    assert ledger(keyed_house) == {"paid": openai.billed}


async def test_an_edit_goes_on_with_the_conversation_and_of_another_engines_picture_begins_one(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        first = await limner.take(ask(prompt="a red fox", quality="draft"))
        await all_done(channel, 1)
        assert first is not None
        await limner.take(ask("edit", prompt="make it night", picture=str(first.job)))
        await all_done(channel, 2)
        other = await limner.take(ask(prompt="a blue fox", quality="draft", engine="openai"))
        await all_done(channel, 3)
        assert other is not None
        await limner.take(ask("edit", prompt="make it day", picture=str(other.job), engine="responses"))
        await all_done(channel, 4)

    turns = list(openai.responses.values())
    assert [each.asked.before for each in turns] == [None, turns[0], None]
    assert [each.asked.shown for each in turns] == [0, 0, 1]
    assert ledger(keyed_house) == {"paid": openai.billed}


async def test_several_pictures_are_the_images_apis_and_the_card_says_so(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft", count=3))
        card = await channel.settled()

    assert len(card.pictures) == 3
    assert "the Images API paints these 3" in said(card, Role.NOTE)
    assert openai.requests[-1].path == "/v1/images/generations"


async def test_both_engines_keep_to_the_organisations_limit_together(keyed_house: House, openai: FakeOpenAI) -> None:
    openai.meter = Meter(limit=1, tells=False)
    channel = Channel()
    async with opened(keyed_house, channel, openai={"images_per_minute": 1}) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        await channel.until(State.DONE)
        await limner.take(ask(prompt="a blue fox", quality="draft", engine="openai"))
        await asyncio.sleep(1)

    assert openai.meter.refused == 0
    assert paintings(openai) == 1
    assert {row.lane for row in keyed_house.rows("SELECT lane FROM jobs")} == {"openai"}


async def test_an_engine_that_nobody_knows_is_refused_and_those_there_are_are_named(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        card = await limner.take(ask(prompt="a red fox", engine="dalle"))
        offered = await limner.forms.complete("engines", "", person=ADA, place=ask().place)

    assert card is not None
    assert "engine cannot be “dalle”: this Limner has openai, responses, sketch." in said(card, Role.WARNING)
    assert offered == ("openai", "responses", "sketch")
    assert paintings(openai) == 0


async def test_the_sketcher_can_be_asked_for_as_an_engine(keyed_house: House, openai: FakeOpenAI) -> None:
    channel = Channel()
    async with opened(keyed_house, channel) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft", engine="sketch"))
        card = await channel.settled()

    assert "Offline sketch" in said(card, Role.NOTE)
    assert paintings(openai) == 0


async def test_without_a_key_there_is_one_engine_and_it_stands_in(house: House) -> None:
    channel = Channel()
    async with opened(house, channel) as limner:
        offered = await limner.forms.complete("engines", "", person=ADA, place=ask().place)
        await limner.take(ask(prompt="a red fox", quality="draft", engine="responses"))
        card = await channel.settled()

    assert offered == ("sketch",)
    assert "Offline sketch" in said(card, Role.NOTE)
