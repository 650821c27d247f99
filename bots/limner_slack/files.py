"""Members' attachments, fetched from Slack's own hosts: redirects are followed within these alone, and the bot's token
goes nowhere else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from limner.domain.place import Attachment
from limner.domain.text import one_line, shorten
from limner.errors import ForeignHost, NotFetched, PictureFileTooLarge, PlatformTrouble
from limner_slack.calls import BROKEN, patiently

HOSTS = frozenset({"files.slack.com"})
REDIRECTS = 3
CHUNK = 1 << 16
FETCH_SECONDS = 120


async def info(client: AsyncWebClient, file: str) -> dict[str, Any]:
    """What Slack knows of a file."""
    answer = await patiently(lambda: client.files_info(file=file), where="this place")
    return dict(answer["file"])


class Files:
    """Fetches."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, base: str | None) -> None:
        """`base`: where Slack's API is, if elsewhere: files are fetched from that host too."""
        self._client = client
        self._session = session
        self._own = (urlsplit(base).scheme, urlsplit(base).netloc) if base else None

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        """As `Courier.fetch` says."""
        name = shorten(one_line(attachment.name), 60) or "attached"
        url = attachment.url or await self._url(attachment, name)
        try:
            for _ in range(REDIRECTS + 1):
                if not self._is_own(url):
                    raise ForeignHost(name=name)
                onward = await self._fetch(url, into, limit, name)
                if onward is None:
                    return
                url = urljoin(url, onward)
        except BROKEN as problem:
            raise NotFetched(name=name, platform="Slack") from problem
        raise NotFetched(name=name, platform="Slack")

    def _is_own(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:  # it is no address
            return False
        if parts.username or parts.password:
            return False
        if self._own is not None and (parts.scheme, parts.netloc) == self._own:
            return True
        return parts.scheme == "https" and parts.hostname in HOSTS and port in {None, 443}

    async def _url(self, attachment: Attachment, name: str) -> str:
        """The address of a file that came as an id alone (`file_access: check_file_info`)."""
        try:
            told = await info(self._client, attachment.id or "")
        except (SlackApiError, PlatformTrouble) as problem:
            raise NotFetched(name=name, platform="Slack") from problem
        return str(told.get("url_private_download") or told.get("url_private") or "")

    async def _fetch(self, url: str, into: Path, limit: int, name: str) -> str | None:
        """Writes the file, or gives the address that Slack sends on to."""
        async with self._session.get(
            url,
            headers={"Authorization": f"Bearer {self._client.token}"},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS),
        ) as answer:
            if answer.status in {301, 302, 303, 307, 308}:
                return answer.headers.get("Location", "")
            # Without the scope files:read, Slack answers 200 and its login page.
            if answer.status != 200 or answer.content_type == "text/html":
                raise NotFetched(name=name, platform="Slack")
            too_large = PictureFileTooLarge(name=name, limit_mb=limit // 1_000_000)
            if (answer.content_length or 0) > limit:
                raise too_large
            written = 0
            with await asyncio.to_thread(into.open, "wb") as out:
                async for chunk in answer.content.iter_chunked(CHUNK):
                    if written == 0 and chunk[:256].lstrip().lower().startswith((b"<!doctype html", b"<html")):
                        raise NotFetched(name=name, platform="Slack")
                    written += len(chunk)
                    if written > limit:
                        raise too_large
                    await asyncio.to_thread(out.write, chunk)
        return None
