"""Painting in a conversation, before a server that keeps responses as OpenAI's does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openai as sdk
import pytest
from PIL import Image

from limner.engines import Painted, PictureFile, Resumable
from limner.engines import following as looks
from limner.engines.openai_responses import OpenAIResponses
from limner.errors import (
    AnsweredInWords,
    BadKey,
    BadPicture,
    Declined,
    FormatNotServed,
    MainlineGone,
    ModelGone,
    Moderated,
    NeverSent,
    NoResponses,
    OutcomeUnknown,
    OutOfMoney,
    ProviderFailed,
    ProviderTrouble,
    RateLimited,
    RequestRefused,
    Unfinished,
    Unverified,
)
from limner.models import Model
from limner.openai import connect
from limner.rules.prices import cost
from tests.engines.conftest import CATALOGUE, kept, painting, unseen
from tests.fakes.openai import KEY, RESPONSE_FAULTS, FakeOpenAI
from tests.patience import PATIENCE

Make = Callable[..., PictureFile]

TROUBLES: dict[str, type[ProviderTrouble] | None] = {
    "moderation_blocked": Moderated,
    "insufficient_quota": OutOfMoney,
    "billing_hard_limit": OutOfMoney,
    "unverified": Unverified,
    "rate_limit": RateLimited,
    "rate_limit_bare": RateLimited,
    "slow_down": RateLimited,
    "server_error": ProviderFailed,
    "unavailable": ProviderFailed,
    "bad_gateway_html": ProviderFailed,
    "model_not_found": MainlineGone,
    "bad_key": BadKey,
    "not_acceptable": RequestRefused,
    "hang": OutcomeUnknown,
    "reset_before": OutcomeUnknown,
    "reset_after": OutcomeUnknown,  # it was painted, and its handle was never told
    "html": OutcomeUnknown,
    "stream_error": ProviderFailed,
    "failed": ProviderFailed,
    "stream_moderated": Declined,
    "incomplete_filter": Declined,
    "incomplete": Unfinished,
    "tool_failed": Unfinished,
    "empty": Unfinished,
    "words": AnsweredInWords,
    "forgotten": OutcomeUnknown,
    "not_a_picture": BadPicture,
    "bad_base64": BadPicture,
    "damaged": BadPicture,
    "half_json": None,
    "cut_stream": None,
    "json_for_stream": None,
    "no_partials": None,
    "other_format": None,
    "no_usage": None,
    "no_tool_usage": None,
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow one another quickly."""
    monkeypatch.setattr(looks, "FIRST_PAUSE", 0.02)


@pytest.fixture
def engine(client: sdk.AsyncOpenAI) -> OpenAIResponses:
    return OpenAIResponses(client, mainline=lambda: lead("gpt-6-luna"))


def lead(name: str) -> Model:
    found = CATALOGUE.get(name)
    assert found is not None
    return found


def price(painted: Painted) -> int:
    """What a painting cost, both models together."""
    assert painted.usage is not None
    (tally,) = painted.others
    return cost(painting().model, painted.usage) + cost(lead(tally.model), tally.usage)


def posts(openai: FakeOpenAI) -> list[str]:
    return [each.path for each in openai.requests if each.method == "POST"]


