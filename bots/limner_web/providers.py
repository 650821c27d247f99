"""The chats' own sign-in, by OAuth 2.0: which person somebody is there, and of which servers or workspace.

Discord: the scopes `identify` and `guilds`, with PKCE. Slack: OpenID Connect, whose token tells the workspace; it is
checked by Slack's own keys, and by the nonce of this very sign-in.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import structlog

from limner.config import Discord, Settings, Slack
from limner.domain.place import Person
from limner.domain.record import Record
from limner.errors import SignInFailed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from authlib.integrations.httpx_client import AsyncOAuth2Client

TIMEOUT = 15
"""Seconds for each question to a chat's server."""
ADMINISTRATOR, MANAGE_GUILD = 1 << 3, 1 << 5
CLAIM = "https://slack.com/"

log = structlog.get_logger(__name__)


class Told(Record):
    """A space that somebody is a member of, as its chat says."""

    space: str
    name: str
    person: Person
    rights: bool
    """Whether the chat tells whether they are an admin there."""


class Provider(Protocol):
    """A chat that lets people in."""

    platform: str
    label: str

    def begin(self, *, state: str, nonce: str, verifier: str, back: str) -> str:
        """The address at the chat where somebody says that they are let in here."""
        ...

    async def finish(self, code: str, *, nonce: str, verifier: str, back: str) -> tuple[Told, ...]:
        """Who it was, in each of their spaces.

        Raises:
            SignInFailed: The chat does not say so.
        """
        ...


class _OAuth:
    """What both have in common."""

    platform: str
    label: str
    scope: str

    def __init__(self, client_id: str, client_secret: str) -> None:
        self._id, self._secret = client_id, client_secret

    @asynccontextmanager
    async def _client(self, back: str, **more: Any) -> AsyncIterator[AsyncOAuth2Client]:
        from authlib.integrations.base_client import OAuthError
        from authlib.integrations.httpx_client import AsyncOAuth2Client
        from httpx2 import HTTPError

        client = self._made(AsyncOAuth2Client, back, timeout=TIMEOUT, **more)
        try:
            async with client:
                yield client
        except (OAuthError, HTTPError, ValueError, KeyError, TypeError) as problem:
            # What it says is somebody else's text; the log has it, the page does not.
            log.info("a sign-in failed", platform=self.platform, why=type(problem).__name__, told=str(problem)[:200])
            raise SignInFailed(platform=self.label) from problem

    def _made(self, kind: type[AsyncOAuth2Client], back: str, **more: Any) -> AsyncOAuth2Client:
        return kind(
            client_id=self._id,
            client_secret=self._secret,
            scope=self.scope,
            redirect_uri=back,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 the name of a method
            **more,
        )

    def _address(self, url: str, back: str, *, state: str, **more: Any) -> str:
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        pkce = {"code_challenge_method": "S256"} if "code_verifier" in more else {}
        made: tuple[str, str] = self._made(AsyncOAuth2Client, back, **pkce).create_authorization_url(
            url, state=state, **more
        )
        return made[0]


class DiscordSignIn(_OAuth):
    """Discord's."""

    platform, label, scope = "discord", "Discord", "identify guilds"

    def __init__(self, settings: Discord, client_secret: str) -> None:
        super().__init__(str(settings.client_id), client_secret)
        self._api = settings.api_base or "https://discord.com/api/v10"
        self._page = f"{self._api}/oauth2/authorize" if settings.api_base else "https://discord.com/oauth2/authorize"

    def begin(self, *, state: str, nonce: str, verifier: str, back: str) -> str:
        return self._address(self._page, back, state=state, code_verifier=verifier)

    async def finish(self, code: str, *, nonce: str, verifier: str, back: str) -> tuple[Told, ...]:
        async with self._client(back) as client:
            await client.fetch_token(f"{self._api}/oauth2/token", code=code, code_verifier=verifier)
            me = await _json(client, f"{self._api}/users/@me")
            guilds = await _json(client, f"{self._api}/users/@me/guilds")
            name = str(me.get("global_name") or me["username"])
            return tuple(
                Told(
                    space=str(each["id"]),
                    name=str(each["name"]),
                    person=Person(id=str(me["id"]), name=name, admin=_manages(each)),
                    rights=True,
                )
                for each in guilds
            )


class SlackSignIn(_OAuth):
    """Slack's."""

    platform, label, scope = "slack", "Slack", "openid profile"

    def __init__(self, settings: Slack, client_secret: str) -> None:
        super().__init__(str(settings.client_id), client_secret)
        self._api = settings.api_base or "https://slack.com/api"
        parts = urlsplit(self._api)
        self._origin = f"{parts.scheme}://{parts.netloc}"

    def begin(self, *, state: str, nonce: str, verifier: str, back: str) -> str:
        return self._address(f"{self._origin}/openid/connect/authorize", back, state=state, nonce=nonce)

    async def finish(self, code: str, *, nonce: str, verifier: str, back: str) -> tuple[Told, ...]:
        async with self._client(back) as client:
            token = await client.fetch_token(f"{self._api}/openid.connect.token", code=code)
            keys = await _json(client, f"{self._origin}/openid/connect/keys")
            claims = self._checked(str(token["id_token"]), keys, nonce)
            person = Person(id=str(claims[f"{CLAIM}user_id"]), name=str(claims.get("name") or "somebody"))
            name = str(claims.get(f"{CLAIM}team_name") or "your workspace")
            return (Told(space=str(claims[f"{CLAIM}team_id"]), name=name, person=person, rights=False),)

    def _checked(self, token: str, keys: Any, nonce: str) -> Mapping[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"])
            rules = jwt.JWTClaimsRegistry(
                leeway=60,
                iss={"essential": True, "value": self._origin},
                aud={"essential": True, "value": self._id},
                exp={"essential": True},
            )
            rules.validate(read.claims)
        except JoseError as problem:
            raise ValueError("the token is not Slack's") from problem
        if not secrets.compare_digest(str(read.claims.get("nonce", "")), nonce):
            raise ValueError("the token is another sign-in's")
        return read.claims


def providers(settings: Settings) -> dict[str, Provider]:
    """Those that a host has set up, by platform."""
    found: dict[str, Provider] = {}
    discord, slack = settings.discord, settings.slack
    if discord is not None and discord.client_id and (secret := discord.client_secret) is not None:
        found["discord"] = DiscordSignIn(discord, secret.get_secret_value())
    if slack is not None and slack.client_id and (secret := slack.client_secret) is not None:
        found["slack"] = SlackSignIn(slack, secret.get_secret_value())
    return found


def _manages(guild: Mapping[str, Any]) -> bool:
    return bool(guild.get("owner")) or bool(int(guild.get("permissions") or 0) & (ADMINISTRATOR | MANAGE_GUILD))


async def _json(client: AsyncOAuth2Client, url: str) -> Any:
    answer = await client.get(url)
    answer.raise_for_status()
    return answer.json()
