"""The stand-in keeps responses as OpenAI does: by their ids, in the background, with their events. By the real SDK."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from limner.models import Usage
from limner.openai import connect
from limner.rules.prices import cost
from tests.fakes.openai import KEY, FakeOpenAI
from tests.fakes.openai.refusals import CATALOGUE
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from openai import AsyncOpenAI

TOOL = {"type": "image_generation", "model": "gpt-image-2.6-flare", "quality": "low", "size": "1024x1024"}
BACKGROUND = {"background": True, "store": True}


def address(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> str:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def shown(*addresses: str) -> list[dict[str, Any]]:
    pictures = [{"type": "input_image", "image_url": each, "detail": "auto"} for each in addresses]
    return [{"role": "user", "content": [{"type": "input_text", "text": "a fox"}, *pictures]}]


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def client(fake: FakeOpenAI) -> AsyncIterator[AsyncOpenAI]:
    client = connect(api_key=KEY, base_url=fake.base_url)
    yield client
    await client.close()


async def create(client: AsyncOpenAI, **asked: Any) -> Any:
    said = {"model": "gpt-6-luna", "input": "a fox", "tools": [TOOL], **asked}
    return await client.responses.create(**said)


def picture(response: Any) -> Any:
    (call,) = [each for each in response.output if each.type == "image_generation_call"]
    return call


async def over(client: AsyncOpenAI, id: str) -> Any:
    async with asyncio.timeout(PATIENCE):
        while (found := await client.responses.retrieve(id)).status in {"queued", "in_progress"}:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found


async def test_what_waits_for_its_answer_gets_picture_words_and_both_counts(
    fake: FakeOpenAI, client: AsyncOpenAI
) -> None:
    answer = await create(client)

    assert answer.status == "completed"
    call = picture(answer)
    Image.open(io.BytesIO(base64.b64decode(call.result, validate=True))).load()
    assert (call.status, call.action, call.revised_prompt) == ("completed", "generate", "In detail: a fox")
    assert answer.output_text == "There it is."
    lead, painter = CATALOGUE.get("gpt-6-luna"), CATALOGUE.get("gpt-image-2.6-flare")
    assert lead is not None
    assert painter is not None
    told, tool = answer.usage, answer.tool_usage.image_gen
    written = told.input_tokens_details.cache_write_tokens
    counted = Usage(text_in=told.input_tokens - written, text_written=written, text_out=told.output_tokens)
    painted = Usage(text_in=tool.input_tokens_details.text_tokens, image_out=tool.output_tokens)
    assert cost(lead, counted) + cost(painter, painted) == fake.billed
    assert fake.breaches == []


async def test_what_runs_in_the_background_is_there_by_its_id(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.hold = asyncio.Event()
    begun = await create(client, **BACKGROUND)
    assert (begun.status, begun.output, begun.usage) == ("queued", [], None)
    assert (await client.responses.retrieve(begun.id)).status == "queued"
    assert fake.billed == 0
    fake.hold.set()

    assert picture(await over(client, begun.id)).result
    assert fake.breaches == []


async def test_events_are_numbered_and_can_be_had_again_from_any_of_them(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    stream = await create(client, **BACKGROUND, stream=True, tools=[{**TOOL, "partial_images": 2}])
    events = [event async for event in stream]

    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = [event.type.removeprefix("response.") for event in events]
    assert kinds[:3] == ["created", "queued", "in_progress"]
    assert kinds.count("image_generation_call.partial_image") == 2
    assert kinds[-1] == "completed"
    id = events[0].response.id
    again = [event async for event in await client.responses.retrieve(id, stream=True, starting_after=4)]
    assert [event.sequence_number for event in again] == list(range(5, len(events)))
    assert fake.breaches == []


async def test_who_stops_listening_does_not_stop_what_runs_in_the_background(
    fake: FakeOpenAI, client: AsyncOpenAI
) -> None:
    fake.partial_delay = 0.1
    stream = await create(client, **BACKGROUND, stream=True)
    first = await anext(aiter(stream))
    await stream.close()

    assert picture(await over(client, first.response.id)).result


async def test_cancelling_bills_what_was_read_and_may_be_done_twice(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.hold = asyncio.Event()
    begun = await create(client, **BACKGROUND)
    ended = await client.responses.cancel(begun.id)
    billed = fake.billed

    assert ended.status == "cancelled"
    assert ended.usage.output_tokens == 0
    assert billed > 0
    assert (await client.responses.cancel(begun.id)).status == "cancelled"
    assert fake.billed == billed


async def test_a_turn_goes_on_from_the_one_before_and_has_its_picture(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    first = await create(client)
    second = await create(client, previous_response_id=first.id, input="at night")

    assert picture(second).action == "edit"
    assert second.tool_usage.image_gen.input_tokens_details.image_tokens > 0
    assert second.usage.input_tokens_details.cached_tokens > 0
    assert second.usage.input_tokens > first.usage.input_tokens


@pytest.mark.parametrize(
    "asked",
    [
        {"background": True, "store": False},
        {"previous_response_id": "resp_of_nobody"},
        {"input": ""},
        {"input": shown("data:image/png;base64,!!!!")},
        {"input": shown("https://pictures.invalid/fox.png")},
        {"input": shown("data:image/jpeg;base64," + address().partition(",")[2])},
        {"tools": [{**TOOL, "partial_images": 2}]},
        {"tools": [{**TOOL, "n": 2}]},
        {"tools": [{**TOOL, "quality": "finest"}]},
        {"tools": [{**TOOL, "size": "1000x1000"}]},
        {"tools": [{**TOOL, "action": "edit"}]},
        {"tools": [{**TOOL, "model": "gpt-image-1"}]},
        {"tools": [{**TOOL, "output_format": "jpeg", "background": "transparent"}]},
        {"tools": [{**TOOL, "input_image_mask": {"image_url": address("RGBA")}}]},
        {
            "input": shown(address()),
            "tools": [{**TOOL, "input_image_mask": {"image_url": address("RGBA", (32, 32))}}],
        },
        {"tools": [{"type": "web_search"}]},
        {"tool_choice": {"type": "web_search_preview"}},
        {"model": "gpt-image-2.6-flare"},
        {"extra_body": {"n": 2}},
    ],
    ids=lambda asked: str(asked)[:60],
)
async def test_what_the_api_does_not_take_is_refused_and_free(
    fake: FakeOpenAI, client: AsyncOpenAI, asked: dict[str, Any]
) -> None:
    import openai

    with pytest.raises(openai.BadRequestError):
        await create(client, **asked)
    assert (fake.billed, fake.responses) == (0, {})


async def test_what_is_not_there_is_not_found(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    import openai

    waited_for = await create(client)
    with pytest.raises(openai.NotFoundError):
        await create(client, model="gpt-4o-of-long-ago")
    for ask in (client.responses.retrieve, client.responses.cancel):
        with pytest.raises(openai.NotFoundError):
            await ask("resp_of_nobody")
    with pytest.raises(openai.BadRequestError, match="synchronous"):
        await client.responses.cancel(waited_for.id)
    with pytest.raises(openai.BadRequestError, match="stream"):
        await client.responses.retrieve(waited_for.id, stream=True)
    fake.converses = False
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        await create(client)
