"""Discord's REST API as the rest of this package calls it: what passes is waited for, refusals are told apart.

discord.py's client keeps to the rate limits by itself, per route and global, and tries again after 500, 502 and 504.
Broken connections, other 5xx and limits set before Discord's own servers are waited for here. What is worthless when
it is late goes by `hasten`: one try that never waits, and that leaves the rest of a bucket to what matters.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
import discord
import stamina
import structlog
from discord.http import HTTPClient, MultipartParameters, Route, handle_message_parameters

from limner.domain.card import Card
from limner.errors import PlatformTrouble, Undeliverable
from limner_discord.uploads import Limits, Upload

# Discord's JSON error codes (developer documentation, "Opcodes and Status Codes").
UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = (
    10003,
    10004,
    10008,
    10015,
    10062,
)
MISSING_ACCESS, CLOSED_TO_DMS, MISSING_PERMISSIONS, DEAD_TOKEN = 50001, 50007, 50013, 50027
ARCHIVED_THREAD, NO_SHARED_SERVER, LOCKED_THREAD, BLOCKED, BLOCKED_TITLE = 50083, 50278, 160005, 200000, 200001
TOO_LARGE = 40005
SHUT = frozenset(
    {UNKNOWN_CHANNEL, UNKNOWN_GUILD, MISSING_ACCESS, CLOSED_TO_DMS, MISSING_PERMISSIONS}
    | {ARCHIVED_THREAD, NO_SHARED_SERVER, LOCKED_THREAD, BLOCKED, BLOCKED_TITLE}
)
"""The place is gone or closed to us."""
DEAD = frozenset({UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, DEAD_TOKEN})
"""The interaction's token is no longer good."""

ATTEMPTS = 5
PATIENCE = 60.0
"""Seconds over which one request is tried again; and the longest wait that a server may ask for."""
HASTE = aiohttp.ClientTimeout(total=10)
RESERVE = 1
"""Requests of a bucket that are left to results."""
LANES = 1_000

log = structlog.get_logger(__name__)


class TooLarge(Exception):
    """The message's files are more than Discord takes there."""


@dataclass(frozen=True)
class Sending:
    """A rendered card with the bytes that go along."""

    card: Card
    limits: Limits
    view: discord.ui.LayoutView
    files: Sequence[tuple[Upload, bytes]]

    def parameters(self, **more: Any) -> MultipartParameters:
        """As discord.py sends it; made anew for each attempt, for sending uses files up."""
        attachments = [
            discord.File(BytesIO(data), filename=upload.name, description=upload.alt) for upload, data in self.files
        ]
        return handle_message_parameters(
            view=self.view, attachments=attachments, allowed_mentions=discord.AllowedMentions.none(), **more
        )


