"""Members of both chats who ask at the same time, click twice, and whose events arrive more than once."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass
from itertools import count

from tests.chaos.chats import Shown
from tests.chaos.stage import Stage
from tests.fakes.discord import Acting, Interaction

MEMBERS = ("ada", "bob", "cyd")
DISCORD_CHANNEL, SLACK_CHANNEL = "art", "general"
AGAIN = 0.3
"""How often an event is delivered more than once."""
CLICKS = 0.25
"""How often a finished card's button is clicked, twice."""
PATIENCE = 4.0
"""Seconds that a member waits for a picture before asking for the next."""


@dataclass
class Asked:
    """What a member asked for."""

    key: str
    platform: str
    interaction: Interaction | None = None
    """On Discord."""


class Load:
    """The members. Everything they do is drawn from `seed`."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.asked: dict[str, Asked] = {}
        self.pressed: Counter[str] = Counter()
        """How many buttons were clicked of the cards of a key; a double click is one."""
        self._dice = random.Random(seed)
        self._numbers = count(1)
        self._stopping = asyncio.Event()
        self._members: list[asyncio.Task[None]] = []
        self._deliveries: set[asyncio.Task[None]] = set()

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────

    async def ask(self, platform: str, member: str = "ada", *, count: int = 1) -> Asked:
        """Asks for a picture like no other; returns once that was sent, whoever took it."""
        asked = Asked(f"fox-{next(self._numbers):05d}", platform)
        self.asked[asked.key] = asked
        if platform == "discord":
            await self._on_discord(asked, member, count)
        elif self._dice.random() < 0.5:
            self._aside(self._typed_on_slack(asked, member, count))
        else:
            self._aside(self._said_on_slack(asked, member, count))
        return asked

    async def _on_discord(self, asked: Asked, member: str, count: int) -> None:
        acting = Acting(self.stage.discord, member)
        with contextlib.suppress(ConnectionError):
            asked.interaction = await acting.slash(
                "imagine", wait=False, prompt=f"a red {asked.key} in snow", quality="draft", count=count
            )

    async def _typed_on_slack(self, asked: Asked, member: str, count: int) -> None:
        await self.stage.slack.slash(f"a red {asked.key} in snow --draft -n {count}", user=member)

    async def _said_on_slack(self, asked: Asked, member: str, count: int) -> None:
        slack = self.stage.slack
        payloads = await slack.say(f"@Limner a red {asked.key} in snow --draft -n {count}", user=member)
        if self._dice.random() < AGAIN:
            twice = [payload for payload in payloads for _ in range(2)]
            await asyncio.gather(*(slack.deliver("events_api", payload, retry=1) for payload in twice))

    async def click(self, card: Shown, member: str = "ada") -> None:
        """Clicks Reroll twice."""
        self.pressed[card.key] += 1
        if card.platform == "discord":
            message = self.stage.discord.messages[card.message]
            acting = Acting(self.stage.discord, member)
            for _ in range(2):
                with contextlib.suppress(ConnectionError, AssertionError):
                    await acting.press(message, "Reroll", wait=False)
        else:
            there = next(each for each in self.stage.slack.workspace.messages if each.ts == card.message)
            slack = self.stage.slack
            with contextlib.suppress(LookupError):
                await asyncio.gather(*(slack.press(there, "Reroll", user=member) for _ in range(2)))

    def _aside(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    # ── going on ────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """All members begin, each asking for one picture after the other."""
        for member in MEMBERS:
            for platform in ("discord", "slack"):
                self._members.append(asyncio.create_task(self._go_on(platform, member)))

    async def stop(self) -> None:
        """Members stop asking; what is on its way to Slack arrives."""
        self._stopping.set()
        await asyncio.gather(*self._members)
        while self._deliveries:
            await asyncio.gather(*self._deliveries)

    async def _go_on(self, platform: str, member: str) -> None:
        while not self._stopping.is_set():
            if platform == "discord" and not self.stage.discord.listening:
                await self._pause(0.05)
                continue
            asked = await self.ask(platform, member, count=2 if self._dice.random() < 0.15 else 1)
            card = await self._answer(asked)
            if card is not None and self._dice.random() < CLICKS and not self._stopping.is_set():
                await self.click(card, member)

    async def _answer(self, asked: Asked) -> Shown | None:
        """The card with the picture, if it comes before the member's patience ends."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < end and not self._stopping.is_set():
            for card in self.cards():
                if card.key == asked.key and card.ended:
                    return card
            await self._pause(0.1)
        return None

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    def cards(self) -> list[Shown]:
        """Every card of both chats."""
        return [*self.stage.discord.cards(), *self.stage.slack.cards()]
