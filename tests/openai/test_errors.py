"""Whatever the SDK raises becomes one of our sentences, and only what surely was not sent says so."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx2
import openai
import pytest

from limner.errors import (
    BadKey,
    ModelGone,
    Moderated,
    NeverSent,
    OutcomeUnknown,
    OutOfMoney,
    ProviderFailed,
    ProviderTrouble,
    RateLimited,
    RequestRefused,
    Unverified,
)
from limner.openai import connect, translate
from limner.openai.errors import caught

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers every connection so; its address, and the requests' first lines as they come."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readline())
        await answer(reader, writer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/v1", requests


def answering(status: int, error: dict[str, Any] | str, **headers: str) -> Answer:
    body = (error if isinstance(error, str) else json.dumps({"error": error})).encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kind = "text/html" if isinstance(error, str) else "application/json"
        told = {"content-type": kind, "content-length": len(body), "connection": "close", **headers}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in told.items())
        writer.write(f"HTTP/1.1 {status} Because\r\n{head}\r\n".encode() + body)
        await writer.drain()

    return answer


async def trouble_of(base_url: str) -> ProviderTrouble:
    client = connect(api_key="sk-not-a-key", base_url=base_url)
    try:
        await client.images.generate(model="gpt-image-2", prompt="a fox")
    except caught() as error:
        return translate(error, "gpt-image-2")
    finally:
        await client.close()
    raise AssertionError("no error was raised")


@pytest.mark.parametrize(
    ("status", "error", "trouble"),
    [
        (400, {"type": "image_generation_user_error", "code": "moderation_blocked", "message": "no"}, Moderated),
        (400, {"type": "invalid_request_error", "code": "content_policy_violation", "message": "no"}, Moderated),
        (
            403,
            {
                "type": "invalid_request_error",
                "code": None,
                "message": "Your organization must be verified to use the model",
            },
            Unverified,
        ),
        (429, {"type": "requests", "code": "rate_limit_exceeded", "message": "slow"}, RateLimited),
        (429, {"type": None, "code": "slow_down", "message": "slow"}, RateLimited),
        (429, "<html>busy", RateLimited),
        (429, {"type": "insufficient_quota", "code": "credit_balance_exhausted", "message": "no"}, OutOfMoney),
        (429, {"type": "insufficient_quota", "code": "organization_spend_limit_exceeded", "message": "no"}, OutOfMoney),
        (400, {"type": "invalid_request_error", "code": "billing_hard_limit_reached", "message": "no"}, OutOfMoney),
        (404, {"type": "invalid_request_error", "code": "model_not_found", "message": "gone"}, ModelGone),
        (403, {"type": "invalid_request_error", "code": "model_not_found", "message": "no access"}, ModelGone),
        (404, "<html>nothing here", RequestRefused),
        (
            401,
            {
                "type": "invalid_request_error",
                "code": "invalid_api_key",
                "message": "Incorrect API key provided: sk-abc",
            },
            BadKey,
        ),
        (403, {"type": "forbidden", "code": None, "message": "country"}, BadKey),
        (400, {"type": "invalid_request_error", "code": None, "message": "unsupported mimetype"}, RequestRefused),
        (413, "<html>too large", RequestRefused),
        (500, {"type": "server_error", "code": None, "message": "oh"}, ProviderFailed),
        (502, "<html>bad gateway", ProviderFailed),
        (408, "", ProviderFailed),
    ],
)
async def test_each_answer_becomes_its_sentence_after_one_post(
    status: int, error: dict[str, Any] | str, trouble: type[ProviderTrouble]
) -> None:
    async with server(answering(status, error)) as (address, requests):
        told = await trouble_of(address)

    assert type(told) is trouble
    assert len(requests) == 1
    assert "sk-" not in told.sentence
    assert "<html" not in told.sentence


async def test_a_refusal_quotes_the_reason_without_anything_like_a_key() -> None:
    error = {"type": "invalid_request_error", "code": None, "message": "Bad size for org-AbC1\nand sk-proj-aa..bb."}
    async with server(answering(400, error)) as (address, _):
        told = await trouble_of(address)

    assert "Bad size for … and …" in told.sentence
    assert "org-" not in told.sentence


@pytest.mark.parametrize(
    ("header", "seconds"), [({"retry_after": "7"}, 7), ({"retry_after_ms": "1500"}, 1.5), ({}, None)]
)
async def test_a_rate_limit_says_how_long_to_wait(header: dict[str, str], seconds: float | None) -> None:
    busy = {"type": "requests", "code": "rate_limit_exceeded", "message": "slow"}
    async with server(answering(429, busy, **header)) as (address, _):
        told = await trouble_of(address)

    assert told.fields["retry_after"] == seconds


async def test_a_server_that_is_not_there_was_never_sent_anything() -> None:
    async with server(answering(500, "")) as (address, _):
        pass

    told = await trouble_of(address)

    assert type(told) is NeverSent
    assert told.charged is False


async def test_an_answer_that_breaks_off_leaves_the_outcome_unknown_and_is_not_asked_for_again() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"fox")

    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{")
        await writer.drain()

    for answer in (hang_up, half):
        async with server(answer) as (address, requests):
            told = await trouble_of(address)

        assert type(told) is OutcomeUnknown
        assert told.charged is None
        assert len(requests) == 1


def test_an_error_in_the_middle_of_a_stream_is_told_by_its_code() -> None:
    request = httpx2.Request("POST", "http://127.0.0.1/v1/images/generations")

    def told(**body: Any) -> type[ProviderTrouble]:
        return type(translate(openai.APIError(str(body), request, body=body)))

    assert told(type="image_generation_user_error", code="moderation_blocked", message="no") is Moderated
    assert told(type="server_error", code=None, message="oh") is ProviderFailed
    assert told(message="?") is ProviderFailed


@pytest.mark.parametrize(
    "error",
    [
        each
        for module in (openai._exceptions, httpx2._exceptions)
        for each in vars(module).values()
        if inspect.isclass(each)
        and issubclass(each, Exception)
        and each.__module__.split(".")[0] in {"openai", "httpx2"}
        if not issubclass(each, (Warning, httpx2.CookieConflict, openai.InvalidWebhookSignatureError))
    ],
)
def test_every_error_of_the_sdk_and_its_transport_is_caught_and_translated(error: type[Exception]) -> None:
    request = httpx2.Request("POST", "http://127.0.0.1/v1/images/generations")
    response = httpx2.Response(418, request=request)
    known = {
        "message": "no",
        "request": request,
        "response": response,
        "body": None,
        "completion": SimpleNamespace(usage=None),
        "event": None,
        "reason": "",
        "code": 1000,
    }
    plain = error.__init__ in {Exception.__init__, ValueError.__init__}
    wanted = {} if plain else inspect.signature(error).parameters
    made = error(**{name: known.get(name, "") for name, each in wanted.items() if each.default is each.empty})

    assert issubclass(error, caught())
    assert isinstance(translate(made), ProviderTrouble)
