"""Channels, as members name them."""

from __future__ import annotations

import re

import aiohttp
import discord
from discord.http import Route

from limner.domain.place import Place
from limner.domain.text import one_line, shorten
from limner.errors import Undeliverable
from limner_discord.calls import Calls

THREADS = frozenset({10, 11, 12})
"""Threads say which channel they are of; of other channels `parent_id` is the category."""
POSTABLE = THREADS | {0, 2, 5}
"""Types of channels that take messages: text, voice's text, announcements, threads."""


async def find(calls: Calls, words: str, near: Place) -> tuple[Place, str]:
    """The channel that these words name, in the same server, and its name as members read it.

    Raises:
        Undeliverable: There is none, or it is closed to us.
    """
    none = Undeliverable(where=shorten(one_line(words), 60) or "that place")
    if near.space.startswith("dm-"):
        raise none
    said = re.fullmatch(r"<?#?(\d{15,20})>?", words.strip())
    try:
        if said is not None:
            found = [await calls.request(Route("GET", "/channels/{channel_id}", channel_id=said[1]))]
        else:
            found = await calls.request(Route("GET", "/guilds/{guild_id}/channels", guild_id=near.space))
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as problem:
        raise none from problem
    name = words.strip().lstrip("#").lower()
    for channel in found:
        # An id is no permission: the channel has to be of the same server.
        if str(channel.get("guild_id", "")) != near.space or channel["type"] not in POSTABLE:
            continue
        if said is not None or channel["name"].lower() == name:
            parent = str(channel["parent_id"]) if channel["type"] in THREADS and channel.get("parent_id") else None
            thread = str(channel["id"]) if parent else None
            return near.evolve(channel=str(channel["id"]), thread=thread, parent=parent), f"#{channel['name']}"
    raise none
