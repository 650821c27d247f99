"""The routes: pages and fragments out, forms in, and each browser's stream of cards."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from markupsafe import Markup
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from limner.app import Limner
from limner.config import Web
from limner.domain.card import Button, Card, Form, Picture
from limner.ears.samples import samples
from limner.errors import LinkUsed, NotFound, Refusal, Trouble
from limner_web import forms, pictures, uploads
from limner_web.archive import ArchivePage
from limner_web.area import AreaPage
from limner_web.cards import FOLDER, templates
from limner_web.courier import CHANNELS, HISTORY, WebCourier
from limner_web.guard import ForeignPage, Guard, Sessions, hosts
from limner_web.inbox import PERSON, Inbox, place_of
from limner_web.public import PublicPage

STRIP = 24
STREAMS = 100
"""Browsers that look at the same time."""
SEND_SECONDS = 30
"""How long a browser may take over one event before its stream is ended; it comes back by itself."""
PING_SECONDS = 20
ANSWER_SECONDS = 20
"""How long a press without scripts waits for what is told to its presser alone."""
MAIN_CHANNEL = next(iter(CHANNELS))

log = structlog.get_logger(__name__)


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


class Static(StaticFiles):
    """The page's own files, asked about again each time."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


class Pages:
    """The endpoints."""

    def __init__(self, limner: Limner, courier: WebCourier, inbox: Inbox, sessions: Sessions) -> None:
        self._limner, self._courier, self._inbox, self._sessions = limner, courier, inbox, sessions
        self.previews = pictures.Previews(limner)

    @property
    def routes(self) -> list[Route | Mount]:
        return [
            Route("/", self.page),
            Route("/c/{channel}", self.page),
            Route("/events/{channel}", self.events),
            Route("/library/{channel}", self.library),
            Route("/asset/{asset}", self.asset),
            Route("/suggest", self.suggest),
            Route("/ask", self.ask, methods=["POST"]),
            Route("/voice", self.voice, methods=["POST"]),
            Route("/sample", self.sample, methods=["POST"]),
            Route("/press", self.press, methods=["POST"]),
            Route("/form", self.form, methods=["POST"]),
            Route("/pictures/{asset}/{form}/{name}", self.picture),
            Route("/pieces/{token}/{form}/{name}", self.picture),
        ]

    @property
    def open(self) -> list[Route | Mount]:
        """What anybody may see: how it is, and the files that every installation has."""
        return [
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Mount("/static", Static(directory=FOLDER / "static")),
        ]

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    async def page(self, request: Request) -> Response:
        """A channel, whole: it can be read without a script."""
        return await self._page(request, request.path_params.get("channel", MAIN_CHANNEL))

    async def _page(self, request: Request, channel: str, *, more: str = "", status: int = 200) -> Response:
        limner, place = self._limner, place_of(channel)
        session = self._sessions.of(request) or self._sessions.new()
        messages = "".join(
            [self._courier.html(card, message, channel) for message, card in await self._history(channel)]
        )
        parameters = forms.panel(limner.table)
        completions = {
            each.name: await limner.complete(each.completes, "", person=PERSON, place=place)
            for each in parameters
            if each.completes
        }
        html = (
            templates()
            .get_template("page.html")
            .render(
                channel=channel,
                channels=CHANNELS,
                csrf=self._sessions.token(session),
                event=secrets.token_hex(12),
                messages=Markup(messages + more),  # noqa: S704 cards, escaped by their template
                library=Markup(await self._library(channel)),  # noqa: S704
                sketches=limner.sketches,
                samples=() if limner.hears else samples(),
                examples=EXAMPLES,
                parameters=parameters,
                completions=completions,
                file_limit=uploads.FILE_LIMIT,
                files_limit=uploads.FILES_LIMIT,
                sound_limit=limner.settings.voice.max_seconds,
            )
        )
        response = HTMLResponse(html, status_code=status)
        self._sessions.give(response, session)
        return response

    async def _history(self, channel: str) -> tuple[tuple[str, Card], ...]:
        """The newest cards of a channel with their messages' ids, oldest first."""
        kept = await self._limner.cards(place_of(channel), limit=HISTORY)
        return tuple((address.message, card) for address, card in kept if address.message)

    async def events(self, request: Request) -> Response:
        """The cards of a channel as they appear and change. Whoever comes (back) is told of the newest first, and the
        page passes over those that it has."""
        channel = place_of(request.path_params["channel"]).channel
        session = self._sessions.of(request)
        if session is None:
            raise ForeignPage()
        if self._courier.audience >= STREAMS:
            return PlainTextResponse("Too many windows look at once.", status_code=503)
        fresh = request.query_params.get("from") == "now"
        return EventSourceResponse(
            self._stream(channel, session, fresh=fresh), ping=PING_SECONDS, send_timeout=SEND_SECONDS, sep="\n"
        )

    async def _stream(self, channel: str, session: str, *, fresh: bool) -> AsyncIterator[ServerSentEvent]:
        """`fresh`: of what is shown from now on alone."""
        with self._courier.looking(channel, session) as subscriber:
            if fresh:
                yield ServerSentEvent("", event="library")
            else:
                async for told in self._newest(channel):
                    yield told
            async for event in subscriber.events():
                if event.name == "resync" and not fresh:
                    async for told in self._newest(channel):
                        yield told
                else:
                    yield ServerSentEvent(event.data, event=event.name, id=str(event.id))

    async def _newest(self, channel: str) -> AsyncIterator[ServerSentEvent]:
        # Each card is rendered when it is sent: a slow browser does not make the list wait in memory.
        for message, card in await self._history(channel):
            yield ServerSentEvent(self._courier.html(card, message, channel), event="card")
        yield ServerSentEvent("", event="library")

    async def library(self, request: Request) -> Response:
        """The newest pictures of the library."""
        return HTMLResponse(await self._library(place_of(request.path_params["channel"]).channel))

    async def _library(self, channel: str) -> str:
        newest = await self._limner.newest(place_of(channel), person=PERSON, limit=STRIP)
        return (
            templates()
            .get_template("library.html")
            .render(pictures=newest, links=self._courier.links, channel=channel, open=_opening)
        )

    async def asset(self, request: Request) -> Response:
        """All that is known of a picture, the tree that it stands in, and what can be done with it."""
        known = await self._limner.known(request.path_params["asset"], place=place_of(MAIN_CHANNEL), person=PERSON)
        session = self._sessions.of(request) or self._sessions.new()
        html = (
            templates()
            .get_template("asset.html")
            .render(
                known=known,
                links=self._courier.links,
                channels=CHANNELS,
                channel=MAIN_CHANNEL,
                csrf=self._sessions.token(session),
            )
        )
        response = HTMLResponse(html)
        self._sessions.give(response, session)
        return response

    async def suggest(self, request: Request) -> Response:
        """What one could go on with after what is typed."""
        text, table = request.query_params.get("words", "")[-uploads.FIELDS_LIMIT :], self._limner.table
        found = forms.suggest(table, text)
        if not found and (wanted := forms.wanted(table, text)):
            parameter, begun, before = wanted
            names = tuple(each for each in parameter.choices if each.startswith(begun.lower()))
            if parameter.completes:
                place = place_of(MAIN_CHANNEL)
                names = await self._limner.complete(parameter.completes, begun, person=PERSON, place=place)
            found = forms.complete(names, before)
        return HTMLResponse(templates().get_template("suggestions.html").render(suggestions=found))

    async def picture(self, request: Request) -> Response:
        """A picture's preview, or its bytes."""
        place = place_of(MAIN_CHANNEL)
        return await pictures.answer(
            request, self._limner, self._courier.links, self.previews, person=PERSON, place=place
        )

    async def healthz(self, request: Request) -> Response:
        """The process is there."""
        return PlainTextResponse("ok")

    async def readyz(self, request: Request) -> Response:
        """Whether something can be taken on, and why not."""
        health = self._limner.health
        return JSONResponse(health.told(), status_code=200 if health.ok else 503)

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────

    async def ask(self, request: Request) -> Response:
        """What was typed."""
        return await self._answer(request, self._inbox.typed)

    async def voice(self, request: Request) -> Response:
        """A voice note."""
        return await self._answer(request, self._inbox.voice)

    async def sample(self, request: Request) -> Response:
        """A bundled voice note."""
        return await self._answer(request, self._inbox.sample)

    async def form(self, request: Request) -> Response:
        """A form that was filled in."""
        return await self._answer(request, self._inbox.submit)

    async def press(self, request: Request) -> Response:
        """A button."""
        posted, session = await self._read(request)
        if not _by_script(request):
            return await self._pressed(request, posted, session)
        try:
            answer = await self._inbox.press(posted, session)
        finally:
            posted.discard()  # a button has no files
        if not isinstance(answer, Form):
            return await self._say(request, posted.fields, answer)
        html = templates().get_template("form.html").render(await self._asked(posted, session, answer))
        return HTMLResponse(html, headers={"HX-Retarget": "#dialog", "HX-Reswap": "innerHTML"})

    async def _pressed(self, request: Request, posted: uploads.Submission, session: str) -> Response:
        """The same without scripts: second thoughts and forms are pages, and what the presser alone is told stands on
        the next one, for it is kept nowhere."""
        posted.discard()
        fields = posted.fields
        fields["event"] = secrets.token_hex(12)
        if (said := self._inbox.grave(posted)) and fields.get("sure") != "yes":
            asked = {**await self._asked(posted, session), "said": said}
            return HTMLResponse(templates().get_template("asked.html").render(asked))
        channel = place_of(fields.get("channel", "")).channel
        with self._courier.looking(channel, session) as subscriber:
            answer = await self._inbox.press(posted, session)
            if isinstance(answer, Form):
                return HTMLResponse(
                    templates().get_template("asked.html").render(await self._asked(posted, session, answer))
                )
            if answer is not None:
                return await self._say(request, fields, answer)
            told = await subscriber.answered(fields["event"], ANSWER_SECONDS)
        kept = {message for message, _ in await self._history(channel)}
        alone = "".join(html for message, html in told.items() if message not in kept)
        if not alone:
            return RedirectResponse(f"/c/{channel}", status_code=303)
        return await self._page(request, channel, more=alone)

    async def _asked(self, posted: uploads.Submission, session: str, form: Form | None = None) -> dict[str, Any]:
        """What the page of a form, or of a question, is made of."""
        place = place_of(posted.fields.get("channel", ""))
        completions = {
            each.name: await self._limner.complete(each.completes, "", person=PERSON, place=place)
            for each in (form.fields if form else ())
            if each.completes
        }
        return {
            "form": form,
            "completions": completions,
            "csrf": self._sessions.token(session),
            "event": secrets.token_hex(12),
            "code": posted.fields.get("code", ""),
            "message": posted.fields.get("message", ""),
            "channel": place.channel,
        }

    async def _answer(self, request: Request, take: Callable[[uploads.Submission, str], Card | None]) -> Response:
        posted, session = await self._read(request)
        under_way = False
        try:
            refused = take(posted, session)
            under_way = refused is None
        finally:
            if not under_way:
                posted.discard()  # else whoever answers does
        return await self._say(request, posted.fields, refused)

    async def _read(self, request: Request) -> tuple[uploads.Submission, str]:
        """What was posted, and by which browser."""
        if self._sessions.of(request) is None:
            raise ForeignPage()
        if "x-csrf" in request.headers:
            self._sessions.check(request, None)  # before a single byte is read
        limits = {"file_limit": uploads.FILE_LIMIT, "files_limit": uploads.FILES_LIMIT}
        posted = await uploads.read(request, self._limner.spool, **limits)
        try:
            return posted, self._sessions.check(request, posted.fields.get("csrf"))
        except ForeignPage:
            posted.discard()
            raise

    async def _say(self, request: Request, fields: Mapping[str, str], refused: Card | None) -> Response:
        """The answer to a post: nothing yet, or why not. Without scripts, the whole page again."""
        channel = place_of(fields.get("channel", "")).channel
        if refused is None:
            if _by_script(request):
                return Response(status_code=202)
            return RedirectResponse(f"/c/{channel}", status_code=303)
        html = self._courier.html(refused.evolve(private=True), f"m{secrets.token_hex(6)}", channel)
        if _by_script(request):
            return HTMLResponse(html)
        return await self._page(request, channel, more=html, status=422)


