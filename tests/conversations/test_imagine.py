"""/imagine, as a member meets it, on every platform."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.stages import Stage


async def test_words_become_a_picture_in_the_channel(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.settled(await stage.command("imagine", prompt="a red fox in snow", shape="wide"))

    assert "a red fox in snow" in seen.text
    assert seen.alts == ("AI-generated: a red fox in snow",)
    assert len(seen.pictures) == 1
    assert Image.open(io.BytesIO(seen.pictures[0])).size[0] > Image.open(io.BytesIO(seen.pictures[0])).size[1]
    for said in ("GPT Image 2.6 Sunburst", "1536×1024", "standard", "$", id_of(seen)):
        assert said in seen.text
    assert paintings(openai) == 1


async def test_the_buttons_on_a_result_say_what_they_cost(stage: Stage) -> None:
    seen = await stage.settled(await stage.command("imagine", prompt="a red fox"))

    priced = {label.split(" ~")[0] for label in seen.buttons if "~$" in label}
    free = {label for label in seen.buttons if "$" not in label}
    assert {"Vary subtly", "Vary strongly", "Edit…", "Reroll", "Finer", "Extend…", "Cut out"} <= priced
    assert {"Details", "Download", "Delete"} <= free


async def test_several_pictures_are_one_message(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.settled(await stage.command("imagine", prompt="paper boats", count=3, quality="draft"))

    assert len(seen.pictures) >= 1
    labels = [label.split(" ~")[0] for label in seen.buttons]
    assert labels[:6] == ["1 …", "2 …", "3 …", "Vary 1", "Vary 2", "Vary 3"]
    assert paintings(openai) == 1
    assert len(await stage.cards()) == 1


async def test_the_name_that_people_know_keeps_working_and_its_successor_is_told_once(stage: Stage) -> None:
    first = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))
    second = await stage.settled(await stage.command("imagine", prompt="a blue fox", quality="draft"))

    assert "GPT Image 1 was shut down" in first.text
    assert "shut down" not in second.text


async def test_what_cannot_be_honoured_is_rounded_and_said(stage: Stage) -> None:
    seen = await stage.settled(await stage.command("imagine", prompt="a red fox", shape="21:4", quality="draft"))

    assert "3:1" in seen.text


async def test_a_style_is_worn_and_shown(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.settled(await stage.command("imagine", prompt="a red fox", style="storybook", quality="draft"))

    assert "storybook" in seen.text
    assert "watercolour" in openai.requests[-1].parsed["prompt"]


async def test_references_go_to_the_model_as_an_edit(stage: Stage, openai: FakeOpenAI) -> None:
    fox = await picture("orange")
    seen = await stage.settled(
        await stage.command("imagine", prompt="the same in winter", quality="draft", files=(("fox.png", fox),))
    )

    assert len(seen.pictures) == 1
    assert openai.requests[-1].path == "/v1/images/edits"


async def test_without_a_key_it_is_sketched_and_says_so(offline_stage: Stage) -> None:
    seen = await offline_stage.settled(await offline_stage.command("imagine", prompt="a red fox in snow"))

    assert len(seen.pictures) == 1
    assert "Offline sketch" in seen.text
    assert "free" in seen.text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"prompt": "   "}, "Say what you see"),
        ({"prompt": "a fox", "shape": "banana"}, "is no shape I can paint"),
        ({"prompt": "a fox", "style": "barok"}, "There is no style “barok” here"),
    ],
    ids=["empty", "shape", "style"],
)
async def test_bad_input_gets_a_private_sentence_and_costs_nothing(
    stage: Stage, openai: FakeOpenAI, values: dict[str, str], sentence: str
) -> None:
    seen = await stage.command("imagine", **values)

    assert sentence in seen.text
    assert seen.private_to == "ada" or stage.platform == "web"
    assert paintings(openai) == 0
    assert [card for card in await stage.cards(member="bob") if sentence in card.text] == [] or stage.platform == "web"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("notes.png", b"these are words", "is not a picture"),
        ("fox.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "is damaged"),
    ],
    ids=["no picture", "damaged"],
)
async def test_a_file_that_is_no_picture_is_refused_before_it_costs(
    stage: Stage, openai: FakeOpenAI, name: str, data: bytes, sentence: str
) -> None:
    seen = await stage.settled(await stage.command("imagine", prompt="like this", files=((name, data),)))

    assert sentence in seen.text
    assert paintings(openai) == 0


async def test_a_prompt_cannot_act(stage: Stage) -> None:
    hostile = (
        "@everyone <!channel> <@U123> **bold** [link](http://evil.example) `x` <script>alert(1)</script> \u202egnp.exe"
    )
    seen = await stage.settled(await stage.command("imagine", prompt=hostile, quality="draft"))

    assert len(seen.pictures) == 1
    assert "\u202e" not in seen.text
    assert all("\u202e" not in alt for alt in seen.alts)


async def picture(colour: str, size: tuple[int, int] = (512, 512)) -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()
