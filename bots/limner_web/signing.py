"""Signing in by the chats themselves: away to Discord or Slack, and back with who it is."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from limner.app import Limner
from limner.config import Web
from limner.errors import NoTeam, NotFound, SignInFailed
from limner_web import uploads
from limner_web.cards import templates
from limner_web.entering import UNTOLD
from limner_web.guard import Sessions
from limner_web.providers import Provider, Told, providers

PATH = "/sign-in"
LIFE = 600
"""Seconds that a sign-in may take."""


class SigningIn:
    """The endpoints. Everything on the way is bound to the browser that set out: by its session, as a signed state."""

    def __init__(self, limner: Limner, sessions: Sessions, *, web: Web) -> None:
        self._limner, self._sessions, self._web = limner, sessions, web
        self._providers = {} if web.alone else providers(limner.settings)
        self._state = URLSafeTimedSerializer(limner.secret, salt="limner.web.oauth")
        self._offer = URLSafeTimedSerializer(limner.secret, salt="limner.web.offer")

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """The chats that let people in: address and name."""
        return tuple((f"{PATH}/{each.platform}", each.label) for each in self._providers.values())

    @property
    def routes(self) -> list[Route]:
        return [
            Route(f"{PATH}/{{platform}}", self.away),
            Route(f"{PATH}/{{platform}}/back", self.back),
            Route(f"{PATH}/choose", self.choose, methods=["POST"]),
        ]

    async def away(self, request: Request) -> Response:
        """To the chat."""
        provider = self._provider(request)
        session = self._sessions.of(request) or self._sessions.new()
        state = str(self._state.dumps([_digest(session), provider.platform, secrets.token_urlsafe(16)]))
        response = RedirectResponse(provider.begin(state=state, **self._way(provider, state)), headers=UNTOLD)
        self._sessions.give(response, session)
        return response

    async def back(self, request: Request) -> Response:
        """From the chat, with a code that it tells who this is for."""
        provider = self._provider(request)
        session, state = self._sessions.of(request), request.query_params.get("state", "")
        said = self._read(self._state, state)
        if session is None or said is None or said[:2] != [_digest(session), provider.platform]:
            raise SignInFailed(platform=provider.label)
        code = request.query_params.get("code", "")
        if not code or len(code) > 2_000:  # they said no there
            raise SignInFailed(platform=provider.label)
        told = await provider.finish(code, **self._way(provider, state))
        names = await self._members(provider, told)
        if not names:
            raise NoTeam(platform=provider.label)
        if len(names) == 1:
            return await self._let_in(next(iter(names)), session, provider.label)
        offer = self._offer.dumps([_digest(session), provider.label, list(names)])
        html = (
            templates()
            .get_template("choose.html")
            .render(csrf=self._sessions.token(session), offer=offer, names=names, action=f"{PATH}/choose")
        )
        return HTMLResponse(html, headers=UNTOLD)

    async def choose(self, request: Request) -> Response:
        """Into one of several teams."""
        posted = await uploads.read(request, self._limner.spool, file_limit=0, files_limit=0)
        session = self._sessions.check(request, posted.fields.get("csrf"))
        said = self._read(self._offer, posted.fields.get("offer", ""))
        member = posted.fields.get("member", "")
        if said is None or said[0] != _digest(session) or member not in said[2]:
            raise SignInFailed(platform="Your chat")
        return await self._let_in(member, session, str(said[1]))

    async def _members(self, provider: Provider, told: tuple[Told, ...]) -> dict[str, str]:
        """The members that somebody is, each with the names of the spaces that they are of."""
        found: dict[str, list[str]] = {}
        for each in told:
            member = await self._limner.entrance.known_as(
                provider.platform, each.space, each.person, rights=each.rights
            )
            if member is not None:
                found.setdefault(member.id, []).append(each.name)
        return {id: ", ".join(names) for id, names in found.items()}

    async def _let_in(self, member: str, before: str, how: str) -> Response:
        session = await self._limner.entrance.admit(member, how)
        await self._limner.entrance.end(before)
        response = RedirectResponse("/", status_code=303, headers=UNTOLD)
        self._sessions.give(response, session)
        return response

    def _provider(self, request: Request) -> Provider:
        provider = self._providers.get(request.path_params["platform"])
        if provider is None:
            raise NotFound(what="way in")
        return provider

    def _way(self, provider: Provider, state: str) -> dict[str, str]:
        """What goes with a state: only who has this installation's key can tell it."""
        return {
            "nonce": self._derived("nonce", state),
            "verifier": self._derived("verifier", state),
            "back": f"{self._web.base}{PATH}/{provider.platform}/back",
        }

    def _derived(self, what: str, state: str) -> str:
        return hmac.new(self._limner.secret, f"limner.web.{what} {state}".encode(), hashlib.sha256).hexdigest()

    def _read(self, serializer: URLSafeTimedSerializer, token: str) -> list[Any] | None:
        try:
            said = serializer.loads(token, max_age=LIFE)
        except BadSignature:
            return None
        return said if isinstance(said, list) else None


def _digest(session: str) -> str:
    return hashlib.sha256(f"sign-in {session}".encode()).hexdigest()[:32]
