"""Buttons on cards: they go on working, each press is one picture, and only what works is offered."""

from __future__ import annotations

import pytest

from tests.conversations.forging import forged
from tests.conversations.hostile import plain
from tests.conversations.reading import id_of, paintings, whole_words
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.stages import Seen, Stage


async def painted(stage: Stage, prompt: str = "a red fox", **values: object) -> Seen:
    return await stage.settled(await stage.command("imagine", **{"prompt": prompt, "quality": "draft", **values}))


def labels(seen: Seen) -> list[str]:
    return [label.split(" ~")[0] for label in seen.buttons]


async def test_reroll_paints_the_same_request_again(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    again = await stage.settled(await stage.press(first, "Reroll", member="bob"))

    assert "a red fox" in again.text
    assert id_of(again) != id_of(first)
    assert paintings(openai) == 2


@pytest.mark.parametrize("strength", ["subtly", "strongly"])
async def test_vary_paints_from_the_picture_itself(stage: Stage, openai: FakeOpenAI, strength: str) -> None:
    first = await painted(stage)
    varied = await stage.settled(await stage.press(first, f"Vary {strength}"))

    assert f"A {'subtle' if strength == 'subtly' else 'strong'} variation of {id_of(first)}" in varied.text
    assert "v2" not in whole_words(varied)  # a branch, and no version
    assert openai.requests[-1].path == "/v1/images/edits"


async def test_finer_paints_the_same_request_in_the_next_quality(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    finer = await stage.settled(await stage.press(first, "Finer"))

    assert f"{id_of(first)} once more, in standard quality" in finer.text
    assert f"v2 of {id_of(first)}" in finer.text
    assert openai.requests[-1].parsed["quality"] == "medium"
    assert openai.requests[-1].path == "/v1/images/generations"
    finest = await painted(stage, quality="finest")
    assert not any(label.startswith("Finer") for label in finest.buttons)


async def test_edit_opens_a_form_with_the_last_prompt_and_takes_more_pictures(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage, shape="wide")
    said = await stage.filled(first, "Edit…", member="bob")
    assert said["prompt"] == "a red fox"
    assert said["quality"] == "draft"
    assert said["shape"] == "1536x1024"

    hats = tuple((f"hat-{number}.png", plain(size=(64 + number, 64))) for number in range(3))
    second = await stage.settled(
        await stage.fill(first, "Edit…", member="bob", prompt="a red fox with a hat", files=hats)
    )
    assert "a red fox with a hat" in second.text
    assert f"v2 of {id_of(first)}" in second.text
    assert len(openai.requests[-1].files) == 4
    again = await stage.filled(second, "Edit…")
    assert again["prompt"] == "a red fox with a hat"
    assert paintings(openai) == 2


async def test_share_opens_a_form_and_posts_once_with_credit(stage: Stage) -> None:
    first = await painted(stage)
    assert "picture" not in await stage.filled(first, "Share…")
    told = await stage.settled(await stage.fill(first, "Share…", member="bob", place=stage.elsewhere, note="Look!"))

    assert f"{id_of(first)} is now in" in told.text
    assert told.private_to == "bob" or stage.platform == "web"
    (there,) = await stage.cards(place=stage.elsewhere)
    assert "Look!" in there.text
    assert labels(there) == labels(first)


async def test_save_is_each_members_own_and_turns(stage: Stage) -> None:
    fox, owl = await painted(stage), await painted(stage, "a snow owl")
    saved = await stage.press(fox, "Save", member="bob")
    assert f"{id_of(fox)} is saved" in saved.text
    assert saved.private_to == "bob" or stage.platform == "web"

    listed = await stage.settled(await stage.command("gallery", saved=True, member="bob"))
    assert id_of(fox) in listed.text
    assert id_of(owl) not in listed.text
    if stage.platform != "web":  # there is one person on the page
        assert "You have saved nothing yet" in (await stage.command("gallery", saved=True)).text
    again = await stage.press(saved, "What you have saved", member="bob")
    assert id_of(fox) in again.text


async def test_a_second_click_in_a_row_does_not_undo_the_first(stage: Stage) -> None:
    fox = await painted(stage)
    await stage.press(fox, "Save")
    again = await stage.press(fox, "Save")
    assert "once is enough" in again.text
    assert id_of(fox) in (await stage.settled(await stage.command("gallery", saved=True))).text


async def test_details_tell_all_that_is_known_to_the_asker_alone(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage, style="storybook")
    second = await stage.settled(await stage.reply(first, "make the sky orange", files=(("hat.png", plain()),)))
    told = await stage.press(second, "Details", member="bob")

    assert told.private_to == "bob" or stage.platform == "web"
    for said in ("make the sky orange", "watercolour", "gpt-image-2.6-sunburst", "1024×1024", "draft", "$"):
        assert said in told.text, said
    assert f"Version 2 of {id_of(first)}" in told.text
    assert "hat.png" in told.text
    assert "request id: req" in told.text


async def test_buttons_outlive_a_restart_and_a_week(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    await stage.restart()
    stage.age()
    again = await stage.settled(await stage.press(first, "Reroll"))
    varied = await stage.settled(await stage.press(first, "Vary subtly", member="bob"))
    edited = await stage.settled(await stage.fill(first, "Edit…", prompt="a blue fox"))
    await stage.restart()
    finer = await stage.settled(await stage.press(edited, "Finer"))

    assert "a red fox" in again.text
    assert "variation" in varied.text
    assert f"v3 of {id_of(first)}" in finer.text
    assert paintings(openai) == 5


async def test_a_shown_copy_has_the_same_live_buttons(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    copy = await stage.settled(await stage.command("show", picture=id_of(first), member="bob"))
    await stage.restart()
    assert copy.buttons == first.buttons
    again = await stage.settled(await stage.press(copy, "Vary strongly"))

    assert f"variation of {id_of(first)}" in again.text
    assert paintings(openai) == 2


async def test_delete_is_for_the_author_and_takes_the_picture_away(stage: Stage) -> None:
    first = await painted(stage)
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


@pytest.mark.parametrize("label", ["Vary subtly", "Reroll", "Finer", "Save", "Details", "Download"])
async def test_a_press_on_what_was_deleted_meanwhile_is_told_in_private_and_costs_nothing(
    stage: Stage, openai: FakeOpenAI, label: str
) -> None:
    first = await painted(stage)
    await stage.press(first, "Delete")
    told = await stage.press(first, label, member="bob")

    assert f"There is no “{id_of(first)}” here" in told.text
    assert told.private_to == "bob" or stage.platform == "web"
    assert paintings(openai) == 1


async def test_download_hands_over_the_original(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    handed = await stage.settled(await stage.press(first, "Download"))

    asset = await stage.limner.asset(id_of(first), place=stage.place, person=stage.person)
    assert await stage.limner.pictures.read(asset) in handed.pictures


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("limner:vary:zz99:strength=strong", "There is no “zz99” here"),
        ("limner:details:zz99.2:", "There is no “zz99.2” here"),
        ("limner:form.edit:zz99:", "There is no “zz99” here"),
        ("limner:vary:{id}:strength=wild", "strength cannot be “wild”"),
        ("limner:back:{id}:", "There is no"),
        ("limner:conquer:{id}:", "from "),
    ],
)
async def test_a_forged_press_is_told_in_private_and_costs_nothing(
    stage: Stage, openai: FakeOpenAI, keyed_house: House, code: str, sentence: str
) -> None:
    first = await painted(stage)
    spent = openai.billed
    told = await forged(stage, first, code.format(id=id_of(first)))

    assert sentence in told.text
    assert told.private_to == "ada" or stage.platform == "web"
    assert openai.billed == spent
    # One job, one charge; not one request: where the list of models is late, the first meets one that is gone.
    assert len(keyed_house.rows("SELECT id FROM jobs")) == 1
    assert len(keyed_house.rows("SELECT id FROM attempts WHERE outcome = 'paid'")) == 1
