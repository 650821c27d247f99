"""The queue: who waits for what, and leaving it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from limner_web.pages.front import Front, by_script


class QueuePage:
    """The endpoint."""

    def __init__(self, front: Front) -> None:
        self._front = front

    @property
    def routes(self) -> list[Route]:
        return [Route("/queue", self.page)]

    async def page(self, request: Request) -> Response:
        """The queue as it is now, or for the page's script its list alone."""
        person, place = self._front.viewer(request)
        entries, stuck = await self._front.limner.reading.line.of(person=person, place=place)
        said: dict[str, Any] = {
            "entries": entries,
            "stuck": stuck,
            "csrf": self._front.token(request),
            "channel": place.channel,
        }
        if by_script(request):
            return HTMLResponse(self._front.part(request, "line.html", **said))
        return self._front.page(request, "queue.html", **said)
