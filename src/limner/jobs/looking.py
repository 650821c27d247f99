"""Looking at pictures once, so that they are found by how they look."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from limner.domain.look import Look
from limner.errors import NotFound, Refusal
from limner.media.looks import look_of
from limner.store import Store

log = structlog.get_logger(__name__)

AT_ONCE = 50
"""Pictures that are looked up in one query."""
REST_SECONDS = 0.05
"""Between two pictures that nobody waits for."""


async def seen(picture: bytes | Path, name: str) -> Look | None:
    """How a picture looks; None where it cannot be read, which keeps nobody from having it."""
    try:
        return await look_of(picture, name=name)
    except (Refusal, OSError) as trouble:
        log.warning("a picture could not be looked at", picture=name, why=str(trouble))
        return None


async def look_through(store: Store) -> int:
    """Looks at the pictures of the library that nobody has looked at, slowly, behind everything else; gives how many.

    Raises:
        StoreTrouble: The database or the bucket is out of reach: what is left is looked at another time.
    """
    count, last = 0, 0
    while some := await store.library.unlooked(limit=AT_ONCE, after=last):
        for sequence, asset in some:
            try:
                picture = store.blobs.local_path(asset.blob) or await store.blobs.read(asset.blob)
                look = await seen(picture, asset.id)
            except (NotFound, FileNotFoundError):
                look = None
            await store.library.look(sequence, look)
            count, last = count + 1, sequence
            await asyncio.sleep(REST_SECONDS)
    if count:
        log.info("pictures were looked at", count=count)
    return count
