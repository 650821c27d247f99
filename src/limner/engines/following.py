"""One response from its first word to its end, over as many connections as it takes."""

from __future__ import annotations

import asyncio
import random
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog

from limner.engines import OnHandle, OnPartial, Painted, PictureFile, unheard
from limner.engines.files import named
from limner.engines.outcomes import spent, without_picture
from limner.engines.responding import Responding
from limner.errors import BadPicture, OutcomeUnknown
from limner.media.offloop import PICTURES, off_loop
from limner.openai.errors import caught
from limner.openai.limits import Allowance, allowance

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai._response import AsyncAPIResponse

log = structlog.get_logger(__name__)

HEADERS = {"Accept-Encoding": "identity"}
"""A picture hardly shrinks, and an answer that is not packed comes in pieces of known size."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 10.0
"""Seconds between two looks at a response that is under way."""
LOST_AFTER = 600.0
"""Seconds without a sign of a response after which it is given up: so long, about, are those kept that run in the
background (OpenAI's guide to background mode)."""
LONGEST = 3600.0
"""Seconds that a response may be under way."""


def broken() -> tuple[type[Exception], ...]:
    """What a connection breaks with, for an except clause, where the response goes on without it."""
    return OutcomeUnknown, *caught()


class Following:
    """A response and what is known of it."""

    def __init__(
        self,
        client: AsyncOpenAI,
        folder: Path,
        on_partial: OnPartial,
        arrivals: asyncio.Semaphore,
        on_handle: OnHandle = unheard,
        handle: str | None = None,
    ) -> None:
        """`handle`: of a response that is there already; `on_handle` is told of any other's."""
        self._client = client
        self._folder = folder
        self._on_partial = on_partial
        self._arrivals = arrivals
        self._on_handle = on_handle
        self.handle = handle
        self.answered = False
        """Whether anything came back."""
        self._request_id: str | None = None
        self._allowance: Allowance | None = None
        self._reading: Responding | None = None
        self._cursor: int | None = None

    @property
    def done(self) -> bool:
        """Whether the response has come to its end."""
        return self._reading is not None and self._reading.done

    async def hear(self, answer: AbstractAsyncContextManager[AsyncAPIResponse[Any]]) -> None:
        """Reads one answer that tells of the response, as far as it goes.

        Raises:
            OutcomeUnknown: It makes no sense.
            openai.APIError, httpx2.HTTPError: As the SDK and its transport raise them.
        """
        await self.close()
        reading = self._reading = Responding(self._folder, self._on_partial, self._arrivals, self._known)
        try:
            async with answer as response:
                self.answered = True
                self._request_id = self._request_id or response.request_id
                self._allowance = allowance(response.headers, ("images",)) or self._allowance
                await reading.read(response)
            await reading.teller.finish()
        finally:
            self._cursor = reading.cursor if reading.cursor is not None else self._cursor

    async def _known(self, handle: str) -> None:
        if self.handle is None:
            self.handle = handle
            await self._on_handle(handle)

    async def to_end(self, seconds: float = LONGEST) -> None:
        """Looks until the response is at its end: once more at the events that it goes on to send, then again and again
        at how it stands.

        Raises:
            OutcomeUnknown: It is not known any longer, cannot be asked for, or takes longer than so many seconds.
        """
        began = seen = monotonic()
        pause, streamed = FIRST_PAUSE, True
        while not self.done:
            if await self._look(streamed):
                seen = monotonic()
            if self.done:
                return
            now = monotonic()
            if now - began > seconds or now - seen > LOST_AFTER:
                log.warning("a response is given up", seconds=round(now - began))
                raise OutcomeUnknown(request_id=self._request_id)
            if not streamed:
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 no secret
                pause = min(pause * 1.5, LONGEST_PAUSE)
            streamed = False

    async def _look(self, streamed: bool) -> bool:
        """Reads how the response stands, or its further events; whether it was seen.

        Raises:
            OutcomeUnknown: The provider does not know it any longer.
        """
        import openai

        assert self.handle is not None
        more: dict[str, Any] = {"stream": streamed}
        if streamed and self._cursor is not None:
            more["starting_after"] = self._cursor
        responses = self._client.responses.with_streaming_response
        try:
            await self.hear(responses.retrieve(self.handle, **more, extra_headers=HEADERS))
        except openai.NotFoundError as problem:
            if not streamed:  # its events may be forgotten before it is
                raise OutcomeUnknown(request_id=self._request_id) from problem
            return False
        except broken() as problem:
            log.info("a response could not be looked at", problem=type(problem).__name__)
            return False
        return True

    async def painted(self) -> Painted:
        """What came of a response that is at its end. A picture that suffered on its way is fetched once more.

        Raises:
            ProviderTrouble: There is no picture.
        """
        try:
            return await self._painted()
        except BadPicture:
            await self._look(streamed=False)
            return await self._painted()

    async def _painted(self) -> Painted:
        reading = self._reading
        if reading is None or reading.told is None:
            raise OutcomeUnknown(request_id=self._request_id)
        counted = spent(reading.told, reading.calls, self._request_id)
        pictures: list[PictureFile] = []
        try:
            for path in reading.files():
                pictures.append(await off_loop(PICTURES, named, path, self._folder, len(pictures) + 1))
                reading.made.append(pictures[-1].path)
        except BadPicture as problem:
            known = counted if counted is not None and counted.usage is not None else None
            raise BadPicture(spent=known, request_id=self._request_id) from problem
        if not pictures:
            raise without_picture(reading.told, reading.calls, counted)
        reading.made.clear()
        revised = (each.get("revised_prompt") for each in reading.calls)
        return Painted(
            pictures=tuple(pictures),
            usage=counted.usage if counted is not None else None,
            others=counted.others if counted is not None else (),
            request_id=self._request_id,
            revised_prompt=next((each for each in revised if isinstance(each, str) and each), None),
            allowance=self._allowance,
        )

    async def close(self) -> None:
        """Removes what is not part of a painting."""
        if self._reading is not None:
            await self._reading.close()
            self._reading = None
