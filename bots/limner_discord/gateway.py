"""Discord's gateway: the client that listens, and hands each event to the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord.gateway import DiscordWebSocket

from limner.config import Discord
from limner.domain.courier import Courier
from limner.domain.place import Place
from limner_discord import commands, connection
from limner_discord.inbox import Inbox

if TYPE_CHECKING:
    from limner.app import Limner

log = structlog.get_logger(__name__)

GREETED = 5
"""Channels that are tried at most when Limner comes into a server."""


class Listener(discord.Client):
    """The gateway's client. It keeps no messages and no members: whatever is needed comes with each event."""

    def __init__(self, limner: Limner, settings: Discord, courier: Courier) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = intents.dm_messages = True
        intents.message_content = settings.message_content
        super().__init__(
            intents=intents,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.5,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self._limner, self._settings, self._courier = limner, settings, courier
        self.inbox = Inbox(limner, courier)
        self.tree = commands.build(self, limner.table, self.inbox)

    async def setup_hook(self) -> None:
        assert self.application_id is not None
        changed = await commands.register(self.tree, self.http, self.application_id)
        log.info("discord_commands", registered=changed)
        gateway = await connection.gateway(self._settings, self.http)
        if gateway is not None:
            DiscordWebSocket.DEFAULT_GATEWAY = gateway

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if not self.is_closed():  # discord.py's own tasks may outlive its loop by a moment
            super().dispatch(event, *args, **kwargs)

    async def on_ready(self) -> None:
        log.info("discord_ready", voice_notes=self._courier.listens)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        for place in greeted(guild):
            if await self._limner.greet(place):
                break

    async def on_message(self, message: discord.Message) -> None:
        if self.user is not None:
            await self.inbox.message(message, self.user)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        # Forms and buttons are read here, by their codes: discord.py's own memory of them ends with the process, and
        # where it has none it builds all that is on the message anew to find the one that was pressed.
        data: Any = interaction.data or {}
        if interaction.type is discord.InteractionType.modal_submit:
            await self.inbox.submit(interaction)
        elif interaction.type is discord.InteractionType.component:
            # A choice of a select stands for a button.
            chosen = data.get("values") or [data.get("custom_id", "")]
            await self.inbox.press(interaction, str(chosen[0]))


def greeted(guild: discord.Guild) -> list[Place]:
    """Where Limner says that it has come: the server's own channel for that, else the first ones that it may write
    in."""
    own = [guild.system_channel] if guild.system_channel is not None else []
    every = dict.fromkeys([*own, *sorted(guild.text_channels, key=lambda each: each.position)])
    open_ = [each for each in every if each.permissions_for(guild.me).send_messages]
    return [Place(platform="discord", space=str(guild.id), channel=str(each.id)) for each in open_[:GREETED]]
