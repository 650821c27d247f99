"""The gallery: the team's pictures as a grid. Its address is what is looked for, so that it can be kept and sent on."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from limner.domain.options import Kind
from limner.errors import NotFound, Refusal
from limner_web.pages.front import Front, by_script
from limner_web.viewer import viewer_of

PATH = "/gallery"
WIDEST, NARROWEST = 2.6, 0.5
"""The shapes that tiles have; what is wider or taller still is cut to them, until it is opened."""


class GalleryPage:
    """The endpoints."""

    def __init__(self, front: Front) -> None:
        self._front, self._reading = front, front.limner.reading.library

    @property
    def routes(self) -> list[Route]:
        return [Route(PATH, self.page), Route("/asset/{asset}/save", self.save, methods=["POST"])]

    async def page(self, request: Request) -> Response:
        """The grid, or for the page's script what follows the pictures that it has."""
        said = self._said(request)
        person, place = self._front.viewer(request)
        status, trouble, found = 200, None, None
        try:
            found = await self._reading.gallery(
                said, person=person, place=place, before=request.query_params.get("before")
            )
        except (Refusal, NotFound) as problem:
            status, trouble = 404 if isinstance(problem, NotFound) else 400, problem.sentence
        older = f"{PATH}?{urlencode({**said, 'before': found.older})}" if found and found.older else None
        told = {"found": found, "older": older, "shape": shape}
        if by_script(request) and found is not None:
            return HTMLResponse(self._front.part(request, "thumbs.html", **told))
        return self._front.page(
            request,
            "gallery.html",
            status=status,
            said=said,
            trouble=trouble,
            chips=_chips(said),
            filters=tuple(each for each in self._reading.filters if each.name != "words"),
            completions=await self._completions(request),
            **told,
        )

    def _said(self, request: Request) -> dict[str, str]:
        """What the address says of what is looked for, in the order in which it is offered."""
        query = request.query_params
        return {
            each.name: query[each.name]
            for each in self._reading.filters
            if query.get(each.name, "").strip()
            and not (each.kind is Kind.SWITCH and query[each.name].lower() in {"false", "off", "0", "no"})
        }

    async def _completions(self, request: Request) -> dict[str, tuple[str, ...]]:
        person, place = self._front.viewer(request)
        names = {
            each.name: await self._front.limner.forms.complete(each.completes, "", person=person, place=place)
            for each in self._reading.filters
            if each.completes not in {None, "assets"}
        }
        here = (f"#{name}" for name in viewer_of(request).channels)
        return {**names, "channel": (*here, *(each for each in names["channel"] if not each.startswith("@")))}

    async def save(self, request: Request) -> Response:
        """Saves a picture, or lets it go again; the button as it is then."""
        posted, _ = await self._front.posted(request)
        posted.discard()
        person, place = self._front.viewer(request)
        asset = request.path_params["asset"]
        saved = await self._reading.save(asset, person=person, place=place)
        return HTMLResponse(self._front.part(request, "star.html", asset=asset, saved=saved))


def shape(width: int, height: int) -> int:
    """A tile's shape, in tenths of its height."""
    return round(10 * min(max(width / max(height, 1), NARROWEST), WIDEST))


def _chips(said: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    """What is looked for: each fact, its value, and the address without it."""
    return tuple(
        (name, value, f"{PATH}?{rest}" if (rest := urlencode({k: v for k, v in said.items() if k != name})) else PATH)
        for name, value in said.items()
        if name != "words"
    )
