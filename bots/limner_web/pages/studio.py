"""The studio: a channel's cards as they appear, the composer under them, the newest pictures beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from markupsafe import Markup
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from limner.domain.card import Button, Card, Picture
from limner.ears.samples import samples
from limner_web import forms, uploads
from limner_web.courier import HISTORY, seen_by
from limner_web.guard import ForeignPage
from limner_web.pages.front import MAIN_CHANNEL, Front
from limner_web.viewer import viewer_of

STRIP = 24
"""Pictures beside the cards."""
STREAMS = 100
"""Browsers that look at the same time."""
SEND_SECONDS = 30
"""How long a browser may take over one event before its stream is ended; it comes back by itself."""
PING_SECONDS = 20


@dataclass(frozen=True)
class Example:
    """A prompt to begin with."""

    words: str
    says: str
    look: str


EXAMPLES = (
    Example("a red fox in snow under a big yellow moon --wide", "A red fox in snow under a big yellow moon", "fox"),
    Example("three paper boats on a calm blue lake, morning light", "Three paper boats on a calm blue lake", "boats"),
    Example("a lighthouse on a cliff at sunset --tall", "A lighthouse on a cliff at sunset", "lighthouse"),
)


class StudioPage:
    """The endpoints."""

    def __init__(self, front: Front) -> None:
        self._front, self._limner, self._courier = front, front.limner, front.courier

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/", self.page),
            Route("/c/{channel}", self.page),
            Route("/events/{channel}", self.events),
            Route("/library/{channel}", self.library),
            Route("/suggest", self.suggest),
        ]

    async def page(self, request: Request) -> Response:
        """A channel, whole: it can be read without a script."""
        return await self.channel(request, request.path_params.get("channel", MAIN_CHANNEL))

    async def channel(self, request: Request, channel: str, *, more: str = "", status: int = 200) -> Response:
        """A channel's page, with `more` after its cards."""
        limner = self._limner
        person, place = self._front.viewer(request, channel)
        messages = "".join(
            [self._courier.html(card, message, place) for message, card in await self.history(request, channel)]
        )
        parameters = forms.panel(limner.table)
        completions = {
            each.name: await limner.forms.complete(each.completes, "", person=person, place=place)
            for each in parameters
            if each.completes
        }
        return self._front.page(
            request,
            "studio.html",
            status=status,
            channel=channel,
            messages=Markup(messages + more),  # noqa: S704 cards, escaped by their template
            library=Markup(await self._library(request, channel)),  # noqa: S704
            samples=() if limner.hears else samples(),
            examples=EXAMPLES,
            parameters=parameters,
            completions=completions,
            file_limit=uploads.FILE_LIMIT,
            files_limit=uploads.FILES_LIMIT,
            sound_limit=limner.settings.voice.max_seconds,
        )

    async def history(self, request: Request, channel: str) -> tuple[tuple[str, Card], ...]:
        """The newest cards of a channel that the viewer may see with their messages' ids, oldest first."""
        viewer = viewer_of(request)
        kept = await self._limner.cards(viewer.place(channel), limit=HISTORY)
        return tuple(
            (address.message, card) for address, card in kept if address.message and seen_by(viewer, address, card)
        )

    async def events(self, request: Request) -> Response:
        """The cards of a channel as they appear and change. Whoever comes (back) is told of the newest first, and the
        page passes over those that it has."""
        _, place = self._front.viewer(request, request.path_params["channel"])
        if self._front.sessions.of(request) is None:
            raise ForeignPage()
        if self._courier.audience >= STREAMS:
            return PlainTextResponse("Too many windows look at once.", status_code=503)
        fresh = request.query_params.get("from") == "now"
        return EventSourceResponse(
            self._stream(request, place.channel, fresh=fresh),
            ping=PING_SECONDS,
            send_timeout=SEND_SECONDS,
            sep="\n",
        )

    async def _stream(self, request: Request, channel: str, *, fresh: bool) -> AsyncIterator[ServerSentEvent]:
        """`fresh`: of what is shown from now on alone. It ends with the viewer's session."""
        viewer = viewer_of(request)
        with self._courier.looking(viewer, channel) as subscriber:
            if fresh:
                yield ServerSentEvent("", event="library")
            else:
                async for told in self._newest(request, channel):
                    yield told
            async for event in subscriber.events():
                if not await self._front.viewers.still(viewer):
                    return
                if event.name == "resync" and not fresh:
                    async for told in self._newest(request, channel):
                        yield told
                else:
                    yield ServerSentEvent(event.data, event=event.name, id=str(event.id))

    async def _newest(self, request: Request, channel: str) -> AsyncIterator[ServerSentEvent]:
        # Each card is rendered when it is sent: a slow browser does not make the list wait in memory.
        place = viewer_of(request).place(channel)
        for message, card in await self.history(request, channel):
            yield ServerSentEvent(self._courier.html(card, message, place), event="card")
        yield ServerSentEvent("", event="library")

    async def library(self, request: Request) -> Response:
        """The newest pictures of the library."""
        return HTMLResponse(await self._library(request, request.path_params["channel"]))

    async def _library(self, request: Request, channel: str) -> str:
        person, place = self._front.viewer(request, channel)
        newest = await self._limner.newest(place, person=person, limit=STRIP)
        return self._front.part(request, "library.html", pictures=newest, channel=place.channel, open=_opening)

    async def suggest(self, request: Request) -> Response:
        """What one could go on with after what is typed."""
        text, table = request.query_params.get("words", "")[-uploads.FIELDS_LIMIT :], self._limner.table
        found = forms.suggest(table, text)
        if not found and (wanted := forms.wanted(table, text)):
            parameter, begun, before = wanted
            names = tuple(each for each in parameter.choices if each.startswith(begun.lower()))
            if parameter.completes:
                person, place = self._front.viewer(request)
                names = await self._limner.forms.complete(parameter.completes, begun, person=person, place=place)
            found = forms.complete(names, before)
        return HTMLResponse(self._front.part(request, "suggestions.html", suggestions=found))


def _opening(picture: Picture) -> str:
    """The button that brings a picture of the library up."""
    return Button(label="", action="open", target=picture.asset).code