class Handles:
    """Remembers what it is told, and what had been read of the answer by then."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def __call__(self, handle: str) -> None:
        self.told.append(handle)


def test_every_fault_of_the_fake_is_tried() -> None:
    assert TROUBLES.keys() == RESPONSE_FAULTS


@pytest.mark.parametrize("fault", TROUBLES)
async def test_each_fault_is_one_post_and_one_trouble_or_none(
    fault: str, openai: FakeOpenAI, client: sdk.AsyncOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.faults = [fault]
    if fault == "hang":
        impatient = client.with_options(timeout=0.3)
        engine = OpenAIResponses(impatient, mainline=lambda: lead("gpt-6-luna"))
    expected = TROUBLES[fault]

    if expected is None:
        painted = await engine.paint(painting(), folder, unseen)
        assert len(painted.pictures) == 1
        assert (painted.usage is None) == (fault in {"no_usage", "no_tool_usage"})
        assert (painted.others == ()) == (fault == "no_usage")
        assert {each.path for each in painted.pictures} == kept(folder)
    else:
        with pytest.raises(ProviderTrouble) as raised:
            await engine.paint(painting(), folder, unseen)
        assert type(raised.value) is expected
        assert KEY not in raised.value.sentence
        assert kept(folder) == set()
        assert raised.value.charged is not False or openai.billed == 0
        if (spent := raised.value.fields.get("spent")) is not None and spent.usage is None:
            assert cost(lead("gpt-6-luna"), spent.others[0].usage) == openai.billed

    assert posts(openai) == ["/v1/responses"]


async def test_what_is_sent_is_one_turn_that_goes_on_in_the_background(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    await engine.paint(painting("gpt-image-2.6-sunburst", member="0123abcd", quality="high"), folder, unseen)

    sent = dict(openai.requests[-1].parsed)
    assert "image generation tool" in sent.pop("instructions")
    assert sent == {
        "model": "gpt-6-luna",
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "a red fox"}]}],
        "tools": [
            {
                "type": "image_generation",
                "action": "auto",
                "model": "gpt-image-2.6-sunburst",
                "size": "1024x1024",
                "quality": "high",
                "partial_images": 2,
            }
        ],
        "tool_choice": {"type": "image_generation"},
        "parallel_tool_calls": False,
        "max_tool_calls": 1,
        "store": True,
        "background": True,
        "stream": True,
        "safety_identifier": "0123abcd",
    }


async def test_the_picture_comes_with_its_revised_prompt_both_usages_and_the_answers_id(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    asked = painting(width=1536, height=1024, format="webp", background="transparent")
    painted = await engine.paint(asked, folder, unseen)

    (picture,) = painted.pictures
    assert (picture.width, picture.height, picture.path.name) == (1536, 1024, "picture-1.webp")
    with Image.open(picture.path) as image:
        image.load()
    assert painted.revised_prompt == "In detail: a red fox"
    assert price(painted) == openai.billed
    assert painted.request_id == "req_1"


async def test_the_handle_is_told_once_before_there_is_a_picture(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.hold = asyncio.Event()
    handles = Handles()
    task = asyncio.create_task(engine.paint(painting(), folder, unseen, handles))
    async with asyncio.timeout(PATIENCE):
        while not handles.told:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not task.done()
    openai.hold.set()
    await task

    assert handles.told == list(openai.responses)


async def test_partial_pictures_are_seen_as_they_form(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.partial_delay = 0.1
    seen: list[int] = []

    async def see(file: PictureFile) -> None:
        with Image.open(file.path) as image:
            seen.append(image.width)

    await engine.paint(painting(), folder, see)

    assert seen
    assert set(seen) == {1024}
    assert len(kept(folder)) == 1


async def test_a_stream_that_breaks_is_gone_on_with_where_it_broke(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.faults = ["cut_stream"]
    openai.partial_delay = 0.1
    seen: list[PictureFile] = []

    async def see(file: PictureFile) -> None:
        seen.append(file)

    await engine.paint(painting(), folder, see)

    (look,) = [each for each in openai.requests if each.method == "GET"]
    assert look.path == f"/v1/responses/{next(iter(openai.responses))}"
    assert seen


async def test_a_response_is_picked_up_by_its_handle_and_made_no_second_time(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.hold = asyncio.Event()
    handles = Handles()
    task = asyncio.create_task(engine.paint(painting(), folder, unseen, handles))
    await openai.arrived(1)
    async with asyncio.timeout(PATIENCE):
        while not handles.told:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept(folder) == set()
    openai.hold.set()

    assert isinstance(engine, Resumable)
    painted = await engine.resume(handles.told[0], folder, unseen)

    assert {each.path for each in painted.pictures} == kept(folder)
    assert price(painted) == openai.billed
    assert posts(openai) == ["/v1/responses"]


async def test_a_response_that_waits_long_is_looked_at_until_it_is_there(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.hold = asyncio.Event()
    openai.faults = ["json_for_stream"]
    task = asyncio.create_task(engine.paint(painting(), folder, unseen))
    await openai.arrived(2)
    openai.hold.set()

    assert (await task).pictures


async def test_an_unknown_handle_is_an_outcome_that_nobody_knows(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    with pytest.raises(OutcomeUnknown):
        await engine.resume("resp_of_long_ago", folder, unseen)
    assert posts(openai) == []


async def test_a_response_that_cannot_be_looked_at_for_long_is_given_up(
    engine: OpenAIResponses, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "LOST_AFTER", 0.2)
    client = connect(api_key=KEY, base_url="http://127.0.0.1:9/v1")
    nowhere = OpenAIResponses(client, mainline=lambda: lead("gpt-6-luna"))
    with pytest.raises(OutcomeUnknown):  # and not NeverSent: the call was made
        await nowhere.resume("resp_1", folder, unseen)
    await client.close()


async def test_cancelling_ends_the_call_at_the_provider_and_tells_what_it_used(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.hold = asyncio.Event()
    handles = Handles()
    task = asyncio.create_task(engine.paint(painting(), folder, unseen, handles))
    async with asyncio.timeout(PATIENCE):
        while not handles.told:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(Unfinished, match="it was cancelled") as raised:
        await engine.cancel(handles.told[0], folder)

    spent = raised.value.fields["spent"]
    assert cost(lead("gpt-6-luna"), spent.others[0].usage) == openai.billed > 0
    assert openai.responses[handles.told[0]].status == "cancelled"
    assert posts(openai) == ["/v1/responses", f"/v1/responses/{handles.told[0]}/cancel"]


async def test_cancelling_what_is_done_already_gives_its_picture(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    handles = Handles()
    await engine.paint(painting(), folder, unseen, handles)
    before = openai.billed

    painted = await engine.cancel(handles.told[0], folder)

    assert painted.pictures
    assert openai.billed == before


@pytest.mark.parametrize(
    ("format", "more"),
    [("gif", {"width": 640, "height": 640, "frames": 4, "frame_ms": 100}), ("svg", {})],
    ids=["gif", "svg"],
)
async def test_moving_pictures_and_drawings_are_made_where_the_account_has_them(
    format: str, more: dict[str, int], openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.granted = {format}
    painted = await engine.paint(painting("gpt-image-2.6-sunburst", format=format, **more), folder, unseen)

    assert painted.pictures[0].path.suffix == f".{format}"
    assert "partial_images" not in openai.requests[-1].parsed["tools"][0]
    assert painted.usage is not None
    tallies = sum(cost(lead(each.model), each.usage) for each in painted.others)
    assert cost(painting("gpt-image-2.6-sunburst").model, painted.usage) + tallies == openai.billed

    openai.granted = set()
    with pytest.raises(FormatNotServed):
        await engine.paint(painting("gpt-image-2.6-sunburst", format=format, **more), folder, unseen)


async def test_references_and_mask_go_along_as_pictures(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path, file: Make
) -> None:
    references = (file("a.png"), file("b.jpg"))
    painted = await engine.paint(painting(references=references, mask=file("m.png", mode="RGBA")), folder, unseen)

    sent = openai.requests[-1].parsed
    shown = [each["image_url"][:22] for each in sent["input"][0]["content"][1:]]
    assert shown == ["data:image/png;base64,", "data:image/jpeg;base64"]
    assert sent["tools"][0]["input_image_mask"]["image_url"].startswith("data:image/png;base64,")
    assert price(painted) == openai.billed
    assert kept(folder) == {painted.pictures[0].path}


async def test_an_edit_goes_on_from_the_response_that_made_its_picture(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path, file: Make
) -> None:
    handles = Handles()
    first = await engine.paint(painting(), folder, unseen, handles)
    asked = painting(
        prompt="make it night",
        continues=handles.told[0],
        references=(replace(first.pictures[0]), file("b.png")),
    )
    billed = openai.billed
    second = await engine.paint(asked, folder, unseen)

    sent = openai.requests[-1].parsed
    assert sent["previous_response_id"] == handles.told[0]
    assert len(sent["input"][0]["content"]) == 2  # its own picture is there already
    assert price(second) == openai.billed - billed


async def test_a_conversation_that_is_forgotten_begins_anew_with_its_picture(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path, file: Make
) -> None:
    painted = await engine.paint(painting(continues="resp_of_long_ago", references=(file(),)), folder, unseen)

    assert painted.pictures
    refused, sent = (each.parsed for each in openai.requests if each.method == "POST")
    assert refused["previous_response_id"] == "resp_of_long_ago"
    assert "previous_response_id" not in sent
    assert len(sent["input"][0]["content"]) == 2
    assert price(painted) == openai.billed


async def test_a_leading_model_that_is_gone_gives_way_to_the_next(
    openai: FakeOpenAI, client: sdk.AsyncOpenAI, folder: Path
) -> None:
    openai.served.pop("gpt-6-sol")
    gone: list[str] = []
    engine = OpenAIResponses(client, mainline=lambda: lead("gpt-6-luna" if gone else "gpt-6-sol"), gone=gone.append)
    painted = await engine.paint(painting(), folder, unseen)

    assert gone == ["gpt-6-sol"]
    assert painted.others[0].model == "gpt-6-luna"


async def test_a_painting_model_that_is_gone_is_told_from_the_leading_one(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.served.pop("gpt-image-1.5")
    with pytest.raises(ModelGone, match=r"gpt-image-1\.5"):
        await engine.paint(painting("gpt-image-1.5"), folder, unseen)


async def test_every_quality_of_a_model_is_taken(openai: FakeOpenAI, engine: OpenAIResponses, folder: Path) -> None:
    for quality in painting("gpt-image-2.6-sunburst").model.qualities:
        painted = await engine.paint(painting("gpt-image-2.6-sunburst", quality=quality), folder, unseen)
        assert painted.pictures


async def test_a_server_without_this_api_is_told_kindly(
    openai: FakeOpenAI, engine: OpenAIResponses, folder: Path
) -> None:
    openai.converses = False
    with pytest.raises(NoResponses, match="choose the engine"):
        await engine.paint(painting(), folder, unseen)


async def test_a_server_that_is_not_there_was_never_sent_anything(folder: Path) -> None:
    client = connect(api_key=KEY, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(NeverSent):
        await OpenAIResponses(client, mainline=lambda: lead("gpt-6-luna")).paint(painting(), folder, unseen)
    await client.close()


async def test_the_models_words_are_shown_as_words(openai: FakeOpenAI, engine: OpenAIResponses, folder: Path) -> None:
    openai.faults = ["words"]
    with pytest.raises(AnsweredInWords) as raised:
        await engine.paint(painting(), folder, unseen)

    assert "“I would rather describe it: a fox" in raised.value.sentence
    assert "What it used is charged." in raised.value.sentence


async def test_fifty_paintings_at_once_share_the_engine(
    openai: FakeOpenAI, engine: OpenAIResponses, tmp_path: Path
) -> None:
    folders = [tmp_path / str(number) for number in range(50)]
    for each in folders:
        each.mkdir()
    painted = await asyncio.gather(*(engine.paint(painting(), each, unseen) for each in folders))

    assert all(kept(each) == {one.pictures[0].path} for each, one in zip(folders, painted, strict=True))
    assert len(posts(openai)) == 50
