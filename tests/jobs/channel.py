"""A platform of nothing but a courier, which remembers the newest card at each address."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from limner.app import Limner
from limner.domain.ask import Ask
from limner.domain.card import Card, State
from limner.domain.place import Address, Attachment, Person, Place
from limner.errors import PlatformTrouble, Undeliverable
from tests.patience import PATIENCE

PLACE = Place(platform="channel", space="team", channel="general")
ADA = Person(id="ada", name="Ada")
FORMING = {State.WAITING, State.PAINTING}


class Channel:
    """Remembers what was shown; a platform and its courier in one."""

    name = platform = "channel"
    pace = 0.05
    plays = "mp3"
    listens = "anywhere"

    def __init__(self) -> None:
        self.shown: dict[str, Card] = {}
        self.history: list[Card] = []
        self.closed = False
        self._changed = asyncio.Condition()

    def configured(self, settings: Any) -> bool:
        return True

    def invitation(self, settings: Any) -> str:
        return ""

    async def open(self, limner: Limner) -> Channel:
        return self

    async def serve(self, limner: Limner, courier: Any) -> None: ...

    async def show(self, address: Address, card: Card) -> Address:
        if self.closed:
            raise Undeliverable(where="general")
        message = address.message or uuid.uuid4().hex
        self.shown[message] = card
        self.history.append(card)
        async with self._changed:
            self._changed.notify_all()
        return address.evolve(message=message)

    async def find(self, words: str, near: Place, *, by: str | None = None) -> tuple[Place, str]:
        return near.evolve(channel=words), words

    async def direct(self, person: str, space: str) -> Place:
        return Place(platform=self.platform, space=space, channel=f"dm-{person}")

    async def stands(self, person: str, space: str) -> Person | None:
        raise PlatformTrouble(platform=self.platform)  # nothing is known here but what asks say

    async def channels(self, space: str) -> tuple[str, ...]:
        return ()

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        await asyncio.to_thread(shutil.copyfile, urlparse(attachment.url).path, into)

    async def close(self) -> None: ...

    async def until(self, state: State, seconds: float = PATIENCE) -> Card:
        """The first card that is in this state."""
        async with asyncio.timeout(seconds), self._changed:
            while True:
                for card in self.shown.values():
                    if card.state is state:
                        return card
                await self._changed.wait()

    async def settled(self, seconds: float = PATIENCE) -> Card:
        """The only card, when it no longer changes."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: self.shown and not {c.state for c in self.shown.values()} & FORMING)
        (card,) = self.shown.values()
        return card


def ask(action: str = "imagine", *, event: str | None = None, target: str | None = None, **values: Any) -> Ask:
    """What Ada asks for."""
    return Ask(
        action=action,
        values=values,
        person=ADA,
        place=PLACE,
        event=event or uuid.uuid4().hex,
        address=Address(place=PLACE),
        target=target,
    )
