"""The files of cards, shared at Slack.

An upload is three calls: `files.getUploadURLExternal`, the bytes, `files.completeUploadExternal`. The last one shares,
and can neither be repeated nor trusted to be finished when it answers: `files.info` tells when a file may be shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from limner.domain.card import Card, File
from limner.domain.text import alt_text, one_line, shorten
from limner.errors import PlatformTrouble
from limner_slack.calls import BROKEN, passes, patiently, reason
from limner_slack.cards import SHOWN_TYPES, shown
from limner_slack.files import info

if TYPE_CHECKING:
    from limner.app import Limner

ALT_LIMIT = 1_000
"""Characters of `alt_txt`, docs.slack.dev/reference/methods/files.getUploadURLExternal."""

PREVIEW_LONGEST = 2_048
SMALL_LONGEST = 1_024
READY_SECONDS = 90.0
POLL_SECONDS = (0.2, 0.4, 0.8, 1.5, 3.0)
UPLOADS = 4
"""Files whose bytes are on their way at the same time, so that a hundred finished pictures are not all in memory."""


class Upload(NamedTuple):
    """One file to share for a card."""

    key: str
    """What the file is remembered by: the picture's blob, or its preview's."""
    name: str
    picture: File
    preview: bool
    """Not the original, but a smaller PNG or JPEG of it that an image block can show."""


def wanted(card: Card) -> tuple[Upload, ...]:
    """The files that a card needs at Slack: every original, what stands on the card where that is another, and what is
    said aloud, as a clip that Slack's apps play."""
    uploads: dict[str, Upload] = {}
    said = (card.sound,) if card.sound else ()
    for file in (*(() if card.small else card.pictures), *card.files, *said):
        uploads[file.blob] = Upload(file.blob, file.name, file, preview=False)
    for picture in shown(card):
        if card.small or picture.media_type not in SHOWN_TYPES:
            key = f"view:{picture.blob}"
            uploads[key] = Upload(key, f"{PurePath(picture.name).stem}-preview", picture, preview=True)
        else:
            uploads.setdefault(picture.blob, Upload(picture.blob, picture.name, picture, preview=False))
    return tuple(uploads.values())


def on_card(card: Card, held: Mapping[str, str]) -> dict[str, str]:
    """For each picture that stands on the card, by its blob, the file that shows it."""
    return {
        picture.blob: file
        for picture in shown(card)
        if (file := held.get(f"view:{picture.blob}") or held.get(picture.blob))
        and (picture.media_type in SHOWN_TYPES or f"view:{picture.blob}" in held)
    }


