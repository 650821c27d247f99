"""What the SDK raises, in our words; the one place that knows its errors.

Sources: `openai/_exceptions.py` and `httpx2/_exceptions.py` of the installed packages, and OpenAI's guide to error
codes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from limner.domain.text import one_line, shorten
from limner.errors import (
    BadKey,
    FormatNotServed,
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
from limner.openai.limits import allowance

if TYPE_CHECKING:
    import openai

_MODERATED = {"moderation_blocked", "content_policy_violation", "content_filter"}
_MONEY = {
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
}
_BUSY = {"rate_limit_exceeded", "slow_down", "requests", "tokens"}
_GONE = {"model_not_found", "model_not_available", "deployment_not_found", "DeploymentNotFound"}
_KEY = {"invalid_api_key", "invalid_organization", "account_deactivated"}
_OWN_FAULT = {"server_error", "internal_error", "api_error", "engine_overloaded"}
_GATED = {"gif", "svg"}
"""Kinds of files that OpenAI lets some accounts have and others not yet."""
_SECRET = re.compile(r"\b(?:sk|sess|org|proj)-[\w*.-]+|\bBearer\s+\S+", re.IGNORECASE)


def caught() -> tuple[type[Exception], ...]:
    """The classes that `translate` knows, for an except clause. The SDK lets some of its transport's errors through
    while an answer is streamed."""
    import httpx2
    import openai

    return openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL


def translate(error: BaseException, model: str = "", format: str = "png") -> ProviderTrouble:
    """The trouble that an error of the SDK, or of its transport, is; raise it `from error`. Its field `allowance` is
    what the answer told of the account's limits.

    Args:
        model: Asked for in the request, to be named when it is gone.
        format: The kind of file that was asked for, to be named when the account may not have it.
    """
    import openai

    trouble = _trouble(error, model)
    if isinstance(error, openai.APIStatusError) and error.status_code in {400, 403} and _about_format(error, format):
        trouble = FormatNotServed(format=format.upper(), request_id=error.request_id)
    if isinstance(error, openai.APIStatusError):
        trouble.fields["allowance"] = allowance(error.response.headers)
    return trouble


def _trouble(error: BaseException, model: str) -> ProviderTrouble:
    import openai

    if isinstance(error, openai.APIConnectionError):
        return _transport(error.__cause__ or error)
    if isinstance(error, openai.APIResponseValidationError):
        return ProviderFailed(status=error.status_code)
    if isinstance(error, openai.APIStatusError):
        return _status(error, model)
    if isinstance(error, openai.APIError):  # an error event in the middle of a stream: no status
        return _spoken(error, model) or ProviderFailed()
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return Moderated()
    return _transport(error)


def _transport(error: BaseException) -> ProviderTrouble:
    import httpx2

    # A pool's time-out waits for a connection; a proxy's error is its refusal to make one.
    before_sending = (
        httpx2.ConnectError,
        httpx2.ConnectTimeout,
        httpx2.PoolTimeout,
        httpx2.ProxyError,
        httpx2.UnsupportedProtocol,
        httpx2.LocalProtocolError,
        httpx2.InvalidURL,
    )
    return NeverSent() if isinstance(error, before_sending) else OutcomeUnknown()


def _status(error: openai.APIStatusError, model: str) -> ProviderTrouble:
    if (spoken := _spoken(error, model)) is not None:
        return spoken
    match error.status_code:
        case 401 | 403:
            return BadKey(request_id=error.request_id)
        case 402:
            return OutOfMoney(request_id=error.request_id)
        case 429:
            return RateLimited(retry_after=_wait(error), request_id=error.request_id)
        case status if status == 408 or status >= 500:
            return ProviderFailed(status=status, request_id=error.request_id)
    return RequestRefused(why=_why(error), status=error.status_code, request_id=error.request_id)


def _spoken(error: openai.APIError, model: str) -> ProviderTrouble | None:
    """What the error's own code or type says, whatever its status."""
    said = {error.code, error.type}
    request_id = getattr(error, "request_id", None)
    if said & _MODERATED:
        return Moderated(request_id=request_id)
    if said & _MONEY:
        return OutOfMoney(request_id=request_id)
    if "must be verified" in error.message.lower():
        return Unverified(request_id=request_id)
    if said & _GONE:
        return ModelGone(model=model or "asked for", request_id=request_id)
    if said & _KEY:
        return BadKey(request_id=request_id)
    if said & _BUSY:
        return RateLimited(retry_after=_wait(error), request_id=request_id)
    if said & _OWN_FAULT:
        return ProviderFailed(request_id=request_id)
    return None


def _about_format(error: openai.APIStatusError, format: str) -> bool:
    """Whether it says that this account may not have this kind of file; OpenAI's usual one all accounts have."""
    if format not in _GATED:
        return False
    words = error.message.lower()
    # The Responses API names the tool before its parameter.
    param = str(error.param).removeprefix("tools[0].")
    return param in {"output_format", "svg", "svg.model"} or ("access" in words and format in words)


def _wait(error: openai.APIError) -> float | None:
    """Seconds that the server asks us to wait."""
    response = getattr(error, "response", None)
    if response is None:
        return None
    for header, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return max(0.0, float(response.headers[header]) / unit)
        except (KeyError, ValueError):
            continue
    told = allowance(response.headers)
    return told.reset if told is not None and told.left == 0 else None


def _why(error: openai.APIError) -> str:
    """The server's own words, short and without anything that looks like a key. (The SDK puts the whole body into the
    message; the body's own is the sentence.)"""
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    words = one_line(message if isinstance(message, str) else f"status {getattr(error, 'status_code', 'unknown')}")
    return shorten(_SECRET.sub("…", words), 200).rstrip(".")
