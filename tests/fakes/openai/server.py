"""OpenAI's API as a real server on the loopback, with faults to order and a till that counts what it would charge."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from datetime import date
from typing import Any, Self

from aiohttp import web

from limner.models import Model, Purpose, Usage
from limner.rules.prices import cost
from tests.contracts import breaches
from tests.fakes.openai import conversing, faults, hearing, looking, moderation, painting, responding, transcribing
from tests.fakes.openai.descriptions import ACCEPT
from tests.fakes.openai.meter import Meter
from tests.fakes.openai.painting import KINDS, Work
from tests.fakes.openai.received import Received, receive
from tests.fakes.openai.refusals import CATALOGUE, Refusal, serving
from tests.fakes.openai.refusals import painting as check_painting
from tests.fakes.openai.refusals import references as check_references
from tests.fakes.openai.responding import Response

KEY = "sk-test-key"
TODAY = date(2026, 11, 22)
"""The day whose living models are served by default."""
MODERATION = "/v1/moderations"
BODY_LIMIT = 900_000_000
"""Sixteen pictures of just under 50 MB."""


def living() -> dict[str, str | None]:
    """The catalogue's models that have not ended, with their last days."""
    return {
        model.name: model.ends.isoformat() if model.ends else None
        for model in CATALOGUE
        if model.name != "sketch" and (model.ends is None or model.ends > TODAY)
    }


