"""Coming in and going out: what links from chats lead to that sign their member in, and the end of sessions.

A link is used up by pressing its page's button alone: chats and scanners open links by themselves, and press nothing.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from limner.app import Limner
from limner.errors import EntranceOver
from limner_web import uploads
from limner_web.cards import templates
from limner_web.guard import Sessions
from limner_web.pages.front import Front

ENTER = "/enter"
UNTOLD = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}


class Entering:
    """The endpoints of links that sign in."""

    def __init__(self, limner: Limner, sessions: Sessions) -> None:
        self._limner, self._sessions = limner, sessions

    @property
    def routes(self) -> list[Route]:
        return [
            Route(f"{ENTER}/{{word}}", self.page),
            Route(f"{ENTER}/{{word}}", self.enter, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """A button, and nothing of who it is for."""
        try:
            await self._limner.entrance.look(request.path_params["word"])
        except EntranceOver as over:
            html = templates().get_template("nobody.html").render(said=over.sentence)
            return HTMLResponse(html, status_code=404, headers=UNTOLD)
        session = self._sessions.of(request) or self._sessions.new()
        html = templates().get_template("enter.html").render(csrf=self._sessions.token(session))
        response = HTMLResponse(html, headers=UNTOLD)
        self._sessions.give(response, session)
        return response

    async def enter(self, request: Request) -> Response:
        """Signs in, under a secret that this browser did not have before."""
        posted = await uploads.read(request, self._limner.spool, file_limit=0, files_limit=0)
        before = self._sessions.check(request, posted.fields.get("csrf"))
        session = await self._limner.entrance.enter(request.path_params["word"])
        await self._limner.entrance.end(before)
        response = RedirectResponse("/", status_code=303, headers=UNTOLD)
        self._sessions.give(response, session)
        return response


class Leaving:
    """The endpoints of sessions' ends, for those who are signed in."""

    def __init__(self, front: Front) -> None:
        self._front = front

    @property
    def routes(self) -> list[Route]:
        return [Route("/leave", self.leave, methods=["POST"])]

    async def leave(self, request: Request) -> Response:
        """Signs out: of this browser, or (`every`) of all of them."""
        posted, viewer = await self._front.posted(request)
        posted.discard()
        entrance = self._front.limner.entrance
        every = bool(posted.fields.get("every")) and viewer.member is not None
        if every and (member := await entrance.member(viewer.session)) is not None:
            await entrance.end_all(member)
        await entrance.end(viewer.session)
        html = templates().get_template("nobody.html").render(said="You are signed out. /gallery in chat lets you in.")
        response = HTMLResponse(html)
        self._front.sessions.take_away(response)
        return response
