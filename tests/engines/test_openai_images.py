"""Painting through the SDK, before a server that behaves as OpenAI's does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import openai as sdk
import pytest
from PIL import Image

from limner.engines import PictureFile
from limner.engines.openai_images import OpenAIImages
from limner.errors import (
    BadKey,
    BadPicture,
    ModelGone,
    Moderated,
    NeverSent,
    NoPicture,
    OutcomeUnknown,
    OutOfMoney,
    ProviderFailed,
    ProviderTrouble,
    RateLimited,
    RequestRefused,
    Unverified,
)
from limner.openai import connect
from limner.rules.prices import cost
from tests.engines.conftest import CATALOGUE, kept, painting, unseen
from tests.fakes.openai import FAULTS, KEY, FakeOpenAI

Make = Callable[..., PictureFile]

# What each fault becomes: for one picture, which is streamed, and for two, which are not.
TROUBLES: dict[str, tuple[type[ProviderTrouble] | None, type[ProviderTrouble] | None]] = {
    "moderation_blocked": (Moderated, Moderated),
    "insufficient_quota": (OutOfMoney, OutOfMoney),
    "billing_hard_limit": (OutOfMoney, OutOfMoney),
    "unverified": (Unverified, Unverified),
    "rate_limit": (RateLimited, RateLimited),
    "rate_limit_bare": (RateLimited, RateLimited),
    "slow_down": (RateLimited, RateLimited),
    "server_error": (ProviderFailed, ProviderFailed),
    "unavailable": (ProviderFailed, ProviderFailed),
    "bad_gateway_html": (ProviderFailed, ProviderFailed),
    "model_not_found": (ModelGone, ModelGone),
    "bad_key": (BadKey, BadKey),
    "not_acceptable": (RequestRefused, RequestRefused),
    "hang": (OutcomeUnknown, OutcomeUnknown),
    "reset_before": (OutcomeUnknown, OutcomeUnknown),
    "reset_after": (OutcomeUnknown, OutcomeUnknown),
    "half_json": (OutcomeUnknown, OutcomeUnknown),
    "cut_stream": (OutcomeUnknown, OutcomeUnknown),
    "html": (OutcomeUnknown, OutcomeUnknown),
    "stream_error": (ProviderFailed, ProviderFailed),
    "stream_moderated": (Moderated, Moderated),
    "empty": (NoPicture, NoPicture),
    "foreign_url": (NoPicture, NoPicture),
    "not_a_picture": (BadPicture, BadPicture),
    "bad_base64": (BadPicture, BadPicture),
    "damaged": (BadPicture, BadPicture),
    "json_for_stream": (None, None),
    "no_partials": (None, None),
    "other_format": (None, None),
    "url_answer": (None, None),
    "no_usage": (None, None),
}


def test_every_fault_of_the_fake_is_tried() -> None:
    assert TROUBLES.keys() == FAULTS


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("fault", TROUBLES)
async def test_each_fault_is_one_post_and_one_trouble(
    fault: str, count: int, openai: FakeOpenAI, client: sdk.AsyncOpenAI, folder: Path
) -> None:
    openai.faults = [fault]
    engine = OpenAIImages(client.with_options(timeout=0.3) if fault == "hang" else client)
    expected = TROUBLES[fault][count - 1]

    if expected is None:
        painted = await engine.paint(painting(count=count), folder, unseen)
        assert len(painted.pictures) == count
        assert (painted.usage is None) == (fault == "no_usage")
        assert {each.path for each in painted.pictures} == kept(folder)
    else:
        with pytest.raises(ProviderTrouble) as raised:
            await engine.paint(painting(count=count), folder, unseen)
        assert type(raised.value) is expected
        assert KEY not in raised.value.sentence
        assert kept(folder) == set()
        assert raised.value.charged is not False or openai.billed == 0

    assert [each.path for each in openai.requests if each.method == "POST"] == ["/v1/images/generations"]


async def test_a_model_that_is_gone_is_named(openai: FakeOpenAI, engine: OpenAIImages, folder: Path) -> None:
    openai.served.pop("gpt-image-1.5")
    with pytest.raises(ModelGone, match=r"gpt-image-1\.5"):
        await engine.paint(painting("gpt-image-1.5"), folder, unseen)


async def test_a_server_that_is_not_there_was_never_sent_anything(folder: Path) -> None:
    client = connect(api_key=KEY, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(NeverSent):
        await OpenAIImages(client).paint(painting(), folder, unseen)
    await client.close()


async def test_one_picture_is_streamed_and_seen_as_it_forms(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    openai.partial_delay = 0.05
    seen: list[tuple[int, bool]] = []

    async def see(file: PictureFile) -> None:
        with Image.open(file.path) as image:
            seen.append((image.width, file.path.exists()))

    painted = await engine.paint(painting(width=1536, height=1024), folder, see)

    assert openai.requests[-1].parsed["partial_images"] == 2
    assert set(seen) == {(1536, True)}
    assert len(seen) <= 2
    (picture,) = painted.pictures
    assert (picture.width, picture.height, picture.media_type) == (1536, 1024, "image/png")
    with Image.open(picture.path) as image:
        image.load()
    assert kept(folder) == {picture.path}


async def test_a_slow_watcher_does_not_hold_up_the_picture(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner.engines.telling.PATIENCE", 0.01)
    cancelled = asyncio.Event()

    async def stare(file: PictureFile) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    painted = await engine.paint(painting(), folder, stare)

    assert cancelled.is_set()
    assert kept(folder) == {painted.pictures[0].path}


async def test_a_watcher_that_fails_takes_nothing_from_the_picture(engine: OpenAIImages, folder: Path) -> None:
    async def fail(file: PictureFile) -> None:
        raise ValueError("a fault of ours")

    painted = await engine.paint(painting(), folder, fail)

    assert kept(folder) == {painted.pictures[0].path}


async def test_several_pictures_come_together_with_usage_and_id(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    painted = await engine.paint(painting(count=3), folder, unseen)

    sent = openai.requests[-1].parsed
    assert (sent["n"], "stream" in sent) == (3, False)
    assert [each.path.name for each in painted.pictures] == ["picture-1.png", "picture-2.png", "picture-3.png"]
    assert len({each.path.read_bytes() for each in painted.pictures}) == 3
    assert painted.request_id == "req_1"


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("edit", [False, True])
async def test_usage_costs_what_the_server_bills(
    count: int, edit: bool, openai: FakeOpenAI, engine: OpenAIImages, folder: Path, file: Make
) -> None:
    asked = painting(count=count, references=(file(),) if edit else ())
    painted = await engine.paint(asked, folder, unseen)

    assert painted.usage is not None
    assert cost(asked.model, painted.usage) == openai.billed


async def test_nothing_is_sent_that_the_model_does_not_know_or_would_do_anyway(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    await engine.paint(painting("gpt-image-1.5", member="0123abcd", count=2), folder, unseen)

    assert openai.requests[-1].parsed == {
        "model": "gpt-image-1.5",
        "prompt": "a red fox",
        "size": "1024x1024",
        "quality": "low",
        "n": 2,
        "safety_identifier": "0123abcd",
    }


async def test_background_and_format_are_sent_where_they_matter(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    painted = await engine.paint(painting(background="transparent", format="webp"), folder, unseen)

    sent = openai.requests[-1].parsed
    assert (sent["background"], sent["output_format"]) == ("transparent", "webp")
    assert painted.pictures[0].path.name == "picture-1.webp"


async def test_a_model_that_streams_nothing_is_not_asked_to(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    asked = painting()
    model = asked.model.model_copy(update={"partials": 0})
    await engine.paint(painting().__class__(**{**asked.__dict__, "model": model}), folder, unseen)

    assert not {"stream", "partial_images"} & openai.requests[-1].parsed.keys()


async def test_references_go_up_as_named_pictures(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path, file: Make
) -> None:
    references = (file("a.png"), file("b.jpg"), file("c.webp"))
    mask = file("m.png", mode="RGBA")
    await engine.paint(painting(references=references, mask=mask), folder, unseen)

    request = openai.requests[-1]
    assert request.path == "/v1/images/edits"
    assert [(each.field, each.filename, each.content_type) for each in request.files] == [
        ("image[]", "reference-1.png", "image/png"),
        ("image[]", "reference-2.jpg", "image/jpeg"),
        ("image[]", "reference-3.webp", "image/webp"),
        ("mask", "mask.png", "image/png"),
    ]
    assert [each.data for each in request.files] == [each.path.read_bytes() for each in (*references, mask)]
    assert "input_fidelity" not in request.parsed


async def test_one_reference_goes_up_alone(openai: FakeOpenAI, engine: OpenAIImages, folder: Path, file: Make) -> None:
    await engine.paint(painting(references=(file(),), count=2), folder, unseen)

    assert [each.field for each in openai.requests[-1].files] == ["image"]


async def test_a_mask_without_a_reference_is_not_sent(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path, file: Make
) -> None:
    await engine.paint(painting(mask=file(mode="RGBA")), folder, unseen)

    assert openai.requests[-1].path == "/v1/images/generations"
    assert "mask" not in openai.requests[-1].parsed


async def test_a_painting_that_is_cancelled_leaves_nothing_behind(
    openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    openai.hold = asyncio.Event()
    task = asyncio.create_task(engine.paint(painting(), folder, unseen))
    while not openai.requests:  # noqa: ASYNC110 the fake tells nobody
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert kept(folder) == set()


async def test_a_hundred_paintings_at_once_share_the_engine(
    openai: FakeOpenAI, engine: OpenAIImages, tmp_path: Path
) -> None:
    folders = [tmp_path / str(number) for number in range(100)]
    for each in folders:
        each.mkdir()
    painted = await asyncio.gather(*(engine.paint(painting(), each, unseen) for each in folders))

    assert all(kept(each) == {one.pictures[0].path} for each, one in zip(folders, painted, strict=True))
    assert len([each for each in openai.requests if each.method == "POST"]) == 100


@pytest.mark.parametrize("model", [each.name for each in CATALOGUE if each.title.startswith("GPT Image 2")])
async def test_every_living_model_paints_in_its_own_qualities(
    model: str, openai: FakeOpenAI, engine: OpenAIImages, folder: Path
) -> None:
    asked = painting(model, quality=painting(model).model.qualities[-1])
    painted = await engine.paint(asked, folder, unseen)

    assert painted.usage is not None
    assert openai.requests[-1].parsed["quality"] == asked.quality
