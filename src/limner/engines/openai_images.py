"""OpenAI's Images API, and whatever speaks it: one painting is one POST.

Sources: the SDK's `types/image_generate_params.py`, `image_edit_params.py`, `images_response.py` and the events' types.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from limner.engines import PARTIALS, Engine, OnPartial, Painted, Painting, PictureFile, links, usages
from limner.engines.answers import AnswerReader, Garbled, Said
from limner.engines.endings import reaches_end
from limner.engines.sieve import TooMuch
from limner.engines.telling import Teller
from limner.errors import BadFile, BadPicture, NeverSent, NoPicture, OutcomeUnknown, ProviderTrouble
from limner.media.offloop import PICTURES, off_loop
from limner.media.pictures import probe
from limner.models import Usage
from limner.openai.errors import caught, translate

if TYPE_CHECKING:
    from openai._response import AsyncAPIResponse

    from openai import AsyncOpenAI

log = structlog.get_logger(__name__)

STREAMED = {"png", "jpeg", "webp"}
"""Formats that are streamed."""
LINGER = 1.0
"""Seconds after the picture that an answer has to end, for its connection to be used again."""
# A picture hardly shrinks, and an answer that is not packed comes in pieces of known size.
_HEADERS = {"Accept-Encoding": "identity"}
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}


class OpenAIImages(Engine):
    """Paints with GPT Image models."""

    name = "openai"

    def __init__(self, client: AsyncOpenAI) -> None:
        """The client is its giver's to close."""
        self._client = client
        self._turn = asyncio.Lock()

    async def paint(self, painting: Painting, folder: Path, on_partial: OnPartial) -> Painted:
        reading = _Reading(folder, on_partial)
        answered = False
        async with self._turn:  # beginning a call takes the SDK milliseconds: a hundred do not begin in one go
            await asyncio.sleep(0)
        try:
            async with self._answer(painting) as response:
                answered, request_id = True, response.request_id
                await reading.read(response)
            await reading.teller.finish()
            return Painted(
                pictures=await self._pictures(reading, folder),
                usage=reading.usage,
                request_id=request_id,
                revised_prompt=reading.revised_prompt,
            )
        except caught() as error:
            trouble = translate(error, model=painting.model.name)
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

    async def _pictures(self, reading: _Reading, folder: Path) -> tuple[PictureFile, ...]:
        found: list[PictureFile] = []
        for each in reading.pictures:
            path = reading.path(each)
            if path is None and isinstance(address := each.get("url"), str):
                path = folder / f"fetched-{len(found) + 1}"
                reading.made.append(path)
                await links.fetch(self._client, address, path)
            if path is not None:
                found.append(await off_loop(PICTURES, _named, path, folder, len(found) + 1))
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
        return f"{name}{_SUFFIXES.get(file.media_type, '')}", opened, file.media_type


class _Reading:
    """What an answer says, as it is read."""

    def __init__(self, folder: Path, on_partial: OnPartial) -> None:
        self.teller = Teller(on_partial)
        self.pictures: list[Said] = []
        self.made: list[Path] = []
        """Files to be removed unless everything goes well."""
        self._reader = AnswerReader(folder)
        self._usages: list[Usage] = []

    @property
    def usage(self) -> Usage | None:
        return usages.total(self._usages)

    @property
    def revised_prompt(self) -> str | None:
        said = (each.get("revised_prompt") for each in self.pictures)
        return next((each for each in said if isinstance(each, str) and each), None)

    async def read(self, response: AsyncAPIResponse[Any]) -> None:
        """Reads to the end, or for a moment after the picture.

        Raises:
            ProviderTrouble: What the server said instead of a picture.
            OutcomeUnknown: It said nothing that can be understood, or did not come to an end.
            openai.APIError, httpx2.HTTPError: As the SDK and its transport raise them.
        """
        request = response.http_request
        pieces = response.iter_bytes()
        try:
            async for piece in pieces:
                self._hear(self._reader.feed(piece), request)
                if self.pictures:
                    break
            if self.pictures:
                await self._linger(pieces, request)
            else:
                self._hear(self._reader.end(), request)
        except (Garbled, TooMuch) as problem:
            log.warning("the answer makes no sense", problem=str(problem), status=response.status_code)
            raise OutcomeUnknown(request_id=response.request_id) from problem
        if not self.pictures:
            raise OutcomeUnknown(request_id=response.request_id)

    async def _linger(self, pieces: Any, request: Any) -> None:
        """The picture is here: whatever goes wrong now takes nothing from it."""
        with suppress(TimeoutError, Garbled, TooMuch, ProviderTrouble, *caught()):
            async with asyncio.timeout(LINGER):
                async for piece in pieces:
                    self._hear(self._reader.feed(piece), request)

    def _hear(self, said: Iterable[Said], request: Any) -> None:
        for each in said:
            kind = str(each.get("type", ""))
            if each.get("error") or kind == "error":
                raise _error(each, request)
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

    def path(self, said: Said) -> Path | None:
        """The file of the picture in an object; None when it has none.

        Raises:
            BadPicture: It is not base64, or too large.
        """
        name = said.get("b64_json")
        if not isinstance(name, str) or not name:
            return None
        sifted = self._reader.files.get(name)
        if sifted is None or not sifted.sound:
            raise BadPicture()
        return sifted.path

    async def close(self) -> None:
        """Removes what is not part of the painting."""
        await self.teller.stop()
        self._reader.close()
        for path in (*(each.path for each in self._reader.files.values()), *self.made):
            path.unlink(missing_ok=True)


def _error(said: Said, request: Any) -> Exception:
    """An error inside an answer that began well, as the SDK raises it from a stream."""
    import openai

    error = said.get("error")
    body = error if isinstance(error, dict) else said
    return openai.APIError(str(body.get("message") or "an error in the answer"), request, body=body)


def _named(path: Path, folder: Path, number: int) -> PictureFile:
    """The file, probed, under a name that says what it is."""
    try:
        told = probe(path, name="the answer")
    except BadFile as problem:
        raise BadPicture() from problem
    if not reaches_end(path, told.media_type):
        raise BadPicture()
    named = path.rename(folder / f"picture-{number}{_SUFFIXES[told.media_type]}")
    return PictureFile(path=named, media_type=told.media_type, width=told.width, height=told.height, name=named.name)
