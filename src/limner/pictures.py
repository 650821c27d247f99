"""The bytes of what is on cards, as they were made and made small."""

from __future__ import annotations

from limner.domain.card import File
from limner.errors import NotFound
from limner.media.preview import preview
from limner.store import Store

THUMBS = ("image/webp", "image/png")
"""The formats of the page's previews."""


class Pictures:
    """Pictures and sounds on cards. That the card may be seen is its caller's to know."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, file: File) -> bytes:
        """The bytes of a picture or a sound on a card, as they were made."""
        return await self._store.blobs.read(file.blob)

    async def there(self, picture: File) -> bool:
        """Whether the bytes of a picture on a card are still there: they go with whatever they show."""
        return await self._store.blobs.exists(picture.blob)

    async def preview(
        self, picture: File, *, longest: int, limit: int | None = None, formats: tuple[str, ...] = ("image/jpeg",)
    ) -> tuple[bytes, str]:
        """The picture made small: at most `longest` pixels either way and `limit` bytes, in the first of these formats
        that keeps its transparency. Gives bytes and media type.

        Raises:
            NotFound: It was deleted a moment ago.
        """
        source = self._store.blobs.local_path(picture.blob) or await self._store.blobs.read(picture.blob)
        try:
            return await preview(source, longest=longest, limit=limit, formats=formats)
        except FileNotFoundError as gone:  # as pictures are that were still forming
            raise NotFound(what=picture.name) from gone

    async def thumb(self, file: File, longest: int) -> tuple[bytes, str]:
        """The picture made small for the page, as WebP where that can be; made once, and kept as long as it is."""
        return await self._store.previews.of(
            file.blob, longest, lambda: self.preview(file, longest=longest, formats=THUMBS)
        )
