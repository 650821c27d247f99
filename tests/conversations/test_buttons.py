"""Buttons on cards: they go on working, and each press is one picture."""

from __future__ import annotations

from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.stages import Stage


async def test_reroll_paints_the_same_request_again(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    again = await stage.settled(await stage.press(first, "Reroll", member="bob"))

    assert "a red fox" in again.text
    assert id_of(again) != id_of(first)
    assert paintings(openai) == 2


async def test_vary_paints_from_the_picture_itself(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    varied = await stage.settled(await stage.press(first, "Vary"))

    assert f"variation of {id_of(first)}" in varied.text
    assert openai.requests[-1].path == "/v1/images/edits"


async def test_buttons_outlive_a_restart(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    await stage.restart()
    again = await stage.settled(await stage.press(first, "Reroll"))

    assert "a red fox" in again.text
    assert paintings(openai) == 2


async def test_delete_is_for_the_author_and_takes_the_picture_away(stage: Stage) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    if stage.platform != "web":  # there is one person on the page
        refused = await stage.press(first, "Delete", member="bob")
        assert "its author or an admin" in refused.text
    await stage.press(first, "Delete")

    left = next(card for card in await stage.cards() if card.message == first.message)
    assert "was deleted" in left.text
    assert left.pictures == ()
    assert left.buttons == ()
    shown = await stage.command("show", picture=id_of(first))
    assert "There is no" in shown.text


async def test_download_hands_over_the_original(stage: Stage, openai: FakeOpenAI) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    handed = await stage.settled(await stage.press(first, "Download"))

    asset = await stage.limner.asset(id_of(first), place=stage.place, person=stage.person)
    assert await stage.limner.read(asset) in handed.pictures
