"""The web page as a platform of Limner's. Starlette comes in when it is needed: `limner --help` shall not wait."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from limner.config import Settings, Web, is_loopback
from limner.domain.courier import Courier, Finding
from limner.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limner.app import Limner

GRACE = 5
"""Seconds that answers under way have when we stop listening."""
BACKLOG = 128


class WebPlatform:
    """The entry point `web`."""

    name = "web"

    def configured(self, settings: Settings) -> bool:
        return settings.web is not None

    def invitation(self, settings: Settings) -> str:
        """The page's address; nothing has to be set up elsewhere."""
        web = settings.web or Web()
        return web.base or f"http://{_in_url(web.host)}:{web.port}"

    async def check(self, settings: Settings) -> tuple[Finding, ...]:
        """Where the page is, and who reaches it.

        Raises:
            ConfigError: Others do, and nobody knows how.
        """
        web = settings.web or Web()
        check_reach(web)
        address = self.invitation(settings)
        if not web.alone:
            said = f"Web: Edit area's and public links lead to {address}; members sign in by /gallery in chat"
            if address.startswith("http://") and not is_loopback(urlsplit(address).hostname or ""):
                mend = "put a proxy with a certificate before it, and set public_url to its https:// address"
                return (Finding(ok=False, what=f"{said}. Links and pictures go unencrypted", mend=mend),)
            return (Finding(ok=True, what=said),)
        said = f"Web: the page is at {address}, for this machine alone"
        if settings.discord or settings.slack:
            said += "; with [web] public_url, members in chats get Edit area and public links too"
        return (Finding(ok=True, what=said),)

    async def open(self, limner: Limner) -> Courier:
        """The courier to the browsers.

        Raises:
            ConfigError: Others reach it, and nobody knows by which address.
        """
        from limner_web.courier import WebCourier

        check_reach(limner.settings.web or Web())
        return WebCourier(limner)

    async def serve(self, limner: Limner, courier: Courier) -> None:
        """Listens until cancelled; then lets what is being answered come to its end, and the browsers go.

        Raises:
            ConfigError: The port is taken.
        """
        import uvicorn

        from limner_web.application import app
        from limner_web.courier import WebCourier
        from limner_web.inbox import Inbox

        web = limner.settings.web or Web()
        browsers = cast(WebCourier, courier)
        listening = _bind(web)
        inbox = Inbox(limner, browsers)

        class Server(uvicorn.Server):
            @contextmanager
            def capture_signals(self) -> Iterator[None]:
                yield  # signals are the process's business: it cancels us

        server = Server(
            uvicorn.Config(
                app(limner, browsers, inbox, web=web, port=listening.getsockname()[1]),
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACE,
            )
        )
        running = asyncio.create_task(server.serve(sockets=[listening]))
        following = asyncio.create_task(browsers.follow())
        try:
            await asyncio.shield(running)
        finally:
            server.should_exit = True
            await inbox.rest(GRACE)
            browsers.hang_up()
            following.cancel()
            await asyncio.wait([running, following])
            listening.close()


platform = WebPlatform()


def check_reach(web: Web) -> None:
    """Refuses to be reached by others at an address that links could not name.

    Raises:
        ConfigError: It says so.
    """
    if not web.alone and web.base is None:
        raise ConfigError(
            where="[web] public_url",
            why=f"others reach {web.host}, and I do not know by which address; set public_url to it, or use 127.0.0.1",
        )


def _bind(web: Web) -> socket.socket:
    host = web.host.strip("[]")
    # Said to be TCP, or asyncio lets the system hold each answer's body back until its head was acknowledged: 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, web.port))
    except OSError as problem:
        listening.close()
        raise ConfigError(
            where="[web]", why=f"{web.host}:{web.port} cannot be listened on ({problem.strerror}); choose another port"
        ) from problem
    listening.listen(BACKLOG)
    return listening


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
