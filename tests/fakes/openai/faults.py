"""What the provider can do wrong, by name; `FakeOpenAI.faults` takes them in the order in which they shall happen."""

from __future__ import annotations

from typing import Any

REFUSALS: dict[str, tuple[int, dict[str, Any], dict[str, str]]] = {
    "rate_limit": (
        429,
        {"message": "Rate limit reached for images.", "type": "requests", "code": "rate_limit_exceeded"},
        {"retry-after-ms": "50", "retry-after": "1"},
    ),
    "rate_limit_silent": (
        429,
        {"message": "Rate limit reached for images.", "type": "requests", "code": "rate_limit_exceeded"},
        {},
    ),
    "slow_down": (
        429,
        {"message": "Slow down.", "type": "rate_limit_error", "code": "slow_down"},
        {"retry-after": "2"},
    ),
    "server_error": (
        500,
        {"message": "The server had an error while processing your request.", "type": "server_error", "code": None},
        {},
    ),
    "unavailable": (503, {"message": "The engine is currently overloaded.", "type": "server_error", "code": None}, {}),
    "moderation_blocked": (
        400,
        {
            "message": "Your request was rejected by the safety system. safety_violations=[violence].",
            "type": "image_generation_user_error",
            "code": "moderation_blocked",
        },
        {},
    ),
    "insufficient_quota": (
        429,
        {
            "message": "You exceeded your current quota, please check your plan and billing details.",
            "type": "insufficient_quota",
            "code": "credit_balance_exhausted",
        },
        {"retry-after": "60"},
    ),
    "hard_limit": (
        400,
        {
            "message": "Billing hard limit has been reached.",
            "type": "image_generation_user_error",
            "code": "billing_hard_limit_reached",
        },
        {},
    ),
    "unverified": (
        403,
        {
            "message": "Your organization must be verified to use the model. Please go to the settings and verify.",
            "type": "invalid_request_error",
            "code": None,
        },
        {},
    ),
    "bad_key": (
        401,
        {
            "message": "Incorrect API key provided: sk-te**key.",
            "type": "invalid_request_error",
            "code": "invalid_api_key",
        },
        {},
    ),
    "refused": (
        400,
        {"message": "Invalid image file or mode for image 1.", "type": "invalid_request_error", "code": None},
        {},
    ),
}
"""Answered before any work, and not billed."""

BEFORE = {"reset_before", "model_not_found"}
"""Not billed either."""

AFTER = {
    "hang",
    "reset_after",
    "half_json",
    "empty",
    "not_a_picture",
    "damaged",
    "bad_base64",
    "html",
    "cut_stream",
    "stream_error",
    "stream_moderated",
    "json_to_stream",
    "no_partials",
    "url",
    "foreign_url",
    "no_usage",
}
"""Painted and billed; then the answer goes wrong, or is another than usual."""

FAULTS = {*REFUSALS, *BEFORE, *AFTER}
