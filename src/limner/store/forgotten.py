"""Those who were forgotten a moment ago. What was being shown or written down just then comes on record after all else
was gone through, with their name on it: so it is known for a minute, and no longer, by what they were known.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, select

from limner.domain.card import Card
from limner.domain.place import Address, Member
from limner.domain.traces import Traces
from limner.store.anonymous import NOBODY, left_of, take_names, without
from limner.store.database import Database, now
from limner.store.tables import forgotten

REMEMBERED = timedelta(seconds=40)
"""How long it is known at least; those who look come by every quarter of a minute."""


class Forgotten:
    """Looks once more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lately(self) -> tuple[Traces, ...]:
        """By what those were known who were forgotten a moment ago."""
        every = select(forgotten.c.record)
        return await self._database.read(lambda connection: tuple(connection.execute(every).scalars()))

    async def look_again(self) -> None:
        """Takes them out of what has come on record since; after the last time nobody knows by what."""
        await self._database.write(_look_again)


def note(connection: Connection, member: Member, traces: Traces) -> None:
    """Notes who is forgotten now, within the transaction that does it."""
    connection.execute(forgotten.insert().values(member=member.id, created=traces.at, record=traces))


def taken_out(connection: Connection, address: Address, card: Card) -> Card:
    """A card, as it may come on record there."""
    for traces in connection.execute(_EVERY).scalars().all():
        if traces.within(address):
            card = without(card, left_of(connection, traces).names)
    return card


def _look_again(connection: Connection) -> None:
    old = now() - REMEMBERED
    for row in connection.execute(select(forgotten).with_for_update()).all():
        known: Traces = row.record
        member = Member(id=row.member, team=known.team, name=NOBODY)
        take_names(connection, member, left_of(connection, known))
        connection.execute(delete(forgotten).where(forgotten.c.member == row.member, forgotten.c.created < old))


_EVERY = select(forgotten.c.record)
