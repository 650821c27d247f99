"""OpenAI's Images API, and whatever speaks it: one painting is one POST.

Sources: the SDK's `types/image_generate_params.py`, `image_edit_params.py`, `images_response.py` and the events' types.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limner.engines import (
    IMAGES,
    PARTIALS,
    Engine,
    OnHandle,
    OnPartial,
    Painted,
    Painting,
    PictureFile,
    links,
    unheard,
)
from limner.engines.files import SUFFIXES, named
from limner.engines.reading import Reading
from limner.errors import NeverSent, NoPicture, OutcomeUnknown
from limner.media.offloop import PICTURES, off_loop
from limner.openai.errors import caught, translate
from limner.openai.limits import allowance

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai._response import AsyncAPIResponse

STREAMED = {"png", "jpeg", "webp"}
"""Formats that are streamed."""
# A picture hardly shrinks, and an answer that is not packed comes in pieces of known size.
_HEADERS = {"Accept-Encoding": "identity"}

ARRIVALS = 8
"""Pictures that come in side by side. When a hundred come at once the others wait in their sockets: taking all of them
in turns would keep the event loop busy for long, and none would be here sooner."""


class OpenAIImages(Engine):
    """Paints with GPT Image models."""

    name = IMAGES

    def __init__(self, client: AsyncOpenAI) -> None:
        """The client is its giver's to close."""
        self._client = client
        self._turn = asyncio.Lock()
        self._arrivals = asyncio.Semaphore(ARRIVALS)

    async def paint(
        self, painting: Painting, folder: Path, on_partial: OnPartial, on_handle: OnHandle = unheard
    ) -> Painted:
        reading = Reading(folder, on_partial, self._arrivals)
        answered = False
        async with self._turn:  # beginning a call takes the SDK milliseconds: a hundred do not begin in one go
            await asyncio.sleep(0)
        try:
            async with self._answer(painting) as response:
                answered, request_id = True, response.request_id
                told = allowance(response.headers)
                await reading.read(response)
            if not reading.done:
                raise OutcomeUnknown(request_id=request_id)
            await reading.teller.finish()
            return Painted(
                pictures=await self._pictures(reading, folder),
                usage=reading.usage,
                others=reading.others,
                request_id=request_id,
                revised_prompt=reading.revised_prompt,
                allowance=told,
            )
        except caught() as error:
            trouble = translate(error, model=painting.model.name, format=painting.format)
            raise (OutcomeUnknown() if answered and isinstance(trouble, NeverSent) else trouble) from error
        finally:
            await reading.close()

    async def close(self) -> None:
        """Nothing is held between paintings."""

    def _answer(self, painting: Painting) -> AbstractAsyncContextManager[AsyncAPIResponse[Any]]:
        images = self._client.images.with_streaming_response
        said = parameters(painting)
        if not painting.references:
            answer: AbstractAsyncContextManager[AsyncAPIResponse[Any]] = images.generate(**said, extra_headers=_HEADERS)
            return answer
        return _WithFiles(images.edit, painting, said)

    async def _pictures(self, reading: Reading, folder: Path) -> tuple[PictureFile, ...]:
        found: list[PictureFile] = []
        for each in reading.pictures:
            path = reading.path(each)
            if path is None and isinstance(address := each.get("url"), str):
                path = folder / f"fetched-{len(found) + 1}"
                reading.made.append(path)
                await links.fetch(self._client, address, path)
            if path is not None:
                found.append(await off_loop(PICTURES, named, path, folder, len(found) + 1))
                reading.made.append(found[-1].path)
        if not found:
            raise NoPicture()
        reading.made.clear()
        return tuple(found)


def parameters(painting: Painting) -> dict[str, Any]:
    """What is sent besides files: nothing that is the API's default, nothing that this model does not know."""
    model = painting.model
    said: dict[str, Any] = {
        "model": model.name,
        "prompt": painting.prompt,
        "size": f"{painting.width}x{painting.height}",
        "quality": painting.quality,
    }
    if painting.count > 1:
        said["n"] = painting.count
    if painting.background != "auto" and painting.background in model.backgrounds:
        said["background"] = painting.background
    if painting.format != "png":
        said["output_format"] = painting.format
    if painting.format == "gif":
        said |= {"frame_count": painting.frames} if painting.frames else {}
        said |= {"frame_duration_ms": painting.frame_ms} if painting.frame_ms else {}
    if painting.format == "svg" and model.svg_author:
        said["svg"] = {"model": model.svg_author}
    if painting.member:
        said["safety_identifier"] = painting.member
    if painting.count == 1 and model.partials > 0 and painting.format in STREAMED:
        said |= {"stream": True, "partial_images": min(PARTIALS, model.partials)}
    return said


class _WithFiles:
    """A call of `edit`; its files are read as they are sent, and closed after it."""

    def __init__(self, edit: Any, painting: Painting, said: dict[str, Any]) -> None:
        self._edit = edit
        self._painting = painting
        self._said = said
        self._open = ExitStack()

    async def __aenter__(self) -> AsyncAPIResponse[Any]:
        references = [
            self._part(each, f"reference-{number}") for number, each in enumerate(self._painting.references, 1)
        ]
        files: dict[str, Any] = {"image": references if len(references) > 1 else references[0]}
        if self._painting.mask is not None:
            files["mask"] = self._part(self._painting.mask, "mask")
        self._call = self._edit(**files, **self._said, extra_headers=_HEADERS)
        try:
            response: AsyncAPIResponse[Any] = await self._call.__aenter__()
        except BaseException:
            self._open.close()
            raise
        return response

    async def __aexit__(self, *problem: Any) -> None:
        with self._open:
            await self._call.__aexit__(*problem)

    def _part(self, file: PictureFile, name: str) -> tuple[str, Any, str]:
        """Without a name and a media type the API takes no file. The member's own file name stays here."""
        opened = self._open.enter_context(file.path.open("rb"))
        return f"{name}{SUFFIXES.get(file.media_type, '')}", opened, file.media_type
