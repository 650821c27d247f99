"""What all pages stand on: who looks, from where, and how a page comes about."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from limner.app import Limner
from limner.domain.place import Person, Place
from limner_web import uploads
from limner_web.cards import templates
from limner_web.courier import WebCourier
from limner_web.guard import ForeignPage, Sessions
from limner_web.inbox import Inbox
from limner_web.viewer import MAIN_CHANNEL, Viewer, Viewers, viewer_of

__all__ = ["MAIN_CHANNEL", "Front", "by_script"]

ROOMS = (("Gallery", "/gallery"), ("Collections", "/collections"), ("Spending", "/spending"), ("Queue", "/queue"))
"""The pages for everybody besides the channels, and where they are."""
ADMINS = (("Settings", "/settings"),)


@dataclass(frozen=True, kw_only=True)
class Front:
    """The parts that pages are made with."""

    limner: Limner
    courier: WebCourier
    inbox: Inbox
    sessions: Sessions
    viewers: Viewers

    def viewer(self, request: Request, channel: str = MAIN_CHANNEL) -> tuple[Person, Place]:
        """Who looks, and where they stand.

        Raises:
            NotFound: There is no such channel.
        """
        viewer = viewer_of(request)
        return viewer.person, viewer.place(channel)

    def channels(self, request: Request) -> Mapping[str, str]:
        """The channels of the page that the viewer may see."""
        return viewer_of(request).channels

    def page(self, request: Request, template: str, *, status: int = 200, **said: Any) -> HTMLResponse:
        """A page for this browser, which keeps its session."""
        viewer = viewer_of(request)
        html = (
            templates()
            .get_template(template)
            .render(
                {
                    "viewer": viewer,
                    "channels": viewer.channels,
                    "rooms": (*ROOMS, *(ADMINS if viewer.person.admin else ())),
                    "channel": MAIN_CHANNEL,
                    "here": request.url.path,
                    "admin": viewer.person.admin,
                    "links": self.courier.links.within(viewer.space),
                    "sketches": self.limner.sketches,
                    "csrf": self.token(request),
                    "event": secrets.token_hex(12),
                    **said,
                }
            )
        )
        response = HTMLResponse(html, status_code=status)
        self.sessions.give(response, viewer.session)
        return response

    def token(self, request: Request) -> str:
        """The token that this browser's forms carry."""
        return self.sessions.token(viewer_of(request).session)

    def part(self, request: Request, template: str, **said: Any) -> str:
        """A part of a page for this browser."""
        links = self.courier.links.within(viewer_of(request).space)
        return templates().get_template(template).render({"links": links, **said})

    async def posted(self, request: Request) -> tuple[uploads.Submission, Viewer]:
        """What was posted, and by whom.

        Raises:
            ForeignPage: Another page posted it.
        """
        if self.sessions.of(request) is None:
            raise ForeignPage()
        if "x-csrf" in request.headers:
            self.sessions.check(request, None)  # before a single byte is read
        limits = {"file_limit": uploads.FILE_LIMIT, "files_limit": uploads.FILES_LIMIT}
        posted = await uploads.read(request, self.limner.spool, **limits)
        try:
            self.sessions.check(request, posted.fields.get("csrf"))
        except ForeignPage:
            posted.discard()
            raise
        return posted, viewer_of(request)


def by_script(request: Request) -> bool:
    """Whether a page's script asks, which wants a part of a page and not all of it."""
    return request.headers.get("hx-request") == "true"
