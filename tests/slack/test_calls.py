"""Retries where they are safe, and what a host has to mend."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from limner_slack.calls import RateLimitRetry, SafeConnectionRetry, asked_to_wait, missing_scopes, retry_handlers

UNREACHED = aiohttp.ClientConnectorError(
    ConnectionKey("slack.com", 443, True, True, None, None, None), OSError("no route")
)
CUT = aiohttp.ServerDisconnectedError()


def asked(method: str) -> HttpRequest:
    return HttpRequest(method="POST", url=f"https://slack.com/api/{method}", headers={})


@pytest.mark.parametrize(
    ("method", "problem", "again"),
    [
        ("chat.update", CUT, True),
        ("files.info", CUT, True),
        ("chat.postMessage", CUT, False),
        ("files.completeUploadExternal", CUT, False),
        ("views.open", CUT, False),
        ("chat.postMessage", UNREACHED, True),
        ("chat.update", ValueError(), False),
    ],
)
async def test_what_may_have_been_done_is_not_done_again(method: str, problem: Exception, again: bool) -> None:
    handler = SafeConnectionRetry(max_retry_count=2)
    assert await handler.can_retry_async(state=RetryState(), request=asked(method), error=problem) is again


def test_both_kinds_of_retry_are_named() -> None:
    connection, limit = retry_handlers()
    assert isinstance(connection, SafeConnectionRetry)
    assert isinstance(limit, RateLimitRetry)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": ["30"]}, 30),
        ({"retry-after": "7"}, 7),
        ({"retry-after": ["soon"]}, 1),
        ({"retry-after": "-5"}, 0),
        ({}, 1),
    ],
)
def test_how_long_slack_asks_to_wait_is_read_whatever_it_says(headers: dict[str, Any], seconds: float) -> None:
    assert asked_to_wait(headers) == seconds


@pytest.mark.parametrize(("wait", "again"), [("30", True), ("120", True), ("3600", False)])
async def test_a_limit_that_lasts_long_is_for_whoever_tries_again_later(wait: str, again: bool) -> None:
    limited = HttpResponse(status_code=429, headers={"Retry-After": [wait]})
    handler = RateLimitRetry(max_retry_count=1)
    request = asked("chat.update")
    assert await handler.can_retry_async(state=RetryState(), request=request, response=limited) is again


def test_missing_scopes_are_named_together() -> None:
    lacking = missing_scopes("chat:write,commands", wanted=("files:read", "chat:write", "im:write"))
    assert lacking is not None
    assert "lacks the scopes files:read, im:write." in lacking.sentence
    assert missing_scopes("a,b", wanted=("a",)) is None
