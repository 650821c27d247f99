"""What can go wrong on OpenAI's side, by name; put names into `FakeOpenAI.faults`, in the order in which they shall
happen."""

from __future__ import annotations

import socket
import struct
from dataclasses import replace

from aiohttp import web

from tests.fakes.openai.refusals import Refusal

REFUSALS = {
    "moderation_blocked": Refusal(
        400,
        "Your request was rejected by the safety system. If you believe this is an error, contact us at "
        "help.openai.com and include the request ID. safety_violations=[violence].",
        "image_generation_user_error",
        "moderation_blocked",
    ),
    "insufficient_quota": Refusal(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
    ),
    "billing_hard_limit": Refusal(
        400, "Billing hard limit has been reached.", "billing_limit_user_error", "billing_hard_limit_reached"
    ),
    "unverified": Refusal(
        403,
        "Your organization must be verified to use this model. Please go to "
        "https://platform.openai.com/settings/organization/general and click on Verify Organization.",
    ),
    "rate_limit": Refusal(429, "Rate limit reached for images per minute.", "requests", "rate_limit_exceeded"),
    "rate_limit_bare": Refusal(429, "Rate limit reached for images per minute.", "requests", "rate_limit_exceeded"),
    "slow_down": Refusal(429, "Slow down.", "rate_limit_error", "slow_down"),
    "server_error": Refusal(500, "The server had an error while processing your request.", "server_error"),
    "unavailable": Refusal(503, "The engine is currently overloaded, please try again later.", "server_error"),
    "model_not_found": Refusal(
        404, "The model does not exist or you do not have access to it.", code="model_not_found"
    ),
    "bad_key": Refusal(401, "Incorrect API key provided: sk-te**-key.", code="invalid_api_key"),
    "not_acceptable": Refusal(400, "Invalid image file or mode for image 1.", param="image"),
}
HEADERS = {
    "rate_limit": {"retry-after-ms": "50"},
    "slow_down": {"retry-after": "2"},
}
PAGES = {
    "bad_gateway_html": (502, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"),
    "html": (200, "<!doctype html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"),
}
BEFORE = frozenset({*REFUSALS, *PAGES, "hang", "reset_before"})
"""Those that strike before the model has worked: nothing is billed."""
BROKEN_STREAM = {
    "stream_error": Refusal(0, "An error occurred while painting.", "server_error"),
    "stream_moderated": Refusal(
        0, "Your request was rejected by the safety system.", "image_generation_user_error", "moderation_blocked"
    ),
}
"""Error events after the first partial picture; not billed."""
UNSTREAMED = {"stream_error": "server_error", "stream_moderated": "moderation_blocked"}
"""What those are to a request that does not stream."""
AFTER = frozenset(
    {
        "reset_after",
        "half_json",  # an answer that ends in the middle: a plain one in good order, a streamed one with its connection
        "cut_stream",  # a stream that ends in good order before its picture; as `half_json` where nothing streams
        "json_for_stream",
        "other_format",
        "empty",
        "not_a_picture",
        "bad_base64",
        "damaged",  # half a picture
        "no_partials",  # the picture came quicker than they did
        "url_answer",
        "foreign_url",  # an address that is nobody's
        "no_usage",
    }
)
"""Those that strike when the model has worked: all of it is billed."""
OF_RESPONSES = frozenset(
    {
        "words",  # the leading model answers in words
        "tool_failed",
        "incomplete",
        "incomplete_filter",
        "failed",
        "forgotten",  # the stream is cut, and nobody knows the response when it is asked for
        "no_tool_usage",
    }
)
"""Those that only responses have. What cuts off a stream cuts off the stream alone: the response goes on."""
NOT_OF_RESPONSES = frozenset({"url_answer", "foreign_url"})
FAULTS = BEFORE | AFTER | BROKEN_STREAM.keys()
"""Those of the Images API."""
RESPONSE_FAULTS = (FAULTS - NOT_OF_RESPONSES) | OF_RESPONSES


def refusal(name: str) -> Refusal:
    """One of `REFUSALS`, to be raised."""
    return replace(REFUSALS[name])


def reset(request: web.Request) -> web.Response:
    """Resets the connection without an answer; what it gives goes nowhere."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()
