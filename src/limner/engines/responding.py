"""What an answer of the Responses API says, as it is read: the call's handle first, then how it goes, then its end.

Sources: the SDK's `types/responses/`: `response.py`, `response_output_item.py`, `response_stream_event.py`, and the
events of the `image_generation_call`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from limner.engines import OnHandle, OnPartial
from limner.engines.answers import Said
from limner.engines.reading import Reading, spoken
from limner.errors import BadPicture

CALL = "image_generation_call"
UNDER_WAY = {"queued", "in_progress"}


class Responding(Reading):
    """One answer about one response: to the call that makes it, or to a later look at it."""

    # The address of a mask that was sent comes back with every event; it is a picture, and of no use here.
    keys = ("partial_image_b64", "result", "image_url")

    def __init__(self, folder: Path, on_partial: OnPartial, arrivals: asyncio.Semaphore, on_handle: OnHandle) -> None:
        super().__init__(folder, on_partial, arrivals)
        self.cursor: int | None = None
        """The number of the last event that was read."""
        self.told: Said | None = None
        """The response as it was told last."""
        self._on_handle = on_handle
        self._calls: dict[str, Said] = {}

    @property
    def done(self) -> bool:
        """Whether the response has come to its end."""
        return self.told is not None and self.told.get("status") not in UNDER_WAY

    async def _hear(self, said: Iterable[Said], request: Any) -> None:
        for each in said:
            kind, number = str(each.get("type", "")), each.get("sequence_number")
            if isinstance(number, int):
                self.cursor = number
            response = each if each.get("object") == "response" else each.get("response")
            if isinstance(response, dict):
                await self._note(response)
            elif each.get("error") or kind == "error":
                raise spoken(each, request)
            elif kind.endswith(".partial_image"):
                with suppress(BadPicture):
                    if (path := self.path(each, "partial_image_b64")) is not None:
                        self.teller.tell(path)
            elif kind == "response.output_item.done" and isinstance(item := each.get("item"), dict):
                self._calls[str(item.get("id"))] = item

    async def _note(self, response: Said) -> None:
        if self.told is None and isinstance(handle := response.get("id"), str):
            await self._on_handle(handle)
        self.told = response

    @property
    def items(self) -> list[Said]:
        """What the response has put out, in order."""
        output = (self.told or {}).get("output")
        return [each for each in output if isinstance(each, dict)] if isinstance(output, list) else []

    @property
    def calls(self) -> list[Said]:
        """The calls of the tool that paints; a picture that the end does not repeat is the one that came before it."""
        found = [each for each in self.items if each.get("type") == CALL]
        return [self._calls.get(str(each.get("id")), each) if not each.get("result") else each for each in found]

    def files(self) -> list[Path]:
        """The pictures' files.

        Raises:
            BadPicture: One is not base64, or too large.
        """
        return [path for each in self.calls if (path := self.path(each, "result")) is not None]