def app(limner: Limner, courier: WebCourier, inbox: Inbox, *, web: Web, port: int) -> Starlette:
    """The application, behind its guard. Where others reach it, what signed links lead to is all there is."""
    sessions = Sessions(limner.secret, secure=(web.public_url or "").startswith("https://"))
    pages, area = Pages(limner, courier, inbox, sessions), AreaPage(limner, inbox, sessions)
    public = PublicPage(limner, pages.previews, base=web.base)
    always = (*area.routes, *ArchivePage(limner).routes, *public.routes, *pages.open)
    return Starlette(
        routes=[*(pages.routes if web.alone else ()), *always],
        middleware=[Middleware(Guard, hosts=hosts(web, port))],
        exception_handlers={Trouble: _trouble, Exception: _broken},
    )


def _by_script(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def _opening(picture: Picture) -> str:
    """The button that brings a picture of the library up."""
    return Button(label="", action="open", target=picture.asset).code


STATUS = {NotFound: 404, ForeignPage: 403, LinkUsed: 409, uploads.TooMuch: 413}


async def _trouble(request: Request, trouble: Exception) -> Response:
    """What a member can cause, as its sentence."""
    assert isinstance(trouble, Trouble)
    status = next((code for kind, code in STATUS.items() if isinstance(trouble, kind)), None)
    return PlainTextResponse(trouble.sentence, status_code=status or (400 if isinstance(trouble, Refusal) else 500))


async def _broken(request: Request, problem: Exception) -> Response:
    """What nobody should meet."""
    ref = secrets.token_hex(3)
    log.error("web_request_failed", path=request.url.path, ref=ref, exc_info=problem)
    return PlainTextResponse(Trouble(ref=ref).sentence, status_code=500)