class Calls:
    """Requests of the bot."""

    def __init__(self, http: HTTPClient, session: aiohttp.ClientSession) -> None:
        self._http, self._session = http, session
        self._quiet: dict[str, float] = {}
        """Until when nothing hasty is sent, by bucket."""

    async def send(self, route: Route, sending: Sending, **more: Any) -> Any:
        """Sends a message, or puts it in place of another; what passes is waited for.

        Raises:
            discord.HTTPException: Discord refused it, or did so for too long.
            aiohttp.ClientError, TimeoutError: It stays out of reach.
        """
        async for attempt in stamina.retry_context(on=_passing, attempts=ATTEMPTS, timeout=PATIENCE, wait_initial=0.5):
            with attempt, sending.parameters(**more) as made:
                if made.files:
                    return await self._http.request(route, files=made.files, form=made.multipart)
                return await self._http.request(route, json=made.payload)
        raise AssertionError("unreachable")

    async def request(self, route: Route, **more: Any) -> Any:
        """As `send`, for what is no message."""
        async for attempt in stamina.retry_context(on=_passing, attempts=ATTEMPTS, timeout=PATIENCE, wait_initial=0.5):
            with attempt:
                return await self._http.request(route, **more)
        raise AssertionError("unreachable")

    async def hand(self, route: Route, body: dict[str, Any], name: str, data: bytes) -> str:
        """Posts a message that is one sound, as `send`; gives its id."""
        async for attempt in stamina.retry_context(on=_passing, attempts=ATTEMPTS, timeout=PATIENCE, wait_initial=0.5):
            with attempt, BytesIO(data) as sound:
                file = discord.File(sound, filename=name)
                part = {"name": "files[0]", "value": file.fp, "filename": name, "content_type": "audio/ogg"}
                form: list[dict[str, Any]] = [{"name": "payload_json", "value": json.dumps(body)}, part]
                return str((await self._http.request(route, files=[file], form=form))["id"])
        raise AssertionError("unreachable")

    async def hasten(self, route: Route, sending: Sending) -> bool:
        """Tries once to put a message in place of another; False when that would have to wait.

        Raises:
            discord.HTTPException: Discord refused it.
        """
        lane = f"{route.key}:{route.major_parameters}"
        if time.monotonic() < max(self._quiet.get(lane, 0), self._quiet.get("", 0)):
            return False
        headers = {"User-Agent": self._http.user_agent}
        if not route.path.startswith("/webhooks/"):
            headers["Authorization"] = f"Bot {self._http.token}"
        with sending.parameters() as made:
            body: dict[str, Any] = {"json": made.payload}
            if made.files:
                form = aiohttp.FormData(quote_fields=False)
                for field in made.multipart or ():
                    form.add_field(**field)
                body = {"data": form}
            try:
                async with self._session.request(
                    route.method, route.url, headers=headers, timeout=HASTE, **body
                ) as answer:
                    told = await discord.http.json_or_text(answer)
            except (aiohttp.ClientError, TimeoutError) as problem:
                log.info("discord_progress_not_told", why=type(problem).__name__)  # its words name the token
                return False
        self._heed(lane, answer, told)
        if answer.status == 429 or answer.status >= 500:
            return False
        if answer.status >= 400:
            raise discord.HTTPException(answer, told)
        return True

    def _heed(self, lane: str, answer: aiohttp.ClientResponse, told: Any) -> None:
        """Notes for how long nothing hasty may be sent."""
        now, headers = time.monotonic(), answer.headers
        if answer.status == 429:
            everywhere = isinstance(told, str) or told.get("global", False)
            self._quiet["" if everywhere else lane] = now + _seconds(headers.get("Retry-After"))
        elif headers.get("X-RateLimit-Remaining", "").isdigit() and int(headers["X-RateLimit-Remaining"]) <= RESERVE:
            self._quiet[lane] = now + _seconds(headers.get("X-RateLimit-Reset-After"))
        if len(self._quiet) > LANES:
            self._quiet = {key: until for key, until in self._quiet.items() if until > now}


def trouble(problem: Exception) -> PlatformTrouble:
    """What stopped a delivery, in our words."""
    if isinstance(problem, discord.HTTPException):
        if problem.code in SHUT:
            return Undeliverable(where="that place")
        log.error("discord_refused", status=problem.status, code=problem.code, text=problem.text[:500])
    else:
        log.warning("discord_out_of_reach", why=type(problem).__name__)
    return PlatformTrouble(platform="Discord")


def too_large(problem: discord.HTTPException) -> bool:
    return problem.status == 413 or problem.code == TOO_LARGE


def _passing(problem: Exception) -> bool | float:
    """Whether another try may succeed; a number: after so many seconds."""
    if isinstance(problem, discord.HTTPException) and problem.status == 429:
        wait = _seconds(problem.response.headers.get("Retry-After"))
        return wait if wait <= PATIENCE else False
    return isinstance(problem, (aiohttp.ClientError, TimeoutError, discord.DiscordServerError))


def _seconds(said: str | None) -> float:
    try:
        return min(max(float(said or 1), 0.0), 3_600.0)
    except ValueError:
        return 1.0
