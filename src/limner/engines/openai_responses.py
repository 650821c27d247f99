"""OpenAI's Responses API: a model that converses has a picture painted, by calling the `image_generation` tool.

The call goes on in the background, at the provider: it has a handle, by which what comes of it is picked up if the
connection breaks or this process ends. So one painting is one POST, followed by as many looks as it takes. The
conversation is kept there too, and an edit of a picture goes on from where that picture was made.

Sources: the SDK's `resources/responses/responses.py`, OpenAI's guides to background mode and to the image generation
tool.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from limner.engines import (
    RESPONSES,
    OnHandle,
    OnPartial,
    Painted,
    Painting,
    PictureFile,
    Resumable,
    unheard,
)
from limner.engines.conversing import turn
from limner.engines.following import HEADERS, Following, broken
from limner.errors import MainlineGone, ModelGone, NeverSent, NoResponses, OutcomeUnknown, ProviderTrouble
from limner.media.offloop import PICTURES, off_loop
from limner.models import Model
from limner.openai.errors import caught, translate

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = structlog.get_logger(__name__)

ARRIVALS = 8
"""Pictures that come in side by side, as in `openai_images`."""
CANCEL_SECONDS = 10.0
"""How long it may take to hear what came of a call that is cancelled."""
MISSING = {404, 405, 501}
"""What servers without this API answer."""


class OpenAIResponses(Resumable):
    """Paints in conversations."""

    name = RESPONSES

    def __init__(
        self, client: AsyncOpenAI, *, mainline: Callable[[], Model], gone: Callable[[str], None] = lambda name: None
    ) -> None:
        """The client is its giver's to close. `mainline` says which model leads now, `gone` is told of one that is no
        longer served."""
        self._client = client
        self._mainline = mainline
        self._gone = gone
        self._turn = asyncio.Lock()
        self._arrivals = asyncio.Semaphore(ARRIVALS)

    async def paint(
        self, painting: Painting, folder: Path, on_partial: OnPartial, on_handle: OnHandle = unheard
    ) -> Painted:
        following = Following(self._client, folder, on_partial, self._arrivals, on_handle)
        try:
            await self._ask(painting, following)
            await following.to_end()
            return await following.painted()
        finally:
            await following.close()

    async def resume(self, handle: str, folder: Path, on_partial: OnPartial) -> Painted:
        following = Following(self._client, folder, on_partial, self._arrivals, handle=handle)
        try:
            await following.to_end()
            return await following.painted()
        finally:
            await following.close()

    async def cancel(self, handle: str, folder: Path) -> Painted:
        following = Following(self._client, folder, _unseen, self._arrivals, handle=handle)
        responses = self._client.responses.with_streaming_response
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                try:
                    await following.hear(responses.cancel(handle, extra_headers=HEADERS))
                except broken() as problem:
                    log.info("a response could not be cancelled", problem=type(problem).__name__)
                await following.to_end()
                return await following.painted()
        except TimeoutError as problem:
            raise OutcomeUnknown() from problem
        finally:
            await following.close()

    async def close(self) -> None:
        """Nothing is held between paintings."""

    async def _ask(self, painting: Painting, following: Following) -> None:
        """Makes the call, and hears as much of its answer as comes. What is refused before any work, because a
        conversation is forgotten or the leading model gone, is asked for in another way.

        Raises:
            ProviderTrouble: There is no call to be followed.
        """
        while True:
            lead = self._lead()
            async with self._turn:  # as in `openai_images`: a hundred do not begin in one go
                said = await off_loop(PICTURES, turn, painting, lead)
            responses = self._client.responses.with_streaming_response
            try:
                await following.hear(responses.create(**said, extra_headers=HEADERS))
            except OutcomeUnknown:
                if following.handle is None:
                    raise
            except caught() as error:
                if following.handle is None:
                    painting = self._otherwise(error, painting, lead, following)
                    continue
                log.info("a response goes on without us", problem=type(error).__name__)
            if following.handle is None:
                raise OutcomeUnknown()
            return

    def _lead(self) -> Model:
        """The model that leads now.

        Raises:
            MainlineGone: None does.
        """
        try:
            return self._mainline()
        except ModelGone as gone:  # which the easel would take for the model that paints
            raise MainlineGone(model=gone.fields["model"]) from gone

    def _otherwise(self, error: Exception, painting: Painting, lead: Model, following: Following) -> Painting:
        """How to ask again after this error; raises the trouble that it is where there is no other way."""
        if painting.continues and _about(error, "previous_response"):
            log.info("a conversation is forgotten: it begins anew with its picture")
            return replace(painting, continues=None)
        trouble = self._trouble(error, painting, lead)
        if isinstance(trouble, MainlineGone):
            self._gone(lead.name)
            if self._lead().name != lead.name:
                return painting
        raise OutcomeUnknown() if following.answered and isinstance(trouble, NeverSent) else trouble from error

    def _trouble(self, error: Exception, painting: Painting, lead: Model) -> ProviderTrouble:
        import openai

        trouble = translate(error, model=painting.model.name, format=painting.format)
        if not isinstance(error, openai.APIStatusError):
            return trouble
        if _about(error, "tools") and "model" in str(error.param):
            return ModelGone(model=painting.model.name)
        if isinstance(trouble, ModelGone) and painting.model.name not in error.message:
            return MainlineGone(model=lead.title)
        if error.status_code in MISSING and not isinstance(trouble, ModelGone):
            return NoResponses()
        return trouble


def _about(error: Exception, parameter: str) -> bool:
    """Whether a request was refused because of this parameter, by its name or by the error's code."""
    import openai

    said = (str(error.param), str(error.code)) if isinstance(error, openai.APIStatusError) else ()
    return any(each.startswith(parameter) for each in said)


async def _unseen(file: PictureFile) -> None:
    """Told of partial pictures of what is cancelled."""
