"""Where Discord is, and how a token becomes a session there; what goes wrong says how to mend it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord
import yarl
from discord.http import HTTPClient, Route

from limner.config import Discord
from limner.errors import ConfigError, HostTrouble

API = "https://discord.com/api/v10"
PORTAL = "https://discord.com/developers/applications"
LONGEST_LIMIT = 300.0
"""Seconds that a rate limit is waited for within one delivery; a longer one is for whoever tries again."""
CDN = frozenset({"cdn.discordapp.com", "media.discordapp.net"})


class _Masking(logging.Filter):
    """Keeps interaction tokens out of discord.py's log lines, which name the addresses they are part of."""

    _TOKEN = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/?\s]+")

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._TOKEN.sub(r"\1…", record.getMessage()), ()
        return True


_MASKING = _Masking()


def point(settings: Discord) -> None:
    """Sends every request of this process to the configured server; discord.py has one address for all clients."""
    Route.BASE = settings.api_base or API
    for name in ("discord.http", "discord.webhook.async_"):
        logging.getLogger(name).addFilter(_MASKING)
    # At DEBUG it writes whole events, with the tokens and the members' words in them.
    logging.getLogger("discord.gateway").setLevel(logging.INFO)


def origins(settings: Discord) -> frozenset[str]:
    """From where attachments may be fetched."""
    own = {str(yarl.URL(settings.api_base).origin())} if settings.api_base else set()
    return frozenset({f"https://{host}" for host in CDN} | own)


def token(settings: Discord) -> str:
    """The bot's token.

    Raises:
        ConfigError: There is none, and where one would be looked for.
    """
    secret = settings.token
    if secret is None:
        raise ConfigError(
            where=_read_from(settings), why=f"no bot token is set; copy it from {PORTAL} → your application → Bot"
        )
    return secret.get_secret_value()


def _read_from(settings: Discord) -> str:
    return "[discord] token_file" if settings.token_file else f"[discord] {settings.token_env}"


def application(token: str) -> str | None:
    """The application's id, which is the bot's too: a bot's token begins with it."""
    first = token.split(".")[0]
    try:
        id = base64.b64decode(first + "=" * (-len(first) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return id if id.isdigit() else None


async def login(settings: Discord) -> HTTPClient:
    """A session for REST alone.

    Raises:
        ConfigError: The token is missing or not accepted.
        HostTrouble: Discord cannot be reached.
    """
    point(settings)
    http = HTTPClient(asyncio.get_running_loop(), max_ratelimit_timeout=LONGEST_LIMIT)
    try:
        with explained(settings):
            await http.static_login(token(settings))
    except BaseException:
        await close(http)
        raise
    return http


async def close(http: HTTPClient) -> None:
    """Ends a session, also one that never came about."""
    if http.connector is not discord.utils.MISSING:
        await http.close()


@contextmanager
def explained(settings: Discord) -> Iterator[None]:
    """discord.py's errors of starting up in words that say how to mend them."""
    where = settings.api_base or "Discord"
    try:
        yield
    except discord.LoginFailure as problem:
        why = f"Discord did not accept the bot token; make a new one at {PORTAL} → your application → Bot → Reset Token"
        raise ConfigError(where=_read_from(settings), why=why) from problem
    except discord.PrivilegedIntentsRequired as problem:
        why = (
            f"the application lacks the Message Content intent; switch it on at {PORTAL} → your application → Bot, "
            "or set message_content = false and let members use Apps → Imagine from this"
        )
        raise ConfigError(where="[discord] message_content", why=why) from problem
    except (discord.HTTPException, discord.GatewayNotFound, discord.ConnectionClosed) as problem:
        raise HostTrouble(why=f"{where} did not let this bot in ({_brief(problem)}).") from problem
    except (aiohttp.ClientError, OSError) as problem:
        raise HostTrouble(why=f"{where} cannot be reached; check the network and [discord] api_base.") from problem


def _brief(problem: discord.DiscordException) -> str:
    if isinstance(problem, discord.HTTPException):
        return f"HTTP {problem.status}, code {problem.code}"
    if isinstance(problem, discord.ConnectionClosed):
        return f"the gateway closed with {problem.code}"
    return "no gateway was named"


async def gateway(settings: Discord, http: HTTPClient) -> yarl.URL | None:
    """The gateway that a stand-in names; None: discord.py knows Discord's own."""
    if settings.api_base is None:
        return None
    for path in ("/gateway/bot", "/gateway"):
        try:
            return yarl.URL((await http.request(Route("GET", path)))["url"])
        except (discord.HTTPException, KeyError, TypeError):
            continue
    base = yarl.URL(settings.api_base)
    return base.origin().with_scheme("wss" if base.scheme == "https" else "ws")
