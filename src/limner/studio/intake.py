"""Bringing members' files in: fetched within limits, told by their bytes, kept in the blob store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from limner.domain.courier import Courier
from limner.domain.place import Attachment, Place
from limner.domain.reference import PICTURES_LIMIT, Reference
from limner.domain.text import one_line, shorten
from limner.errors import TooManyPictures
from limner.media.mask import normalise
from limner.media.pictures import as_reference
from limner.media.sound import Sound, listenable
from limner.store import Store
from limner.store.blobs import Blob

PICTURE_LIMIT = 50_000_000
"""Bytes; what the Images API takes of one file."""
SOUND_LIMIT = 100_000_000
"""Bytes; an hour of the platforms' own recordings is far below."""


class Intake:
    """Fetches and keeps."""

    def __init__(self, *, store: Store, courier: Callable[[str], Courier], spool: Path) -> None:
        self._store = store
        self._courier = courier
        self._spool = spool

    async def pictures(self, place: Place, attachments: tuple[Attachment, ...]) -> tuple[Reference, ...]:
        """The attached pictures as references, in order.

        Raises:
            TooManyPictures: More than go with one request; nothing was fetched.
            BadFile: One of them is no picture, damaged, too large, or cannot be fetched.
        """
        if len(attachments) > PICTURES_LIMIT:
            raise TooManyPictures(count=len(attachments), limit=PICTURES_LIMIT)
        return tuple([await self._picture(place, each) for each in attachments])

    async def _picture(self, place: Place, attachment: Attachment) -> Reference:
        name = _name(attachment)
        with TemporaryDirectory(dir=self._spool) as folder:
            fetched, usable = Path(folder, "fetched"), Path(folder, "usable")
            await self._courier(place.platform).fetch(attachment, fetched, PICTURE_LIMIT)
            probe = await as_reference(fetched, usable, name=name)
            return await self._keep(usable, probe.media_type, probe.width, probe.height, name)

    async def mask(self, attachment: Attachment, picture: Reference) -> Reference:
        """An attached mask for this picture, fetched from where it is kept: the page's, for a picture in a chat.

        Raises:
            BadMask: It is no PNG of the picture's size with something transparent in it.
        """
        name = _name(attachment)
        with TemporaryDirectory(dir=self._spool) as folder:
            fetched, usable = Path(folder, "fetched"), Path(folder, "usable")
            await self._courier(attachment.platform).fetch(attachment, fetched, PICTURE_LIMIT)
            await normalise(fetched, usable, name=name, width=picture.width, height=picture.height)
            return await self._keep(usable, "image/png", picture.width, picture.height, name)

    async def sound(self, place: Place, attachment: Attachment, folder: Path, *, max_seconds: int) -> Sound:
        """An attached voice note, in `folder`, as an ear takes it.

        Raises:
            BadFile: It has no sound, only silence, is too long, or cannot be fetched.
        """
        fetched = folder / "note"
        await self._courier(place.platform).fetch(attachment, fetched, SOUND_LIMIT)
        return await listenable(fetched, folder, name=_name(attachment), max_seconds=max_seconds)

    async def _keep(self, path: Path, media_type: str, width: int, height: int, name: str) -> Reference:
        key = await self._store.blobs.put_file(path)
        size = (await asyncio.to_thread(path.stat)).st_size
        await self._store.library.add_blob(Blob(key=key, media_type=media_type, width=width, height=height, size=size))
        return Reference(blob=key, media_type=media_type, width=width, height=height, name=name)


def _name(attachment: Attachment) -> str:
    return shorten(one_line(attachment.name), 60) or "attached"
