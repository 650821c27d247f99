"""The web page as a platform of Limner's. Starlette comes in when it is needed: `limner --help` shall not wait."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast

from limner.config import Settings, Web
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
        return web.public_url or f"http://{_in_url(web.host)}:{web.port}"

    async def check(self, settings: Settings) -> tuple[Finding, ...]:
        """Whether the page may be served where it is set to be.

        Raises:
            ConfigError: It would be open to others.
        """
        web = settings.web or Web()
        only_here(web)
        return (Finding(ok=True, what=f"Web: the page is at {self.invitation(settings)}, for this machine alone"),)

    async def open(self, limner: Limner) -> Courier:
        """The courier to the browsers.

        Raises:
            ConfigError: The page would be open to others, and there is no sign-in.
        """
        from limner_web.courier import WebCourier

        only_here(limner.settings.web or Web())
        return WebCourier(limner)

    async def serve(self, limner: Limner, courier: Courier) -> None:
        """Listens until cancelled; then lets what is being answered come to its end, and the browsers go.

        Raises:
            ConfigError: The port is taken.
        """
        import uvicorn

        from limner_web.courier import WebCourier
        from limner_web.inbox import Inbox
        from limner_web.pages import app

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


def only_here(web: Web) -> None:
    """Refuses an address that others can reach: whoever opens the page is its one member.

    Raises:
        ConfigError: It says so.
    """
    if not is_loopback(web.host):
        raise ConfigError(
            where="[web] host",
            why=f"the page has no sign-in yet, so it is for this machine alone, and {web.host} lets others in; "
            "use 127.0.0.1",
        )
    if web.public_url is not None:
        raise ConfigError(
            where="[web] public_url",
            why="the page has no sign-in yet, so it is for this machine alone; take public_url out",
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _bind(web: Web) -> socket.socket:
    host = web.host.strip("[]")
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
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
