"""Screening: what moderation says of a request, asked once and remembered."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import structlog

from limner.config import Moderation
from limner.domain.request import Reference, Request
from limner.domain.rules import Screening
from limner.errors import BadKey, ModelGone, OutOfMoney, ProviderTrouble, RequestRefused, Unverified
from limner.media.preview import preview
from limner.media.sheet import sheet
from limner.store import Store

if TYPE_CHECKING:
    from limner.openai.moderation import Moderator

log = structlog.get_logger(__name__)

LONGEST = 768
"""Pixels each way of what is screened of a picture; several share a sheet, for one picture goes with a call."""
PAUSE_SECONDS = 10.0
"""How long nobody asks while the endpoint gives no verdict, so that it does not hold up each request."""
FAILURES = 3
"""In a row, before nobody asks: one may be a request's own doing, and shall not let all others pass."""
PIECE, OVERLAP = 8_000, 200
"""Characters that are screened at once of words that are not taken as a whole, and of two pieces in common."""

ABOUT_THE_REQUEST = frozenset({400, 413, 422})
"""Statuses that tell of this request, and nothing of the endpoint."""
LASTING = (BadKey, ModelGone, OutOfMoney, Unverified, RequestRefused)
"""What the next request would meet as well."""


SCREENED = "screened"
IN_WORDS = "screened in words alone: moderation did not take the pictures"


@dataclass(frozen=True)
class Answer:
    """What came of a screening."""

    screening: Screening | None
    """None: no verdict."""
    how: str = SCREENED
    """In words, for the audit log."""

    @property
    def whole(self) -> bool:
        """Whether all of the request was looked at."""
        return self.screening is not None and self.how == SCREENED


class Screenings:
    """Has requests screened: members' own words, those of a team's style among them, and the pictures that they bring.

    Limner's words (guidance, a ready style's) and pictures of the library are left out: the latter passed the model's
    own rules when they were made.
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
        self._failures = 0

    async def of(self, request: Request) -> Answer:
        """The verdict on a request, or why there is none."""
        key = self._key(request)
        if (known := await self._store.screenings.get(key)) is not None:
            return Answer(known)
        # Who asks for the same at the same time waits for the same answer.
        async with self._asking.setdefault(key, asyncio.Lock()):
            if (known := await self._store.screenings.get(key)) is not None:
                return Answer(known)
            answer = await self._ask(request)
            if answer.whole and answer.screening is not None:
                await self._store.screenings.put(key, answer.screening)
            return answer

    def _key(self, request: Request) -> str:
        said = [self._settings.model, request.words, *(each.blob for each in _brought(request))]
        return hmac.new(self._secret, "\0".join(said).encode(), hashlib.sha256).hexdigest()

    async def _ask(self, request: Request) -> Answer:
        moderator = await self._moderator()
        if moderator is None:
            return Answer(None, "not screened: there is no moderation")
        if self._clock() < self._paused_until:
            return Answer(None, "not screened: moderation has given no verdicts of late")
        picture = await self._picture(_brought(request))
        try:
            answer = await _screen(moderator, request.words, picture)
        except ProviderTrouble as trouble:
            log.warning("not screened", why=type(trouble).__name__)
            if not _about_the_request(trouble):
                self._failures += 1
                if self._failures >= FAILURES or isinstance(trouble, LASTING):
                    self._paused_until = self._clock() + PAUSE_SECONDS
            return Answer(None, f"not screened: moderation gave no verdict ({type(trouble).__name__})")
        self._failures = 0
        return answer

    async def _picture(self, references: tuple[Reference, ...]) -> bytes | None:
        """The pictures as one small JPEG."""
        if not references:
            return None
        with TemporaryDirectory(dir=self._spool) as folder:
            paths = [await self._store.blobs.file(each.blob, Path(folder)) for each in references]
            data = paths[0] if len(paths) == 1 else (await sheet(paths, longest=2 * LONGEST))[0]
            small, _ = await preview(data, longest=LONGEST if len(paths) == 1 else 2 * LONGEST)
        return small


def _brought(request: Request) -> tuple[Reference, ...]:
    return tuple(each for each in (*request.references, *request.examples) if each.asset is None)


def _about_the_request(trouble: ProviderTrouble) -> bool:
    return isinstance(trouble, RequestRefused) and trouble.fields.get("status") in ABOUT_THE_REQUEST


async def _screen(moderator: Moderator, words: str, picture: bytes | None) -> Answer:
    """The verdict, as whole as can be. What is not taken as a whole is shown in parts: a request that makes itself
    impossible to screen is looked at as far as can be.

    Raises:
        ProviderTrouble: There is no verdict on the words.
    """
    try:
        return Answer(await moderator.screen(words, picture))
    except RequestRefused as trouble:
        pieces = _pieces(words)
        if not _about_the_request(trouble) or (picture is None and len(pieces) == 1):
            raise
    asked = [moderator.screen(piece) for piece in pieces]
    if picture is not None and len(pieces) > 1:  # maybe it was the words alone
        asked.append(moderator.screen(pieces[0], picture))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    seen = [each for each in answers if isinstance(each, Screening)]
    failed = [each for each in answers if isinstance(each, BaseException)]
    if any(each.flagged for each in seen):
        categories = dict.fromkeys(name for each in seen for name in each.categories)
        return Answer(Screening(flagged=True, categories=tuple(categories)))
    if unexpected := next((each for each in failed if not isinstance(each, ProviderTrouble)), None):
        raise unexpected
    if without := next((each for each in answers[: len(pieces)] if isinstance(each, ProviderTrouble)), None):
        raise without
    if failed or (picture is not None and len(pieces) == 1):
        return Answer(Screening(flagged=False), IN_WORDS)
    return Answer(Screening(flagged=False))


def _pieces(words: str) -> list[str]:
    step = PIECE - OVERLAP
    return [words[start : start + PIECE] for start in range(0, max(len(words) - OVERLAP, 1), step)]
