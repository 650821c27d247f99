"""Members' attachments, fetched from Discord's own hosts without the bot's token."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import yarl

from limner.domain.place import Attachment
from limner.errors import ForeignHost, NotFetched, PictureFileTooLarge

CHUNK = 256 * 1024


async def fetch(
    session: aiohttp.ClientSession, attachment: Attachment, into: Path, limit: int, *, origins: frozenset[str]
) -> None:
    """As `Courier.fetch` says; asks nothing of a host outside `origins`."""
    url = attachment.url
    if _origin(url) not in origins:
        raise ForeignHost(name=attachment.name)
    gone = NotFetched(name=attachment.name, platform="Discord")
    try:
        async with session.get(url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise gone
            if (answer.content_length or 0) > limit:
                raise PictureFileTooLarge(name=attachment.name, limit_mb=limit // 2**20)
            await _save(answer, attachment, into, limit)
    except (aiohttp.ClientError, TimeoutError) as problem:
        await asyncio.to_thread(into.unlink, missing_ok=True)
        raise gone from problem


async def _save(answer: aiohttp.ClientResponse, attachment: Attachment, into: Path, limit: int) -> None:
    file = await asyncio.to_thread(into.open, "wb")
    with file:
        size = 0
        async for chunk in answer.content.iter_chunked(CHUNK):
            size += len(chunk)
            if size > limit:
                break
            await asyncio.to_thread(file.write, chunk)
    if size > limit:
        await asyncio.to_thread(into.unlink, missing_ok=True)
        raise PictureFileTooLarge(name=attachment.name, limit_mb=limit // 2**20)


def _origin(url: str) -> str | None:
    """The scheme, host and port of an address that names nobody; None when it is no such address."""
    try:
        read = yarl.URL(url)
        return str(read.origin()) if read.user is None and read.password is None else None
    except ValueError:
        return None
