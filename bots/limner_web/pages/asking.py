"""Asking: what browsers post, and what they are told at once. The answers themselves come by the stream of cards."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from limner.domain.card import Card, Form
from limner_web import uploads
from limner_web.pages.front import Front, by_script
from limner_web.pages.studio import StudioPage
from limner_web.viewer import Viewer

ANSWER_SECONDS = 20
"""How long a press without scripts waits for what is told to its presser alone."""

Take = Callable[[uploads.Submission, Viewer], Card | None]


class Asking:
    """The endpoints."""

    def __init__(self, front: Front, studio: StudioPage) -> None:
        self._front, self._studio = front, studio
        self._limner, self._inbox, self._courier = front.limner, front.inbox, front.courier

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/ask", self.ask, methods=["POST"]),
            Route("/voice", self.voice, methods=["POST"]),
            Route("/sample", self.sample, methods=["POST"]),
            Route("/press", self.press, methods=["POST"]),
            Route("/form", self.form, methods=["POST"]),
        ]

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
        """A form that was filled in. Without scripts, what its sender alone is told stands on the next page."""
        if by_script(request):
            return await self._answer(request, self._inbox.submit)
        posted, viewer = await self._front.posted(request)
        posted.fields["event"] = posted.fields.get("event") or secrets.token_hex(12)
        with self._courier.looking(viewer, viewer.place(posted.fields.get("channel", "")).channel) as subscriber:
            if (refused := self._taken(posted, viewer, self._inbox.submit)) is not None:
                return await self._say(request, posted.fields, refused)
            told = await subscriber.answered(posted.fields["event"], ANSWER_SECONDS)
        return await self._next(request, posted, told)

    async def press(self, request: Request) -> Response:
        """A button."""
        posted, viewer = await self._front.posted(request)
        if not by_script(request):
            return await self._pressed(request, posted, viewer)
        try:
            answer = await self._inbox.press(posted, viewer)
        finally:
            posted.discard()  # a button has no files
        if not isinstance(answer, Form):
            return await self._say(request, posted.fields, answer)
        html = self._front.part(request, "form.html", **await self._asked(request, posted, viewer, answer))
        return HTMLResponse(html, headers={"HX-Retarget": "#dialog", "HX-Reswap": "innerHTML"})

    async def _pressed(self, request: Request, posted: uploads.Submission, viewer: Viewer) -> Response:
        """The same without scripts: second thoughts and forms are pages, and what the presser alone is told stands on
        the next one, for it is kept nowhere."""
        posted.discard()
        fields = posted.fields
        fields["event"] = secrets.token_hex(12)
        if (said := self._inbox.grave(posted)) and fields.get("sure") != "yes":
            asked = {**await self._asked(request, posted, viewer), "said": said}
            return self._front.page(request, "asked.html", **asked)
        channel = viewer.place(fields.get("channel", "")).channel
        with self._courier.looking(viewer, channel) as subscriber:
            answer = await self._inbox.press(posted, viewer)
            if isinstance(answer, Form):
                asked = await self._asked(request, posted, viewer, answer)
                return self._front.page(request, "asked.html", **asked)
            if answer is not None:
                return await self._say(request, fields, answer)
            told = await subscriber.answered(fields["event"], ANSWER_SECONDS)
        return await self._next(request, posted, told)

    async def _next(self, request: Request, posted: uploads.Submission, told: Mapping[str, str]) -> Response:
        """The page after an answer, with those of its cards that are kept nowhere."""
        _, place = self._front.viewer(request, posted.fields.get("channel", ""))
        channel = place.channel
        kept = {message for message, _ in await self._studio.history(request, channel)}
        alone = "".join(html for message, html in told.items() if message not in kept)
        if not alone:
            return RedirectResponse(f"/c/{channel}", status_code=303)
        return await self._studio.channel(request, channel, more=alone)

    async def _asked(
        self, request: Request, posted: uploads.Submission, viewer: Viewer, form: Form | None = None
    ) -> dict[str, Any]:
        """What the page of a form, or of a question, is made of."""
        place = viewer.place(posted.fields.get("channel", ""))
        completions = {
            each.name: await self._limner.forms.complete(each.completes, "", person=viewer.person, place=place)
            for each in (form.fields if form else ())
            if each.completes
        }
        return {
            "form": form,
            "completions": completions,
            "csrf": self._front.sessions.token(viewer.session),
            "event": secrets.token_hex(12),
            "code": posted.fields.get("code", ""),
            "message": posted.fields.get("message", ""),
            "channel": place.channel,
        }

    async def _answer(self, request: Request, take: Take) -> Response:
        posted, viewer = await self._front.posted(request)
        return await self._say(request, posted.fields, self._taken(posted, viewer, take))

    def _taken(self, posted: uploads.Submission, viewer: Viewer, take: Take) -> Card | None:
        """What is said at once; None: it is being answered."""
        under_way = False
        try:
            refused = take(posted, viewer)
            under_way = refused is None
        finally:
            if not under_way:
                posted.discard()  # else whoever answers does
        return refused

    async def _say(self, request: Request, fields: Mapping[str, str], refused: Card | None) -> Response:
        """The answer to a post: nothing yet, or why not. Without scripts, the whole page again."""
        _, place = self._front.viewer(request, fields.get("channel", ""))
        channel = place.channel
        if refused is None:
            if by_script(request):
                return Response(status_code=202)
            return RedirectResponse(f"/c/{channel}", status_code=303)
        html = self._courier.html(refused.evolve(private=True), f"m{secrets.token_hex(6)}", place)
        if by_script(request):
            return HTMLResponse(html)
        return await self._studio.channel(request, channel, more=html, status=422)
