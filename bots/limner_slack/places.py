"""Channels, as members name them, and direct messages."""

from __future__ import annotations

import re
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from limner.domain.place import Place
from limner.errors import MayNotPost, PlatformTrouble, Undeliverable
from limner_slack.calls import patiently

_CHANNEL = re.compile(r"<#(?P<mention>[CG][A-Z0-9]+)(?:\|[^>]*)?>|(?P<id>[CG][A-Z0-9]{7,})|#?(?P<name>[^\s<>#,]{1,80})")
_PAGE = 1_000


async def find(client: AsyncWebClient, words: str, near: Place, *, by: str | None = None) -> tuple[Place, str]:
    """The channel that these words name, in the same workspace, and its name as members read it.

    Raises:
        Undeliverable: There is none, it is archived, or we are not in it and cannot see it.
        MayNotPost: The person `by` is not in it.
    """
    closed = Undeliverable(where=f"“{words[:80]}”")
    match = _CHANNEL.fullmatch(words.strip())
    if match is None:
        raise closed
    id = match["mention"] or match["id"]
    try:
        channel = await (_by_id(client, id) if id else _by_name(client, match["name"].lower()))
    except (SlackApiError, PlatformTrouble) as problem:
        raise closed from problem
    if channel is None or channel.get("is_archived"):
        raise closed
    if by is not None and not await _is_in(client, str(channel["id"]), by):
        raise MayNotPost(where=f"#{channel['name']}")
    return Place(platform=near.platform, space=near.space, channel=str(channel["id"])), f"#{channel['name']}"


async def channels(client: AsyncWebClient) -> tuple[str, ...]:
    """The names of some channels of the workspace that everybody may see.

    Raises:
        PlatformTrouble: Slack does not tell.
    """
    try:
        answer = await patiently(
            lambda: client.conversations_list(types="public_channel", exclude_archived=True, limit=200), where="Slack"
        )
    except SlackApiError as problem:
        raise PlatformTrouble(platform="Slack") from problem
    return tuple(f"#{each['name']}" for each in answer["channels"])


async def direct(client: AsyncWebClient, person: str) -> str:
    """The channel of a person's direct messages with us.

    Raises:
        Undeliverable: There are none with them.
        PlatformTrouble: Slack stays out of reach.
        SlackApiError: Another refusal.
    """
    answer = await patiently(lambda: client.conversations_open(users=person), where="our direct messages")
    return str(answer["channel"]["id"])


async def _is_in(client: AsyncWebClient, channel: str, person: str) -> bool:
    """Whether a person is in a channel."""
    cursor = ""
    while True:
        try:
            answer = await patiently(
                lambda cursor=cursor: client.conversations_members(channel=channel, limit=_PAGE, cursor=cursor),  # type: ignore[misc]
                where=channel,
            )
        except SlackApiError as problem:
            raise Undeliverable(where=f"“{channel}”") from problem
        if person in answer["members"]:
            return True
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return False


async def _by_id(client: AsyncWebClient, id: str) -> dict[str, Any]:
    answer = await patiently(lambda: client.conversations_info(channel=id), where=id)
    return dict(answer["channel"])


async def _by_name(client: AsyncWebClient, name: str) -> dict[str, Any] | None:
    cursor = ""
    while True:
        answer = await patiently(lambda cursor=cursor: _page(client, cursor), where=name)  # type: ignore[misc]
        for channel in answer["channels"]:
            if channel.get("name") == name:
                return dict(channel)
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return None


async def _page(client: AsyncWebClient, cursor: str) -> Any:
    return await client.conversations_list(
        types="public_channel,private_channel", exclude_archived=True, limit=_PAGE, cursor=cursor
    )
