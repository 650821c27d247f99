"""Delivers cards to Discord, by REST alone.

An address with a live interaction token is edited by that token: for an ephemeral answer there is no other way. Once
the token has died (fifteen minutes), a public card is edited as the bot, and a private one becomes a direct message;
so does what came of a job whose channel is gone or closed to us. How far a painting is, is told by one try that never
waits: when it is late it is worth nothing, and what came of it shall not wait behind it.

A first card is posted once, also by a process that was killed before it could note that: the answer to an interaction
is always the same message, and `posts.py` sees to the others.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import discord
import structlog
from discord.http import HTTPClient

from limner.config import Discord
from limner.domain.card import Card, Controls, Line, Link, Role, State
from limner.domain.place import DIRECT, Address, Attachment, Person, Place
from limner.errors import PlatformTrouble, Undeliverable
from limner_discord import connection, files, places, voices
from limner_discord.addresses import (
    APPLICATION,
    FOLLOW_UP,
    MEMBER,
    MOVED,
    SAID,
    SOURCE,
    bot_route,
    follow_up_route,
    is_alive,
    limits_of,
    token_route,
)
from limner_discord.calls import DEAD, SHUT, UNKNOWN_MESSAGE, Calls, Sending, TooLarge, too_large, trouble
from limner_discord.cards import Message, render
from limner_discord.posts import FORMING, Posts
from limner_discord.uploads import LONGEST, PREVIEW_TYPES, Limits, Size, Upload

if TYPE_CHECKING:
    from limner.app import Limner

CLOSED, LATE, DRAFT = "closed", "late", "draft"
EXPLAINED = {
    CLOSED: "I could not post in that channel any more, so here it is.",
    LATE: "Discord lets me answer in private for fifteen minutes only, so here it is.",
    DRAFT: "Discord lets me answer in private for fifteen minutes only, so here it is. In your server, /drafts brings "
    "it up with its buttons.",
}
"""Why a card is in direct messages, in a sentence on it."""

UPLOADS = 4
"""Messages with files that are sent at the same time, so that a hundred finished pictures are not all in memory."""
SHRINKS = 4
"""How often a message that is too large is made smaller before it goes without pictures."""
EVERYWHERE = "in any channel that I can read, in a direct message, or in reply to a picture"
ADDRESSED = "in a direct message, in a reply that pings me, as an option of /imagine, or by Apps → Imagine from this"
"""Where a voice note reaches the bot with the Message Content intent, and without it."""

log = structlog.get_logger(__name__)


class DiscordCourier:
    """The courier of Discord."""

    platform = "discord"
    pace = 2.5
    plays: str | None = "ogg"

    def __init__(self, limner: Limner, settings: Discord, http: HTTPClient) -> None:
        self._limner, self._http = limner, http
        self.listens = EVERYWHERE if settings.message_content else ADDRESSED
        self._origins = connection.origins(settings)
        self._room = asyncio.Semaphore(UPLOADS)
        # Another session than discord.py's, so that the bot's token cannot go along by accident.
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=30))
        self._calls = Calls(http, self._session)
        self._own = connection.application(http.token or "") or ""
        self._posts = Posts(self._calls, self._own)

    async def close(self) -> None:
        await self._session.close()
        await connection.close(self._http)

    async def find(self, words: str, near: Place, *, by: str | None = None) -> tuple[Place, str]:
        return await places.find(self._calls, words, near, by=by)

    async def direct(self, person: str, space: str) -> Place:
        return await places.direct(self._calls, person, space)

    async def stands(self, person: str, space: str) -> Person | None:
        return await places.stands(self._calls, person, space)

    async def channels(self, space: str) -> tuple[str, ...]:
        return await places.channels(self._calls, space)

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        await files.fetch(self._session, attachment, into, limit, origins=self._origins)

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    async def show(self, address: Address, card: Card) -> Address:
        beside = card.private and address.reader is None
        if card.state is State.PAINTING or (card.state is State.WAITING and address.message is not None and not beside):
            if not beside:
                await self._tell(address, card)
            return address
        return await self._said(await self._shown(address, card), card)

    async def _shown(self, address: Address, card: Card) -> Address:
        limits = limits_of(address)
        for _ in range(SHRINKS):
            try:
                return await self._deliver(address, card, limits)
            except TooLarge as refused:
                limits = limits.below(refused.args[0])
        try:
            return await self._deliver(address, card, limits.none())
        except TooLarge as refused:
            raise PlatformTrouble(platform="Discord") from refused

    async def _said(self, address: Address, card: Card) -> Address:
        """What the card says aloud, in answer to it, once; taken away with it."""
        before, _, voice = address.extra.get(SAID, "").partition(" ")
        if card.state is State.GONE and (voice or card.job) and address.reader is None:
            await voices.unsay(self._calls, address, self._own)
        if card.sound is None or card.state is State.GONE or address.message is None or before == card.sound.blob:
            return address
        data = await self._limner.pictures.read(card.sound)
        hook = follow_up_route(address) if is_alive(address) else None
        said = await voices.say(self._calls, address, card.sound, data, hook)
        return address.evolve(extra={**address.extra, SAID: f"{card.sound.blob} {said or ''}"})

    async def _deliver(self, address: Address, card: Card, limits: Limits) -> Address:
        message = render(card, limits)
        async with self._room if message.uploads else nullcontext():
            sending = await self._with_bytes(message, card, limits)
            try:
                return await self._show(address, sending)
            except discord.HTTPException as problem:
                if too_large(problem) and sending.files:
                    raise TooLarge(tuple(len(data) for _, data in sending.files)) from problem
                raise trouble(problem) from problem
            except (discord.RateLimited, aiohttp.ClientError, TimeoutError) as problem:
                raise trouble(problem) from problem

    async def _with_bytes(self, message: Message, card: Card, limits: Limits) -> Sending:
        files = [(each, await self._bytes(each)) for each in message.uploads]
        return Sending(card=card, limits=limits, view=message.view, files=files)

    async def _bytes(self, upload: Upload) -> bytes:
        if upload.size is Size.ORIGINAL:
            return await self._limner.pictures.read(upload.picture)
        data, _ = await self._limner.pictures.preview(
            upload.picture, longest=LONGEST[upload.size], limit=upload.limit, formats=(PREVIEW_TYPES[upload.size],)
        )
        return data

    async def _tell(self, address: Address, card: Card) -> None:
        """How far it is, in one try on the message that is there; the next step tells more than this one."""
        alive = is_alive(address)
        if not alive and (address.reader is not None or address.message is None):
            return
        message = render(card)
        if message.uploads and self._room.locked():
            return
        async with self._room if message.uploads else nullcontext():
            sending = await self._with_bytes(message, card, Limits())
            try:
                try:
                    await self._calls.hasten(token_route(address) if alive else bot_route(address), sending)
                except discord.HTTPException as problem:
                    if not alive or problem.code not in DEAD or address.reader is not None:
                        raise
                    await self._calls.hasten(bot_route(address), sending)
            except discord.HTTPException as problem:
                log.info("discord_progress_not_told", status=problem.status, code=problem.code)

    async def _show(self, address: Address, sending: Sending) -> Address:
        direct = address.place.direct
        if direct and MOVED in address.extra:
            sending = _explained(sending, address.extra[MOVED])
        card = sending.card
        private = bool(address.reader or card.private)
        if is_alive(address):
            try:
                return await self._by_token(address, sending)
            except discord.HTTPException as problem:
                if problem.code not in DEAD | SHUT and problem.status != 401:
                    raise
        address = address.evolve(token=None, expires=None)
        if private and not direct:
            return await self._privately(address, sending)
        try:
            return await self._as_bot(address, sending)
        except discord.HTTPException as problem:
            stays = direct or MEMBER not in address.extra or not address.elsewhere
            stays = stays or card.state in FORMING | {State.GONE}
            if problem.code not in SHUT or stays:
                raise
        return await self._instead(address, sending)

    # ── by the interaction's token ──────────────────────────────────────────────────────────────────────────

    async def _by_token(self, address: Address, sending: Sending) -> Address:
        """By the interaction's webhook: in place of what is there, or as a private follow-up beside it."""
        pressed = address.extra.get(SOURCE) == "same"
        if sending.card.private and (address.reader is None or (pressed and sending.card.state is State.REFUSED)):
            if not pressed:
                await self._take_back(address)
            return await self._follow_up(address, sending)
        try:
            shown = await self._calls.send(token_route(address), sending)
        except discord.NotFound as problem:
            if problem.code != UNKNOWN_MESSAGE:
                raise
            return address if sending.card.state is State.GONE else await self._follow_up(address, sending)
        return address.evolve(message=str(shown["id"]))

    async def _take_back(self, address: Address) -> None:
        """Removes the public answer that a private card cannot be put into."""
        try:
            await self._calls.request(token_route(address, "DELETE"))
        except discord.NotFound as problem:
            if problem.code != UNKNOWN_MESSAGE:
                raise

    async def _follow_up(self, address: Address, sending: Sending) -> Address:
        private = bool(sending.card.private or address.reader)
        flags = discord.MessageFlags(ephemeral=True) if private else discord.MessageFlags()
        shown = await self._calls.send(follow_up_route(address), sending, flags=flags)
        reader = (address.reader or address.extra.get(MEMBER)) if private else None
        extra = {**address.extra, FOLLOW_UP: "yes"}
        return address.evolve(message=str(shown["id"]), reader=reader, extra=extra)

    # ── as the bot ──────────────────────────────────────────────────────────────────────────────────────────

    async def _as_bot(self, address: Address, sending: Sending) -> Address:
        """As a message of the bot's in the place's channel."""
        if address.message is None and (posted := await self._posts.found(address, sending.card)) is not None:
            address = address.evolve(message=posted)
        if address.message is None:
            return await self._posts.post(address.place.channel, address, sending)
        try:
            await self._calls.send(bot_route(address), sending)
        except discord.NotFound as problem:
            if problem.code != UNKNOWN_MESSAGE:
                raise
            if sending.card.state is not State.GONE:
                return await self._posts.post(address.place.channel, address, sending)
        return address

    async def _privately(self, address: Address, sending: Sending) -> Address:
        """To its reader alone, when nothing ephemeral is possible any more."""
        # What answers a voice note or a mention was never ephemeral: there is nothing to explain then.
        late = DRAFT if sending.card.job and sending.card.state is State.DONE else LATE
        why = address.extra.get(MOVED) or (late if APPLICATION in address.extra else None)
        try:
            return await self._directly(address, sending, why)
        except discord.HTTPException as problem:
            # A refusal of a voice note has no other way to be told; what is meant to stay private does not go there.
            if problem.code not in SHUT or address.reader or sending.card.state is not State.REFUSED:
                raise
            return await self._as_bot(address, sending)

    async def _instead(self, address: Address, sending: Sending) -> Address:
        """In the direct messages of whoever asked: what the channel is closed to is the same team's card there."""
        asker, team = address.extra[MEMBER], address.place.team_space
        channel = await places.open_direct(self._calls, asker)
        shown = await self._posts.post(channel, address.evolve(message=None), _explained(sending, CLOSED))
        place = Place(platform=self.platform, space=f"{DIRECT}{asker}", channel=channel, home=team)
        return Address(place=place, message=shown.message, extra={MEMBER: asker, MOVED: CLOSED})

    async def _directly(self, address: Address, sending: Sending, why: str | None) -> Address:
        """As a direct message to the reader, or else to whoever asked; it is for their eyes, and no card on record."""
        reader = address.reader or address.extra.get(MEMBER)
        if reader is None:
            raise Undeliverable(where="that conversation")
        # Buttons of what is not on record are nobody's; links work.
        links = tuple(Controls(buttons=each) for row in sending.card.controls if (each := _links(row)))
        card = sending.card.evolve(controls=links)
        sending = replace(sending, card=card, view=render(card, sending.limits).view)
        sending = _explained(sending, why) if why else sending
        channel = await places.open_direct(self._calls, reader)
        if address.place.channel == channel:
            return await self._as_bot(address, sending)
        moved = await self._posts.post(channel, address.evolve(message=None), sending)
        kept = {key: value for key, value in moved.extra.items() if key == MEMBER}
        return moved.evolve(reader=reader, extra={**kept, **({MOVED: why} if why else {})})


def _explained(sending: Sending, why: str) -> Sending:
    """What is sent, with a word on why it is in direct messages; what is gone needs none."""
    if sending.card.state is State.GONE:
        return sending
    card = sending.card.evolve(lines=(*sending.card.lines, Line(role=Role.NOTE, text=EXPLAINED[why])))
    return replace(sending, card=card, view=render(card, sending.limits).view)


def _links(row: Controls) -> tuple[Link, ...]:
    return tuple(each for each in row.buttons if isinstance(each, Link))
