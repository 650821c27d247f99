"""Discord's and Slack's sign-in as a loopback server that refuses what theirs refuse: foreign redirects, wrong or used
codes, wrong secrets, a verifier that does not fit, scopes that were not granted."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "1234567890", "the client's secret"
SCOPES = {"discord": {"identify", "guilds"}, "slack": {"openid", "profile"}}


@dataclass
class Granted:
    """What a code is good for."""

    platform: str
    redirect: str
    scopes: set[str]
    challenge: str | None
    nonce: str | None


@dataclass
class FakeOAuth:
    """Both servers. `refuses`: whoever is asked says no. `bent`: claims put in place of those of Slack's token."""

    redirects: set[str] = field(default_factory=set)
    """Those that the application has registered."""
    user: dict[str, Any] = field(default_factory=lambda: {"id": "ada", "username": "ada", "global_name": "Ada"})
    guilds: list[dict[str, Any]] = field(default_factory=list)
    slack_team: str = "workspace"
    refuses: bool = False
    bent: dict[str, Any] = field(default_factory=dict)
    forged: bool = False
    """Slack's token is signed by another key."""
    refusals: list[str] = field(default_factory=list)
    base: str = ""

    async def __aenter__(self) -> Self:
        self._codes: dict[str, Granted] = {}
        self._tokens: dict[str, Granted] = {}
        self._key, self._other = (RSAKey.generate_key(2048, auto_kid=True) for _ in range(2))
        app = web.Application()
        app.router.add_get("/api/v10/oauth2/authorize", self._authorize)
        app.router.add_post("/api/v10/oauth2/token", self._discord_token)
        app.router.add_get("/api/v10/users/@me", self._me)
        app.router.add_get("/api/v10/users/@me/guilds", self._guilds)
        app.router.add_get("/openid/connect/authorize", self._authorize)
        app.router.add_get("/openid/connect/keys", self._keys)
        app.router.add_post("/api/openid.connect.token", self._slack_token)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _authorize(self, request: web.Request) -> web.Response:
        platform = "slack" if request.path.startswith("/openid") else "discord"
        query = request.query
        scopes = set(query.get("scope", "").split())
        if query.get("client_id") != CLIENT or query.get("response_type") != "code":
            return self._no("invalid_request")
        if query.get("redirect_uri") not in self.redirects:  # nobody is sent anywhere
            return self._no("invalid redirect_uri")
        if not scopes or not scopes <= SCOPES[platform] or (platform == "slack" and "openid" not in scopes):
            return self._no("invalid_scope")
        if "code_challenge" in query and query.get("code_challenge_method") != "S256":
            return self._no("invalid_request")
        said = {"state": query["state"]} if "state" in query else {}
        if self.refuses:
            raise web.HTTPFound(f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', **said})}")
        code = secrets.token_urlsafe(16)
        self._codes[code] = Granted(
            platform, query["redirect_uri"], scopes, query.get("code_challenge"), query.get("nonce")
        )
        raise web.HTTPFound(f"{query['redirect_uri']}?{urlencode({'code': code, **said})}")

    def _no(self, why: str) -> web.Response:
        self.refusals.append(why)
        return web.json_response({"error": why}, status=400)

    def _taken(self, platform: str, posted: Any) -> Granted | str:
        if posted.get("client_id") != CLIENT or posted.get("client_secret") != SECRET:
            return "invalid_client"
        if posted.get("grant_type") != "authorization_code":
            return "unsupported_grant_type"
        granted = self._codes.pop(posted.get("code", ""), None)  # good once, whatever comes of it
        if granted is None or granted.platform != platform or posted.get("redirect_uri") != granted.redirect:
            return "invalid_grant"
        if granted.challenge is not None:
            digest = hashlib.sha256(posted.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != granted.challenge:
                return "invalid_grant"
        return granted

    def _token(self, granted: Granted) -> dict[str, Any]:
        token = secrets.token_urlsafe(16)
        self._tokens[token] = granted
        return {"access_token": token, "token_type": "Bearer", "scope": " ".join(sorted(granted.scopes))}

    async def _discord_token(self, request: web.Request) -> web.Response:
        if request.content_type != "application/x-www-form-urlencoded":
            return self._no("invalid_request")
        granted = self._taken("discord", await request.post())
        if isinstance(granted, str):
            self.refusals.append(granted)
            return web.json_response({"error": granted}, status=401 if granted == "invalid_client" else 400)
        return web.json_response({**self._token(granted), "expires_in": 604800, "refresh_token": "r"})

    async def _slack_token(self, request: web.Request) -> web.Response:
        granted = self._taken("slack", await request.post())
        if isinstance(granted, str):  # Slack says so with a 200
            self.refusals.append(granted)
            said = {"invalid_grant": "invalid_code", "invalid_client": "bad_client_secret"}.get(granted, granted)
            return web.json_response({"ok": False, "error": said})
        claims = {
            "iss": self.base,
            "sub": self.user["id"],
            "aud": CLIENT,
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            "nonce": granted.nonce,
            "name": self.user["global_name"],
            "https://slack.com/user_id": self.user["id"],
            "https://slack.com/team_id": self.slack_team,
            "https://slack.com/team_name": "The workspace",
            **self.bent,
        }
        key = self._other if self.forged else self._key
        token = jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, key)
        return web.json_response({"ok": True, **self._token(granted), "id_token": token})

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [{**self._key.as_dict(private=False), "alg": "RS256", "use": "sig"}]})

    def _bearer(self, request: web.Request, scope: str) -> None:
        granted = self._tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if granted is None:
            raise web.HTTPUnauthorized
        if granted.platform != "discord" or scope not in granted.scopes:
            raise web.HTTPForbidden

    async def _me(self, request: web.Request) -> web.Response:
        self._bearer(request, "identify")
        return web.json_response(self.user)

    async def _guilds(self, request: web.Request) -> web.Response:
        self._bearer(request, "guilds")
        return web.json_response(self.guilds)
