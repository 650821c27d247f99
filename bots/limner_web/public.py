"""What public links lead to: one picture on a page of its own, for whoever has the address. Nobody is known here."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from limner.app import Limner
from limner.domain.card import Picture
from limner.domain.publication import PUBLIC
from limner.errors import NotFound
from limner_web.cards import templates
from limner_web.guard import LINKED
from limner_web.pictures import SHOWN, WIDTHS, disposition

UNFURLED = 800
"""Pixels of the preview that chats show beside a link."""
ASKED = {**LINKED, "Cache-Control": "no-cache"}
"""Asked about again each time: what was withdrawn must not come up out of a cache."""


class PublicPage:
    """The endpoints. `base`: the page's address for others, None where there is none."""

    def __init__(self, limner: Limner, *, base: str | None) -> None:
        self._limner, self._base = limner, base

    @property
    def routes(self) -> list[Route]:
        return [Route(f"{PUBLIC}/{{word}}", self.page), Route(f"{PUBLIC}/{{word}}/{{form}}", self.picture)]

    async def page(self, request: Request) -> Response:
        """The page, with what chats need to unfurl it."""
        word = request.path_params["word"]
        picture = await self._limner.publishing.open(word)
        address = f"{self._base or ''}{PUBLIC}/{word}"
        scale = min(1.0, UNFURLED / max(picture.width, picture.height))
        html = (
            templates()
            .get_template("public.html")
            .render(
                picture=picture,
                address=address,
                absolute=self._base is not None,
                widths=WIDTHS,
                unfurled=UNFURLED,
                size=(max(1, round(picture.width * scale)), max(1, round(picture.height * scale))),
            )
        )
        return HTMLResponse(html, headers=ASKED)

    async def picture(self, request: Request) -> Response:
        """A preview of it, or its bytes to be saved."""
        picture = await self._limner.publishing.open(request.path_params["word"])
        form = request.path_params["form"]
        tag = f'"{hashlib.sha256(f"{picture.blob} {form}".encode()).hexdigest()[:24]}"'
        headers = {**ASKED, "ETag": tag, "Content-Security-Policy": "default-src 'none'; sandbox"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        data, media_type = await self._bytes(picture, form)
        headers["Content-Disposition"] = disposition(picture.name, saved=form == "download")
        return Response(
            data, media_type=media_type if media_type in SHOWN else "application/octet-stream", headers=headers
        )

    async def _bytes(self, picture: Picture, form: str) -> tuple[bytes, str]:
        if form == "download":
            return await self._limner.pictures.read(picture), picture.media_type
        if form.isdecimal() and int(form) in WIDTHS:
            return await self._limner.pictures.thumb(picture, int(form))
        raise NotFound(what="picture")
