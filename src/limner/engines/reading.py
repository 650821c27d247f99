"""What an answer says, as it is read: pictures, partial ones, usage, or what went wrong.

`Reading` understands the Images API; what reads another API's answers says in `_hear` what they mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from limner.engines import OnPartial, usages
from limner.engines.answers import AnswerReader, Garbled, Said
from limner.engines.sieve import KEYS, TooMuch
from limner.engines.telling import Teller
from limner.errors import BadPicture, NoPicture, OutcomeUnknown, ProviderTrouble
from limner.media.offloop import DISK, off_loop
from limner.models import Tally, Usage
from limner.openai.errors import caught

if TYPE_CHECKING:
    from openai._response import AsyncAPIResponse

log = structlog.get_logger(__name__)

WRITE_AT = 256_000
"""Bytes of a picture that are written together."""
LINGER = 1.0
"""Seconds after the picture that an answer has to end, for its connection to be used again."""


class Reading:
    """What an answer says, as it is read."""

    keys: tuple[str, ...] = KEYS
    """Those whose values are pictures."""

    def __init__(self, folder: Path, on_partial: OnPartial, arrivals: asyncio.Semaphore) -> None:
        """`arrivals`: shared with the readings beside this one, held while a picture comes in."""
        self.teller = Teller(on_partial)
        self.pictures: list[Said] = []
        self.made: list[Path] = []
        """Files to be removed unless everything goes well."""
        self.others: tuple[Tally, ...] = ()
        """What other models counted than the one that paints."""
        self._reader = AnswerReader(folder, self.keys)
        self._arrivals = arrivals
        self._arriving = False
        self._usages: list[Usage] = []

    @property
    def usage(self) -> Usage | None:
        return usages.total(self._usages)

    @property
    def revised_prompt(self) -> str | None:
        said = (each.get("revised_prompt") for each in self.pictures)
        return next((each for each in said if isinstance(each, str) and each), None)

    @property
    def done(self) -> bool:
        """Whether everything has been said that is waited for."""
        return bool(self.pictures)

    async def read(self, response: AsyncAPIResponse[Any]) -> None:
        """Reads to the end, or for a moment after all is said. That it ended before is no error here: see `done`.

        Raises:
            ProviderTrouble: What the server said instead of a picture.
            OutcomeUnknown: It said nothing that can be understood.
            openai.APIError, httpx2.HTTPError: As the SDK and its transport raise them.
        """
        request = response.http_request
        pieces = response.iter_bytes()
        try:
            async for piece in pieces:
                await self._hear(await self._read(piece), request)
                if self.done:
                    break
            if self.done:
                await self._linger(pieces, request)
            else:
                await off_loop(DISK, self._reader.write)
                await self._hear(self._reader.end(), request)
        except (Garbled, TooMuch) as problem:
            log.warning("the answer makes no sense", problem=str(problem), status=response.status_code)
            raise OutcomeUnknown(request_id=response.request_id) from problem

    async def _read(self, piece: bytes) -> list[Said]:
        """What is whole now; the pictures in it are in their files."""
        said = self._reader.feed(piece)
        if said or self._reader.waiting >= WRITE_AT:
            await off_loop(DISK, self._reader.write)
        if self._reader.in_picture and not self._arriving:
            await self._arrivals.acquire()
            self._arriving = True
        elif not self._reader.in_picture:
            self._arrived()
        return said

    def _arrived(self) -> None:
        if self._arriving:
            self._arriving = False
            self._arrivals.release()

    async def _linger(self, pieces: Any, request: Any) -> None:
        """The picture is here and paid for: whatever goes wrong now takes nothing from it, nor does whoever cancels
        the painting (`asyncio.Task.cancelling` still tells)."""
        with suppress(TimeoutError, Garbled, TooMuch, ProviderTrouble, asyncio.CancelledError, *caught()):
            async with asyncio.timeout(LINGER):
                async for piece in pieces:
                    await self._hear(await self._read(piece), request)

    async def _hear(self, said: Iterable[Said], request: Any) -> None:
        for each in said:
            kind = str(each.get("type", ""))
            if each.get("error") or kind == "error":
                raise spoken(each, request)
            if kind.endswith(".partial_image"):
                with suppress(BadPicture):
                    if (path := self.path(each)) is not None:
                        self.teller.tell(path)
            elif kind.endswith(".completed"):
                self._keep([each], each)
            elif "data" in each:
                data = each["data"]
                self._keep([item for item in data if isinstance(item, dict)] if isinstance(data, list) else [], each)

    def _keep(self, pictures: list[Said], said: Said) -> None:
        if not pictures:
            raise NoPicture()
        self.pictures += pictures
        if (usage := usages.read(said.get("usage"))) is not None:
            self._usages.append(usage)
        if (author := usages.author(said.get("svg_usage"))) is not None:
            self.others = (*self.others, author)

    def path(self, said: Said, key: str = "b64_json") -> Path | None:
        """The file of the picture in an object under this key; None when it has none.

        Raises:
            BadPicture: It is not base64, or too large.
        """
        name = said.get(key)
        if not isinstance(name, str) or not name:
            return None
        sifted = self._reader.files.get(name)
        if sifted is None or not sifted.sound:
            raise BadPicture()
        return sifted.path

    async def close(self) -> None:
        """Removes what is not part of the painting."""
        self._arrived()
        await self.teller.stop()
        self._reader.close()
        for path in (*(each.path for each in self._reader.files.values()), *self.made):
            path.unlink(missing_ok=True)


def spoken(said: Said, request: Any) -> Exception:
    """An error inside an answer that began well, as the SDK raises it from a stream."""
    import openai

    error = said.get("error")
    body = error if isinstance(error, dict) else said
    return openai.APIError(str(body.get("message") or "an error in the answer"), request, body=body)
