"""Archives: a collection's pictures in one file, from the web page, by a signed link that is good for an hour."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from limner.domain.collection import Collection
from limner.domain.place import Member, Place
from limner.domain.record import Record
from limner.domain.request import Asset
from limner.domain.wanted import Wanted
from limner.errors import ArchiveOver, NoPage, NotFound
from limner.media.archive import Archive
from limner.store import Store
from limner.studio.cards import SUFFIX
from limner.studio.permits import SERVING

PAGE = "/archive"
LIFE = timedelta(hours=1)
AT_ONCE = 200


class Bundle(Record):
    """What a link leads to."""

    collection: Collection
    team: str
    member: str

    @property
    def name(self) -> str:
        """The archive's file name."""
        return f"limner-{_safe(self.collection.name) or 'collection'}.zip"


class Archives:
    """Hands out links, and what they lead to."""

    def __init__(
        self, *, store: Store, secret: bytes, page: Callable[[Place], str | None], now: Callable[[], datetime]
    ) -> None:
        self._store, self._page, self._now = store, page, now
        self._serializer = URLSafeTimedSerializer(secret, salt="limner.archive")

    def reachable(self, place: Place) -> bool:
        """Whether those in a place have a page to download from."""
        return self._page(place) is not None

    async def link(self, collection: Collection, member: Member, place: Place) -> str:
        """An address at which the pictures of a collection, as this member may see them, can be downloaded for a while.

        Raises:
            NoPage: There is no page that they could open, or none just now.
        """
        base = self._page(place)
        if base is None:
            raise NoPage(why="this Limner's web page cannot be reached from here")
        if not await self._store.queue.serving(*SERVING):
            raise NoPage(why="the web page is not there just now")
        # Behind the `#`: it is in nobody's logs, and whoever looks at links in advance downloads nothing.
        return f"{base}{PAGE}#{self._serializer.dumps([collection.id, member.team, member.id])}"

    async def open(self, token: str) -> Bundle:
        """What a link leads to.

        Raises:
            ArchiveOver: Nowhere, or not any longer.
            CollectionGone: The collection was deleted.
        """
        try:
            id, team, member = self._serializer.loads(token, max_age=int(LIFE.total_seconds()))
        except (BadSignature, ValueError, TypeError) as problem:
            raise ArchiveOver from problem
        return Bundle(collection=await self._store.collections.get(id, team), team=team, member=member)

    async def pieces(self, bundle: Bundle) -> AsyncIterator[bytes]:
        """The archive, piece by piece: the originals, and what is known of each in `manifest.json`."""
        archive, told = Archive(), list[dict[str, Any]]()
        async for asset in self._assets(bundle):
            name = f"{len(told) + 1:05}-{asset.id.replace('.', '-')}-{_safe(asset.words)[:40].strip('-')}"
            name = f"{name.rstrip('-')}.{SUFFIX.get(asset.media_type, 'png')}"
            try:
                data = await self._store.blobs.read(asset.blob)
            except (NotFound, FileNotFoundError):  # deleted a moment ago, or lost
                told.append({**_known(asset), "file": None})
                continue
            told.append({"file": name, **_known(asset)})
            yield await archive.add(name, data, asset.created)
        manifest = {"collection": bundle.collection.name, "made": self._now().isoformat(), "pictures": told}
        text = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
        yield await archive.add("manifest.json", text, self._now())
        yield archive.end()

    async def _assets(self, bundle: Bundle) -> AsyncIterator[Asset]:
        wanted, before = Wanted(collection=bundle.collection.id), None
        while True:
            page = await self._store.finding.page(
                bundle.team, wanted, member=bundle.member, limit=AT_ONCE, before=before
            )
            for asset in page.assets:
                yield asset
            if not page.older:
                return
            before = str(page.places[-1])


def _known(asset: Asset) -> dict[str, Any]:
    return {
        "id": asset.id,
        "prompt": asset.prompt,
        "revised_prompt": asset.revised_prompt,
        "model": asset.model,
        "quality": asset.quality,
        "width": asset.width,
        "height": asset.height,
        "cost_dollars": asset.cost / 1_000_000,
        "made_for": asset.member_name,
        "made": asset.created.isoformat(),
        "made_from": list(asset.parents),
        "version": asset.version,
        "version_of": asset.version_of,
    }


def _safe(words: str) -> str:
    """Letters, digits and hyphens alone: no name in an archive leads anywhere."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
