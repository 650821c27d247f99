"""What is no page: pictures, the page's own files, and how the process is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from limner_web import pictures
from limner_web.cards import FOLDER
from limner_web.pages.front import Front
from limner_web.viewer import viewer_of


class Static(StaticFiles):
    """The page's own files, asked about again each time."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


class Files:
    """The endpoints."""

    def __init__(self, front: Front) -> None:
        self._front, self._limner = front, front.limner

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/pictures/{asset}/{form}/{name}", self.picture),
            Route("/pieces/{token}/{form}/{name}", self.picture),
        ]

    @property
    def open(self) -> list[Route | Mount]:
        """What anybody may see: how it is, and the files that every installation has."""
        return [
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Mount("/static", Static(directory=FOLDER / "static")),
        ]

    async def picture(self, request: Request) -> Response:
        """A picture's preview, or its bytes."""
        links = self._front.courier.links
        return await pictures.answer(request, self._limner, links, viewer=viewer_of(request))

    async def healthz(self, request: Request) -> Response:
        """The process is there."""
        return PlainTextResponse("ok")

    async def readyz(self, request: Request) -> Response:
        """Whether something can be taken on, and why not."""
        health = self._limner.health
        return JSONResponse(health.told(), status_code=200 if health.ok else 503)
