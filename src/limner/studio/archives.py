"""Archives: a collection's pictures, or all that is a member's own, in one file, from the web page, by a link that is
good for an hour, and ends before where its member signs out everywhere, ends it, or is forgotten."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from limner.domain.collection import Collection
from limner.domain.place import Member, Place
from limner.domain.record import Record
from limner.domain.request import Asset
from limner.domain.wanted import Wanted
from limner.errors import ArchiveOver, NoDownload, NotFound
from limner.media.archive import Archive
from limner.media.containers import SUFFIXES
from limner.store import Store
from limner.store.tickets import Sort, Ticket
from limner.studio.cards import SUFFIX
from limner.studio.permits import SERVING

PAGE = "/archive"
LIFE = timedelta(hours=1)
WORD_BYTES = 32
"""Of chance in a link: 256 bits."""
WORDS = 64
"""Characters of a link's word at most; a longer one is none of ours."""
AT_ONCE = 200
OWN = "own"
"""Stands in a link for all that is its member's."""


class Bundle(Record):
    """What a link leads to."""

    collection: Collection | None
    """None: what is the member's own."""
    team: str
    member: str

    @property
    def name(self) -> str:
        """The archive's file name."""
        if self.collection is None:
            return "limner-export.zip"
        return f"limner-{_safe(self.collection.name) or 'collection'}.zip"


class Archives:
    """Hands out links, and what they lead to."""

    def __init__(self, *, store: Store, page: Callable[[Place], str | None], now: Callable[[], datetime]) -> None:
        self._store, self._page, self._now = store, page, now

    def reachable(self, place: Place) -> bool:
        """Whether those in a place have a page to download from."""
        return self._page(place) is not None

    async def link(self, collection: Collection | None, member: Member, place: Place) -> str:
        """An address at which the pictures of a collection, as this member may see them, can be downloaded for a while;
        without one, all that is the member's own.

        Raises:
            NoDownload: There is no page that they could open, or none just now.
        """
        base = self._page(place)
        if base is None:
            raise NoDownload(why="this Limner's web page cannot be reached from here")
        if not await self._store.workers.serving(*SERVING):
            raise NoDownload(why="the web page is not there just now")
        # Behind the `#`: it is in nobody's logs, and whoever looks at links in advance downloads nothing.
        word = secrets.token_urlsafe(WORD_BYTES)
        what = collection.id if collection else OWN
        ticket = Ticket(team=member.team, member=member.id, place=what, expires=self._now() + LIFE)
        await self._store.tickets.add(word, Sort.ARCHIVE, ticket)
        return f"{base}{PAGE}#{word}"

    async def end(self, member: Member) -> None:
        """Ends all links that a member was given."""
        await self._store.tickets.forget(member.id, Sort.ARCHIVE)

    async def open(self, token: str) -> Bundle:
        """What a link leads to.

        Raises:
            ArchiveOver: Nowhere, or not any longer.
            CollectionGone: The collection was deleted.
        """
        ticket = await self._store.tickets.look(token, Sort.ARCHIVE) if len(token) <= WORDS else None
        if ticket is None or ticket.place is None:
            raise ArchiveOver
        collection = None if ticket.place == OWN else await self._store.collections.get(ticket.place, ticket.team)
        return Bundle(collection=collection, team=ticket.team, member=ticket.member)

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
        named = {"collection": bundle.collection.name} if bundle.collection else {}
        manifest = {**named, "made": self._now().isoformat(), "pictures": told}
        yield await self._json(archive, "manifest.json", manifest)
        if bundle.collection is None:
            async for piece in self._own(archive, bundle):
                yield piece
        yield archive.end()

    async def _own(self, archive: Archive, bundle: Bundle) -> AsyncIterator[bytes]:
        """What else is on record of a member: who they are, what they asked for and said, what it cost."""
        store, team, member = self._store.exporting, bundle.team, bundle.member
        yield await self._json(archive, "member.json", await store.profile(team, member))
        for name, parts in (("requests", store.requests(team, member)), ("ledger", store.booked(team, member))):
            number = 0
            async for part in parts:
                number += 1
                yield await self._json(archive, f"{name}-{number:03}.json", part)
        notes = await store.notes(team, member)
        hidden = {"team", "member", "references", "sound"}
        told = [each.model_dump(mode="json", exclude_defaults=True, exclude=hidden) for each in notes]
        yield await self._json(archive, "voice-notes.json", told)
        for note in notes:
            if note.sound is not None:
                with suppress(NotFound, FileNotFoundError):
                    data = await self._store.blobs.read(note.sound.blob)
                    name = f"voice-{note.id}.{SUFFIXES.get(note.sound.media_type, 'bin')}"
                    yield await archive.add(name, data, note.created)

    async def _json(self, archive: Archive, name: str, said: object) -> bytes:
        return await archive.add(name, json.dumps(said, ensure_ascii=False, indent=2).encode(), self._now())

    async def _assets(self, bundle: Bundle) -> AsyncIterator[Asset]:
        collection = bundle.collection
        wanted = Wanted(collection=collection.id) if collection else Wanted(member=bundle.member)
        before = None
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
