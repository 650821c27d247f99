"""What is said aloud, as Discord's own voice messages: the flag, a waveform, a length, and nothing else beside them.

They cannot be edited, so each is posted once, in answer to its card (developer documentation, "Voice Messages"). Where
the bot may not send any, the sound goes as a file.
"""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
import structlog
from discord.http import Route

from limner.domain.card import Sound
from limner.domain.place import Address
from limner_discord.calls import MISSING_PERMISSIONS, SHUT, Calls

NAME = "voice-message.ogg"
NO_VOICE = frozenset({MISSING_PERMISSIONS, 50159, 50160, 50161, 50173})
"""Voice messages are not taken here, or not this one."""

log = structlog.get_logger(__name__)


async def say(calls: Calls, address: Address, sound: Sound, data: bytes, hook: Route | None) -> str | None:
    """Posts what a card says in answer to it; gives the message's id, None where Discord does not take it: the card
    stands. `hook`: where follow-ups to the interaction go, while its token lives."""
    for flags in (discord.MessageFlags(voice=True), discord.MessageFlags()):
        try:
            return await _post(calls, address, sound, data, hook, flags)
        except discord.HTTPException as problem:
            log.warning("discord_not_said", status=problem.status, code=problem.code)
            if problem.code not in NO_VOICE:
                return None
        except (discord.RateLimited, aiohttp.ClientError, TimeoutError) as problem:
            log.warning("discord_not_said", why=type(problem).__name__)
            return None
    return None


async def unsay(calls: Calls, address: Address, own: str) -> None:
    """Takes away what was said in answer to a card, also before it became what it is now. `own`: the bot's id."""
    path = "/channels/{channel_id}/messages"
    place = {"channel_id": address.place.channel}
    try:
        after = await calls.request(Route("GET", path, **place), params={"after": address.message or "0", "limit": 100})
        for each in after:
            answered = (each.get("message_reference") or {}).get("message_id")
            if each["author"]["id"] == own and answered == address.message and _is_sound(each):
                await calls.request(Route("DELETE", f"{path}/{{message_id}}", message_id=each["id"], **place))
    except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, TimeoutError) as problem:
        log.info("discord_not_unsaid", why=type(problem).__name__)


def _is_sound(message: Any) -> bool:
    """Whether it is one of ours that `say` posts: a voice message, or the file that stands in for one."""
    named = [each.get("filename") for each in message.get("attachments") or ()]
    return bool(message.get("flags", 0) & discord.MessageFlags(voice=True).value) or named == [NAME]


async def _post(
    calls: Calls, address: Address, sound: Sound, data: bytes, hook: Route | None, flags: discord.MessageFlags
) -> str:
    told: dict[str, Any] = {"id": "0", "filename": NAME}
    if flags.voice:
        told |= {"duration_secs": round(sound.seconds, 3), "waveform": sound.waveform}
    else:
        told["description"] = sound.alt
    body: dict[str, Any] = {"attachments": [told], "allowed_mentions": {"parse": []}}
    channel = Route("POST", "/channels/{channel_id}/messages", channel_id=address.place.channel)
    # A nonce keeps a second try from being a second message; a follow-up has none, and is the only way to one reader.
    own = {
        "message_reference": {"message_id": address.message, "fail_if_not_exists": False},
        "nonce": f"{address.message}{sound.blob}"[:25],
        "enforce_nonce": True,
    }
    if hook is not None and address.reader is not None:
        flags.ephemeral = True
        return await calls.hand(hook, {**body, "flags": flags.value}, NAME, data)
    try:
        return await calls.hand(channel, {**body, **own, "flags": flags.value}, NAME, data)
    except discord.HTTPException as problem:
        if hook is None or problem.code not in SHUT or problem.code in NO_VOICE:
            raise
    return await calls.hand(hook, {**body, "flags": flags.value}, NAME, data)
