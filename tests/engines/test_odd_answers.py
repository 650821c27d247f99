"""Answers that compatible servers and gateways give, byte by byte."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from limner.engines import PictureFile
from limner.engines.openai_images import OpenAIImages
from limner.errors import Moderated, NoPicture, OutcomeUnknown, OutOfMoney, ProviderFailed, RateLimited
from limner.openai import connect
from tests.engines.conftest import kept, painting, unseen
from tests.patience import PATIENCE

HANG = object()
RESET = object()


def png(size: int = 64) -> str:
    out = io.BytesIO()
    Image.effect_noise((size, size), 99).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def event(kind: str, **values: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **values})}\n\n".encode()


Answering = Callable[..., AbstractAsyncContextManager[OpenAIImages]]


@pytest.fixture
def answering() -> Answering:
    """An engine before a server that answers each request with these pieces."""

    @asynccontextmanager
    async def serve(*pieces: object, kind: str = "application/json") -> AsyncIterator[OpenAIImages]:
        closing = asyncio.Event()

        async def answer(request: web.Request) -> web.StreamResponse:
            await request.read()
            response = web.StreamResponse(headers={"content-type": kind, "x-request-id": "req_odd"})
            await response.prepare(request)
            for piece in pieces:
                if piece is HANG:
                    await closing.wait()
                elif piece is RESET:
                    assert request.transport is not None
                    request.transport.abort()
                else:
                    assert isinstance(piece, bytes)
                    await response.write(piece)
            return response

        app = web.Application()
        app.router.add_post("/v1/images/generations", answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        client = connect(api_key="sk-mine", base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/v1")
        yield OpenAIImages(client)
        closing.set()
        await client.close()
        await runner.cleanup()

    return serve


COMPLETED = event("image_generation.completed", b64_json=png(), usage={"input_tokens": 3, "output_tokens": 4})
PLAIN = json.dumps({"data": [{"b64_json": png(), "revised_prompt": "a fox, red"}]}).encode()


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        ([PLAIN], "text/plain"),
        ([b" " * 4000, b"\n", PLAIN[:5000], PLAIN[5000:], b"\n "], "application/json"),
        ([b'{"data": [null, "x", 3, ' + PLAIN[10:]], "application/json"),
        ([b": hello\r\n\r\n", b"data: " + PLAIN + b"\r\n\r\n"], "text/event-stream"),
        ([COMPLETED], "application/json"),
        ([b": ping\n\n" * 50_000, COMPLETED, b"data: [DONE]\n\n"], "text/event-stream"),
        ([COMPLETED, RESET], "text/event-stream"),
        ([COMPLETED, b"data: nonsense\n\n"], "text/event-stream"),
        ([COMPLETED, event("error", error={"message": "too late"})], "text/event-stream"),
    ],
)
async def test_a_picture_is_found_however_it_is_sent(
    pieces: Sequence[object], kind: str, answering: Answering, folder: Path
) -> None:
    async with answering(*pieces, kind=kind) as engine:
        painted = await engine.paint(painting(), folder, unseen)

    assert [(each.width, each.media_type) for each in painted.pictures] == [(64, "image/png")]
    assert kept(folder) == {painted.pictures[0].path}
    assert painted.request_id == "req_odd"


async def test_a_server_that_does_not_end_its_stream_is_not_waited_for(
    answering: Answering, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner.engines.reading.LINGER", 0.05)
    async with answering(COMPLETED, HANG) as engine:
        painted = await engine.paint(painting(), folder, unseen)

    assert painted.usage is not None


async def test_a_picture_that_is_here_survives_a_cancelling(
    answering: Answering, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner.engines.reading.LINGER", 30)
    said = event("image_generation.completed", b64_json=png())
    async with answering(said, HANG, kind="text/event-stream") as engine:
        doing = asyncio.create_task(engine.paint(painting(), folder, unseen))
        async with asyncio.timeout(PATIENCE):
            while not any(each.stat().st_size for each in folder.iterdir()):  # noqa: ASYNC110, ASYNC240
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        doing.cancel()
        painted = await doing
    assert len(painted.pictures) == 1
    assert doing.cancelling()


async def test_fewer_pictures_than_asked_for_are_fine(answering: Answering, folder: Path) -> None:
    async with answering(PLAIN) as engine:
        painted = await engine.paint(painting(count=4), folder, unseen)

    assert (len(painted.pictures), painted.revised_prompt) == (1, "a fox, red")


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        ({"message": "No.", "type": "image_generation_user_error", "code": "moderation_blocked"}, Moderated),
        ({"message": "No.", "type": "insufficient_quota", "code": "credit_balance_exhausted"}, OutOfMoney),
        ({"message": "No.", "code": "rate_limit_exceeded"}, RateLimited),
        ({"message": "No.", "type": "server_error"}, ProviderFailed),
        ({"message": None, "code": 17}, ProviderFailed),
        ("No.", ProviderFailed),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_an_error_inside_a_good_answer_is_an_error(
    error: Any, trouble: type[Exception], streamed: bool, answering: Answering, folder: Path
) -> None:
    piece = event("error", error=error) if streamed else json.dumps({"error": error}).encode()
    async with answering(piece) as engine:
        with pytest.raises(trouble):
            await engine.paint(painting(), folder, unseen)

    assert kept(folder) == set()


async def test_an_error_event_without_an_envelope_is_an_error(answering: Answering, folder: Path) -> None:
    async with answering(event("error", code="moderation_blocked", message="No.")) as engine:
        with pytest.raises(Moderated):
            await engine.paint(painting(), folder, unseen)


@pytest.mark.parametrize(
    ("pieces", "trouble"),
    [
        ([b"{}"], OutcomeUnknown),
        ([b'{"data": null}'], NoPicture),
        ([b'{"data": "QUJD"}'], NoPicture),
        ([b'{"data": [{"b64_json": null}]}'], NoPicture),
        ([b'{"data": [{"b64_json": ["QUJD"]}]}'], NoPicture),
        ([b""], OutcomeUnknown),
        ([b"[1]"], OutcomeUnknown),
        ([b"{" * 200_000], OutcomeUnknown),
        ([b'{"data": [', b" " * 2_000_000], OutcomeUnknown),
        ([PLAIN[: len(PLAIN) // 2], RESET], OutcomeUnknown),
        ([event("image_generation.partial_image", b64_json=png()), RESET], OutcomeUnknown),
        ([event("image_generation.begun")], OutcomeUnknown),
    ],
)
async def test_what_is_no_answer_may_have_been_charged(
    pieces: Sequence[object], trouble: type[Exception], answering: Answering, folder: Path
) -> None:
    async with answering(*pieces) as engine:
        with pytest.raises(trouble) as raised:
            await engine.paint(painting(), folder, unseen)

    assert raised.value.charged is None  # type: ignore[attr-defined]
    assert kept(folder) == set()


@pytest.mark.parametrize("broken", ["these are words", base64.b64encode(b"no picture").decode(), ""])
async def test_a_partial_picture_that_is_none_is_told_to_nobody(
    broken: str, answering: Answering, folder: Path
) -> None:
    seen: list[PictureFile] = []

    async def see(file: PictureFile) -> None:
        seen.append(file)

    async with answering(event("image_edit.partial_image", b64_json=broken), COMPLETED) as engine:
        painted = await engine.paint(painting(), folder, see)

    assert (seen, len(painted.pictures)) == ([], 1)
    assert kept(folder) == {painted.pictures[0].path}


async def test_a_key_spelled_in_escapes_reads_no_other_file(answering: Answering, folder: Path) -> None:
    (folder / "secret").write_bytes(base64.b64decode(png()))
    async with answering(b'{"data": [{"b64\\u005fjson": "secret"}]}') as engine:
        with pytest.raises(NoPicture):
            await engine.paint(painting(), folder, unseen)

    assert kept(folder) == {folder / "secret"}
