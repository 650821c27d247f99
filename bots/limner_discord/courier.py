"""Delivers cards to Discord and fetches attachments, by REST alone.

An address with a live interaction token is edited by that token: for an ephemeral answer there is no other way. Once
the token has died (fifteen minutes), a public card is edited as the bot, and a private one becomes a direct message.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import stamina
import structlog
import yarl
from discord.http import HTTPClient, MultipartParameters, Route, handle_message_parameters

from limner.config import Discord
from limner.domain.card import Card, Controls, Link, State
from limner.domain.place import Address, Attachment, Place
from limner.domain.text import one_line, shorten
from limner.errors import ForeignHost, NotFetched, PictureFileTooLarge, PlatformTrouble, Undeliverable
from limner_discord import connection
from limner_discord.cards import LONGEST, PREVIEW_TYPES, Size, Upload, render

if TYPE_CHECKING:
    from limner.app import Limner

APPLICATION, MEMBER, REPLY_TO, SOURCE, FOLLOW_UP = "application", "member", "reply_to", "source", "follow_up"
"""What an address's `extra` may hold: the application's id, who asked, the message that is replied to, `same` when the
answer takes the place of a card that is there, and whether the message is a follow-up and not the first answer."""

# Discord's JSON error codes (developer documentation, "Opcodes and Status Codes").
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
MISSING_ACCESS, CLOSED_TO_DMS, MISSING_PERMISSIONS, DEAD_TOKEN = 50001, 50007, 50013, 50027
SHUT = frozenset({UNKNOWN_CHANNEL, MISSING_ACCESS, CLOSED_TO_DMS, MISSING_PERMISSIONS})
DEAD = frozenset({UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, DEAD_TOKEN})

POSTABLE = frozenset({0, 2, 5, 10, 11, 12})
"""Types of channels that take messages: text, voice's text, announcements, threads."""
UPLOADS = 4
"""Messages with files that are sent at the same time, so that a hundred finished pictures are not all in memory."""
CHUNK = 256 * 1024

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sending:
    """A rendered card with the bytes that go along."""

    card: Card
    view: discord.ui.LayoutView
    files: Sequence[tuple[Upload, bytes]]

    def parameters(self, **more: Any) -> MultipartParameters:
        """As discord.py sends it; made anew for each attempt, for sending uses files up."""
        attachments = [
            discord.File(BytesIO(data), filename=upload.name, description=upload.alt) for upload, data in self.files
        ]
        return handle_message_parameters(
            view=self.view, attachments=attachments, allowed_mentions=discord.AllowedMentions.none(), **more
        )


