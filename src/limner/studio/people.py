"""People: the members of a team, by what chats and their admins call them."""

from __future__ import annotations

from limner.domain.place import Member, Person, Place
from limner.store import Store


class People:
    """Knows members."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def known(self, id: str, place: Place) -> Member | None:
        """The member whom the place's platform knows by this id; None: they are not known here."""
        return await self._store.people.known(place, id)

    async def meet(self, person: Person, place: Place) -> Member:
        """The member that a person is in this place, before they have said a word."""
        return await self._store.people.member(place, person)

    async def of_team(self, member: Member) -> tuple[Member, ...]:
        """Everybody of the member's team."""
        return await self._store.people.of_team(member.team)

    async def names(self, member: Member) -> dict[str, str]:
        """What the team calls channels and roles, as far as its rules name them."""
        return (await self._store.rules.get(member.team)).names
