"""Files that Slack calls ready and does not show yet: for a while it refuses messages with them (`invalid_blocks`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from slack_sdk.errors import SlackApiError

from limner.domain.card import Card, Line, Role
from limner.domain.place import Address
from limner_slack.calls import reason

Show = Callable[[Card, Mapping[str, str]], Awaitable[Address]]
"""Shows a card with these files on it, by the blobs of its pictures."""

TOO_EARLY = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait before a message with such a file is tried again."""


async def insist(show: Show, card: Card, files: Mapping[str, str], *, where: str) -> Address:
    """Shows the card with these files as soon as Slack takes them; if it never does, without them, saying `where` they
    are: better a card that says so than none."""
    for wait in (*TOO_EARLY, None):
        try:
            return await show(card, files)
        except SlackApiError as problem:
            if reason(problem) != "invalid_blocks" or not files:
                raise
        if wait is not None:
            await asyncio.sleep(wait)
    return await show(without(card, where), {})


def without(card: Card, where: str) -> Card:
    """The card with a word on why it has no pictures."""
    note = Line(role=Role.NOTE, text=f"Slack does not show the pictures here yet. {where}")
    return card.evolve(lines=(*card.lines, note))
