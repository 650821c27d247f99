"""Who asks, and of which team: what the place tells, or where it is of no team, what is on record of the card there."""

from __future__ import annotations

from limner.domain.ask import Ask
from limner.domain.place import Member, Person, Place
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import Store
from limner.studio.standings import Standings


class Askers:
    """Tells who they are."""

    def __init__(self, store: Store, standings: Standings) -> None:
        self._store, self._standings = store, standings

    async def of_card(self, ask: Ask) -> Ask:
        """The ask, where the card that it is about tells whose team it is."""
        place = await self.home(ask.place, ask.pressed or ask.opened_from or ask.answers)
        if place == ask.place:
            return ask
        return ask.evolve(place=place, address=ask.address.evolve(place=place))

    async def home(self, place: Place, message: str | None) -> Place:
        """A place with the team whose card this message is. Direct messages on Discord belong to no team: what is done
        with a card there is of the team that sent it, which is on record, and no word of the event's."""
        if not place.direct or message is None:
            return place
        return place.evolve(home=await self._store.cards.home(place, message))

    async def member(self, place: Place, person: Person, what: str | None) -> Member:
        """The member that a person is in a place, with the rights that they have now.

        Raises:
            NotFound: They are not of the team whose card they press in direct messages, or no longer.
        """
        if place.home is None:
            return await self._store.people.member(place, person)
        known = await self._store.people.known(place, person.id)
        member = await self._standings.now(known) if known is not None else None
        if member is None:
            raise NotFound(what=shorten(one_line(what or "card"), 40))
        return member

    async def changed(self, place: Place, person: str) -> None:
        """Notes that a chat has changed somebody's rights, or shown them the door: they are asked for anew."""
        if (member := await self._store.people.known(place, person)) is not None:
            self._store.people.forget(member.id)
            self._standings.changed(member.id)
