"""Bringing members' files in: fetched within limits, told by their bytes, kept in the blob store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from limner.domain.courier import Courier
from limner.domain.place import Attachment, Member, Place
from limner.domain.reference import PICTURES_LIMIT, Reference
from limner.domain.text import one_line, shorten
from limner.errors import TooManyPictures
from limner.media.mask import normalise
from limner.media.pictures import as_reference
from limner.store import Store
from limner.store.blobs import Blob
from limner.store.holds import Hold
from limner.store.notes import Note, Recording

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

    async def hold(self, pictures: tuple[Attachment, ...], member: Member) -> str:
        """Keeps hold of pictures that this member points at; gives the id to ask for them by."""
        return (await self._store.holds.add(team=member.team, member=member.id, pictures=pictures)).id

    async def held(self, id: str, member: Member) -> Hold | None:
        """The pictures that this member pointed at, by the id under which they are held; None: it is another id.

        Raises:
            NotFound: They are not held any longer, or for somebody else.
        """
        return await self._store.holds.of(id, team=member.team, member=member.id)

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

    @asynccontextmanager
    async def note(self, place: Place, attachment: Attachment) -> AsyncIterator[tuple[Path, str]]:
        """An attached voice note, whatever it is, alone in a folder within the block; and its name.

        Raises:
            BadFile: It is too large, or cannot be fetched.
        """
        with TemporaryDirectory(dir=self._spool) as folder:
            fetched = Path(folder, "note")
            await self._courier(place.platform).fetch(attachment, fetched, SOUND_LIMIT)
            yield fetched, _name(attachment)

    @asynccontextmanager
    async def kept_sound(self, sound: Recording) -> AsyncIterator[tuple[Path, str]]:
        """The same of one that was kept."""
        with TemporaryDirectory(dir=self._spool) as folder:
            read = Path(folder, "note")
            await asyncio.to_thread(read.write_bytes, await self._store.blobs.read(sound.blob))
            yield read, sound.name

    async def keep_sound(self, path: Path, name: str, media_type: str, until: datetime) -> Recording:
        """Keeps the bytes of a note until then."""
        key = await self._store.blobs.put_file(path)
        size = (await asyncio.to_thread(path.stat)).st_size
        await self._store.library.add_blob(Blob(key=key, media_type=media_type, width=0, height=0, size=size))
        return Recording(blob=key, media_type=media_type, name=name, size=size, until=until)

    async def forget_sound(self, note: Note) -> None:
        """Removes the sound of a note."""
        if note.sound is not None and await self._store.notes.let_go(note):
            await self._store.blobs.delete(note.sound.blob)

    async def _keep(self, path: Path, media_type: str, width: int, height: int, name: str) -> Reference:
        key = await self._store.blobs.put_file(path)
        size = (await asyncio.to_thread(path.stat)).st_size
        await self._store.library.add_blob(Blob(key=key, media_type=media_type, width=width, height=height, size=size))
        return Reference(blob=key, media_type=media_type, width=width, height=height, name=name)


def _name(attachment: Attachment) -> str:
    return shorten(one_line(attachment.name), 60) or "attached"
