"""Messages that are posted once, whatever happens meanwhile.

A message with the same nonce is taken once within minutes; what may have been posted longer ago, or by a process that
was killed before it could note that, is looked for in the channel.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any
from weakref import WeakValueDictionary

import discord
from discord.http import Route

from limner.domain.card import Card, Press, State
from limner.domain.place import Address
from limner_discord.addresses import ASKED, EVENT, REPLY_TO
from limner_discord.calls import Calls, Sending

FORMING = frozenset({State.WAITING, State.PAINTING})
NONCE_SECONDS = 60
"""For so long a nonce surely keeps a message from being posted twice ("the past few minutes", says Discord)."""


class Posts:
    """Posts as the bot."""

    def __init__(self, calls: Calls, own: str) -> None:
        """`own`: the bot's id."""
        self._calls, self._own = calls, own
        self._opened = time.time()
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def post(self, channel: str, address: Address, sending: Sending) -> Address:
        """Posts in this channel what belongs to the address; gives the address of that message.

        Raises:
            discord.HTTPException: Discord refused it, or did so for too long.
            aiohttp.ClientError, TimeoutError: It stays out of reach.
        """
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

    async def found(self, address: Address, card: Card) -> str | None:
        """The answer to this event, where an earlier process may have posted it, or longer ago than a nonce lasts. What
        answers a press elsewhere than there tells of nothing but its job."""
        event = address.extra.get(REPLY_TO) or address.extra.get(EVENT)
        if event is None or not event.isdigit():
            return None
        came = float(address.extra.get(ASKED) or discord.utils.snowflake_time(int(event)).timestamp())
        if came >= self._opened and time.time() - came < NONCE_SECONDS:
            return None
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=address.place.channel)
        try:
            after = await self._calls.request(route, params={"after": event, "limit": 100})
        except discord.Forbidden:
            return None  # without "Read Message History" one cannot know
        for message in sorted(after, key=lambda each: int(each["id"])):
            replied = (message.get("message_reference") or {}).get("message_id")
            asked = (message.get("interaction_metadata") or {}).get("id")
            same = event in {replied, asked} or (not address.elsewhere and _is_of(message, card.job))
            if message["author"]["id"] == self._own and same:
                return str(message["id"])
        return None


def _is_of(part: Any, job: str | None) -> bool:
    """Whether a message, or a part of it, has a button for this job."""
    press = Press.read(str(part.get("custom_id", "")))
    if press is not None and job is not None and (press.target or "").partition(".")[0] == job:
        return True
    return any(_is_of(each, job) for each in part.get("components") or ())


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
