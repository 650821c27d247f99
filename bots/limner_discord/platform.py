"""Discord as a platform of Limner's. discord.py comes in when it is needed: `limner --help` shall not wait for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from limner.config import Discord, Settings
from limner.domain.courier import Courier, Finding
from limner.errors import ConfigError

if TYPE_CHECKING:
    from limner.app import Limner

GRACE = 5.0
"""Seconds that answers under way have when we stop listening."""
PERMISSIONS = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Send Messages in Threads": 1 << 38,
    "Send Voice Messages": 1 << 46,
}
"""What the bot asks for, with Discord's bits."""


MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""The application's flags that say so: for a bot on many servers, and for one on few."""


class DiscordPlatform:
    """The entry point `discord`."""

    name = "discord"

    def configured(self, settings: Settings) -> bool:
        return settings.discord is not None

    def invitation(self, settings: Settings) -> str:
        """The link that puts the bot on a server."""
        from limner_discord.connection import application

        secret = (settings.discord or Discord()).token
        client = (application(secret.get_secret_value()) if secret else None) or "YOUR_APPLICATION_ID"
        return (
            f"https://discord.com/oauth2/authorize?client_id={client}"
            f"&scope=bot+applications.commands&permissions={sum(PERMISSIONS.values())}"
        )

    async def check(self, settings: Settings) -> tuple[Finding, ...]:
        """The token, and whether the application may read what messages say, if it shall.

        Raises:
            ConfigError: The token is missing or not accepted.
            HostTrouble: Discord cannot be reached.
        """
        from limner_discord import connection

        section = settings.discord or Discord()
        http = await connection.login(section)
        try:
            with connection.explained(section):
                application = await http.application_info()
        finally:
            await connection.close(http)
        told = [Finding(ok=True, what=f"Discord: the token of {application['name']} is accepted")]
        if section.message_content:
            given = bool(application.get("flags", 0) & MESSAGE_CONTENT)
            what = "Discord: the Message Content intent is on"
            told.append(
                Finding(ok=True, what=what)
                if given
                else Finding(
                    ok=False,
                    what="Discord: the Message Content intent is off",
                    mend=f"switch it on at {connection.PORTAL} → your application → Bot, "
                    "or set message_content = false",
                )
            )
        return tuple(told)

    async def open(self, limner: Limner) -> Courier:
        from limner_discord import connection
        from limner_discord.courier import DiscordCourier

        settings = _section(limner)
        return DiscordCourier(limner, settings, await connection.login(settings))

    async def serve(self, limner: Limner, courier: Courier) -> None:
        from limner_discord import connection
        from limner_discord.gateway import Listener

        settings = _section(limner)
        connection.point(settings)
        listener = Listener(limner, settings, courier)
        try:
            with connection.explained(settings):
                await listener.login(connection.token(settings))
                await listener.connect()
        finally:
            if listener.inbox.running:
                await asyncio.wait(listener.inbox.running, timeout=GRACE)
            await listener.close()


platform = DiscordPlatform()


def _section(limner: Limner) -> Discord:
    if limner.settings.discord is None:
        raise ConfigError(where="[discord]", why="the section is missing")
    return limner.settings.discord
