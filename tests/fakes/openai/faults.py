"""What the provider can do wrong, by name; `FakeOpenAI.faults` takes them in the order in which they shall happen."""

from __future__ import annotations

from aiohttp import web

from tests.fakes.openai.refusals import Refusal

REFUSALS = {
    "rate_limit": Refusal(429, "Rate limit reached for images.", type="requests", code="rate_limit_exceeded"),
    "rate_limit_silent": Refusal(429, "Rate limit reached for images.", type="requests", code="rate_limit_exceeded"),
    "slow_down": Refusal(429, "Slow down.", type="rate_limit_error", code="slow_down"),
    "server_error": Refusal(500, "The server had an error while processing your request.", type="server_error"),
    "unavailable": Refusal(503, "The engine is currently overloaded.", type="server_error"),
    "moderation_blocked": Refusal(
        400,
        "Your request was rejected by the safety system. safety_violations=[violence].",
        type="image_generation_user_error",
        code="moderation_blocked",
    ),
    "insufficient_quota": Refusal(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        type="insufficient_quota",
        code="credit_balance_exhausted",
    ),
    "billing_hard_limit": Refusal(
        400,
        "Billing hard limit has been reached.",
        type="image_generation_user_error",
        code="billing_hard_limit_reached",
    ),
    "unverified": Refusal(403, "Your organization must be verified to use this model."),
    "bad_key": Refusal(401, "Incorrect API key provided.", code="invalid_api_key"),
    "model_not_found": Refusal(
        404, "The model does not exist or you do not have access to it.", code="model_not_found"
    ),
    "refused": Refusal(400, "Invalid image file or mode for image 1.", code="invalid_image_file", param="image"),
}
"""Answers in the API's error shape."""

HEADERS = {
    "rate_limit": {"retry-after-ms": "50", "retry-after": "1"},
    "slow_down": {"retry-after": "2"},
    "insufficient_quota": {"retry-after": "60"},
}
"""What goes with them."""

PAGES = {
    "html": (200, "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"),
    "html_error": (502, "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>"),
}
"""Answers of something that stands before the API."""

BEFORE = frozenset({*REFUSALS, *PAGES, "hang", "reset_before"})
"""These strike before any work, and nothing is billed."""

DURING = frozenset(
    {
        "reset_after",
        "half_json",
        "empty",
        "not_a_picture",
        "cut_stream",
        "stream_error",
        "json_for_stream",
        "url_answer",
        "no_usage",
    }
)
"""These spoil or change the answer; the work is billed, save for `stream_error`."""

FAULTS = BEFORE | DURING


def reset(request: web.Request) -> web.Response:
    """Breaks the connection off without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
