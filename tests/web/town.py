"""A chat and a page that others reach, in one house, with people of two teams."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from limner.app import Limner
from limner.domain.ask import Ask
from limner.domain.card import Card
from limner.domain.place import Address, Person, Place
from limner_web import platform
from tests.house import House
from tests.jobs.channel import Channel
from tests.stages.member import signed_in
from tests.stages.web import free_port, serving

CHAT = Place(platform="discord", space="guild", channel="studio")
ADA, BOB, EVE = (Person(id=name, name=name.title()) for name in ("ada", "bob", "eve"))
SECRET = "the secret lighthouse"


@dataclass
class Town:
    """A Limner with a chat and a page that others reach: Ada and Bob are one team, Eve is of another."""

    limner: Limner
    channel: Channel
    base: str
    stack: AsyncExitStack

    async def painted(self, place: Place = CHAT, person: Person = ADA, **values: Any) -> str:
        """The id of a picture that was made in the chat."""
        self.channel.shown.clear()
        values = {"prompt": SECRET, "quality": "draft", **values}
        event, address = secrets.token_hex(8), Address(place=place)
        await self.limner.take(
            Ask(action="imagine", person=person, place=place, event=event, address=address, values=values)
        )
        return str((await self.channel.settled()).job)

    async def take(self, action: str, person: Person = ADA, **more: Any) -> Card:
        """What comes of anything else that somebody asks in the chat."""
        event, address = secrets.token_hex(8), Address(place=CHAT)
        ask = Ask(action=action, person=person, place=CHAT, event=event, address=address, **more)
        card = await self.limner.take(ask)
        assert card is not None
        return card

    async def enter(self, person: Person, place: Place = CHAT) -> aiohttp.ClientSession:
        """A browser in which somebody is signed in."""
        return await self.stack.enter_async_context(signed_in(self.limner, self.base, place, person))


@asynccontextmanager
async def opened(house: House, **sections: Any) -> AsyncIterator[Town]:
    """The town, with its doors open."""
    channel, port = Channel(), free_port()
    channel.name = channel.platform = "discord"
    web = {"port": port, "public_url": f"http://localhost:{port}"}
    async with (
        AsyncExitStack() as stack,
        house.open(platforms=(channel, platform), web=web, **sections) as limner,
        serving(limner),
    ):
        yield Town(limner, channel, f"http://127.0.0.1:{port}", stack)
