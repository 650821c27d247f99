"""Slack's Web API as the rest of this package calls it: one client, retries where they are safe, errors in our words.

Retrying is safe where doing it twice is the same as doing it once (reading, `chat.update`, opening a direct message),
and where nothing was sent at all. A post or a finished upload whose answer was lost may have happened: those are never
sent again by a retry handler; whoever makes them looks first (see `posts.py` and `uploads.py`).
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import aiohttp
import stamina
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from limner.config import Slack
from limner.errors import ConfigError, PlatformTrouble, Undeliverable

ONCE = ("/chat.postMessage", "/files.completeUploadExternal", "/views.open")
"""Calls that would show something twice. An ephemeral message seen twice does less harm than one that never came."""

CLOSED = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "user_not_in_channel", "no_permission", "access_denied"}
    | {"restricted_action", "restricted_action_read_only_channel", "restricted_action_non_threadable_channel"}
    | {"restricted_action_thread_locked", "restricted_action_thread_only_channel", "cannot_reply_to_message"}
    | {"method_not_supported_for_channel_type", "messages_tab_disabled", "cannot_dm_bot", "user_not_found"}
    | {"user_disabled", "user_not_visible"}
)
"""The place is gone or closed to us."""

PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited"}
    | {"unknown_error", "team_added_to_org", "accesslimited", "external_channel_migrating"}
)
"""Slack's own trouble, worth another try."""

BROKEN = (aiohttp.ClientError, TimeoutError, OSError)
"""The connection failed, before or after the request was sent."""

_OTHER_KIND = "this is another kind of token. The bot's begins with xoxb-, the app's for Socket Mode with xapp-"
_ADD = (
    "Paste the manifest again at api.slack.com/apps (limner connect slack prints it), "
    "then reinstall the app to the workspace"
)

SECONDS = 60
ATTEMPTS = 6
LONGEST_WAIT = 15.0
LIMIT_RETRIES = 5
LONGEST_LIMIT = 120.0
"""Seconds that Slack may ask to be waited for within one delivery; a longer limit is for whoever tries again."""
JITTER = 1.0
"""Seconds, at most, by which those who wait for the same limit come apart."""

_JITTER = random.SystemRandom()
_TICKET = re.compile(r"(?<=[?&])(ticket|app_id|token)=[^&\s'\")]+")


class _Discreet(logging.Filter):
    """Takes the tickets of connection addresses out of what the SDK logs, and tracebacks, which hold them too."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TICKET.sub(r"\1=…", record.getMessage()), None
        record.exc_info = record.exc_text = None
        return True


def sdk_logger(name: str, level: int = logging.WARNING) -> logging.Logger:
    """A logger for the SDK. It writes whole messages at DEBUG, and members' words are no business of the log."""
    logger = logging.getLogger(f"limner_slack.{name}")
    logger.setLevel(level)
    if not logger.filters:
        logger.addFilter(_Discreet())
    return logger


class SafeConnectionRetry(AsyncConnectionErrorRetryHandler):
    """Tries again after a broken connection, except for calls that would show something twice once they were sent."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        sent = not isinstance(error, aiohttp.ClientConnectorError)
        if sent and (request.url or "").endswith(ONCE):
            return False
        return await super()._can_retry_async(state=state, request=request, response=response, error=error)


class RateLimitRetry(AsyncRetryHandler):
    """Waits as long as Slack says, and a moment more, before it tries again."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        return response is not None and response.status_code == 429 and asked_to_wait(response.headers) <= LONGEST_LIMIT

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        await asyncio.sleep(asked_to_wait(response.headers if response else {}) + _JITTER.uniform(0, JITTER))
        state.next_attempt_requested = True
        state.increment_current_attempt()


def asked_to_wait(headers: Mapping[str, Any]) -> float:
    """Seconds that a 429 says to wait (`Retry-After`)."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), 1)
    try:
        return max(float(said[0] if isinstance(said, list) else said), 0.0)
    except ValueError:
        return 1.0


def retry_handlers() -> list[AsyncRetryHandler]:
    """Both kinds: naming any replaces the SDK's default, which knows connections alone."""
    return [SafeConnectionRetry(max_retry_count=2), RateLimitRetry(max_retry_count=LIMIT_RETRIES)]


