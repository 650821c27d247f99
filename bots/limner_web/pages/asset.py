"""One picture: all that is known of it, the tree that it stands in, and what can be done with it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from limner_web.pages.front import Front


class AssetPage:
    """The endpoint."""

    def __init__(self, front: Front) -> None:
        self._front = front

    @property
    def routes(self) -> list[Route]:
        return [Route("/asset/{asset}", self.page)]

    async def page(self, request: Request) -> Response:
        """The picture's page."""
        person, place = self._front.viewer(request)
        known = await self._front.limner.known(request.path_params["asset"], place=place, person=person)
        return self._front.page(request, "asset.html", known=known)
