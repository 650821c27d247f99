"""Delivers cards to Discord, by REST alone.

An address with a live interaction token is edited by that token: for an ephemeral answer there is no other way. Once
the token has died (fifteen minutes), a public card is edited as the bot, and a private one becomes a direct message;
so does what came of a job whose channel is gone or closed to us. How far a painting is, is told by one try that never
waits: when it is late it is worth nothing, and what came of it shall not wait behind it.

A first card is posted once, also by a process that was killed before it could note that: the answer to an interaction
is always the same message, a message with the same nonce is taken once within minutes, and what is older than that is
looked for in the channel before it is posted.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import aiohttp
import discord
import structlog
from discord.http import HTTPClient, Route

from limner.config import Discord
from limner.domain.card import Card, Controls, Line, Link, Press, Role, State
from limner.domain.place import DIRECT, Address, Attachment, Person, Place
from limner.errors import PlatformTrouble, Undeliverable
from limner_discord import connection, files, places, voices
from limner_discord.calls import DEAD, SHUT, UNKNOWN_MESSAGE, Calls, Sending, TooLarge, too_large, trouble
from limner_discord.cards import render
from limner_discord.uploads import LONGEST, PREVIEW_TYPES, Limits, Size, Upload

if TYPE_CHECKING:
    from limner.app import Limner

APPLICATION, MEMBER, REPLY_TO, SOURCE, FOLLOW_UP = "application", "member", "reply_to", "source", "follow_up"
EVENT, ASKED, ROOM, MOVED, SAID = "event", "asked", "room", "moved", "said"
"""What an address's `extra` may hold: the application's id, who asked, the message that is replied to, `same` when the
answer takes the place of a card that is there, and whether the message is a follow-up and not the first answer; the
interaction's id, when the event came by our own clock, the bytes that an interaction lets a file have, why the card is
in direct messages, and what it has said aloud (the sound's key) by which message."""

FORMING = frozenset({State.WAITING, State.PAINTING})
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
NONCE_SECONDS = 60
"""For so long a nonce surely keeps a message from being posted twice ("the past few minutes", says Discord)."""
EPOCH_MS = 1_420_070_400_000

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
        self._opened = time.time()
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

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
        limits = _limits(address)
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
            await voices.unsay(self._calls, address, connection.application(self._http.token or "") or "")
        if card.sound is None or card.state is State.GONE or address.message is None or before == card.sound.blob:
            return address
        data = await self._limner.pictures.read(card.sound)
        hook = Route("POST", "/webhooks/{webhook_id}/{webhook_token}", **_hook(address)) if _alive(address) else None
        said = await voices.say(self._calls, address, card.sound, data, hook)
        return address.evolve(extra={**address.extra, SAID: f"{card.sound.blob} {said or ''}"})

    async def _deliver(self, address: Address, card: Card, limits: Limits) -> Address:
        message = render(card, limits)
        async with self._room if message.uploads else nullcontext():
            files = [(each, await self._bytes(each)) for each in message.uploads]
            sending = Sending(card=card, limits=limits, view=message.view, files=files)
            try:
                return await self._show(address, sending)
            except discord.HTTPException as problem:
                if too_large(problem) and sending.files:
                    raise TooLarge(tuple(len(data) for _, data in sending.files)) from problem
                raise trouble(problem) from problem
            except (discord.RateLimited, aiohttp.ClientError, TimeoutError) as problem:
                raise trouble(problem) from problem

    async def _bytes(self, upload: Upload) -> bytes:
        if upload.size is Size.ORIGINAL:
            return await self._limner.pictures.read(upload.picture)
        data, _ = await self._limner.pictures.preview(
            upload.picture, longest=LONGEST[upload.size], limit=upload.limit, formats=(PREVIEW_TYPES[upload.size],)
        )
        return data

    async def _tell(self, address: Address, card: Card) -> None:
        """How far it is, in one try on the message that is there; the next step tells more than this one."""
        alive = _alive(address)
        if not alive and (address.reader is not None or address.message is None):
            return
        message = render(card)
        if message.uploads and self._room.locked():
            return
        async with self._room if message.uploads else nullcontext():
            files = [(each, await self._bytes(each)) for each in message.uploads]
            sending = Sending(card=card, limits=Limits(), view=message.view, files=files)
            try:
                try:
                    await self._calls.hasten(_token_route(address) if alive else _bot_route(address), sending)
                except discord.HTTPException as problem:
                    if not alive or problem.code not in DEAD or address.reader is not None:
                        raise
                    await self._calls.hasten(_bot_route(address), sending)
            except discord.HTTPException as problem:
                log.info("discord_progress_not_told", status=problem.status, code=problem.code)

    async def _show(self, address: Address, sending: Sending) -> Address:
        direct = address.place.direct
        if direct and MOVED in address.extra:
            sending = _explained(sending, address.extra[MOVED])
        card = sending.card
        private = bool(address.reader or card.private)
        if _alive(address):
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
            shown = await self._calls.send(_token_route(address), sending)
        except discord.NotFound as problem:
            if problem.code != UNKNOWN_MESSAGE:
                raise
            return address if sending.card.state is State.GONE else await self._follow_up(address, sending)
        return address.evolve(message=str(shown["id"]))

    async def _take_back(self, address: Address) -> None:
        """Removes the public answer that a private card cannot be put into."""
        try:
            await self._calls.request(_token_route(address, "DELETE"))
        except discord.NotFound as problem:
            if problem.code != UNKNOWN_MESSAGE:
                raise

    async def _follow_up(self, address: Address, sending: Sending) -> Address:
        private = bool(sending.card.private or address.reader)
        flags = discord.MessageFlags(ephemeral=True) if private else discord.MessageFlags()
        route = Route("POST", "/webhooks/{webhook_id}/{webhook_token}", **_hook(address))
        shown = await self._calls.send(route, sending, flags=flags)
        reader = (address.reader or address.extra.get(MEMBER)) if private else None
        extra = {**address.extra, FOLLOW_UP: "yes"}
        return address.evolve(message=str(shown["id"]), reader=reader, extra=extra)

    # ── as the bot ──────────────────────────────────────────────────────────────────────────────────────────

    async def _as_bot(self, address: Address, sending: Sending) -> Address:
        """As a message of the bot's in the place's channel."""
        if address.message is None and (posted := await self._posted(address, sending.card)) is not None:
            address = address.evolve(message=posted)
        if address.message is None:
            return await self._post(address.place.channel, address, sending)
        try:
            await self._calls.send(_bot_route(address), sending)
        except discord.NotFound as problem:
            if problem.code != UNKNOWN_MESSAGE:
                raise
            if sending.card.state is not State.GONE:
                return await self._post(address.place.channel, address, sending)
        return address

    async def _posted(self, address: Address, card: Card) -> str | None:
        """The answer to this event, where an earlier process may have posted it, or longer ago than a nonce lasts. What
        answers a press elsewhere than there tells of nothing but its job."""
        event = address.extra.get(REPLY_TO) or address.extra.get(EVENT)
        if event is None or not event.isdigit():
            return None
        came = float(address.extra.get(ASKED) or _given(event))
        if came >= self._opened and time.time() - came < NONCE_SECONDS:
            return None
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=address.place.channel)
        try:
            after = await self._calls.request(route, params={"after": event, "limit": 100})
        except discord.Forbidden:
            return None  # without "Read Message History" one cannot know
        own = connection.application(self._http.token or "")
        for message in sorted(after, key=lambda each: int(each["id"])):
            replied = (message.get("message_reference") or {}).get("message_id")
            asked = (message.get("interaction_metadata") or {}).get("id")
            same = event in {replied, asked} or (not address.elsewhere and _is_of(message, card.job))
            if message["author"]["id"] == own and same:
                return str(message["id"])
        return None

    async def _post(self, channel: str, address: Address, sending: Sending) -> Address:
        more: dict[str, Any] = {}
        replied = address.extra.get(REPLY_TO)
        if replied and channel == address.place.channel:
            more["message_reference"] = {"message_id": replied, "fail_if_not_exists": False}
        once = ("c" if channel == address.place.channel else "d") + _once(address, sending.card)
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        lane = self._lanes.setdefault(channel, asyncio.Lock())
        async with lane:  # held up by a rate limit, cards still appear in the order in which they came
            shown = await self._calls.send(route, sending, nonce=once[:25], **more)
        return address.evolve(message=str(shown["id"]), place=address.place.evolve(channel=channel))

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
        channel = await self._open(asker)
        shown = await self._post(channel, address.evolve(message=None), _explained(sending, CLOSED))
        place = Place(platform=self.platform, space=f"{DIRECT}{asker}", channel=channel, home=team)
        return Address(place=place, message=shown.message, extra={MEMBER: asker, MOVED: CLOSED})

    async def _open(self, person: str) -> str:
        """The channel of a person's direct messages with us."""
        opened = await self._calls.request(Route("POST", "/users/@me/channels"), json={"recipient_id": person})
        return str(opened["id"])

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
        channel = await self._open(reader)
        if address.place.channel == channel:
            return await self._as_bot(address, sending)
        moved = await self._post(channel, address.evolve(message=None), sending)
        kept = {key: value for key, value in moved.extra.items() if key == MEMBER}
        return moved.evolve(reader=reader, extra={**kept, **({MOVED: why} if why else {})})


