"""Cards: every one that is shown, as it stands now."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from limner.domain.card import Card
from limner.domain.place import Address, Place
from limner.store.database import Database, insert
from limner.store.tables import cards


class Cards:
    """Remembers what stands where."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, address: Address, card: Card) -> None:
        """Notes what an address with a message shows now. Its token is not kept."""
        if address.message is None:
            raise ValueError("a card that is not posted yet has no place to be found at")
        shown = {"job": card.job, "address": address.evolve(token=None, expires=None), "card": card}
        place = address.place
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, cards)
                .values(
                    platform=place.platform,
                    space=place.space,
                    channel=place.channel,
                    message=address.message,
                    thread=place.thread,
                    **shown,
                )
                .on_conflict_do_update(
                    index_elements=[cards.c.platform, cards.c.space, cards.c.channel, cards.c.message], set_=shown
                )
            )

    async def at(self, *, platform: str, space: str, channel: str, message: str) -> Card | None:
        """The card that a message shows."""
        query = select(cards.c.card).where(*_is(platform, space, channel, message))
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalar()

    async def of_job(self, job: str) -> tuple[Address, ...]:
        """Where a job's cards are, in the order in which they appeared."""
        query = select(cards.c.address).where(cards.c.job == job).order_by(cards.c.sequence)
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def newest(self, place: Place, *, limit: int) -> tuple[tuple[Address, Card], ...]:
        """The cards that appeared last in a place (in its thread, if it has one), oldest first. Those that one reader
        alone may see are among them: `Address.reader` tells."""
        query = select(cards.c.address, cards.c.card).where(
            cards.c.platform == place.platform, cards.c.space == place.space, cards.c.channel == place.channel
        )
        if place.thread is not None:
            query = query.where(cards.c.thread == place.thread)
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(cards.c.sequence.desc()).limit(limit))).all()
        return tuple((row.address, row.card) for row in reversed(rows))


def _is(platform: str, space: str, channel: str, message: str) -> tuple[ColumnElement[bool], ...]:
    return (
        cards.c.platform == platform,
        cards.c.space == space,
        cards.c.channel == channel,
        cards.c.message == message,
    )
