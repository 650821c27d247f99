"""Painting in a conversation that the provider keeps, as a member meets it, on every platform."""

from __future__ import annotations

import asyncio

import pytest

from limner.engines import following
from tests.conversations.hostile import plain
from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.stages import Seen, Stage


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at a response follow one another quickly."""
    monkeypatch.setattr(following, "FIRST_PAUSE", 0.05)


async def painted(stage: Stage, prompt: str = "a red fox", **values: object) -> Seen:
    asked = {"engine": "responses", "quality": "draft", **values}
    return await stage.settled(await stage.command("imagine", prompt=prompt, **asked))


async def test_the_engine_is_chosen_by_the_request_and_what_it_made_of_the_words_is_shown(
    stage: Stage, openai: FakeOpenAI
) -> None:
    seen = await painted(stage)

    assert len(seen.pictures) == 1
    assert "Painted as: “In detail: a red fox”" in seen.text
    for said in ("GPT Image 2.6 Sunburst", "Responses", "$"):
        assert said in seen.text
    assert openai.requests[-1].path == "/v1/responses"
    told = await stage.press(seen, "Details")
    assert "As the model put it: “In detail: a red fox”" in told.text
    assert "Of that: GPT Image 2.6 Sunburst $0." in told.text
    assert "GPT-6 Luna $0." in told.text


async def test_words_that_answer_a_picture_go_on_with_its_conversation(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    second = await stage.settled(await stage.reply(first, "make the sky orange", member="bob"))
    hat = (("hat.png", plain()),)
    third = await stage.settled(await stage.command("edit", prompt="and a hat", picture=id_of(second), files=hat))

    assert "v2 of" in second.text
    assert "Painted as: “In detail: make the sky orange”" in second.text
    assert "v3 of" in third.text
    turns = list(openai.responses.values())
    assert [each.asked.before for each in turns] == [None, *turns[:2]]
    assert [each.asked.shown for each in turns] == [0, 0, 1]  # its own picture is there already


async def test_a_style_goes_along_and_stays_on_through_the_conversation(stage: Stage, openai: FakeOpenAI) -> None:
    style = {"name": "spring", "before": "Soft watercolour:", "banned": "fog", "files": (("moss.png", plain()),)}
    await stage.settled(await stage.command("style-save", **style))  # type: ignore[arg-type]
    first = await painted(stage, style="spring")
    second = await stage.settled(await stage.reply(first, "make the sky orange", member="bob"))
    refused = await stage.reply(second, "add some fog")
    bare = await painted(stage, "a snow owl", style="none")

    for seen in (first, second):
        assert "style spring" in seen.text
        assert "Responses" in seen.text
    assert "fog" in refused.text
    assert refused.private_to == "ada" or stage.platform == "web"
    assert "style spring" not in bare.text
    one, two, three = (each.asked for each in openai.responses.values())
    for each in (one, two):
        assert "Soft watercolour:" in each.prompt
        assert "Leave out, whatever else is said: fog." in each.prompt
    assert "make the sky orange" in two.prompt
    assert "Soft watercolour:" not in three.prompt
    assert [each.shown for each in (one, two, three)] == [1, 1, 0]  # the style's own picture, each time
    assert paintings(openai) == 3


async def test_a_conversation_that_openai_has_forgotten_begins_anew_with_the_picture(
    stage: Stage, openai: FakeOpenAI
) -> None:
    first = await painted(stage)
    openai.responses.clear()
    second = await stage.settled(await stage.reply(first, "make the sky orange"))

    assert len(second.pictures) == 2
    assert "v2 of" in second.text
    assert [(each.asked.before, each.asked.shown) for each in openai.responses.values()] == [(None, 1)]


async def test_a_restart_in_the_midst_of_it_loses_nothing_and_pays_once(
    stage: Stage, openai: FakeOpenAI, keyed_house: House
) -> None:
    openai.hold = asyncio.Event()
    waiting = await stage.command("imagine", prompt="a red fox", engine="responses", quality="draft")
    await keyed_house.handle()
    await stage.restart()
    openai.hold.set()
    seen = await stage.settled(waiting)

    assert len(seen.pictures) == 1
    assert paintings(openai) == 1
    assert len(openai.responses) == 1


async def test_words_instead_of_a_picture_are_shown_and_cannot_act(stage: Stage, openai: FakeOpenAI) -> None:
    openai.faults = ["words"]
    seen = await painted(stage)

    assert "in words instead of a picture" in seen.text
    assert "I would rather describe it" in seen.text
    assert seen.pictures == ()
    assert any(label.startswith("Try again") for label in seen.buttons)
    assert "possibly charged" not in seen.text


async def test_cancelled_in_the_midst_it_costs_what_it_used(
    stage: Stage, openai: FakeOpenAI, keyed_house: House
) -> None:
    openai.hold = asyncio.Event()
    waiting = await stage.command("imagine", prompt="a red fox", engine="responses", quality="draft")
    await keyed_house.handle()
    await stage.press(waiting, "Cancel")
    seen = await stage.settled(waiting)

    assert "Cancelled by" in seen.text
    assert "What it used is charged." in seen.text
    assert "possibly charged" not in seen.text
    assert [each.status for each in openai.responses.values()] == ["cancelled"]


async def test_a_server_without_this_api_gets_a_kind_sentence(stage: Stage, openai: FakeOpenAI) -> None:
    openai.converses = False
    seen = await painted(stage)

    assert "has no Responses API" in seen.text
    assert "Nothing was charged" in seen.text
    assert openai.billed == 0


async def test_an_engine_that_nobody_knows_is_refused_in_private(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.command("imagine", prompt="a red fox", engine="dalle")

    assert "this Limner has openai, responses, sketch" in seen.text
    assert seen.private_to == "ada" or stage.platform == "web"
    assert paintings(openai) == 0
