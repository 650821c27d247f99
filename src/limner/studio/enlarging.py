"""More pixels of a picture for those who need them: made on this machine, free of charge, and no picture of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from limner.domain.card import Picture
from limner.domain.request import Asset
from limner.errors import NotToUpscale, TooLargeToUpscale
from limner.media.header import GIF, SVG
from limner.media.upscale import MEGAPIXELS, fits, upscale
from limner.store import Blob, Store
from limner.studio.cards import SUFFIX, picture_of


class Enlarging:
    """Makes them, one at a time: each takes its hundred megabytes."""

    def __init__(self, *, store: Store, spool: Path) -> None:
        self._store = store
        self._spool = spool
        self._turn = asyncio.Semaphore(1)

    def check(self, asset: Asset, factor: int) -> None:
        """Nothing, when this can be made.

        Raises:
            NotToUpscale: It moves, or is a drawing.
            TooLargeToUpscale: It would be more than is made here.
        """
        if asset.media_type in {GIF, SVG}:
            raise NotToUpscale(picture=asset.id)
        if not fits(asset.width, asset.height, factor):
            raise TooLargeToUpscale(name=asset.id, factor=factor, limit=MEGAPIXELS)

    async def of(self, asset: Asset, factor: int) -> Picture:
        """The picture so many times as wide and as high, as a file to hand over; kept until the picture is deleted.
        Raises as `check`."""
        self.check(asset, factor)
        async with self._turn:
            with TemporaryDirectory(dir=self._spool) as folder:
                path = self._store.blobs.local_path(asset.blob)
                if path is None:
                    path = Path(folder, "original")
                    await asyncio.to_thread(path.write_bytes, await self._store.blobs.read(asset.blob))
                made = await upscale(path, factor, name=asset.id)
            key = await self._store.blobs.put(made.data)
        blob = Blob(key=key, media_type=made.media_type, width=made.width, height=made.height, size=len(made.data))
        await self._store.library.add_blob(blob, jobs=(asset.job,))
        self._store.blobs.claimed(key)
        shown = picture_of(asset)
        return shown.evolve(
            blob=key,
            name=f"{shown.name.rpartition('.')[0]}-x{factor}-resampled.{SUFFIX[made.media_type]}",
            media_type=made.media_type,
            width=made.width,
            height=made.height,
            size=len(made.data),
            asset=None,
            link=None,
        )
