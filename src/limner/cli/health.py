"""The health endpoints alone, for a process that serves no page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from limner.errors import ConfigError
from limner.store.health import Health


@asynccontextmanager
async def answering(health: Health, host: str, port: int | None) -> AsyncIterator[None]:
    """Answers `/healthz` (the process is there) and `/readyz` (503 and why, when it can take nothing on) meanwhile;
    without a port, nothing.

    Raises:
        ConfigError: The port is taken.
    """
    if port is None:
        yield
        return
    from aiohttp import web

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def readyz(_: web.Request) -> web.Response:
        return web.json_response(health.told(), status=200 if health.ok else 503)

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz)])
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as problem:
            why = f"{host}:{port} cannot be listened on ({problem.strerror}); choose another port"
            raise ConfigError(where="--health-port", why=why) from problem
        yield
    finally:
        await runner.cleanup()