def connect(
    settings: Slack, session: aiohttp.ClientSession | None, token: str | None = None, *, hasty: bool = False
) -> AsyncWebClient:
    """A client of the Web API on a session that is shared, so that connections are reused. `hasty`: one that never
    waits, for what is not worth waiting for."""
    base = f"{settings.api_base}/" if settings.api_base else AsyncWebClient.BASE_URL
    return AsyncWebClient(
        token=token,
        base_url=base,
        session=session,
        timeout=SECONDS,
        retry_handlers=[] if hasty else retry_handlers(),
        logger=sdk_logger("sdk"),
    )


def reason(problem: SlackApiError) -> str:
    """Slack's word for what was wrong, such as `channel_not_found`."""
    try:
        return str(problem.response.get("error") or problem.response.status_code)
    except (AttributeError, ValueError):
        return "unknown_error"


def passes(problem: Exception) -> bool:
    """Whether another try may succeed."""
    if isinstance(problem, SlackApiError):
        status = getattr(problem.response, "status_code", 200)
        return reason(problem) in PASSING or (isinstance(status, int) and status >= 500)
    return isinstance(problem, BROKEN)


async def patiently(call: Callable[[], Awaitable[Any]], *, where: str, attempts: int = ATTEMPTS) -> Any:
    """The answer of a call that may be repeated; what passes is waited for.

    Raises:
        Undeliverable: The place is closed to us.
        PlatformTrouble: Slack stays out of reach.
        SlackApiError: Any other refusal.
    """
    try:
        async for attempt in stamina.retry_context(
            on=passes, attempts=attempts, timeout=None, wait_initial=0.5, wait_max=LONGEST_WAIT
        ):
            with attempt:
                return await call()
    except SlackApiError as problem:
        if reason(problem) in CLOSED:
            raise Undeliverable(where=where) from problem
        if passes(problem):
            raise PlatformTrouble(platform="Slack") from problem
        raise
    except (*BROKEN, SlackClientError) as problem:
        raise PlatformTrouble(platform="Slack") from problem
    raise AssertionError("unreachable")


def missing_scopes(granted: str, *, wanted: Iterable[str]) -> ConfigError | None:
    """What the host has to do when the app was installed with fewer scopes than its manifest names."""
    missing = sorted(set(wanted) - {each.strip() for each in granted.split(",")})
    if not missing:
        return None
    why = f"the app lacks the scopes {', '.join(missing)}. {_ADD}"
    return ConfigError(where="slack.bot_token_env", why=why)


def tokens(settings: Slack) -> tuple[str, str]:
    """The bot's token and the app's.

    Raises:
        ConfigError: One is missing, or of the other kind.
    """
    bot, app = (secret.get_secret_value() if secret else "" for secret in (settings.bot_token, settings.app_token))
    for name, token, others in (("bot_token", bot, "xapp-"), ("app_token", app, "xox")):
        if not token:
            why = f"the environment variable {getattr(settings, f'{name}_env')} is not set"
            raise ConfigError(where=f"slack.{name}_env", why=why)
        if token.startswith(others):
            raise ConfigError(where=f"slack.{key_of(settings, name)}", why=_OTHER_KIND)
    return bot, app


def key_of(settings: Slack, name: str) -> str:
    """The key of the configuration that says where a token (`bot_token`, `app_token`) is."""
    return f"{name}_file" if getattr(settings, f"{name}_file") else f"{name}_env"


def mend(problem: SlackApiError, *, key: str) -> ConfigError:
    """What the host has to do about a refused token or a missing scope."""
    said = reason(problem)
    if said == "missing_scope":
        needed = str(problem.response.get("needed") or "another scope")
        why = f"the app lacks the scope {needed}. {_ADD}"
    elif said == "not_allowed_token_type":
        why = _OTHER_KIND
    else:
        why = f"Slack answers {said}. Copy the token anew from api.slack.com/apps to where this says"
    return ConfigError(where=f"slack.{key}", why=why)
