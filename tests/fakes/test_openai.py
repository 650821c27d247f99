"""The stand-in for OpenAI answers as OpenAI does, refuses what it refuses, fails as ordered and bills what it should.

Driven by the real SDK.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import math
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import aiohttp
import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from limner.openai import connect
from tests.fakes.openai import KEY, FakeOpenAI, faults, refusals
from tests.fakes.openai.received import receive
from tests.fakes.openai.refusals import CATALOGUE, Refusal

if TYPE_CHECKING:
    from openai import AsyncOpenAI

SUNBURST = "gpt-image-2.6-sunburst"
AUDIO = "gpt-audio-1.5"
FileTuple = tuple[str | None, bytes, str]


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def client(fake: FakeOpenAI) -> AsyncIterator[AsyncOpenAI]:
    client = connect(api_key=KEY, base_url=fake.base_url)
    yield client
    await client.close()


def opened(b64: str | None) -> Image.Image:
    assert b64 is not None
    image = Image.open(io.BytesIO(base64.b64decode(b64, validate=True)))
    image.load()
    return image


def drawn(format: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", name: str = "a") -> FileTuple:
    out = io.BytesIO()
    Image.new(mode, size).save(out, format)
    return f"{name}.{format.lower()}", out.getvalue(), f"image/{format.lower()}"


MASK = drawn(mode="RGBA", name="mask")


async def streamed(client: AsyncOpenAI, **asked: Any) -> list[Any]:
    stream = await client.images.generate(**{"model": SUNBURST, "prompt": "a fox", "stream": True, **asked})
    return [event async for event in stream]


# ── pictures ──


async def test_pictures_have_the_size_format_and_transparency_asked_for(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    for format, mode in (("png", "RGBA"), ("webp", "RGBA"), ("jpeg", "RGB")):
        answer = await client.images.generate(
            model=SUNBURST,
            prompt="a fox",
            size="1536x864",
            quality="xhigh",
            output_format=format,  # type: ignore[arg-type]
            background="transparent" if mode == "RGBA" else "opaque",
            n=2,
        )
        assert answer.data is not None
        first, second = (opened(each.b64_json) for each in answer.data)
        assert (first.size, first.format, first.mode) == ((1536, 864), format.upper(), mode)
        assert first.tobytes() != second.tobytes()
        assert (answer.size, answer.output_format, answer.quality) == ("1536x864", format, "xhigh")
        if mode == "RGBA":
            assert first.getchannel("A").getextrema() == (0, 255)
    assert fake.breaches == []


async def test_what_is_left_open_becomes_a_medium_opaque_square_png(client: AsyncOpenAI) -> None:
    answer = await client.images.generate(model=SUNBURST, prompt="a fox")

    assert (answer.size, answer.quality, answer.background) == ("1024x1024", "medium", "opaque")
    assert opened(answer.data[0].b64_json).size == (1024, 1024)


async def test_usage_is_counted_by_the_tables_and_billed(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    answer = await client.images.generate(model=SUNBURST, prompt="a fox in snow", quality="low", n=3)

    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens) == (4, 588, 592)
    assert fake.billed == 4 * 5 + 588 * 30


async def test_a_stream_brings_partial_pictures_and_then_the_picture(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    events = await streamed(client, partial_images=2, quality="low")

    assert [event.type.partition(".")[2] for event in events] == ["partial_image", "partial_image", "completed"]
    assert [event.partial_image_index for event in events[:2]] == [0, 1]
    assert len({opened(event.b64_json).tobytes() for event in events}) == 3
    assert events[-1].usage.output_tokens == 196 + 2 * 100
    assert fake.billed == 2 * 5 + 396 * 30
    assert fake.breaches == []


async def test_several_streamed_pictures_are_each_completed_and_counted_once(
    fake: FakeOpenAI, client: AsyncOpenAI
) -> None:
    events = await streamed(client, n=3, quality="low")

    assert [event.type for event in events] == ["image_generation.completed"] * 3
    counted = [(event.usage.input_tokens, event.usage.output_tokens) for event in events]
    assert counted == [(2, 196), (0, 196), (0, 196)]
    assert fake.billed == 2 * 5 + 588 * 30


async def test_fewer_partial_pictures_come_when_it_is_told_so(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.partials = 1

    assert len(await streamed(client, partial_images=3)) == 2


async def test_edits_take_pictures_and_a_mask(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    images = [drawn(), drawn("JPEG"), drawn("WEBP")]
    answer = await client.images.edit(
        model=SUNBURST, image=images, mask=MASK, prompt="bluer", n=2, quality="low", safety_identifier="a" * 64
    )

    assert answer.usage.input_tokens_details.image_tokens == 3 * 323
    assert fake.billed == 2 * 5 + 3 * 323 * 8 + 2 * 196 * 30
    received = fake.requests[-1]
    assert received.parsed == {
        "model": SUNBURST,
        "prompt": "bluer",
        "n": 2,
        "quality": "low",
        "safety_identifier": "a" * 64,
    }
    assert [(file.field, file.filename, file.data) for file in received.files] == [
        *(("image[]", name, data) for name, data, _ in images),
        ("mask", MASK[0], MASK[1]),
    ]
    assert fake.breaches == []


async def test_streamed_edits_have_events_of_their_own(client: AsyncOpenAI) -> None:
    stream = await client.images.edit(model=SUNBURST, image=drawn(), prompt="bluer", stream=True, partial_images=1)

    assert [event.type async for event in stream] == ["image_edit.partial_image", "image_edit.completed"]


async def test_every_binary_picture_arrives_as_it_was_sent(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    name, data, kind = drawn()
    tail = b"\r\n--\r\r\n\n--boundary--\r\n"
    await client.images.edit(model=SUNBURST, image=(name, data + tail, kind), prompt="bluer")

    assert fake.requests[-1].files[0].data == data + tail


async def test_pictures_can_be_made_heavy_and_stay_different(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.picture_bytes = 2_000_000
    answers = [await client.images.generate(model=SUNBURST, prompt=prompt) for prompt in ("a fox", "a bear")]

    pictures = [base64.b64decode(answer.data[0].b64_json) for answer in answers]
    assert pictures[0] != pictures[1]
    for data, answer in zip(pictures, answers, strict=True):
        assert abs(len(data) - 2_000_000) < 200
        assert opened(answer.data[0].b64_json).size == (1024, 1024)


async def test_held_requests_are_neither_answered_nor_billed(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.hold = asyncio.Event()
    waiting = asyncio.ensure_future(client.images.generate(model=SUNBURST, prompt="a fox"))
    await fake.arrived(1)
    assert fake.billed == 0
    assert not waiting.done()

    fake.hold.set()
    assert (await waiting).data
    assert fake.billed > 0


async def test_nothing_holds_up_its_closing(caplog: pytest.LogCaptureFixture) -> None:
    async with FakeOpenAI() as fake:
        fake.faults = ["hang"]
        fake.partial_delay = 1000
        client = connect(api_key=KEY, base_url=fake.base_url)
        calls = [asyncio.ensure_future(client.images.generate(model=SUNBURST, prompt="a fox")) for _ in range(1)]
        calls.append(asyncio.ensure_future(streamed(client, partial_images=3)))
        await fake.arrived(2)
        fake.hold = asyncio.Event()
        calls.append(asyncio.ensure_future(client.images.generate(model=SUNBURST, prompt="a fox")))
        await fake.arrived(3)
    await asyncio.gather(*calls, return_exceptions=True)
    await client.close()
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_member_who_leaves_in_the_middle_of_a_stream_breaks_nothing(
    fake: FakeOpenAI, client: AsyncOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    fake.partial_delay = 0.05
    stream = await client.images.generate(model=SUNBURST, prompt="a fox", stream=True, partial_images=3)
    async for _ in stream:
        break
    await stream.close()

    fake.partial_delay = 0
    assert len(await streamed(client, partial_images=3)) == 4
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


# ── what it refuses ──


@pytest.mark.parametrize("format", ["gif", "svg"])
async def test_what_is_for_some_accounts_is_refused_until_it_is_granted(
    fake: FakeOpenAI, client: AsyncOpenAI, format: Any
) -> None:
    import openai

    with pytest.raises(openai.PermissionDeniedError, match="does not have access"):
        await client.images.generate(model=SUNBURST, prompt="a fox", output_format=format)
    assert fake.billed == 0

    fake.granted = {format}
    answer = await client.images.generate(model=SUNBURST, prompt="a fox", output_format=format)
    assert answer.data
    assert answer.output_format == format
    assert base64.b64decode(answer.data[0].b64_json or "").startswith(b"GIF89a" if format == "gif" else b"<svg")
    assert (answer.svg_usage is not None) == (format == "svg")


async def test_a_gif_is_not_made_with_a_mask(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    import openai

    fake.granted = {"gif"}
    files: dict[str, Any] = {"image": drawn("PNG"), "mask": MASK}
    with pytest.raises(openai.BadRequestError, match="mask"):
        await client.images.edit(model=SUNBURST, prompt="a fox", output_format="gif", **files)


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n"}, "prompt"),
        ({"prompt": "a" * 32_001}, "prompt"),
        ({"size": "1000x1000"}, "size"),
        ({"size": "3840x1264"}, "size"),
        ({"size": "800x800"}, "size"),
        ({"size": "3840x2176"}, "size"),
        ({"size": "wide"}, "size"),
        ({"size": "1536x864", "model": "gpt-image-1.5"}, "size"),
        ({"quality": "standard"}, "quality"),
        ({"quality": "xhigh", "model": "gpt-image-2"}, "quality"),
        ({"background": "blue"}, "background"),
        ({"background": "transparent", "output_format": "jpeg"}, "background"),
        ({"n": 0}, "n"),
        ({"n": 11}, "n"),
        ({"output_format": "bmp"}, "output_format"),
        ({"output_format": "svg", "model": "gpt-image-2"}, "output_format"),
        ({"output_format": "svg", "n": 2}, "n"),
        ({"output_format": "svg", "background": "transparent"}, "background"),
        ({"output_format": "gif", "stream": True}, "stream"),
        ({"output_format": "gif", "frame_count": 1}, "frame_count"),
        ({"output_format": "gif", "frame_count": 17}, "frame_count"),
        ({"output_format": "gif", "frame_count": 16, "size": "768x768"}, "size"),
        ({"output_format": "gif", "output_compression": 50}, "output_compression"),
        ({"output_compression": 50}, "output_compression"),
        ({"output_compression": 101, "output_format": "webp"}, "output_compression"),
        ({"partial_images": 4, "stream": True}, "partial_images"),
        ({"partial_images": 2}, "partial_images"),
        ({"moderation": "none"}, "moderation"),
        ({"safety_identifier": "a" * 65}, "safety_identifier"),
        ({"response_format": "b64_json"}, "response_format"),
        ({"style": "vivid"}, "style"),
        ({"extra_body": {"seed": 7}}, "seed"),
        ({"extra_body": {"input_fidelity": "high"}}, "input_fidelity"),
        ({"frame_count": 4}, "frame_count"),
    ],
    ids=str,
)
async def test_what_the_images_api_does_not_take_is_refused_and_costs_nothing(
    fake: FakeOpenAI, client: AsyncOpenAI, asked: dict[str, Any], param: str
) -> None:
    import openai

    fake.granted = {"gif", "svg"}
    with pytest.raises(openai.BadRequestError) as refused:
        await client.images.generate(**{"model": SUNBURST, "prompt": "a fox", **asked})

    assert (refused.value.param, refused.value.type) == (param, "invalid_request_error")
    assert refused.value.request_id
    assert fake.billed == 0


@pytest.mark.parametrize(
    ("asked", "param", "words"),
    [
        ({"image": drawn()[1]}, "image", "unsupported mimetype ('application/octet-stream')"),
        ({"image": io.BytesIO(drawn()[1])}, "image", "unsupported mimetype ('application/octet-stream')"),
        ({"image": [drawn(), drawn()[1]]}, "image[]", "unsupported mimetype"),
        ({"image": ("a.gif", drawn("GIF")[1], "image/gif")}, "image", "unsupported mimetype"),
        ({"image": ("a.png", b"no picture", "image/png")}, "image", "Invalid image file"),
        ({"image": ("a.png", drawn()[1][:60], "image/png")}, "image", "Invalid image file"),
        ({"image": ("a.jpg", drawn()[1], "image/jpeg")}, "image", "is PNG, not image/jpeg"),
        ({"image": [drawn()] * 17}, "image", "too many images"),
        ({"mask": drawn(size=(32, 32), mode="RGBA")}, "mask", "size does not match"),
        ({"mask": drawn("WEBP", mode="RGBA")}, "mask", "must be a PNG"),
        ({"mask": drawn()}, "mask", "no alpha"),
        ({"input_fidelity": "high"}, "input_fidelity", "not supported"),
        ({"input_fidelity": "high", "model": "gpt-image-1-mini"}, "input_fidelity", "Invalid value"),
        ({"mask": MASK, "extra_body": {"markup": "x"}}, "markup", ""),
        ({"extra_body": {"seed": 7}}, "seed", "Unknown parameter"),
    ],
)
async def test_files_that_the_api_does_not_take_are_refused(
    fake: FakeOpenAI, client: AsyncOpenAI, asked: dict[str, Any], param: str, words: str
) -> None:
    import openai

    with pytest.raises(openai.BadRequestError) as refused:
        await client.images.edit(**{"model": SUNBURST, "image": drawn(), "prompt": "bluer", **asked})

    assert refused.value.param == param
    assert words in refused.value.message
    assert fake.billed == 0


@pytest.mark.parametrize("model", ["gpt-image-1", "dall-e-3", "sketch", "gpt-image-9"])
async def test_dead_and_unknown_models_are_not_found(fake: FakeOpenAI, client: AsyncOpenAI, model: str) -> None:
    import openai

    with pytest.raises(openai.NotFoundError) as gone:
        await client.images.generate(model=model, prompt="a fox")
    assert gone.value.code == "model_not_found"


async def test_models_are_listed_with_their_ends(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    import openai

    listed = {model.id: model.shutdown_date async for model in client.models.list()}

    assert listed == fake.served
    assert listed["gpt-image-1.5"] == "2026-12-01"
    assert listed[SUNBURST] is None
    assert not listed.keys() & {"gpt-image-1", "gpt-4o-audio", "gpt-4o-audio-preview", "dall-e-3", "sketch"}
    assert (await client.models.retrieve("gpt-audio")).shutdown_date == "2027-01-20"
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("gpt-image-1")
    assert fake.breaches == []


async def test_a_model_that_an_endpoint_still_serves_paints(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.served |= {"gpt-image-1": None, "our-own-deployment": None}

    for model in ("gpt-image-1", "our-own-deployment"):
        answer = await client.images.generate(model=model, prompt="a fox", quality="low")
        assert answer.usage.output_tokens == 272


async def test_a_wrong_key_is_refused_everywhere(fake: FakeOpenAI) -> None:
    import openai

    client = connect(api_key="sk-wrong", base_url=fake.base_url)
    with pytest.raises(openai.AuthenticationError):
        await client.models.list()
    with pytest.raises(openai.AuthenticationError):
        await client.images.generate(model=SUNBURST, prompt="a fox")
    await client.close()


async def test_bodies_that_cannot_be_read_are_refused(fake: FakeOpenAI) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for path, kind, body in (
            ("images/generations", "application/json", b"{"),
            ("images/generations", "application/json", b"[]"),
            ("images/generations", "text/plain", b"{}"),
            ("images/generations", "multipart/form-data; boundary=x", b"--x--\r\n"),
            ("images/edits", "multipart/form-data; boundary=x", b"nonsense"),
            ("images/edits", "multipart/form-data", b""),
            ("chat/completions", "application/json", b"\xff"),
        ):
            async with session.post(f"{fake.base_url}/{path}", data=body, headers={"Content-Type": kind}) as answer:
                assert answer.status == 400, (path, kind)
        async with session.post(f"{fake.base_url}/images/variations") as answer:
            assert answer.status == 404


@given(st.integers(1, 300), st.integers(1, 300))
def test_a_free_size_is_taken_exactly_when_it_keeps_the_rules(across: int, down: int) -> None:
    width, height = 16 * across, 16 * down
    flare = CATALOGUE.get("gpt-image-2.6-flare")
    assert flare is not None
    legal = (
        655_360 <= width * height <= 8_294_400
        and max(width, height) <= 3840
        and max(width, height) <= 3 * min(width, height)
    )
    try:
        refusals.painting("generations", {"prompt": "a fox", "size": f"{width}x{height}"}, flare)
    except Refusal:
        assert not legal
    else:
        assert legal


@given(st.binary(max_size=200), st.sampled_from(["application/json", "multipart/form-data; boundary=x", ""]))
def test_whatever_is_sent_is_recorded(body: bytes, kind: str) -> None:
    framed = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n' + body + b"\r\n--x--\r\n"

    assert receive("POST", "/v1/images/edits", {"content-type": kind}, body).body == body
    (file,) = receive("POST", "/v1/images/edits", {"content-type": "multipart/form-data; boundary=x"}, framed).files
    assert file == ("image", "a", None, body) or b"\r\n--x" in body


# ── faults ──

STATUS = {
    "moderation_blocked": (400, "moderation_blocked"),
    "insufficient_quota": (429, "insufficient_quota"),
    "billing_hard_limit": (400, "billing_hard_limit_reached"),
    "unverified": (403, None),
    "rate_limit": (429, "rate_limit_exceeded"),
    "rate_limit_bare": (429, "rate_limit_exceeded"),
    "slow_down": (429, "slow_down"),
    "server_error": (500, None),
    "unavailable": (503, None),
    "bad_gateway_html": (502, None),
    "model_not_found": (404, "model_not_found"),
    "bad_key": (401, "invalid_api_key"),
    "not_acceptable": (400, None),
}


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("fault", STATUS)
async def test_a_fault_with_a_status_is_suffered_once_and_not_billed(
    fake: FakeOpenAI, client: AsyncOpenAI, fault: str, stream: bool
) -> None:
    import openai

    fake.faults.append(fault)
    with pytest.raises(openai.APIStatusError) as suffered:
        await client.images.generate(model=SUNBURST, prompt="a fox", stream=stream)

    assert (suffered.value.status_code, suffered.value.code) == STATUS[fault]
    waits = {name: value for name, value in suffered.value.response.headers.items() if name.startswith("retry-after")}
    assert waits == faults.HEADERS.get(fault, {})
    assert fake.billed == 0
    assert (await client.images.generate(model=SUNBURST, prompt="a fox")).data


async def _plain(client: AsyncOpenAI) -> Any:
    return await client.images.generate(model=SUNBURST, prompt="a fox", quality="low")


async def _streamed(client: AsyncOpenAI) -> Any:
    return await streamed(client, quality="low", partial_images=2)


async def _heard(client: AsyncOpenAI) -> Any:
    return await hear(client)


@pytest.mark.parametrize("call", [_plain, _streamed, _heard])
@pytest.mark.parametrize("fault", ["reset_before", "reset_after"])
async def test_a_reset_before_the_work_costs_nothing_and_one_after_it_does(
    fake: FakeOpenAI, client: AsyncOpenAI, fault: str, call: Callable[[AsyncOpenAI], Awaitable[Any]]
) -> None:
    import openai

    fake.faults.append(fault)
    with pytest.raises(openai.APIConnectionError):
        await call(client)

    assert (fake.billed > 0) == (fault == "reset_after")
    assert len(fake.requests) == 1


async def test_a_request_can_hang_for_ever(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    import openai

    fake.faults.append("hang")
    with pytest.raises(openai.APITimeoutError):
        await client.with_options(timeout=0.2).images.generate(model=SUNBURST, prompt="a fox")
    assert fake.billed == 0


@pytest.mark.parametrize("call", [_plain, _heard])
@pytest.mark.parametrize("fault", ["half_json", "cut_stream"])
async def test_half_an_answer_is_billed(
    fake: FakeOpenAI, client: AsyncOpenAI, fault: str, call: Callable[[AsyncOpenAI], Awaitable[Any]]
) -> None:
    fake.faults.append(fault)
    with pytest.raises(json.JSONDecodeError):
        await call(client)
    assert fake.billed > 0


async def test_a_stream_can_break_off_silently_loudly_or_with_an_error(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    import openai

    fake.faults.append("cut_stream")
    assert [event.type for event in await _streamed(client)] == ["image_generation.partial_image"]
    assert fake.billed == 2 * 5 + 396 * 30

    fake.faults.append("half_json")
    with pytest.raises(openai.APIConnectionError):
        await _streamed(client)
    assert fake.billed == 2 * (2 * 5 + 396 * 30)

    fake.faults += ["stream_error", "stream_moderated"]
    with pytest.raises(openai.APIError, match="error occurred"):
        await _streamed(client)
    with pytest.raises(openai.APIError) as moderated:
        await _streamed(client)
    assert moderated.value.code == "moderation_blocked"
    assert fake.billed == 2 * (2 * 5 + 396 * 30)


async def test_without_a_stream_an_error_in_it_is_an_error(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    import openai

    fake.faults += ["stream_error", "stream_moderated"]
    with pytest.raises(openai.InternalServerError):
        await _plain(client)
    with pytest.raises(openai.BadRequestError, match="safety system"):
        await _plain(client)
    assert fake.billed == 0


async def test_a_server_that_does_not_stream_answers_json(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.faults.append("json_for_stream")

    assert await _streamed(client) == []
    assert fake.billed == 2 * 5 + 196 * 30


async def test_an_answer_can_be_empty(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.faults += ["empty"] * 3

    assert (await _plain(client)).data == []
    assert (await _streamed(client))[-1].b64_json == ""
    assert (await _heard(client)).choices == []


@pytest.mark.parametrize("fault", ["not_a_picture", "bad_base64", "damaged"])
async def test_a_picture_can_be_none(fake: FakeOpenAI, client: AsyncOpenAI, fault: str) -> None:
    fake.faults += [fault] * 2

    for b64 in ((await _plain(client)).data[0].b64_json, (await _streamed(client))[-1].b64_json):
        with pytest.raises((OSError, ValueError, SyntaxError)):
            opened(b64)
    assert fake.billed > 0


async def test_a_gateway_can_answer_with_a_page(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.faults += ["html"] * 2

    assert "Sign in" in str(await _plain(client))
    assert await _streamed(client) == []
    assert fake.billed == 0


async def test_a_compatible_server_can_answer_with_addresses(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.faults += ["url_answer", "url_answer", "foreign_url"]
    answer = await client.images.generate(model=SUNBURST, prompt="a fox", n=2, output_format="webp")
    event = (await _streamed(client))[-1]

    assert [each.b64_json for each in answer.data] == [None, None]
    async with aiohttp.ClientSession() as session:
        for url, format in ((answer.data[1].url, "WEBP"), (event.url, "PNG")):
            async with session.get(url) as file:
                assert Image.open(io.BytesIO(await file.read())).format == format
        async with session.get(answer.data[1].url.replace("/1.", "/2.")) as file:
            assert file.status == 404
    assert fake.requests[-1].path.startswith("/files/")
    assert (await _plain(client)).data[0].url.startswith("https://pictures.invalid/")


async def test_usage_can_be_left_out(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.faults += ["no_usage"] * 3

    assert (await _plain(client)).usage is None
    assert getattr((await _streamed(client))[-1], "usage", None) is None
    assert (await _heard(client)).usage is None
    assert fake.billed > 0


async def test_the_picture_can_be_quicker_than_its_partials(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.faults.append("no_partials")

    (event,) = await _streamed(client)
    assert event.usage.output_tokens == 196


async def test_the_ear_suffers_faults_too(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    import openai

    for fault in STATUS:
        fake.faults.append(fault)
        with pytest.raises(openai.APIStatusError) as suffered:
            await hear(client)
        assert suffered.value.status_code == STATUS[fault][0]
    assert fake.billed == 0


async def test_a_fault_that_nobody_knows_is_the_tests_own_mistake(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    import openai

    fake.faults.append("earthquake")
    with pytest.raises(openai.InternalServerError):
        await _plain(client)
    assert "no fault is called 'earthquake'" in fake.breaches[0]


# ── hearing ──


def sound(seconds: float = 1.0, rate: int = 24_000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\x01\x02" * int(seconds * rate))
    return out.getvalue()


def mp3(seconds: float = 1.0) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=24_000, layout="mono")
        frame = av.AudioFrame(format="s16p", layout="mono", samples=int(24_000 * seconds))
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = 24_000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return out.getvalue()


FUNCTION: dict[str, Any] = {
    "name": "imagine",
    "description": "Paints.",
    "parameters": {"type": "object", "properties": {"prompt": {"type": "string"}}, "additionalProperties": False},
}


async def hear(
    client: AsyncOpenAI,
    data: bytes | str | None = None,
    format: str = "wav",
    function: dict[str, Any] = FUNCTION,
    role: str = "user",
    **asked: Any,
) -> Any:
    spelled = data if isinstance(data, str) else base64.b64encode(sound() if data is None else data).decode()
    part = {"type": "input_audio", "input_audio": {"data": spelled, "format": format}}
    messages = [
        {"role": "system", "content": "You are an ear."},
        {"role": role, "content": [{"type": "text", "text": "beside it"}, part]},
    ]
    sent: dict[str, Any] = {
        "model": AUDIO,
        "modalities": ["text"],
        "messages": messages,
        "tools": [{"type": "function", "function": function}],
        "tool_choice": "required",
        "safety_identifier": "a" * 64,
        **asked,
    }
    return await client.chat.completions.create(**sent)


async def test_what_is_heard_comes_from_the_queue_and_then_nothing(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    fake.hears = [
        ("imagine", {"prompt": "ein Bär", "odd": 7}),
        "just words",
        lambda asked: ("echo", {"model": asked["model"]}),
    ]

    called = (await hear(client)).choices[0]
    assert called.finish_reason == "tool_calls"
    assert called.message.tool_calls[0].function.name == "imagine"
    assert json.loads(called.message.tool_calls[0].function.arguments) == {"prompt": "ein Bär", "odd": 7}
    words = (await hear(client)).choices[0]
    assert (words.message.content, words.message.tool_calls, words.finish_reason) == ("just words", None, "stop")
    assert json.loads((await hear(client)).choices[0].message.tool_calls[0].function.arguments) == {"model": AUDIO}
    nothing = (await hear(client)).choices[0].message.tool_calls[0].function
    assert (nothing.name, json.loads(nothing.arguments)["heard"]) == ("nothing", "")
    assert fake.breaches == []


@pytest.mark.parametrize(("format", "made"), [("wav", sound), ("mp3", mp3)])
async def test_sound_is_counted_by_its_length_and_billed(
    fake: FakeOpenAI, client: AsyncOpenAI, format: str, made: Callable[[float], bytes]
) -> None:
    usage = (await hear(client, made(2.5), format)).usage

    heard = usage.prompt_tokens_details.audio_tokens
    assert 25 <= heard <= 27  # an MP3 is padded
    assert usage.prompt_tokens == usage.prompt_tokens_details.text_tokens + heard
    expected = (usage.prompt_tokens - heard) * 2.5 + heard * 32 + usage.completion_tokens * 10
    assert fake.billed == math.ceil(expected)
    assert fake.breaches == []


@pytest.mark.parametrize(
    "asked",
    [
        {"data": "not base64!"},
        {"data": "data:audio/wav;base64,AAAA"},
        {"data": b""},
        {"data": sound()[:-100]},
        {"data": sound(0)},
        {"data": b"ID3 and no more", "format": "mp3"},
        {"data": b"OggS" + bytes(100), "format": "ogg"},
        {"data": mp3(), "format": "wav"},
        {"data": sound(), "format": "mp3"},
        {"role": "assistant"},
        {"function": {**FUNCTION, "name": "imagine this"}},
        {"function": {**FUNCTION, "parameters": {"type": "objekt"}}},
        {"function": {**FUNCTION, "parameters": {"type": "object", "properties": {"a": {"minimum": "1"}}}}},
        {"function": {**FUNCTION, "parameters": {"type": "string"}}},
        {"function": {**FUNCTION, "parameters": {"type": "object", "properties": {}, "required": ["prompt"]}}},
        {"function": {**FUNCTION, "parameters": {"type": "object", "properties": {"a": {"description": "b"}}}}},
        {
            "function": {
                **FUNCTION,
                "parameters": {"type": "object", "properties": {"a": {"type": "string", "enum": []}}},
            }
        },
        {"function": {**FUNCTION, "description": "x" * 1025}},
        {"tools": []},
        {"tools": [{"type": "function", "function": FUNCTION}] * 2},
        {"tool_choice": {"type": "function", "function": {"name": "other"}}},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}},
        {"messages": [{"role": "user", "content": "no sound"}]},
        {"messages": []},
        {"model": SUNBURST},
        {"extra_body": {"temprature": 1}},
        {"safety_identifier": "a" * 65},
    ],
    ids=lambda asked: str(asked)[:60],
)
async def test_what_cannot_be_heard_is_refused(fake: FakeOpenAI, client: AsyncOpenAI, asked: dict[str, Any]) -> None:
    import openai

    with pytest.raises(openai.BadRequestError):
        await hear(client, **asked)
    assert fake.billed == 0


async def test_dead_ears_are_not_found(client: AsyncOpenAI) -> None:
    import openai

    for model in ("gpt-4o-audio-preview", "gpt-4o-audio"):
        with pytest.raises(openai.NotFoundError):
            await hear(client, model=model)


# ── moderation, and the description ──


async def test_moderation_flags_only_what_it_is_told_to(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    import openai

    assert not (await client.moderations.create(input="a fox")).results[0].flagged
    fake.flags = lambda words: "blood" in words
    answer = await client.moderations.create(input=["a fox", "blood"], model="omni-moderation-latest")

    assert [result.flagged for result in answer.results] == [False, True]
    assert answer.results[1].categories.violence
    parts = await client.moderations.create(input=[{"type": "text", "text": "blood"}])
    assert parts.results[0].flagged
    with pytest.raises(openai.BadRequestError):
        await client.moderations.create(input=[])


async def test_every_legal_request_conforms_to_the_official_description(fake: FakeOpenAI, client: AsyncOpenAI) -> None:
    for name in fake.served:
        model = CATALOGUE.get(name)
        if model is None or model.purpose != "paint":
            continue
        for quality in model.qualities:
            await client.images.generate(
                model=name,
                prompt="a fox",
                quality=quality,  # type: ignore[arg-type]
                background="transparent",
                output_format="webp",
                output_compression=80,
                moderation="low",
                safety_identifier="a" * 64,
            )
        if model.flexible:
            await client.images.edit(
                model=name,
                prompt="a fox",
                image=[drawn(), drawn()],
                mask=MASK,
                quality=model.qualities[-1],  # type: ignore[arg-type]
                size="1536x864",  # type: ignore[arg-type]
                safety_identifier="a" * 64,
            )
    assert fake.breaches == []


async def test_what_breaks_the_official_description_is_kept() -> None:
    from tests.contracts import PRESENT

    if not PRESENT:
        pytest.skip("the official description is not here")
    async with FakeOpenAI() as fake, aiohttp.ClientSession() as session:
        await session.post(f"{fake.base_url}/images/generations", json={"prompt": 7}, headers={"Authorization": "x"})
        assert any("authorization" in each for each in fake.breaches)
        assert any("$.prompt" in each for each in fake.breaches)
