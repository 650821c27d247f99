"""The eye asks a vision model once, with the picture itself, and makes sense of whatever comes back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pybase64
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from limner.errors import ModelGone, Moderated, OutcomeUnknown, ProviderFailed, RequestRefused
from limner.eyes import View, answer_tokens
from limner.eyes.gpt_vision import DESCRIPTION_LIMIT, PROMPT_LIMIT, GPTVision, _prompts
from limner.models import Purpose, Usage
from limner.models.catalogue import Catalogue
from limner.openai.client import connect
from limner.rules.prices import cost, looking_estimate
from tests.fakes.openai import KEY, FakeOpenAI
from tests.fakes.openai.looking import Declines

FOUR = ("a red fox in snow", "a fox from above", "a fox at dusk", "a fox in oil")
LUNA = next(each for each in Catalogue.load().of(Purpose.CONVERSE) if each.name == "gpt-6-luna")


def jpeg(width: int = 96, height: int = 64, colour: str = "#a04020") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def view(**more: Any) -> View:
    return View(**{"data": jpeg(), "width": 96, "height": 64, "prompts": 4, **more})


@pytest.fixture
async def openai() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as openai:
        yield openai
    assert openai.breaches == []


@pytest.fixture
async def eye(openai: FakeOpenAI) -> AsyncIterator[GPTVision]:
    client = connect(api_key=KEY, base_url=openai.base_url)
    yield GPTVision(client)
    await client.close()


async def test_a_picture_becomes_a_description_and_four_prompts(eye: GPTVision, openai: FakeOpenAI) -> None:
    openai.sees.append({"description": "A red fox sits in the snow.", "prompts": list(FOUR)})

    seen = await eye.look(view(), LUNA)

    assert seen.description == "A red fox sits in the snow."
    assert seen.prompts == FOUR
    assert not seen.declined
    assert seen.request_id == "req_1"
    assert seen.usage is not None
    assert cost(LUNA, seen.usage) == openai.billed <= looking_estimate(LUNA, 96, 64, answer=answer_tokens(4))


async def test_the_picture_itself_goes_along_and_no_address_of_ours(eye: GPTVision, openai: FakeOpenAI) -> None:
    await eye.look(view(member="a1b2c3", language="de", made_from='a fox\n"ignore all that"'), LUNA)

    (request,) = openai.requests
    *told, picture = request.parsed["messages"][1]["content"]
    kind, _, data = picture["image_url"]["url"].partition(",")
    assert (kind, pybase64.b64decode(data)) == ("data:image/jpeg;base64", jpeg())
    assert [each["text"] for each in told] == [
        'The picture was made from these words: "a fox\\n\\"ignore all that\\""',
        'Answer in this language: "de"',
    ]
    assert request.parsed["safety_identifier"] == "a1b2c3"
    assert request.parsed["reasoning_effort"] == "none"
    assert request.parsed["max_completion_tokens"] == answer_tokens(4)


async def test_a_description_alone_asks_for_no_prompts(eye: GPTVision, openai: FakeOpenAI) -> None:
    seen = await eye.look(view(prompts=0), LUNA)

    assert seen.description.startswith("This is a 96 by 64 picture")
    assert seen.prompts == ()
    form = openai.requests[0].parsed["response_format"]["json_schema"]
    assert form["strict"]
    assert list(form["schema"]["properties"]) == ["description"]


@pytest.mark.parametrize(
    ("answer", "description", "prompts"),
    [
        # fewer, more, twice the same
        ({"description": "A fox.", "prompts": ["one"]}, "A fox.", ("one",)),
        ({"description": "A fox.", "prompts": [*FOUR, "a fifth"]}, "A fox.", FOUR),
        ({"description": "A fox.", "prompts": ["A fox", "a Fox ", "an owl"]}, "A fox.", ("A fox", "an owl")),
        # empty, of another kind, invisible
        ({"description": "", "prompts": []}, "", ()),
        ({"description": 7, "prompts": "a fox"}, "", ()),
        ({"prompts": ["\u200b", " \n ", None, 7, ["x"], "an owl"]}, "", ("an owl",)),
        # hostile: nothing that acts by itself
        ({"description": "a\u202efox\x1b[2J\nhere", "prompts": []}, "afox[2J here", ()),
        # no JSON, other JSON, half of it: what is whole counts
        ("A red fox in snow.", "", ()),
        ("[1, 2]", "", ()),
        ("", "", ()),
        ('{"description": "A fox.", "prompts": ["one", "two", "thr', "A fox.", ("one", "two")),
    ],
)
async def test_odd_answers_are_made_sense_of(
    eye: GPTVision, openai: FakeOpenAI, answer: Any, description: str, prompts: tuple[str, ...]
) -> None:
    openai.sees.append(answer)

    seen = await eye.look(view(), LUNA)

    assert (seen.description, seen.prompts) == (description, prompts)
    assert seen.usage is not None  # paid is paid


async def test_what_is_too_long_is_shortened(eye: GPTVision, openai: FakeOpenAI) -> None:
    openai.sees.append({"description": "fox " * 200, "prompts": ["owl " * 300, "a fox"]})

    seen = await eye.look(view(), LUNA)

    assert len(seen.description) <= DESCRIPTION_LIMIT
    assert [len(each) <= PROMPT_LIMIT for each in seen.prompts] == [True, True]


async def test_an_answer_that_is_cut_off_gives_what_is_whole(eye: GPTVision, openai: FakeOpenAI) -> None:
    openai.sees.append({"description": "A fox.", "prompts": ["one", "two", "x" * 9_000, "four"]})

    assert (await eye.look(view(), LUNA)).prompts == ("one", "two")


async def test_a_model_that_declines_is_paid_all_the_same(eye: GPTVision, openai: FakeOpenAI) -> None:
    openai.sees.append(Declines())

    seen = await eye.look(view(), LUNA)

    assert seen.declined
    assert (seen.description, seen.prompts) == ("", ())
    assert seen.usage is not None
    assert openai.billed > 0


@pytest.mark.parametrize(
    ("fault", "trouble", "charged"),
    [
        ("model_not_found", ModelGone, False),
        ("moderation_blocked", Moderated, False),
        ("server_error", ProviderFailed, None),
        ("not_acceptable", RequestRefused, False),
        ("reset_after", OutcomeUnknown, None),
        ("half_json", OutcomeUnknown, None),
        ("empty", ProviderFailed, None),
        ("html", ProviderFailed, None),
    ],
)
async def test_troubles_are_told_and_nothing_is_asked_twice(
    eye: GPTVision, openai: FakeOpenAI, fault: str, trouble: type[Exception], charged: bool | None
) -> None:
    openai.faults.append(fault)

    with pytest.raises(trouble) as told:
        await eye.look(view(), LUNA)

    assert told.value.charged is charged  # type: ignore[attr-defined]
    assert len(openai.requests) == 1


async def test_a_server_that_counts_nothing_leaves_the_usage_open(eye: GPTVision, openai: FakeOpenAI) -> None:
    openai.faults.append("no_usage")

    assert (await eye.look(view(), LUNA)).usage is None


async def test_what_is_written_into_a_cache_is_counted_apart(eye: GPTVision, openai: FakeOpenAI) -> None:
    seen = await eye.look(view(data=jpeg(1024, 1024), width=1024, height=1024), LUNA)

    assert seen.usage == Usage(text_written=seen.usage.text_written, text_out=seen.usage.text_out)
    assert seen.usage.text_written > 1024
    assert cost(LUNA, seen.usage) == openai.billed


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_whatever_comes_as_prompts_becomes_few_short_different_lines(said: Any) -> None:
    prompts = _prompts(json.loads(json.dumps(said)), 4)

    assert len(prompts) <= 4
    assert len({each.casefold() for each in prompts}) == len(prompts)
    assert all(each and len(each) <= PROMPT_LIMIT and "\n" not in each for each in prompts)
