"""The page with the brush: a signed link's holder paints over what shall change in one picture, and sends it once.

The link is the permission, and nobody has to be signed in; where somebody is, only their own links are good. Its token
comes behind the `#`, which browsers keep to themselves, and from there in a header of each request; the page as such is
the same for everybody, and shows nothing.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from limner.app import Limner
from limner.domain.card import Card, Role, State
from limner.domain.money import spell
from limner.domain.options import PROMPT_LIMIT
from limner.domain.permit import PAGE, Permit
from limner.edge import outcome
from limner.errors import BadMask, DeadLink, NotFound, Trouble
from limner_web import uploads
from limner_web.cards import templates
from limner_web.guard import LINKED, Sessions
from limner_web.inbox import Inbox
from limner_web.pictures import PREVIEW
from limner_web.viewer import Viewers

LONGEST = 2048
"""Pixels of the picture as it is shown, the longer side; the mask is as large as the picture itself."""
MASK_FILE = 8_000_000
"""Bytes of the mask as it is sent: a browser's PNG is larger than what is made of it."""
BUSY = frozenset({State.WAITING, State.PAINTING})


class AreaPage:
    """The endpoints."""

    def __init__(self, limner: Limner, inbox: Inbox, sessions: Sessions, viewers: Viewers) -> None:
        self._limner, self._inbox, self._sessions, self._viewers = limner, inbox, sessions, viewers

    @property
    def routes(self) -> list[Route]:
        return [
            Route(PAGE, self.page),
            Route(f"{PAGE}/open", self.open, methods=["POST"]),
            Route(f"{PAGE}/picture", self.picture),
            Route(f"{PAGE}/submit", self.submit, methods=["POST"]),
            Route(f"{PAGE}/state", self.state),
            Route(f"{PAGE}/result", self.result),
        ]

    async def page(self, request: Request) -> Response:
        """The page without a picture; a script asks for that."""
        html = templates().get_template("area.html").render(prompt_limit=PROMPT_LIMIT)
        return HTMLResponse(html, headers=LINKED)

    async def open(self, request: Request) -> Response:
        """What the link is for, to the first browser that asks, or to its member, where one is signed in."""
        session = self._sessions.of(request) or self._sessions.new()
        permit = await self._opened(request, session)
        response = JSONResponse(await self._told(permit), headers=LINKED)
        self._sessions.give(response, session)
        return response

    async def _told(self, permit: Permit) -> dict[str, Any]:
        outcome = await self._limner.permits.outcome(permit)
        here = permit.ask.place.platform == "web"
        told = {
            "for": permit.name,
            "asset": permit.asset,
            "minutes": max(1, round((permit.expires - datetime.now(UTC)).total_seconds() / 60)),
            "estimate": spell(permit.estimate) if permit.estimate else None,
            "back": f"/c/{permit.ask.place.channel}" if here else None,
            "outcome": _outcome(outcome) if outcome else None,
        }
        if outcome is not None:
            return told
        picture = await self._limner.permits.picture(permit)
        return {**told, "width": picture.width, "height": picture.height, "alt": picture.alt}

    async def picture(self, request: Request) -> Response:
        """The picture, small enough for a screen, as long as the link was not used."""
        picture = await self._limner.permits.picture(await self._permit(request))
        data, media_type = await self._limner.pictures.preview(picture, longest=LONGEST, formats=PREVIEW)
        return Response(data, media_type=media_type, headers=LINKED)

    async def state(self, request: Request) -> Response:
        """What became of it so far."""
        outcome = await self._limner.permits.outcome(await self._permit(request))
        if outcome is None:
            raise NotFound(what="picture")
        return JSONResponse(_outcome(outcome), headers=LINKED)

    async def result(self, request: Request) -> Response:
        """What was painted, small enough for a screen."""
        outcome = await self._limner.permits.outcome(await self._permit(request))
        if outcome is None or not outcome.pictures:
            raise NotFound(what="picture")
        data, media_type = await self._limner.pictures.preview(outcome.pictures[0], longest=LONGEST, formats=PREVIEW)
        return Response(data, media_type=media_type, headers=LINKED)

    async def submit(self, request: Request) -> Response:
        """What was painted over, and the words. Answered when it is on record, or with why it cannot be."""
        permit = await self._permit(request)
        await self._limner.permits.picture(permit)  # before a single byte is read
        posted = await uploads.read(request, self._limner.spool, file_limit=MASK_FILE, files_limit=1)
        noted = asyncio.Event()
        task = asyncio.create_task(self._use(permit, posted, noted), name="web area")
        self._inbox.running.add(task)
        task.add_done_callback(self._inbox.running.discard)
        waiting = asyncio.create_task(noted.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        # What is on record may still be refused by the chat; the page is told with the next look.
        if task.done() and (trouble := task.result()) is not None:
            raise trouble
        return Response(status_code=202, headers=LINKED)

    async def _use(self, permit: Permit, posted: uploads.Submission, noted: asyncio.Event) -> Trouble | None:
        """Paints what was posted; gives what the page is to say where that goes wrong."""
        try:
            made = await outcome(self._paint(permit, posted, noted), about=f"the brush, {permit.id}")
        finally:
            posted.discard()
        return made if isinstance(made, Trouble) else None

    async def _paint(self, permit: Permit, posted: uploads.Submission, noted: asyncio.Event) -> Card:
        if posted.trouble is not None:
            raise posted.trouble
        masks = posted.attachments("mask")
        if len(masks) != 1:
            raise BadMask(name="mask", why="it did not come along")
        values = {"prompt": posted.fields.get("prompt", ""), "mask": masks[0]}
        return await self._limner.use(permit, values, noted.set)

    async def _permit(self, request: Request) -> Permit:
        """What the link permits to the browser that opened it."""
        session = self._sessions.of(request)
        if session is None:
            raise DeadLink
        return await self._opened(request, session)

    async def _opened(self, request: Request, session: str) -> Permit:
        viewer = await self._viewers.signed_in(session)
        return await self._limner.permits.open(_token(request), session, member=viewer.member if viewer else None)


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _outcome(card: Card) -> dict[str, Any]:
    """A job's card as the page tells of it."""
    said = card.lines_of(Role.WARNING) or card.lines_of(Role.NOTE)
    return {
        "state": str(card.state),
        "busy": card.state in BUSY,
        "stage": card.progress.stage if card.progress else None,
        "seconds": card.progress.seconds if card.progress else 0,
        "said": [] if card.state is State.DONE else list(said),
        "picture": card.pictures[0].alt if card.pictures else None,
        "job": card.job,
    }
