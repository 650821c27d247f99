"""What goes with a painting: its references and its mask as files, in a form that the Images API takes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from limner.domain.request import Reference
from limner.engines import PictureFile
from limner.errors import DamagedPicture, NotFound
from limner.media.canvas import Canvas, grow
from limner.media.header import JPEG, PNG, SVG, WEBP
from limner.media.pictures import as_reference
from limner.media.vector import rasterise
from limner.store.blobs import Blobs

TAKEN = frozenset({PNG, JPEG, WEBP})
"""Kinds of pictures that the Images API takes."""
RASTER_LONGEST = 2048
"""Pixels of an SVG that goes along as a picture."""


class Materials:
    """Finds them."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def file(self, reference: Reference, folder: Path) -> PictureFile:
        """A reference as a file: the one that is there, else one in `folder`. Moving pictures go as their first frame,
        drawings in SVG as they look.

        Raises:
            DamagedPicture: Its bytes are gone. Told before a call, which would otherwise be in doubt.
        """
        path = await self._path(reference, folder)
        if reference.media_type in TAKEN:
            return PictureFile(
                path=path,
                media_type=reference.media_type,
                width=reference.width,
                height=reference.height,
                name=reference.name,
            )
        still = folder / f"still-{reference.blob[:16]}"
        if reference.media_type == SVG:
            longest = min(RASTER_LONGEST, max(reference.width, reference.height))
            await asyncio.to_thread(still.write_bytes, await rasterise(path, longest=longest, name=reference.name))
            path = still.rename(still.with_suffix(".drawn"))
        told = await as_reference(path, still, name=reference.name)
        return PictureFile(
            path=still, media_type=told.media_type, width=told.width, height=told.height, name=reference.name
        )

    async def grown(self, original: PictureFile, canvas: Canvas, folder: Path) -> tuple[PictureFile, PictureFile]:
        """A picture on its canvas, and the mask of what is new there."""
        on_canvas, mask = folder / "canvas.png", folder / "mask.png"
        await grow(original.path, canvas, into=on_canvas, mask=mask, name=original.name)

        def made(path: Path) -> PictureFile:
            return PictureFile(path=path, media_type=PNG, width=canvas.width, height=canvas.height, name=original.name)

        return made(on_canvas), made(mask)

    async def _path(self, reference: Reference, folder: Path) -> Path:
        path = self._blobs.local_path(reference.blob)
        if path is not None:
            if not path.exists():
                raise DamagedPicture(name=reference.name)
            return path
        path = folder / f"in-{reference.blob[:16]}"
        try:
            await asyncio.to_thread(path.write_bytes, await self._blobs.read(reference.blob))
        except NotFound as lost:
            raise DamagedPicture(name=reference.name) from lost
        return path
