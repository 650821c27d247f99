"""Channels, as members name them, and direct messages; and what people may do there."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import discord
from discord.http import Route

from limner.domain.place import DIRECT, Person, Place
from limner.domain.text import one_line, shorten
from limner.errors import MayNotPost, PlatformTrouble, Undeliverable
from limner_discord.calls import Calls

THREADS = frozenset({10, 11, 12})
"""Threads say which channel they are of; of other channels `parent_id` is the category."""
VIEW, SEND, THREAD, ADMINISTRATOR, MANAGE = 1 << 10, 1 << 11, 1 << 38, 1 << 3, 1 << 5
"""Permissions, by Discord's bits: to see a channel, to post there, to post in its threads, all of them, to manage the
server."""
UNKNOWN_MEMBER = 10007
"""Discord's code for somebody who is not in the server."""
POSTABLE = THREADS | {0, 2, 5}
"""Types of channels that take messages: text, voice's text, announcements, threads."""


async def find(calls: Calls, words: str, near: Place, *, by: str | None = None) -> tuple[Place, str]:
    """The channel that these words name, in the same server, and its name as members read it.

    Raises:
        Undeliverable: There is none, or it is closed to us.
        MayNotPost: It is closed to the person `by`.
    """
    none = Undeliverable(where=shorten(one_line(words), 60) or "that place")
    space = near.team_space
    if near.direct and near.home is None:
        raise none
    said = re.fullmatch(r"<?#?(\d{15,20})>?", words.strip())
    try:
        if said is not None:
            found = [await calls.request(Route("GET", "/channels/{channel_id}", channel_id=said[1]))]
        else:
            found = await calls.request(Route("GET", "/guilds/{guild_id}/channels", guild_id=space))
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as problem:
        raise none from problem
    name = words.strip().lstrip("#").lower()
    for channel in found:
        # An id is no permission: the channel has to be of the same server.
        if str(channel.get("guild_id", "")) != space or channel["type"] not in POSTABLE:
            continue
        if said is not None or channel["name"].lower() == name:
            if by is not None and not await _may_post(calls, space, channel, by):
                raise MayNotPost(where=f"#{shorten(one_line(channel['name']), 60)}")
            parent = str(channel["parent_id"]) if channel["type"] in THREADS and channel.get("parent_id") else None
            thread = str(channel["id"]) if parent else None
            there = Place(platform="discord", space=space, channel=str(channel["id"]), thread=thread, parent=parent)
            return there, f"#{channel['name']}"
    raise none


async def direct(calls: Calls, person: str, space: str) -> Place:
    """A person's direct messages with us, where they hear of a server's team.

    Raises:
        Undeliverable: They take none.
    """
    try:
        channel = await open_direct(calls, person)
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as problem:
        raise Undeliverable(where="their direct messages") from problem
    return Place(platform="discord", space=f"{DIRECT}{person}", channel=channel, home=space)


async def open_direct(calls: Calls, person: str) -> str:
    """The channel of a person's direct messages with us; raises as `Calls.request`."""
    opened = await calls.request(Route("POST", "/users/@me/channels"), json={"recipient_id": person})
    return str(opened["id"])


async def channels(calls: Calls, space: str) -> tuple[str, ...]:
    """The names of a server's channels.

    Raises:
        PlatformTrouble: Discord does not tell.
    """
    try:
        found = await calls.request(Route("GET", "/guilds/{guild_id}/channels", guild_id=space))
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as problem:
        raise PlatformTrouble(platform="Discord") from problem
    return tuple(f"#{each['name']}" for each in found if each["type"] in POSTABLE)


async def stands(calls: Calls, person: str, space: str) -> Person | None:
    """What a person is in a server now; None: no member.

    Raises:
        PlatformTrouble: Discord does not tell.
    """
    try:
        server = await calls.request(Route("GET", "/guilds/{guild_id}", guild_id=space))
        member = await calls.request(
            Route("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=space, user_id=person)
        )
    except discord.NotFound as problem:
        if problem.code == UNKNOWN_MEMBER:
            return None
        raise PlatformTrouble(platform="Discord") from problem
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as problem:
        raise PlatformTrouble(platform="Discord") from problem
    user = member["user"]
    return Person(
        id=person,
        name=str(member.get("nick") or user.get("global_name") or user["username"]),
        admin=bool(_by_roles(server, member, person) & (ADMINISTRATOR | MANAGE)),
        roles=tuple(sorted(map(str, member["roles"]))),
    )


async def _may_post(calls: Calls, space: str, channel: dict[str, Any], person: str) -> bool:
    """Whether a person may post in a channel: by their roles and what the channel overwrites, as Discord documents it
    (Topics, Permissions). A thread is as its channel."""
    needed = VIEW | (THREAD if channel["type"] in THREADS else SEND)
    try:
        if channel["type"] in THREADS:
            channel = await calls.request(Route("GET", "/channels/{channel_id}", channel_id=channel["parent_id"]))
        server = await calls.request(Route("GET", "/guilds/{guild_id}", guild_id=space))
        member = await calls.request(
            Route("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=space, user_id=person)
        )
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError) as problem:
        raise Undeliverable(where=f"#{shorten(one_line(channel['name']), 60)}") from problem
    return allowed(server, member, channel, person) & needed == needed


def allowed(server: dict[str, Any], member: dict[str, Any], channel: dict[str, Any], person: str) -> int:
    """The permissions of a member in a channel, as bits."""
    held = {str(server["id"]), *map(str, member["roles"])}
    bits = _by_roles(server, member, person)
    if bits & ADMINISTRATOR:
        return ~0
    over = {str(each["id"]): each for each in channel.get("permission_overwrites") or ()}
    everyone = over.get(str(server["id"]))
    roles = [each for id, each in over.items() if id in held and each is not everyone]
    for some in ([everyone] if everyone else [], roles, [over[person]] if person in over else []):
        deny = allow = 0
        for each in some:
            deny, allow = deny | int(each["deny"]), allow | int(each["allow"])
        bits = bits & ~deny | allow
    return bits


def _by_roles(server: dict[str, Any], member: dict[str, Any], person: str) -> int:
    """The permissions that a member's roles give in the whole server, as bits; its owner has all of them."""
    if str(server.get("owner_id")) == person:
        return ~0
    held = {str(server["id"]), *map(str, member["roles"])}
    bits = 0
    for role in server["roles"]:
        bits |= int(role["permissions"]) if str(role["id"]) in held else 0
    return bits
