"""OpenAI's stand-in with a till roll: which call was billed what, and how much of each answer went out."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field

from aiohttp import web

from limner.models import Model, Usage
from limner.rules.prices import cost
from tests.fakes.openai import FakeOpenAI, Received
from tests.fakes.openai import painting as shapes
from tests.fakes.openai.painting import Work
from tests.fakes.openai.responding import Response


@dataclass
class Call:
    """One request for pictures, as it came."""

    id: str
    """As the answer's `x-request-id` tells it; of one that makes a response, that one's id."""
    prompt: str
    port: int
    """The port that it came from."""
    billed: int = 0
    """Micro-dollars."""
    pictures: list[str] = field(default_factory=list)
    """The SHA-256 of each picture that was made."""
    whole: bool = False
    """Whether the answer was written to its end; it may still have been on its way when its reader died."""


_call: ContextVar[Call] = ContextVar("call")

Reached = Callable[[str, Call], Awaitable[None]]


async def nothing(point: str, call: Call) -> None:
    """What happens at a point unless somebody has other plans."""


class Till(FakeOpenAI):
    """The server. `reached` is awaited at the points that can be seen from out here: `call sent` and `answer half
    sent`."""

    def __init__(self) -> None:
        super().__init__(checked=False)
        self.calls: list[Call] = []
        self._of_response: dict[str, Call] = {}
        self.reached: Reached = nothing
        self.picture_bytes = 1  # cheap pictures, each with a mark of its own
        self.partials = 1

    async def _paint(self, request: web.Request, received: Received) -> web.StreamResponse:
        call = await self._rung_up(request, str(received.parsed.get("prompt")))
        answer = await super()._paint(request, received)
        call.whole |= not answer.prepared  # what is not streamed is on its way now
        return answer

    async def _respond(self, request: web.Request, received: Received) -> web.StreamResponse:
        await self._rung_up(request, str(received.parsed.get("input")))
        return await super()._respond(request, received)

    async def _rung_up(self, request: web.Request, prompt: str) -> Call:
        peer = request.transport.get_extra_info("peername") if request.transport else None
        call = Call(id=f"req_call_{len(self.calls)}", prompt=prompt, port=peer[1] if peer else 0)
        self.calls.append(call)
        _call.set(call)
        await self.reached("call sent", call)
        return call

    async def _opened(self, response: Response) -> None:
        call = self._of_response[response.id] = _call.get()
        call.id = response.id

    async def _send(self, answer: web.StreamResponse, response: Response, event: bytes) -> None:
        call = self._of_response[response.id]
        last = b"response.completed" in event[:60]
        await answer.write(event[: len(event) // 2])
        if last and _call.get(None) is call:  # not of a later look
            await self.reached("answer half sent", call)
        await answer.write(event[len(event) // 2 :])
        call.whole |= last

    async def _paint_streamed(self, request: web.Request, work: Work, files: str) -> web.StreamResponse:
        if work.fault is not None:
            return await super()._paint_streamed(request, work, files)
        call = _call.get()
        self._bill(work.model, work.usage)
        response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8", **self._id(200)})
        with suppress(ConnectionError):
            await response.prepare(request)
            for event in shapes.stream(work, files):
                await response.write(event[: len(event) // 2])
                await self._pause()
                if b".completed" in event[:200]:
                    await self.reached("answer half sent", call)
                await response.write(event[len(event) // 2 :])
            call.whole = True
        return response

    def _id(self, status: int) -> dict[str, str]:
        call = _call.get(None)
        return {**super()._id(status), **({"x-request-id": call.id} if call else {})}

    def _kept(self, work: Work) -> str:
        _call.get().pictures = [
            hashlib.sha256(shapes.painted(work, number)).hexdigest() for number in range(work.count)
        ]
        return super()._kept(work)

    def _bill(self, model: Model, usage: Usage) -> None:
        _call.get().billed += cost(model, usage)
        super()._bill(model, usage)
