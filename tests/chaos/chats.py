"""The chats, as the auditor reads them and as they behave while the bot is gone."""

from __future__ import annotations

import contextlib
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from limner.domain.card import State
from limner_discord.cards import ACCENTS
from limner_slack.cards import PROGRESS_ID
from limner_slack.edge import ACKNOWLEDGE_SECONDS
from limner_slack.inbox import MESSAGE_SECONDS
from tests.chaos.books import KEY
from tests.fakes.discord import FakeDiscord
from tests.fakes.slack import FakeSlack, Unanswered

JOB = re.compile(r"· ([a-z0-9]{4,8})\s*$", re.MULTILINE)
"""A job's id, the last word of the small print."""
MARGIN = 0.1
REDELIVERIES = 3
"""How often Slack delivers an event again that nobody acknowledged."""


@dataclass(frozen=True)
class Shown:
    """A card as everybody sees it."""

    platform: str
    message: str
    key: str
    job: str | None
    ended: bool
    """Whether it shows an end and no longer waits or forms."""
    pictures: int
    text: str


def _shown(platform: str, message: str, text: str, *, ended: bool, pictures: int) -> Shown | None:
    key, job = KEY.search(text), JOB.findall(text)
    if key is None:
        return None
    return Shown(platform, message, key[0], job[-1] if job else None, ended, pictures, text)


class Discord(FakeDiscord):
    """Discord. An interaction that reaches no bot is not sent again."""

    def cards(self) -> list[Shown]:
        """The bot's cards in the channel."""
        forming = {ACCENTS[State.WAITING], ACCENTS[State.PAINTING]}
        found: list[Shown | None] = []
        for each in self.messages.values():
            if each.author is self.bot:
                accents = {part.get("accent_color") for part in each.parts if part["type"] == 17}
                ended = not (each.waiting or accents & forming)
                found.append(_shown("discord", each.id, each.text, ended=ended, pictures=len(each.pictures)))
        return [each for each in found if each is not None]


class Slack(FakeSlack):
    """Slack. An event that nobody acknowledged is delivered again, a command or a button is not."""

    def __init__(self) -> None:
        super().__init__()
        self.workspace.polls = 1
        self.taken: set[str] = set()
        """What was acknowledged: the keys of the prompts."""
        self.hasty: set[str] = set()
        """What was acknowledged by the clock, for it took longer to put it on record than a member waits, or because it
        was refused."""

    def cards(self) -> list[Shown]:  # type: ignore[override]
        """The app's cards in the channel."""
        found: list[Shown | None] = []
        for each in self.workspace.messages:
            if each.by_bot and not each.files and each.blocks:
                ended = not any(str(block.get("block_id", "")).startswith(PROGRESS_ID) for block in each.blocks)
                pictures = len(self.pictures(each))
                found.append(_shown("slack", each.ts, self.text(each), ended=ended, pictures=pictures))
        return [each for each in found if each is not None]

    async def deliver(self, kind: str, payload: dict[str, Any], *, retry: int = 0, answers: bool = True) -> Any:
        """As Slack does it, again where it does so; gives None when nobody acknowledged."""
        for number in range(retry, REDELIVERIES + 1):
            with contextlib.suppress(Unanswered, ConnectionError, TimeoutError):
                await self.until(lambda: self.sockets)
                began = time.monotonic()
                answer = await super().deliver(kind, payload, retry=number, answers=answers)
                if (key := KEY.search(json.dumps(payload))) and payload.get("type") != "block_actions":
                    took = time.monotonic() - began
                    late = took > (MESSAGE_SECONDS if kind == "events_api" else ACKNOWLEDGE_SECONDS) - MARGIN
                    (self.hasty if late else self.taken).add(key[0])
                return answer
            if kind != "events_api":
                return None
        return None

    def excuse(self, taken: set[str]) -> None:
        """What was acknowledged since then may have been refused, which the member was told."""
        self.hasty |= self.taken - taken
        self.taken &= taken

    def broke(self) -> None:
        """What was sent to a process that died is not acknowledged any more."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the app is gone"))
        self._waiting.clear()