class FakeOpenAI:
    """The server, as an async context manager; everything may be changed while it runs.

    It records, refuses what the API refuses, and checks each request against the official description where there is
    one. `checked=False` leaves that check out, for benchmarks.
    """

    def __init__(self, *, checked: bool = True) -> None:
        self.base_url = ""
        self.requests: list[Received] = []
        """What came in, but for what asked for moderation."""
        self.screened: list[Received] = []
        """What asked for moderation."""
        self.billed = 0
        """Micro-dollars charged so far."""
        self.served = living()
        """Model ids with the days on which they are shut down; every other is gone."""
        self.granted: set[str] = set()
        """Which of `gif` and `svg` this account may have."""
        self.lists = True
        """Whether it tells which models it serves; some gateways do not."""
        self.faults: list[str] = []
        """A queue: the next request for pictures or to the ear takes the first and suffers it. See `faults.FAULTS`."""
        self.hears: list[hearing.Hears] = []
        """A queue of answers to what is heard; when it is empty, `nothing` is called."""
        self.sees: list[looking.Sees] = []
        """A queue of answers to pictures that are looked at; when it is empty, what is there is described."""
        self.heard: list[float] = []
        """Seconds of each sound that was listened to."""
        self.says: list[str] = []
        """A queue of transcriptions; when it is empty, nothing was said."""
        self.flags: moderation.Flags | None = None
        """What moderation flags of the words; None: nothing."""
        self.screens = True
        """Whether there is moderation; compatible servers have none."""
        self.screening_faults: list[str] = []
        """As `faults`, for moderation: those that strike before any work, `half_json` and `empty`."""
        self.screening_hold: asyncio.Event | None = None
        """Moderation waits for it."""
        self.breaches: list[str] = []
        """What breaks the official description."""
        self.hold: asyncio.Event | None = None
        """Requests for pictures wait for it, before anything is painted or billed."""
        self.partials: int | None = None
        """The most partial pictures that it sends of those asked for; None: all."""
        self.partial_delay = 0.0
        """Seconds between the events of a stream."""
        self.meter: Meter | None = None
        """The limit of pictures; None: there is none, and nothing is told of one."""
        self.picture_bytes: int | None = None
        """About how large every PNG is, if it is to be larger than it would be."""
        self.responses: dict[str, Response] = {}
        """Every response that is kept, by its id; what is taken out is forgotten."""
        self.converses = True
        """Whether it has the Responses API; most compatible servers have none."""
        self.muffle: asyncio.Event | None = None
        """Streams of responses wait for it before they tell of any output; the work itself goes on."""
        self._checked = checked
        self._background: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()
        self._news = asyncio.Event()
        self._files: dict[str, Work] = {}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_get("/v1/models", self._answer(self._models))
        app.router.add_get("/v1/models/{id}", self._answer(self._model))
        app.router.add_post("/v1/images/generations", self._answer(self._paint))
        app.router.add_post("/v1/images/edits", self._answer(self._paint))
        app.router.add_post("/v1/chat/completions", self._answer(self._complete))
        app.router.add_post("/v1/responses", self._answer(self._respond))
        app.router.add_get("/v1/responses/{id}", self._answer(self._response))
        app.router.add_post("/v1/responses/{id}/cancel", self._answer(self._cancel))
        app.router.add_post("/v1/audio/transcriptions", self._answer(self._transcribe))
        app.router.add_post(MODERATION, self._answer(self._moderate))
        app.router.add_get("/files/{work}/{name}", self._file)
        app.router.add_route("*", "/{rest:.*}", self._answer(self._nowhere))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        self._closing.set()
        for each in self._background:
            each.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._runner.cleanup()

    async def arrived(self, count: int) -> Received:
        """Waits until this many requests have come in since the start, answered or not; the last of them."""
        while len(self.requests) < count:
            self._news.clear()
            await self._news.wait()
        return self.requests[count - 1]

    async def asked_for_moderation(self) -> Received:
        """Waits until moderation has been asked for; the first such request."""
        while not self.screened:
            self._news.clear()
            await self._news.wait()
        return self.screened[0]

    def _answer(
        self, endpoint: Callable[[web.Request, Received], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The endpoint with what is the same for all: the record, the check, the key, and refusals in their shape."""

        async def answer(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            received = receive(
                request.method, request.path, {name.lower(): value for name, value in request.headers.items()}, body
            )
            (self.screened if request.path == MODERATION else self.requests).append(received)
            self._news.set()
            if self._checked:
                self.breaches += breaches(
                    "openai", request.method, request.path, request.headers, body, request.query_string, accept=ACCEPT
                )
            try:
                if received.headers.get("authorization") != f"Bearer {KEY}":
                    raise faults.refusal("bad_key")
                if not received.readable:
                    raise Refusal(400, "We could not parse the body of your request.")
                return await endpoint(request, received)
            except Refusal as refusal:
                return self._json(refusal.body(), status=refusal.status)

        return answer

    async def _models(self, request: web.Request, received: Received) -> web.StreamResponse:
        if not self.lists:
            raise Refusal(404, f"Invalid URL ({request.method} {request.path})")
        return self._json({"object": "list", "data": [self._described(name) for name in self.served]})

    async def _model(self, request: web.Request, received: Received) -> web.StreamResponse:
        name = request.match_info["id"]
        if name not in self.served:
            raise Refusal(404, f"The model '{name}' does not exist", code="model_not_found", param="model")
        return self._json(self._described(name))

    def _described(self, name: str) -> dict[str, Any]:
        return {
            "id": name,
            "object": "model",
            "created": 1_745_517_030,
            "owned_by": "system",
            "shutdown_date": self.served[name],
        }

    async def _paint(self, request: web.Request, received: Received) -> web.StreamResponse:
        fault = self._fault()
        if fault in faults.BEFORE:
            return await self._strike(request, fault)
        model = serving(received.parsed.get("model"), self.served, Purpose.PAINT)
        kind = received.path.rpartition("/")[2]
        sent_as = "multipart/form-data" if kind == "edits" else "application/json"
        if not received.headers.get("content-type", "").startswith(sent_as):
            raise Refusal(400, f"Unsupported content type; this method takes '{sent_as}'.")
        check_painting(kind, received.parsed, model, self.granted)
        if kind == "edits":
            format = received.parsed.get("output_format") or "png"
            await asyncio.to_thread(check_references, received.files, model, format=format)
        if self.meter is not None:
            self.meter.take(received.parsed.get("n") or 1)
        work = painting.accepted(received, model, most=self.partials, padded=self.picture_bytes, fault=fault)
        await asyncio.to_thread(painting.warm, work)
        if not await self._released(self.hold):
            return faults.reset(request)
        files = self._kept(work)
        if fault == "json_for_stream" or not work.stream:
            return await self._paint_plain(request, work, files)
        return await self._paint_streamed(request, work, files)

    async def _paint_plain(self, request: web.Request, work: Work, files: str) -> web.StreamResponse:
        if work.fault in faults.BROKEN_STREAM:
            raise faults.refusal(faults.UNSTREAMED[work.fault])
        self._bill(work.model, work.usage)
        if work.format == "svg":
            self._bill(painting.AUTHOR, painting.WRITTEN)
        if work.fault == "reset_after":
            return faults.reset(request)
        body = await asyncio.to_thread(painting.plain, work, files)
        if work.fault in ("half_json", "cut_stream"):
            body = body[: len(body) // 2]
        return self._bytes(body)

    async def _paint_streamed(self, request: web.Request, work: Work, files: str) -> web.StreamResponse:
        if work.fault not in faults.BROKEN_STREAM:
            self._bill(work.model, work.usage)
        if work.fault == "reset_after":
            return faults.reset(request)
        response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8", **self._id(200)})
        await response.prepare(request)
        told = painting.stream(work, files)
        # Who does not listen to the end has paid all the same.
        with suppress(ConnectionError):
            pause = 0.0
            while event := await asyncio.to_thread(next, told, b""):
                if pause:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._closing.wait(), pause)
                await response.write(event)
                pause = self.partial_delay
            if work.fault == "half_json" and request.transport is not None:
                request.transport.close()
        return response

    async def _complete(self, request: web.Request, received: Received) -> web.StreamResponse:
        fault = self._fault()
        if fault in faults.BEFORE:
            return await self._strike(request, fault)
        model = serving(received.parsed.get("model"), self.served, Purpose.HEAR, Purpose.CONVERSE)
        answer = self._look if model.purpose is Purpose.CONVERSE else self._hear
        told, usage = await answer(received.parsed)
        if fault in faults.BROKEN_STREAM:
            raise faults.refusal(faults.UNSTREAMED[fault])
        if not await self._released(self.hold):
            return faults.reset(request)
        self._bill(model, usage)
        if fault == "reset_after":
            return faults.reset(request)
        if fault == "empty":
            told["choices"] = []
        if fault == "no_usage":
            del told["usage"]
        body = json.dumps(told).encode()
        return self._bytes(body[: len(body) // 2] if fault in ("half_json", "cut_stream") else body)

    async def _hear(self, asked: dict[str, Any]) -> tuple[dict[str, Any], Usage]:
        seconds = await asyncio.to_thread(hearing.listened, asked)
        if hearing.speaks(asked):
            return hearing.spoken(asked, len(self.requests))
        said = self.hears.pop(0) if self.hears else hearing.NOTHING
        answer = said(asked) if callable(said) else said
        self.heard.append(seconds)
        usage = hearing.counted(asked, seconds, answer)
        return hearing.completion(asked, answer, usage, len(self.requests)), usage

    async def _look(self, asked: dict[str, Any]) -> tuple[dict[str, Any], Usage]:
        picture = await asyncio.to_thread(looking.looked, asked)
        answer = self.sees.pop(0) if self.sees else looking.described(asked, picture)
        return looking.completion(asked, picture, answer, len(self.requests))

    # ── responses ───────────────────────────────────────────────────────────────────────────────────────────

    async def _respond(self, request: web.Request, received: Received) -> web.StreamResponse:
        if not self.converses:
            return await self._nowhere(request, received)
        fault = self._fault(faults.RESPONSE_FAULTS)
        if fault in faults.BEFORE:
            return await self._strike(request, fault)
        lead = serving(received.parsed.get("model"), self.served, Purpose.CONVERSE)
        asked = await asyncio.to_thread(conversing.read, received.parsed, self.responses, self.granted)
        model = conversing.tool_model(asked.tool)
        if model.name not in self.served:
            raise Refusal(400, f"Invalid value: '{model.name}'.", code="invalid_value", param="tools[0].model")
        if self.meter is not None:
            self.meter.take(1)
        work = responding.work(asked, model, most=self.partials, padded=self.picture_bytes, fault=fault)
        response = Response(asked, work, fault)
        if asked.store:
            self.responses[response.id] = response
        await self._opened(response)
        response.begin()
        response.task = asyncio.create_task(self._carry_out(response, lead))
        self._background.add(response.task)
        response.task.add_done_callback(self._background.discard)
        if not asked.background:
            await response.task
        if fault == "reset_after":
            await response.task
            return faults.reset(request)
        if not asked.stream or fault == "json_for_stream":
            return self._json(response.told())
        return await self._follow(request, response)

    async def _opened(self, response: Response) -> None:
        """A response has begun to be."""

    async def _carry_out(self, response: Response, lead: Model) -> None:
        """Does a response's work, and bills it."""
        try:
            if not await self._released(self.hold):
                return
            response.start()
            response.call()
            await asyncio.to_thread(painting.warm, response.work)
            for index in range(0 if response.fault == "no_partials" else response.work.partials):
                await self._pause()
                response.partial(index)
            await self._pause()
        except asyncio.CancelledError:
            if self._closing.is_set():
                raise
            response.cancel()
            self._bill(lead, response.lead)
            return
        self._kept(response.work)
        response.finish()
        if response.status != "failed":
            self._bill(lead, response.lead)
        self._bill(response.work.model, response.tool)
        if response.painted and response.work.format == "svg":
            self._bill(painting.AUTHOR, painting.WRITTEN)

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), self.partial_delay)

    async def _follow(self, request: web.Request, response: Response, after: int = -1) -> web.StreamResponse:
        """Sends the events after that number."""
        answer = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8", **self._id(200)})
        await answer.prepare(request)
        cuts = response.fault in {"cut_stream", "half_json", "forgotten"} and after < 0
        with suppress(ConnectionError):
            async for event in response.follow(after):
                if cuts and b"image_generation_call.generating" in event[:200]:
                    if response.fault == "forgotten":
                        self.responses.pop(response.id, None)
                    if response.fault != "cut_stream" and request.transport is not None:
                        request.transport.close()
                    break
                await self._send(answer, response, event)
                if response.fault == "stream_error" and b"image_generation_call.generating" in event[:200]:
                    said = {"type": "error", "sequence_number": 99, **responding.FAILED, "param": None}
                    await answer.write(f"event: error\ndata: {json.dumps(said)}\n\n".encode())
                    break
        return answer

    async def _send(self, answer: web.StreamResponse, response: Response, event: bytes) -> None:
        if b"response.output_item" in event[:60]:
            await self._released(self.muffle)
        await answer.write(event)

    async def _response(self, request: web.Request, received: Received) -> web.StreamResponse:
        response = self._known(request)
        if request.query.get("stream") != "true":
            return self._json(response.told())
        if not response.asked.stream:
            raise Refusal(400, "This response was not created with 'stream', and cannot be streamed.", param="stream")
        return await self._follow(request, response, int(request.query.get("starting_after", "-1")))

    async def _cancel(self, request: web.Request, received: Received) -> web.StreamResponse:
        response = self._known(request)
        if not response.asked.background:
            raise Refusal(400, "Cannot cancel a synchronous response.")
        if not response.over and response.task is not None:
            response.task.cancel()
            await asyncio.wait({response.task})
        return self._json(response.told())

    def _known(self, request: web.Request) -> Response:
        name = request.match_info["id"]
        if name not in self.responses:
            raise Refusal(404, f"Response with id '{name}' not found.")
        return self.responses[name]

    async def _transcribe(self, request: web.Request, received: Received) -> web.StreamResponse:
        fault = self._fault()
        if fault in faults.BEFORE:
            return await self._strike(request, fault)
        model = serving(received.parsed.get("model"), self.served, Purpose.TRANSCRIBE)
        seconds = await asyncio.to_thread(transcribing.transcribed, received)
        if fault in faults.BROKEN_STREAM:
            raise faults.refusal(faults.UNSTREAMED[fault])
        self.heard.append(seconds)
        told = transcribing.transcription(self.says.pop(0) if self.says else "", seconds, "en")
        self._bill(model, Usage(audio_seconds=told["usage"]["seconds"]))
        if fault == "reset_after":
            return faults.reset(request)
        if fault == "no_usage":
            del told["usage"]
        body = json.dumps(told).encode()
        return self._bytes(body[: len(body) // 2] if fault in ("half_json", "cut_stream") else body)

    async def _moderate(self, request: web.Request, received: Received) -> web.StreamResponse:
        if not self.screens:
            return await self._nowhere(request, received)
        fault = self.screening_faults.pop(0) if self.screening_faults else None
        if fault in faults.BEFORE:
            return await self._strike(request, fault)
        if not await self._released(self.screening_hold):
            return faults.reset(request)
        results = [
            moderation.result(self.flags(each) if self.flags else False) for each in moderation.texts(received.parsed)
        ]
        model = received.parsed.get("model") or "omni-moderation-latest"
        told = {"id": f"modr-{len(self.screened)}", "model": model, "results": [] if fault == "empty" else results}
        body = json.dumps(told).encode()
        return self._bytes(body[: len(body) // 2] if fault == "half_json" else body)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A picture that `url_answer` points to; needs no key, as the addresses of such files do not."""
        self.requests.append(
            receive(request.method, request.path, {name.lower(): value for name, value in request.headers.items()}, b"")
        )
        work = self._files.get(request.match_info["work"])
        number = request.match_info["name"].partition(".")[0]
        if work is None or not number.isdecimal() or int(number) >= work.count:
            raise web.HTTPNotFound
        return web.Response(body=painting.painted(work, int(number)), content_type=KINDS[work.format])

    async def _nowhere(self, request: web.Request, received: Received) -> web.StreamResponse:
        raise Refusal(404, f"Invalid URL ({request.method} {request.path})")

    def _fault(self, there: Collection[str] = faults.FAULTS) -> str | None:
        """The next fault of the queue. A name that is none is a mistake of the test, and kept among the breaches."""
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or fault in there:
            return fault
        self.breaches.append(f"no fault is called {fault!r}; there are {', '.join(sorted(there))}")
        return "server_error"

    async def _strike(self, request: web.Request, fault: str) -> web.StreamResponse:
        """What a fault does that strikes before any work."""
        if fault == "hang":
            await self._closing.wait()
        if fault in ("hang", "reset_before"):
            return faults.reset(request)
        if fault in faults.PAGES:
            status, page = faults.PAGES[fault]
            return web.Response(text=page, status=status, content_type="text/html")
        refusal = faults.REFUSALS[fault]
        return self._json(refusal.body(), status=refusal.status, headers=faults.HEADERS.get(fault, {}))

    async def _released(self, hold: asyncio.Event | None) -> bool:
        """True once nothing holds the request any longer; False: the server closes first."""
        if hold is None:
            return True
        waits = [asyncio.ensure_future(event.wait()) for event in (hold, self._closing)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        return not self._closing.is_set()

    def _bill(self, model: Model, usage: Usage) -> None:
        self.billed += cost(model, usage)

    def _kept(self, work: Work) -> str:
        """The address of the work's files."""
        name = str(len(self._files))
        if work.fault == "url_answer":
            self._files[name] = work
        return f"{self.base_url.removesuffix('/v1')}/files/{name}"

    def _id(self, status: int) -> dict[str, str]:
        told = self.meter.headers(status) if self.meter is not None else {}
        return {"x-request-id": f"req_{len(self.requests)}", "openai-processing-ms": "1", **told}

    def _json(self, told: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
        return self._bytes(json.dumps(told).encode(), status, headers)

    def _bytes(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
        return web.Response(
            body=body,
            status=status,
            headers={"content-type": "application/json", **self._id(status), **(headers or {})},
        )


@asynccontextmanager
async def conforming() -> AsyncIterator[FakeOpenAI]:
    """The server for a test; at its end, what reached it has to have conformed to the official description."""
    async with FakeOpenAI() as fake:
        yield fake
    assert fake.breaches == []
