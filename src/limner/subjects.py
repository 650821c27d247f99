"""What words are about that name no picture: the card that they answer, or the thread that they are said in."""

from __future__ import annotations

import asyncio

from limner.domain.ask import Ask
from limner.domain.card import Card
from limner.domain.place import Place
from limner.store import Store

NOTING = (0.1, 0.2, 0.4)
"""Seconds to wait for a card that a quick member replies to already."""
LANDING = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds to wait until the newest picture of a thread is on record that a quick member sees already."""
THREAD = 20
"""Cards of a thread that are looked through for its newest picture."""


class Subjects:
    """Finds the picture or the job that is meant, by the cards on record."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def answered(self, ask: Ask, *, pictured: bool) -> str | None:
        """The picture or job that an ask is about: of the card that it replies to, or else of the thread that it is
        said in. `pictured`: in a thread, only a card that shows pictures is meant."""
        if ask.answers is not None:
            return _subject(await self._replied_to(ask.place, ask.answers))
        if ask.place.thread is None:
            return None
        return await self._of_thread(ask.place, ask.place.thread, pictured=pictured)

    async def of(self, place: Place, message: str) -> str | None:
        """The picture or job on a message's card; None: it is no card with either."""
        return _subject(await self._at(place, message))

    async def answerable(self, place: Place, message: str) -> bool:
        """Whether a message is the card of a job: what is said in answer to it is said to Limner."""
        card = await self._replied_to(place, message)
        return card is not None and card.job is not None

    async def _of_thread(self, place: Place, thread: str, *, pictured: bool) -> str | None:
        """Of a thread's cards the newest one is meant (that shows pictures), else the one that the thread hangs on.
        Where threads are channels, one that hangs on no card of ours is a channel like others."""
        root = await self._at(place, thread)
        if root is None and place.parent is not None:
            return None
        for pause in LANDING:
            if not await self._store.pending.landing(place.path, thread):
                break
            await asyncio.sleep(pause)
        for _, card in reversed(await self._store.cards.newest(place, limit=THREAD)):
            if (card.pictures or not pictured) and (subject := _subject(card)):
                return subject
        return _subject(root)

    async def _replied_to(self, place: Place, message: str) -> Card | None:
        """The card of a message; one that was shown a moment ago is kept a moment later."""
        for pause in NOTING:
            if (card := await self._at(place, message)) is not None:
                return card
            await asyncio.sleep(pause)
        return await self._at(place, message)

    async def _at(self, place: Place, message: str) -> Card | None:
        return await self._store.cards.at(
            platform=place.platform, space=place.space, channel=place.of(message), message=message
        )


def _subject(card: Card | None) -> str | None:
    """What words that answer a card are about: its one picture, else its job."""
    if card is None:
        return None
    shown = [each.asset for each in card.pictures if each.asset]
    return shown[0] if card.job is not None and len(shown) == 1 else card.job