class Uploads:
    """Shares files, finds them again and deletes them."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, limner: Limner) -> None:
        self._client = client
        self._session = session
        self._limner = limner
        self._room = asyncio.Semaphore(UPLOADS)
        self._begun: dict[tuple[str, str], str] = {}
        """Files whose bytes are at Slack and whose sharing has not been confirmed, by place and key."""

    async def share(self, uploads: Iterable[Upload], *, channel: str, thread: str | None) -> dict[str, str]:
        """Uploads these and shares them in one message of the channel or thread; gives their ids by key. What an
        earlier, broken try has brought there already is not brought again.

        Raises:
            Undeliverable: The place is closed to us.
            PlatformTrouble: Slack stays out of reach.
            SlackApiError: Another refusal; `thread_not_found`: the message is gone in whose thread they would be.
        """
        files: dict[str, str] = {}
        unshared: list[dict[str, str | None]] = []
        place = f"{channel}/{thread}"
        for upload in uploads:
            begun = self._begun.get((place, upload.key))
            file, name = (begun, upload.name) if begun else await self._bring(upload)
            self._begun[place, upload.key] = files[upload.key] = file
            if not begun or not await self._is_shared(file, channel):
                unshared.append({"id": file, "title": name})
        if unshared:
            await self._complete(unshared, channel, thread)
        for key in files:
            self._begun.pop((place, key), None)
        return files

    async def _bring(self, upload: Upload) -> tuple[str, str]:
        """One file's bytes to Slack, unseen by anyone yet; its id and name."""
        async with self._room:
            return await self._carry(upload)

    async def _carry(self, upload: Upload) -> tuple[str, str]:
        if upload.preview:
            width = getattr(upload.picture, "width", 0)
            longest = SMALL_LONGEST if width <= SMALL_LONGEST else PREVIEW_LONGEST
            data, media_type = await self._limner.pictures.preview(
                upload.picture, longest=longest, formats=("image/jpeg", "image/png")
            )
            name = f"{upload.name}.{'png' if media_type == 'image/png' else 'jpg'}"
        else:
            data, name = await self._limner.pictures.read(upload.picture), upload.name
        alt = shorten(one_line(upload.picture.alt), ALT_LIMIT) or alt_text("a picture", ALT_LIMIT)
        ticket = await patiently(
            lambda: self._client.files_getUploadURLExternal(filename=_safe(name), length=len(data), alt_txt=alt),
            where="that channel",
        )
        await patiently(lambda: self._put(str(ticket["upload_url"]), data), where="that channel")
        return str(ticket["file_id"]), name

    async def _put(self, url: str, data: bytes) -> None:
        # The address itself is the permission; no token goes with it. The same bytes to it twice are one file.
        async with self._session.post(url, data=data, headers={"Content-Type": "application/octet-stream"}) as answer:
            if answer.status != 200:
                # Not `raise_for_status`: its error names the address, which is a permission.
                raise aiohttp.ClientPayloadError(f"the upload was answered with {answer.status}")

    async def _complete(self, files: list[dict[str, str | None]], channel: str, thread: str | None) -> None:
        """Shares; after a lost answer it looks whether that happened before it asks again."""
        first, doubtful = str(files[0]["id"]), False

        async def once() -> Any:
            return await self._client.files_completeUploadExternal(files=files, channel_id=channel, thread_ts=thread)

        async def complete() -> None:
            nonlocal doubtful
            if doubtful and await self._comes_to_be_shared(first, channel):
                return
            try:
                await once()
            except BROKEN:
                doubtful = True
                raise
            except SlackApiError as problem:
                if reason(problem) != "not_in_channel":
                    doubtful = doubtful or (passes(problem) and reason(problem) != "ratelimited")
                    raise
                await self._client.conversations_join(channel=channel)
                await once()

        await patiently(complete, where="that channel")

    async def _comes_to_be_shared(self, file: str, channel: str) -> bool:
        """Whether a file is shared after all: Slack shares some time after it was asked."""
        for poll in POLL_SECONDS:
            if await self._is_shared(file, channel):
                return True
            await asyncio.sleep(poll)
        return False

    async def _is_shared(self, file: str, channel: str) -> bool:
        try:
            return _shared(await info(self._client, file), channel)
        except SlackApiError:
            return False  # Slack knows an uploaded file only once its upload is completed

    async def ready(self, files: Iterable[str]) -> bool:
        """Waits until these may be shown in a message; False when that does not come about."""
        for file in files:
            waited = 0.0
            for poll in (*POLL_SECONDS, *[POLL_SECONDS[-1]] * 100):
                told = await info(self._client, file)
                if told.get("mimetype") and told.get("shares"):
                    break
                if waited > READY_SECONDS:
                    return False
                await asyncio.sleep(poll)
                waited += poll
        return True

    async def found(self, uploads: Iterable[Upload], *, channel: str, thread: str, since: str) -> dict[str, str]:
        """The ids of those that an earlier process has shared in this thread already, by their names; `since`: the ts
        of the card."""
        names = {_safe(upload.name): upload.key for upload in uploads}
        return {
            names[stem]: id
            for id, name in await self._ours(channel, thread, since)
            for stem in (name, PurePath(name).stem)
            if stem in names
        }

    async def named(self, prefix: str, *, channel: str, thread: str | None, since: str) -> tuple[str, ...]:
        """The ids of our files in this thread, or lately in the channel, whose name is this one, or goes on after it
        with a dash or a dot."""
        return tuple(
            id
            for id, name in await self._ours(channel, thread, since)
            if name.startswith(prefix) and name[len(prefix) : len(prefix) + 1] in {"-", ".", ""}
        )

    async def delete(self, files: Iterable[str]) -> None:
        """Deletes these at Slack; one that is gone already is no trouble."""
        for file in files:
            try:
                await patiently(lambda file=file: self._client.files_delete(file=file), where="this place")  # type: ignore[misc]
            except SlackApiError as problem:
                if reason(problem) not in {"file_not_found", "file_deleted"}:
                    raise

    async def _ours(self, channel: str, thread: str | None, since: str) -> list[tuple[str, str]]:
        """The files that this app has shared in a thread, or lately in a channel, by id and name."""

        async def messages() -> Any:
            if thread is None:
                return await self._client.conversations_history(channel=channel, oldest=since, limit=200)
            return await self._client.conversations_replies(
                channel=channel, ts=thread, oldest=since, inclusive=True, limit=200
            )

        try:
            answer = await patiently(messages, where=channel)
        except (SlackApiError, PlatformTrouble):
            return []
        return [
            (str(file["id"]), str(file.get("name") or ""))
            for message in answer["messages"]
            if message.get("bot_id")
            for file in message.get("files") or ()
        ]


def _shared(told: Mapping[str, Any], channel: str) -> bool:
    shares = told.get("shares") or {}
    return any(channel in (shares.get(kind) or {}) for kind in ("public", "private"))


def _safe(name: str) -> str:
    return "".join("-" if char in '/\\\0"' else char for char in one_line(name)) or "picture"
