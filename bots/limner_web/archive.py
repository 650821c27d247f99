"""The page that a link to an archive leads to, and the archive itself, handed over while it is made.

As with the brush, the link is the permission: its token is behind the `#`, and comes in the body of the one request
that needs it.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from limner.app import Limner
from limner.errors import ArchiveOver
from limner_web.cards import templates
from limner_web.guard import LINKED
from limner_web.pictures import disposition

PAGE = "/archive"
BODY = 4_096


class ArchivePage:
    """The endpoints."""

    def __init__(self, limner: Limner) -> None:
        self._limner = limner

    @property
    def routes(self) -> list[Route]:
        return [Route(PAGE, self.page), Route(f"{PAGE}/download", self.download, methods=["POST"])]

    async def page(self, request: Request) -> Response:
        """The same for everybody: a button, which a script gives what the link says."""
        return HTMLResponse(templates().get_template("archive.html").render(), headers=LINKED)

    async def download(self, request: Request) -> Response:
        """The archive."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > BODY:
                raise ArchiveOver
        token = parse_qs(body.decode("ascii", "replace")).get("token", [""])[0]
        bundle = await self._limner.archives.open(token)
        headers = {**LINKED, "Content-Disposition": disposition(bundle.name, saved=True)}
        return StreamingResponse(self._limner.archives.pieces(bundle), media_type="application/zip", headers=headers)
