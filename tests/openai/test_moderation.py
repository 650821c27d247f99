"""Moderation: one call, tried again only when its connection fails, and a verdict or a trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from PIL import Image

from limner.domain.rules import Screening
from limner.errors import BadKey, ModelGone, NeverSent, ProviderTrouble, RateLimited
from limner.openai import connect, moderation
from limner.openai.moderation import Moderator
from tests.fakes.openai import KEY, FakeOpenAI

MODEL = "omni-moderation-latest"


@pytest.fixture
async def moderator(openai: FakeOpenAI) -> AsyncIterator[Moderator]:
    client = connect(api_key=KEY, base_url=openai.base_url)
    yield Moderator(client, MODEL)
    await client.close()


def jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()


async def test_words_are_asked_about_once_and_the_categories_come_back(
    moderator: Moderator, openai: FakeOpenAI
) -> None:
    openai.flags = lambda words: ("violence", "hate/threatening") if "blood" in words else ()

    assert await moderator.screen("a red fox") == Screening(flagged=False)
    verdict = await moderator.screen("blood")

    assert verdict.flagged
    assert set(verdict.categories) == {"violence", "hate/threatening"}
    assert [each.parsed for each in openai.screened] == [
        {"model": MODEL, "input": "a red fox"},
        {"model": MODEL, "input": "blood"},
    ]


async def test_a_picture_goes_with_the_words_in_the_same_call(moderator: Moderator, openai: FakeOpenAI) -> None:
    await moderator.screen("a red fox", jpeg())

    (asked,) = openai.screened
    words, picture = asked.parsed["input"]
    assert words == {"type": "text", "text": "a red fox"}
    assert picture["image_url"]["url"].startswith("data:image/jpeg;base64,")


async def test_a_connection_that_breaks_is_tried_once_more(moderator: Moderator, openai: FakeOpenAI) -> None:
    openai.screening_faults += ["reset_before"]
    assert await moderator.screen("a red fox") == Screening(flagged=False)

    openai.screening_faults += ["reset_before", "reset_before"]
    with pytest.raises(ProviderTrouble):
        await moderator.screen("a red fox")
    assert len(openai.screened) == 4


@pytest.mark.parametrize("fault", ["server_error", "bad_gateway_html", "html", "half_json", "empty", "unavailable"])
async def test_an_answer_that_is_none_is_a_trouble_and_not_asked_for_again(
    moderator: Moderator, openai: FakeOpenAI, fault: str
) -> None:
    openai.screening_faults += [fault]
    with pytest.raises(ProviderTrouble):
        await moderator.screen("a red fox")
    assert len(openai.screened) == 1


async def test_what_the_endpoint_refuses_keeps_its_name(moderator: Moderator, openai: FakeOpenAI) -> None:
    openai.screening_faults += ["rate_limit", "bad_key", "model_not_found"]
    for trouble in (RateLimited, BadKey, ModelGone):
        with pytest.raises(trouble):
            await moderator.screen("a red fox")


async def test_a_server_without_moderation_is_a_trouble(moderator: Moderator, openai: FakeOpenAI) -> None:
    openai.screens = False
    with pytest.raises(ProviderTrouble):
        await moderator.screen("a red fox")


async def test_nobody_waits_for_ever(moderator: Moderator, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderation, "SECONDS", 0.05)
    openai.screening_faults += ["hang", "hang"]
    with pytest.raises(ProviderTrouble):
        await moderator.screen("a red fox")


async def test_an_endpoint_that_is_not_there_is_a_trouble() -> None:
    client = connect(api_key=KEY, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(NeverSent):
        await Moderator(client, MODEL).screen("a red fox")
    await client.close()


async def test_more_than_one_picture_is_what_the_endpoint_refuses(openai: FakeOpenAI) -> None:
    from openai import AsyncOpenAI, BadRequestError

    picture = {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AA=="}}
    async with AsyncOpenAI(api_key=KEY, base_url=openai.base_url, max_retries=0) as client:
        with pytest.raises(BadRequestError) as refused:
            await client.moderations.create(model=MODEL, input=[picture, picture])  # type: ignore[list-item]
    assert refused.value.code == "too_many_images"
