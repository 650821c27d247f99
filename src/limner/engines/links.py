"""Pictures that a compatible server answers as addresses: fetched from that server alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from limner.engines.sieve import PICTURE_LIMIT
from limner.errors import BadPicture, NoPicture
from limner.media.offloop import DISK, off_loop
from limner.openai.errors import caught

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_PORTS = {"http": 80, "https": 443}


def same_server(address: str, base: str) -> bool:
    """Whether an address, perhaps a relative one, has the scheme, host and port of `base`."""
    try:
        return _server(urljoin(base, address)) == _server(base) is not None
    except ValueError:
        return False


def _server(address: str) -> tuple[str, str, int] | None:
    parts = urlsplit(address)
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


async def fetch(client: AsyncOpenAI, address: str, into: Path, *, limit: int = PICTURE_LIMIT) -> None:
    """Writes what is at the address to the file. Other servers than the API's own are not asked, and no redirection is
    followed, so that the key goes nowhere else.

    Raises:
        NoPicture: It is on another server, or cannot be had.
        BadPicture: It is larger than `limit` bytes.
    """
    base = str(client.base_url)
    if not same_server(address, base):
        raise NoPicture()
    try:
        await _fetch(client, urljoin(base, address), into, limit)
    except caught() as error:
        # Never as "not sent": what is fetched here was painted, and is perhaps paid.
        raise NoPicture() from error


async def _fetch(client: AsyncOpenAI, address: str, into: Path, limit: int) -> None:
    import httpx2

    async with (
        httpx2.AsyncClient(follow_redirects=False, timeout=client.timeout) as plain,
        plain.stream("GET", address, headers=client.auth_headers) as response,
    ):
        if response.status_code != 200:
            raise NoPicture()
        size = 0
        with await off_loop(DISK, into.open, "wb", buffering=0) as file:
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > limit:
                    raise BadPicture()
                await off_loop(DISK, file.write, chunk)