class DiscordCourier:
    """The courier of Discord."""

    platform = "discord"
    pace = 2.5

    def __init__(self, limner: Limner, settings: Discord, http: HTTPClient) -> None:
        self._limner, self._http = limner, http
        self._origins = connection.origins(settings)
        self._room = asyncio.Semaphore(UPLOADS)
        # Another session than discord.py's, so that the bot's token cannot go along by accident.
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=30))

    async def close(self) -> None:
        await self._session.close()
        await connection.close(self._http)

    # ── delivering ──────────────────────────────────────────────────────────────────────────────────────────

    async def show(self, address: Address, card: Card) -> Address:
        message = render(card)
        async with self._room if message.uploads else nullcontext():
            files = [(upload, await self._bytes(upload)) for upload in message.uploads]
            return await self._show(address, Sending(card=card, view=message.view, files=files))

    async def _bytes(self, upload: Upload) -> bytes:
        if upload.size is Size.ORIGINAL:
            return await self._limner.read(upload.picture)
        data, _ = await self._limner.preview(
            upload.picture, longest=LONGEST[upload.size], limit=upload.limit, formats=(PREVIEW_TYPES[upload.size],)
        )
        return data

    async def _show(self, address: Address, sending: Sending) -> Address:
        direct = address.place.space.startswith("dm-")
        if address.token and address.expires and datetime.now(UTC) < address.expires:
            try:
                return await self._by_token(address, sending)
            except discord.HTTPException as problem:
                if problem.code not in DEAD and problem.status != 401:
                    raise _trouble(problem) from problem
        address = address.evolve(token=None, expires=None)
        if not direct and (address.reader or sending.card.private):
            return await self._privately(address, sending)
        try:
            return await self._as_bot(address, sending)
        except Undeliverable:
            if direct or MEMBER not in address.extra:
                raise
            return await self._directly(address, sending)

    async def _by_token(self, address: Address, sending: Sending) -> Address:
        """By the interaction's webhook: in place of what is there, or as a private follow-up beside it."""
        if sending.card.private and address.reader is None:
            if address.extra.get(SOURCE) != "same":
                await self._take_back(address)
            return await self._follow_up(address, sending)
        where = address.message if FOLLOW_UP in address.extra else "@original"
        try:
            shown = await self._send(_webhook("PATCH", address, where), sending)
        except discord.NotFound as problem:
            if problem.code != UNKNOWN_MESSAGE:
                raise
            return address if sending.card.state is State.GONE else await self._follow_up(address, sending)
        return address.evolve(message=str(shown["id"]))

    async def _take_back(self, address: Address) -> None:
        """Removes the public answer that a private card cannot be put into."""
        where = address.message if FOLLOW_UP in address.extra else "@original"
        try:
            await self._request(_webhook("DELETE", address, where))
        except discord.NotFound as problem:
            if problem.code != UNKNOWN_MESSAGE:
                raise

    async def _follow_up(self, address: Address, sending: Sending) -> Address:
        private = bool(sending.card.private or address.reader)
        flags = discord.MessageFlags(ephemeral=True) if private else discord.MessageFlags()
        route = Route("POST", "/webhooks/{webhook_id}/{webhook_token}", **_hook(address))
        shown = await self._send(route, sending, flags=flags)
        reader = (address.reader or address.extra.get(MEMBER)) if private else None
        extra = {**address.extra, FOLLOW_UP: "yes"}
        return address.evolve(message=str(shown["id"]), reader=reader, extra=extra)

    async def _as_bot(self, address: Address, sending: Sending) -> Address:
        """As a message of the bot's in the place's channel."""
        channel, message = address.place.channel, address.message
        try:
            if message is not None:
                route = Route(
                    "PATCH", "/channels/{channel_id}/messages/{message_id}", channel_id=channel, message_id=message
                )
                try:
                    await self._send(route, sending)
                except discord.NotFound as problem:
                    if problem.code != UNKNOWN_MESSAGE:
                        raise
                    if sending.card.state is not State.GONE:
                        return await self._post(channel, address, sending)
                return address
            return await self._post(channel, address, sending)
        except discord.HTTPException as problem:
            raise _trouble(problem) from problem

    async def _post(self, channel: str, address: Address, sending: Sending) -> Address:
        more: dict[str, Any] = {}
        replied = address.extra.get(REPLY_TO)
        if replied and channel == address.place.channel:
            more["message_reference"] = {"message_id": replied, "fail_if_not_exists": False}
        # Discord posts a message with the same nonce once: a retry, or a second try for the same voice note, is safe.
        once = replied if replied and address.message is None else secrets.token_hex(8)
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        shown = await self._send(route, sending, nonce=f"l{once}"[:25], **more)
        return address.evolve(message=str(shown["id"]), place=address.place.evolve(channel=channel))

    async def _privately(self, address: Address, sending: Sending) -> Address:
        """To its reader alone, when nothing ephemeral is possible any more."""
        try:
            return await self._directly(address, sending)
        except Undeliverable:
            # A refusal of a voice note has no other way to be told; what is meant to stay private does not go there.
            if address.reader or sending.card.state is not State.REFUSED:
                raise
            return await self._as_bot(address, sending)

    async def _directly(self, address: Address, sending: Sending) -> Address:
        """As a direct message to the reader, or else to whoever asked."""
        reader = address.reader or address.extra.get(MEMBER)
        if reader is None:
            raise Undeliverable(where="that conversation")
        # The team's buttons do not work from direct messages, which belong to no team; links do.
        links = tuple(Controls(buttons=each) for row in sending.card.controls if (each := _links(row)))
        card = sending.card.evolve(controls=links)
        sending = Sending(card=card, view=render(card).view, files=sending.files)
        try:
            opened = await self._request(Route("POST", "/users/@me/channels"), json={"recipient_id": reader})
            channel = str(opened["id"])
            if address.place.channel == channel:
                return await self._as_bot(address, sending)
            moved = await self._post(channel, address.evolve(message=None), sending)
        except discord.HTTPException as problem:
            raise _trouble(problem) from problem
        kept = {key: value for key, value in moved.extra.items() if key == MEMBER}
        return moved.evolve(reader=reader, extra=kept)

    async def _send(self, route: Route, sending: Sending, **more: Any) -> Any:
        async for attempt in stamina.retry_context(on=_passing, attempts=5, timeout=60):
            with attempt, sending.parameters(**more) as made:
                if made.files:
                    return await self._http.request(route, files=made.files, form=made.multipart)
                return await self._http.request(route, json=made.payload)
        raise AssertionError("unreachable")

    async def _request(self, route: Route, **more: Any) -> Any:
        async for attempt in stamina.retry_context(on=_passing, attempts=5, timeout=60):
            with attempt:
                return await self._http.request(route, **more)
        raise AssertionError("unreachable")

    # ── finding ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def find(self, words: str, near: Place) -> tuple[Place, str]:
        none = Undeliverable(where=shorten(one_line(words), 60) or "that place")
        if near.space.startswith("dm-"):
            raise none
        said = re.fullmatch(r"<?#?(\d{15,20})>?", words.strip())
        try:
            if said is not None:
                found = [await self._request(Route("GET", "/channels/{channel_id}", channel_id=said[1]))]
            else:
                found = await self._request(Route("GET", "/guilds/{guild_id}/channels", guild_id=near.space))
        except discord.HTTPException as problem:
            raise none from problem
        name = words.strip().lstrip("#").lower()
        for channel in found:
            # An id is no permission: the channel has to be of the same server.
            if str(channel.get("guild_id", "")) != near.space or channel["type"] not in POSTABLE:
                continue
            if said is not None or channel["name"].lower() == name:
                return near.evolve(channel=str(channel["id"]), thread=None), f"#{channel['name']}"
        raise none

    # ── fetching ────────────────────────────────────────────────────────────────────────────────────────────

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        url = attachment.url
        if _origin(url) not in self._origins:
            raise ForeignHost(name=attachment.name)
        gone = NotFetched(name=attachment.name, platform="Discord")
        try:
            async with self._session.get(url, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise gone
                if (answer.content_length or 0) > limit:
                    raise PictureFileTooLarge(name=attachment.name, limit_mb=limit // 2**20)
                await self._save(answer, attachment, into, limit)
        except (aiohttp.ClientError, TimeoutError) as problem:
            await asyncio.to_thread(into.unlink, missing_ok=True)
            raise gone from problem

    async def _save(self, answer: aiohttp.ClientResponse, attachment: Attachment, into: Path, limit: int) -> None:
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


def _hook(address: Address) -> dict[str, Any]:
    return {"webhook_id": address.extra.get(APPLICATION, ""), "webhook_token": address.token}


def _webhook(method: str, address: Address, message: str | None) -> Route:
    if message == "@original":  # discord.py would quote the @
        return Route(method, "/webhooks/{webhook_id}/{webhook_token}/messages/@original", **_hook(address))
    path = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
    return Route(method, path, message_id=message, **_hook(address))


def _links(row: Controls) -> tuple[Link, ...]:
    return tuple(each for each in row.buttons if isinstance(each, Link))


def _passing(problem: Exception) -> bool:
    return isinstance(problem, (aiohttp.ClientConnectionError, TimeoutError, discord.DiscordServerError))


def _trouble(problem: discord.HTTPException) -> PlatformTrouble:
    if problem.code in SHUT:
        return Undeliverable(where="that place")
    log.error("discord_refused", status=problem.status, code=problem.code, text=problem.text[:500])
    return PlatformTrouble(platform="Discord")
