"""Contact sheets of what a search finds, or of a collection, as a file that is handed over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory

from limner.domain.card import Picture
from limner.domain.place import Member
from limner.domain.record import Record
from limner.domain.request import Asset
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.media import vector
from limner.media.archive import Archive
from limner.media.contacts import A_PAGE, SIZE, Contact, Pdf, Sort, as_jpeg, as_png, pages, unlettered
from limner.media.header import SVG
from limner.media.offloop import PICTURES, off_loop
from limner.store import Store
from limner.store.blobs import Blob
from limner.store.searches import Search
from limner.studio.finder import Finder

MOST = 240
"""Pictures of one contact sheet: twenty pages."""
DRAWN = 512
"""Pixels of a drawing on it."""
TYPES = {"pdf": "application/pdf", "png": "image/png", "zip": "application/zip"}


class Sheet(Record):
    """A contact sheet."""

    file: Picture
    pictures: int
    more: bool
    """Whether there are pictures that are not on it."""
    boxes: bool
    """Whether boxes stand on it for letters that this machine has no font for."""


class Contacts:
    """Makes them."""

    def __init__(self, *, store: Store, finder: Finder, spool: Path) -> None:
        self._store, self._finder, self._spool = store, finder, spool

    async def sheet(self, search: Search, member: Member, sort: Sort, zone: tzinfo) -> Sheet | None:
        """A contact sheet of what a search finds, as this member may see it; None: it finds nothing. Of PNG, several
        pages are a ZIP. It is kept no longer than its platform needs to fetch it: the sweeper takes what nothing uses.

        Raises:
            NotFound: What it looks by is not there any longer.
        """
        page = await self._finder.page(search, member, limit=MOST)
        if not page.assets:
            return None
        with TemporaryDirectory(dir=self._spool) as folder:
            path = Path(folder, "sheet")
            with await asyncio.to_thread(path.open, "wb") as file:
                async for piece in self._pieces(search.told, page.assets, sort, zone, Path(folder)):
                    await asyncio.to_thread(file.write, piece)
            kind = "zip" if sort == "png" and len(page.assets) > A_PAGE else sort
            size = (await asyncio.to_thread(path.stat)).st_size
            key = await self._store.blobs.put_file(path)
        width, height = SIZE if kind == "png" else (0, 0)
        await self._store.library.add_blob(Blob(key=key, media_type=TYPES[kind], width=width, height=height, size=size))
        self._store.blobs.claimed(key)
        made = Picture(
            blob=key,
            name=f"limner-contact-sheet.{kind}",
            media_type=TYPES[kind],
            width=width,
            height=height,
            size=size,
            alt=shorten(one_line(f"A contact sheet of {len(page.assets)} pictures: {search.told}"), 1000),
        )
        contacts = [_contact(each, zone) for each in page.assets]
        boxes = await off_loop(PICTURES, unlettered, search.told, contacts)
        return Sheet(file=made, pictures=len(page.assets), more=page.older, boxes=boxes)

    async def _pieces(
        self, title: str, assets: tuple[Asset, ...], sort: Sort, zone: tzinfo, folder: Path
    ) -> AsyncIterator[bytes]:
        by_id = {each.id: each for each in assets}

        async def get(contact: Contact) -> Path | None:
            return await self._file(by_id[contact.key], folder)

        made = pages(title, [_contact(each, zone) for each in assets], get)
        if sort == "pdf":
            pdf = Pdf()
            yield pdf.begin()
            async for page in made:
                yield pdf.page(await off_loop(PICTURES, as_jpeg, page), page.size)
            yield pdf.end()
        elif len(assets) <= A_PAGE:
            async for page in made:
                yield await off_loop(PICTURES, as_png, page)
        else:
            archive, number = Archive(), 0
            async for page in made:
                number += 1
                data = await off_loop(PICTURES, as_png, page)
                yield await archive.add(f"contact-sheet-{number:02}.png", data, assets[0].created)
            yield archive.end()

    async def _file(self, asset: Asset, folder: Path) -> Path | None:
        """The picture as a file that can be decoded; the one before it is gone then."""
        try:
            if asset.media_type == SVG:
                drawn = folder / "drawn"
                source = await self._store.blobs.read(asset.blob)
                await asyncio.to_thread(drawn.write_bytes, await vector.shown(source, longest=DRAWN, name=asset.id))
                return drawn
            if path := self._store.blobs.local_path(asset.blob):
                return path
            fetched = folder / "fetched"
            await asyncio.to_thread(fetched.write_bytes, await self._store.blobs.read(asset.blob))
            return fetched
        except (NotFound, FileNotFoundError):
            return None


def _contact(asset: Asset, zone: tzinfo) -> Contact:
    made = f"{asset.created.astimezone(zone):%d %B %Y}"
    return Contact(
        key=asset.id,
        head=f"{asset.id} · {shorten(one_line(asset.member_name), 30)} · {made}",
        words=one_line(asset.words),
    )
