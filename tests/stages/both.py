"""Discord and Slack in one house, with the web page beside them: what is done on one is seen on the other."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any, Self

from limner_discord import platform as discord_platform
from limner_slack import platform as slack_platform
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.visitor import OpenHouse


class BothStages:
    """One Limner that listens to both."""

    def __init__(self, house: OpenHouse) -> None:
        self.house = house
        self.discord = DiscordStage(house.house)
        self.slack = SlackStage(house.house)
        self.limner: Any = None
        self._stack = AsyncExitStack()

    @property
    def base(self) -> str:
        """The web page's address."""
        return str(self.house.web["public_url"])

    async def __aenter__(self) -> Self:
        await self.discord.raise_curtain()
        await self.slack.raise_curtain()
        self.limner = await self._stack.enter_async_context(
            self.house.open(
                platforms=(discord_platform, slack_platform),
                discord=self.discord.section(),
                slack=self.slack.section(),
            )
        )
        await self.discord.play(self.limner)
        await self.slack.play(self.limner)
        return self

    async def __aexit__(self, *_: object) -> None:
        # They stop to listen before the Limner that they listen for is gone.
        await self.discord._stack.aclose()
        await self.slack._stack.aclose()
        await self._stack.aclose()
        await self.discord.__aexit__()
        await self.slack.__aexit__()
