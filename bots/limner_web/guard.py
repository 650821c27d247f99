"""Who may speak to the page: its own browser windows, and nobody through them.

- Where others reach this address, members who are signed in, and nobody else but by what links lead to; whether a
  request comes from this machine cannot be told, for a proxy on it makes all of them look so.
- Host: only the names that are ours, so that a foreign name which points at this machine (DNS rebinding) gets nothing.
- POST: the page's own origin, and a token that only a page which we served to this browser can know.
- Every answer says what a browser may do with it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Literal
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from limner.config import Web
from limner.errors import Refusal

COOKIE = "limner_session"
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With `no-referrer` a browser says `Origin: null` when a form is sent without a script.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""Where an answer does not say otherwise itself."""
LINKED = {
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(), camera=(), geolocation=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}
"""What is said besides where a signed link leads: its address is told to nobody."""
OPEN = frozenset({"/healthz", "/readyz"})
"""Asked by whatever watches over the process, under whatever name it knows."""


class ForeignPage(Refusal):
    """That came from another page, or from one that is out of date. Please reload and try again."""


def hosts(web: Web, port: int) -> frozenset[str]:
    """The `Host` headers that mean this page."""
    listening = web.host.strip("[]").lower()
    ours = {"127.0.0.1", "localhost", "[::1]", f"[{listening}]" if ":" in listening else listening}
    names = {f"{name}:{port}" for name in ours}
    if port == 80:
        names |= ours
    if web.public_url:
        names.add(_authority(web.public_url))
    return frozenset(names)


def _authority(url: str) -> str:
    """A URL's host and port as a browser names them: without the scheme's own port."""
    address = urlsplit(url.lower())
    usual = {"http": ":80", "https": ":443"}[address.scheme]
    return address.netloc.rpartition("@")[2].removesuffix(usual)


class Guard:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        said = headers.getlist("host")

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
            await send(message)

        if scope["path"] not in OPEN and (len(said) != 1 or said[0].lower() not in self._hosts):
            refused: Response = PlainTextResponse("There is no such page here.", status_code=421)
        elif scope["method"] == "POST" and not self._own(headers):
            refused = PlainTextResponse(ForeignPage().sentence, status_code=403)
        else:
            await self._app(scope, receive, dressed)
            return
        await refused(scope, receive, dressed)

    def _own(self, headers: Headers) -> bool:
        """Whether a browser says that the page itself sent this. Programs that are no browsers say nothing."""
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() not in self._hosts:
            return False
        return headers.get("sec-fetch-site", "same-origin") == "same-origin"


class Sessions:
    """Tells one browser from another, and gives each the token that its forms carry."""

    def __init__(self, secret: bytes, *, secure: bool = False, followed: bool = False) -> None:
        """`secure`: the browser keeps its session for encrypted connections alone. `followed`: it shows it also where
        a link in a chat led here; nothing is done by following one."""
        self._secret, self._secure = secret, secure
        self._same_site: Literal["lax", "strict"] = "lax" if followed else "strict"
        self._cookie = URLSafeSerializer(secret, salt="limner.web.session")

    def of(self, request: Request) -> str | None:
        """The browser's session; None when it has none yet."""
        try:
            return str(self._cookie.loads(request.cookies.get(COOKIE, "")))
        except BadSignature:
            return None

    def new(self) -> str:
        """A session for a browser that has none."""
        return secrets.token_urlsafe(24)

    def give(self, response: Response, session: str) -> None:
        """Lets the browser keep its session, out of reach of scripts and of other sites."""
        kept = str(self._cookie.dumps(session))
        response.set_cookie(COOKIE, kept, httponly=True, samesite=self._same_site, secure=self._secure, path="/")

    def take_away(self, response: Response) -> None:
        """Lets the browser forget its session."""
        response.delete_cookie(COOKIE, httponly=True, samesite=self._same_site, secure=self._secure, path="/")

    def token(self, session: str) -> str:
        """The token of a session's forms."""
        return hmac.new(self._secret, f"limner.web.csrf {session}".encode(), hashlib.sha256).hexdigest()

    def check(self, request: Request, token: str | None) -> str:
        """The session that posted this.

        Raises:
            ForeignPage: The token is not this session's.
        """
        session = self.of(request)
        given = request.headers.get("x-csrf") or token or ""
        if session is None or not hmac.compare_digest(given.encode(), self.token(session).encode()):
            raise ForeignPage()
        return session