def _is_of(part: Any, job: str | None) -> bool:
    """Whether a message, or a part of it, has a button for this job."""
    press = Press.read(str(part.get("custom_id", "")))
    if press is not None and job is not None and (press.target or "").partition(".")[0] == job:
        return True
    return any(_is_of(each, job) for each in part.get("components") or ())


def _alive(address: Address) -> bool:
    return bool(address.token and address.expires and datetime.now(UTC) < address.expires)


def _limits(address: Address) -> Limits:
    """What may be sent there: an interaction tells what its member and server are allowed."""
    room = address.extra.get(ROOM, "")
    return Limits.told(int(room)) if room.isdigit() and _alive(address) else Limits()


def _once(address: Address, card: Card) -> str:
    """A word by which Discord knows a message that it has taken already: the same for a second try to answer an event,
    to show a job's first card, or to replace a message that was taken away."""
    kind = "r" if card.state is State.REFUSED else ""
    if address.message is not None:
        return f"{kind}a{address.message}"
    event = address.extra.get(REPLY_TO) or address.extra.get(EVENT)
    if event is not None:
        return f"{kind}e{event}"
    return f"j{card.job}" if card.job and card.state in FORMING else secrets.token_hex(8)


def _given(snowflake: str) -> float:
    """When this id was given, by Discord's clock."""
    return ((int(snowflake) >> 22) + EPOCH_MS) / 1000


def _explained(sending: Sending, why: str) -> Sending:
    """What is sent, with a word on why it is in direct messages; what is gone needs none."""
    if sending.card.state is State.GONE:
        return sending
    card = sending.card.evolve(lines=(*sending.card.lines, Line(role=Role.NOTE, text=EXPLAINED[why])))
    return replace(sending, card=card, view=render(card, sending.limits).view)


def _hook(address: Address) -> dict[str, Any]:
    return {"webhook_id": address.extra.get(APPLICATION, ""), "webhook_token": address.token}


def _token_route(address: Address, method: str = "PATCH") -> Route:
    if FOLLOW_UP not in address.extra:  # discord.py would quote the @
        return Route(method, "/webhooks/{webhook_id}/{webhook_token}/messages/@original", **_hook(address))
    path = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
    return Route(method, path, message_id=address.message, **_hook(address))


def _bot_route(address: Address) -> Route:
    path = "/channels/{channel_id}/messages/{message_id}"
    return Route("PATCH", path, channel_id=address.place.channel, message_id=address.message)


def _links(row: Controls) -> tuple[Link, ...]:
    return tuple(each for each in row.buttons if isinstance(each, Link))
