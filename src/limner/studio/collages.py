"""Collages: pictures made of several of the library's, kept until the first of these is deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from limner.domain.card import Picture
from limner.domain.lineage import Branch
from limner.domain.request import Asset
from limner.domain.text import alt_text
from limner.errors import Refusal
from limner.media import vector
from limner.media.header import SVG
from limner.media.sheet import sheet
from limner.media.strip import strip
from limner.media.tree import tree
from limner.store import Store
from limner.store.blobs import Blob
from limner.studio.cards import SUFFIX

log = structlog.get_logger(__name__)

Compose = Callable[[Sequence[Path]], Awaitable[tuple[bytes, str, int, int]]]
"""Makes one picture of several files: bytes, media type, width, height."""

DRAWN = 1024
"""Pixels of a drawing on a sheet."""
VERSIONS = 3
"""Versions side by side at most."""


class Collages:
    """Puts pictures together."""

    def __init__(self, *, store: Store, spool: Path) -> None:
        self._store = store
        self._spool = spool

    async def sheet(self, assets: tuple[Asset, ...], *, labels: tuple[str, ...] | None = None) -> Picture | None:
        """Several pictures as one grid; None for one."""
        if len(assets) < 2:
            return None
        seen = " ".join(dict.fromkeys(each.seen for each in assets))
        told = f"a sheet of {len(assets)} pictures. {seen}"
        return await self._made(assets, partial(sheet, labels=labels), name=f"{assets[0].job}-sheet", alt=told)

    async def strip(self, asset: Asset) -> Picture | None:
        """The last versions up to this picture side by side; None for a first one. What all see shows nothing that is
        private."""
        versions = await self._store.lineage.versions(asset, member=reader_of(asset), most=VERSIONS)
        if len(versions) < 2:
            return None
        labels = tuple(f"v{each.version}" for each in versions)
        told = f"{', '.join(labels[:-1])} and {labels[-1]} side by side, the newest last. {asset.seen}"
        return await self._tried(versions, partial(strip, labels=labels), name=f"{_dashed(asset)}-strip", alt=told)

    async def tree(self, branches: tuple[Branch, ...], shown: frozenset[str], name: str) -> Picture | None:
        """A family as a tree, the pictures with these ids marked; None for less than two."""
        if len(branches) < 2:
            return None
        numbers = {each.asset.id: number for number, each in enumerate(branches)}
        drawn = partial(
            tree,
            labels=[each.label for each in branches],
            places=[(each.column, each.row) for each in branches],
            parents=[numbers.get(each.parent or "") for each in branches],
            marked=frozenset(numbers[id] for id in shown if id in numbers),
        )
        told = f"a tree of {len(branches)} pictures. {'. '.join(each.told() for each in branches)}"
        return await self._tried(tuple(each.asset for each in branches), drawn, name=f"{name}-tree", alt=told)

    async def whole(self, picture: Picture | None) -> bool:
        """Whether a collage is there still, and so everything that it shows."""
        return picture is not None and await self._store.library.known(picture.blob)

    async def _tried(self, assets: tuple[Asset, ...], compose: Compose, *, name: str, alt: str) -> Picture | None:
        """The same, or None where a picture's bytes are lost: what it goes with is shown without it."""
        try:
            return await self._made(assets, compose, name=name, alt=alt)
        except (Refusal, FileNotFoundError) as trouble:
            log.warning("a collage could not be made", name=name, why=str(trouble))
            return None

    async def _made(self, assets: tuple[Asset, ...], compose: Compose, *, name: str, alt: str) -> Picture:
        """Its name tells it from another of its sort, for platforms that find files by their names."""
        with TemporaryDirectory(dir=self._spool) as folder:
            paths = [await self._local(asset, Path(folder)) for asset in assets]
            data, media_type, width, height = await compose(paths)
        key = await self._store.blobs.put(data)
        await self._store.library.add_blob(
            Blob(key=key, media_type=media_type, width=width, height=height, size=len(data)),
            jobs=tuple(dict.fromkeys(each.job for each in assets)),
        )
        self._store.blobs.claimed(key)
        return Picture(
            blob=key,
            name=f"limner-{name}-{key[:6]}.{SUFFIX[media_type]}",
            media_type=media_type,
            width=width,
            height=height,
            size=len(data),
            alt=alt_text(alt),
        )

    async def _local(self, asset: Asset, folder: Path) -> Path:
        """The picture as a file that can be decoded: of a drawing a picture of it."""
        if asset.media_type == SVG:
            drawn = folder / f"{asset.blob}.drawn"
            source = await self._store.blobs.read(asset.blob)
            await asyncio.to_thread(drawn.write_bytes, await vector.shown(source, longest=DRAWN, name=asset.id))
            return drawn
        return await self._store.blobs.file(asset.blob, folder)


def reader_of(asset: Asset) -> str:
    """For whose eyes a card of this picture is: its member's alone where it is private, else nobody's in particular."""
    return asset.member if asset.private else ""


def _dashed(asset: Asset) -> str:
    return asset.id.replace(".", "-")
