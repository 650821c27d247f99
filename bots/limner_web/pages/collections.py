"""The collections: what the team keeps together, each as a grid of its own; and its tags."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from limner_web.pages.front import Front, by_script
from limner_web.pages.gallery import shape

PATH = "/collections"


class CollectionsPage:
    """The endpoints."""

    def __init__(self, front: Front) -> None:
        self._front, self._library = front, front.limner.reading.library

    @property
    def routes(self) -> list[Route]:
        return [Route(PATH, self.all), Route(f"{PATH}/{{collection}}", self.one)]

    async def all(self, request: Request) -> Response:
        """The list, with what the collections look like."""
        person, place = self._front.viewer(request)
        return self._front.page(
            request,
            "collections.html",
            shelves=await self._library.collections(person=person, place=place),
            tags=await self._library.tags(person=person, place=place),
        )

    async def one(self, request: Request) -> Response:
        """A collection, or for the page's script what follows the pictures that it has."""
        person, place = self._front.viewer(request)
        before = request.query_params.get("before")
        collected = await self._library.collection(
            request.path_params["collection"], person=person, place=place, before=before
        )
        found, path = collected.found, f"{PATH}/{collected.collection.id}"
        older = f"{path}?{urlencode({'before': found.older})}" if found.older else None
        told: dict[str, Any] = {"found": found, "older": older, "shape": shape}
        if by_script(request):
            return HTMLResponse(self._front.part(request, "thumbs.html", **told))
        return self._front.page(request, "collection.html", collected=collected, **told)
