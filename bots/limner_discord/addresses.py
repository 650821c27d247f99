"""What addresses at Discord hold beside a place and a message, and the requests that lead there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from discord.http import Route

from limner.domain.place import Address
from limner_discord.uploads import Limits

APPLICATION, MEMBER, REPLY_TO, SOURCE, FOLLOW_UP = "application", "member", "reply_to", "source", "follow_up"
EVENT, ASKED, ROOM, MOVED, SAID = "event", "asked", "room", "moved", "said"
"""What an address's `extra` may hold: the application's id, who asked, the message that is replied to, `same` when the
answer takes the place of a card that is there, and whether the message is a follow-up and not the first answer; the
interaction's id, when the event came by our own clock, the bytes that an interaction lets a file have, why the card is
in direct messages, and what it has said aloud (the sound's key) by which message."""


def is_alive(address: Address) -> bool:
    """Whether the interaction's token is good still, by the clock."""
    return bool(address.token and address.expires and datetime.now(UTC) < address.expires)


def limits_of(address: Address) -> Limits:
    """What may be sent there: an interaction tells what its member and server are allowed."""
    room = address.extra.get(ROOM, "")
    return Limits.told(int(room)) if room.isdigit() and is_alive(address) else Limits()


def token_route(address: Address, method: str = "PATCH") -> Route:
    """To its message, by the interaction's token."""
    if FOLLOW_UP not in address.extra:  # discord.py would quote the @
        return Route(method, "/webhooks/{webhook_id}/{webhook_token}/messages/@original", **_hook(address))
    path = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
    return Route(method, path, message_id=address.message, **_hook(address))


def follow_up_route(address: Address) -> Route:
    """To a new message, by the interaction's token."""
    return Route("POST", "/webhooks/{webhook_id}/{webhook_token}", **_hook(address))


def bot_route(address: Address) -> Route:
    """To its message, as the bot."""
    path = "/channels/{channel_id}/messages/{message_id}"
    return Route("PATCH", path, channel_id=address.place.channel, message_id=address.message)


def _hook(address: Address) -> dict[str, Any]:
    return {"webhook_id": address.extra.get(APPLICATION, ""), "webhook_token": address.token}
