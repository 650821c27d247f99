"""Screening: what moderation says of a request, asked once and remembered."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import structlog

from limner.config import Moderation
from limner.domain.request import Reference, Request
from limner.domain.rules import Screening
from limner.errors import ProviderTrouble
from limner.media.preview import preview
from limner.media.sheet import sheet
from limner.store import Store

if TYPE_CHECKING:
    from limner.openai.moderation import Moderator

log = structlog.get_logger(__name__)

LONGEST = 768
"""Pixels each way of what is screened of a picture; several share a sheet, for one picture goes with a call."""
PAUSE_SECONDS = 10.0
"""How long nobody asks after the endpoint gave no verdict, so that it holds up one request and not each."""

BAD_REQUEST = 400


class Screenings:
    """Has requests screened: the member's own words, and the pictures that they bring.

    Limner's words (guidance, a style's) and pictures of the library are left out: the latter passed the model's own
    rules when they were made.
    """

    def __init__(
        self,
        *,
        settings: Moderation,
        store: Store,
        moderator: Callable[[], Awaitable[Moderator | None]],
        secret: bytes,
        spool: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._store = store
        self._moderator = moderator
        self._secret = secret
        self._spool = spool
        self._clock = clock
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._paused_until = 0.0

    async def of(self, request: Request) -> Screening | None:
        """The verdict on a request; None when none can be had now."""
        key = self._key(request)
        if (known := await self._store.screenings.get(key)) is not None:
            return known
        # Who asks for the same at the same time waits for the same answer.
        async with self._asking.setdefault(key, asyncio.Lock()):
            return await self._store.screenings.get(key) or await self._ask(key, request)

    def _key(self, request: Request) -> str:
        said = [self._settings.model, request.prompt, *(each.blob for each in _brought(request))]
        return hmac.new(self._secret, "\0".join(said).encode(), hashlib.sha256).hexdigest()

    async def _ask(self, key: str, request: Request) -> Screening | None:
        moderator = await self._moderator()
        if moderator is None or self._clock() < self._paused_until:
            return None
        picture = await self._picture(_brought(request))
        try:
            verdict = await moderator.screen(request.prompt, picture)
        except ProviderTrouble as trouble:
            log.warning("not screened", why=type(trouble).__name__)
            if trouble.fields.get("status") != BAD_REQUEST:  # that is about this request, not about the endpoint
                self._paused_until = self._clock() + PAUSE_SECONDS
            return None
        await self._store.screenings.put(key, verdict)
        return verdict

    async def _picture(self, references: tuple[Reference, ...]) -> bytes | None:
        """The pictures as one small JPEG."""
        if not references:
            return None
        with TemporaryDirectory(dir=self._spool) as folder:
            paths = [await self._local(each, Path(folder)) for each in references]
            data = paths[0] if len(paths) == 1 else (await sheet(paths, longest=2 * LONGEST))[0]
            small, _ = await preview(data, longest=LONGEST if len(paths) == 1 else 2 * LONGEST)
        return small

    async def _local(self, reference: Reference, folder: Path) -> Path:
        if path := self._store.blobs.local_path(reference.blob):
            return path
        path = folder / reference.blob
        await asyncio.to_thread(path.write_bytes, await self._store.blobs.read(reference.blob))
        return path


def _brought(request: Request) -> tuple[Reference, ...]:
    return tuple(each for each in request.references if each.asset is None)
