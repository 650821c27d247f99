"""One picture: all that is known of it, the tree that it stands in, another version beside it, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from limner.domain.ask import Ask
from limner.domain.card import Card, Picture, State
from limner.domain.lineage import Branch
from limner.domain.place import Address
from limner.reading.library import Known
from limner_web.pages.front import Front, by_script

ORDERS: dict[str, tuple[str, dict[str, str]]] = {
    "collect": ("collection-add", {}),
    "drop": ("collection-drop", {}),
    "tag": ("tag", {}),
    "untag": ("tag", {"remove": "true"}),
}
"""What puts a picture in order: the action, and the options that are set already."""
FIELDS = {"collection-add": "name", "collection-drop": "name", "tag": "tags"}
DEEPEST = 8
"""How far lines of the tree are indented at the most."""


class AssetPage:
    """The endpoints."""

    def __init__(self, front: Front) -> None:
        self._front, self._reading = front, front.limner.reading.library

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/asset/{asset}", self.page),
            Route("/asset/{asset}/order/{what}", self.order, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The picture's page."""
        return self._front.page(request, "asset.html", **await self._said(request))

    async def order(self, request: Request) -> Response:
        """Puts the picture into a collection or out of it, tags on it or off it; what it is in then."""
        posted, _ = await self._front.posted(request)
        posted.discard()
        asset = request.path_params["asset"]
        action, options = ORDERS.get(request.path_params["what"], ("collection-add", {}))
        person, place = self._front.viewer(request)
        field = FIELDS[action]
        values = {"picture": asset, field: posted.fields.get(field, ""), **options}
        ask = Ask(action=action, person=person, place=place, event="", address=Address(place=place), values=values)
        card = await self._front.limner.tell(ask)
        if by_script(request):
            return HTMLResponse(self._front.part(request, "order.html", **await self._said(request, card)))
        if card.state is State.REFUSED:
            return self._front.page(request, "asset.html", status=422, **await self._said(request, card))
        return RedirectResponse(f"/asset/{asset}#order", status_code=303)

    async def _said(self, request: Request, answered: Card | None = None) -> dict[str, Any]:
        person, place = self._front.viewer(request)
        known = await self._reading.known(request.path_params["asset"], person=person, place=place)
        complete = self._front.limner.forms.complete
        return {
            "known": known,
            "told": answered.lines[0].text if answered else "",
            "lines": tuple(_lines(known.relatives)),
            "beside": _beside(known, request.query_params.get("with", "")),
            "names": {each: await complete(each, "", person=person, place=place) for each in ("collections", "tags")},
            "csrf": self._front.token(request),
        }


def _lines(relatives: Iterable[tuple[Branch, Picture]]) -> Iterable[tuple[int, tuple[tuple[Branch, Picture], ...]]]:
    """The tree as lines, each with how far it is indented."""
    for _, line in groupby(relatives, key=lambda each: each[0].row):
        stands = tuple(line)
        yield min(stands[0][0].column, DEEPEST), stands


def _beside(known: Known, wanted: str) -> tuple[Branch, Picture] | None:
    """The relative that the picture is compared with: the one that is asked for, else what it comes from."""
    others = {branch.asset.id: (branch, picture) for branch, picture in known.relatives}
    own = others.pop(known.picture.asset or "", None)
    if wanted in others:
        return others[wanted]
    before = own[0].parent if own else None
    return others.get(before or "") or next(iter(others.values()), None)
