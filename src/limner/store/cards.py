"""Cards: every one that is shown, as it stands now."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Executable, Text, bindparam, or_, select, type_coerce

from limner.domain.card import Card, State
from limner.domain.place import Address, Place
from limner.store.database import Database, Inserting, either
from limner.store.erasing import Doomed, doom, gone
from limner.store.forgotten import taken_out
from limner.store.tables import cards, forgotten, jobs

LATELY = 300
"""How many of the newest cards are looked through for those that were left waiting."""


class Cards:
    """Remembers what stands where."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, address: Address, card: Card) -> Card:
        """Notes what an address with a message shows now. Its token is not kept.

        Gives the card as it is on record: what was deleted while it was being shown, and who was forgotten, is not on
        it. Where it is another one, it has to be shown as well."""
        return await self._database.jot(put, address, card)

    async def at(self, *, platform: str, space: str, channel: str, message: str) -> Card | None:
        """The card that a message shows."""
        query = select(cards.c.card).where(*_is(platform, space, channel, message))
        return await self._database.read(lambda connection: connection.execute(query).scalar())

    async def home(self, place: Place, message: str) -> str | None:
        """The space of the team whose card a message in direct messages is, as was noted when it was sent there; None:
        it is nobody's."""
        query = select(cards.c.address).where(*_is(place.platform, place.space, place.channel, message))
        address: Address | None = await self._database.read(lambda connection: connection.execute(query).scalar())
        return address.place.home if address is not None else None

    async def shown(self, address: Address) -> Card | None:
        """The card that stands at an address."""
        place = address.place
        return await self.at(
            platform=place.platform, space=place.space, channel=place.channel, message=address.message or ""
        )

    async def of_job(self, job: str) -> tuple[tuple[Address, Card], ...]:
        """A job's cards and where they are, in the order in which they appeared."""
        query = select(cards.c.address, cards.c.card).where(cards.c.job == job).order_by(cards.c.sequence)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple((row.address, row.card) for row in rows)

    async def numbered(self, sequence: int) -> tuple[Address, Card] | None:
        """A card, by its number in the order in which they appeared, and where it is."""
        query = select(cards.c.address, cards.c.card).where(cards.c.sequence == sequence)
        row = await self._database.read(lambda connection: connection.execute(query).first())
        return (row.address, row.card) if row is not None else None

    async def among_others(self, job: str) -> tuple[tuple[Address, Card], ...]:
        """Cards that are no job's own and show pictures of this one, such as what a search found."""
        return await self._database.read(_among_others, job)

    async def left_waiting(self, worker: str) -> tuple[Address, ...]:
        """Where a worker of this name said lately that it was at work on something else than a job, and ended before it
        was done: `Address.extra["worker"]` has the name."""
        return await self._database.read(_left_waiting, worker)

    async def newest(self, place: Place, *, limit: int) -> tuple[tuple[Address, Card], ...]:
        """The cards that appeared last in a place (in its thread, if it has one), oldest first. Those that one reader
        alone may see are among them: `Address.reader` tells."""
        query = select(cards.c.address, cards.c.card).where(
            cards.c.platform == place.platform, cards.c.space == place.space, cards.c.channel == place.channel
        )
        if place.thread is not None:
            query = query.where(cards.c.thread == place.thread)
        query = query.order_by(cards.c.sequence.desc()).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple((row.address, row.card) for row in reversed(rows))


def put(connection: Connection, address: Address, card: Card) -> Card:
    """Notes what an address shows now, within a transaction; gives the card as it is on record."""
    return put_of(connection, address, _without_deleted(connection, card))


def put_of(connection: Connection, address: Address, card: Card) -> Card:
    """The same, where it is known that nothing that it shows was deleted: by whoever has its job locked."""
    if address.message is None:
        raise ValueError("a card that is not posted yet has no place to be found at")
    if _put_down(connection, address, card) and (left := taken_out(connection, address, card)) != card:
        _put_down(connection, address, card := left)
    return card


def _put_down(connection: Connection, address: Address, card: Card) -> bool:
    """Writes it; whether anybody was forgotten a moment ago."""
    place = address.place
    row = {
        "platform": place.platform,
        "space": place.space,
        "channel": place.channel,
        "message": address.message,
        "thread": place.thread,
        "job": card.job,
        "address": address.evolve(token=None, expires=None),
        "card": card.kept,
    }
    return bool(connection.execute(_PUT[connection.dialect.name], row).scalar())


def _without_deleted(connection: Connection, card: Card) -> Card:
    """The card, unless its job is deleted by now. Of others' pictures that are, what is to go is written down again."""
    if card.state is State.GONE:
        return card
    shown = [card.job] if card.job else sorted({each.asset.partition(".")[0] for each in card.pictures if each.asset})
    deleted = [job for job in shown if connection.execute(_DELETED, {"its_id": job}).scalar()]
    doom(connection, Doomed.CARDS, deleted)
    return gone(card.job) if card.job and deleted else card


# What is being deleted at this moment is waited for.
_DELETED = select(jobs.c.deleted).where(jobs.c.id == bindparam("its_id")).with_for_update(read=True)


def _among_others(connection: Connection, job: str) -> tuple[tuple[Address, Card], ...]:
    named = type_coerce(cards.c.card, Text)
    shows = or_(
        named.contains(f'"asset":"{job}"', autoescape=True), named.contains(f'"asset":"{job}.', autoescape=True)
    )
    rows = connection.execute(select(cards.c.address, cards.c.card).where(cards.c.job.is_(None), shows)).all()
    return tuple((row.address, row.card) for row in rows)


def _left_waiting(connection: Connection, worker: str) -> tuple[Address, ...]:
    rows = connection.execute(
        select(cards.c.job, cards.c.address, cards.c.card).order_by(cards.c.sequence.desc()).limit(LATELY)
    )
    return tuple(
        row.address
        for row in rows
        if row.job is None and row.card.state is State.WAITING and row.address.extra.get("worker") == worker
    )


def _put(insert: Inserting) -> Executable:
    putting = insert(cards)
    changed: Executable = putting.on_conflict_do_update(
        index_elements=[cards.c.platform, cards.c.space, cards.c.channel, cards.c.message],
        set_={name: putting.excluded[name] for name in ("job", "address", "card")},
    ).returning(select(forgotten.c.member).exists())
    return changed


_PUT = either(_put)


def _is(platform: str, space: str, channel: str, message: str) -> tuple[ColumnElement[bool], ...]:
    return (
        cards.c.platform == platform,
        cards.c.space == space,
        cards.c.channel == channel,
        cards.c.message == message,
    )
