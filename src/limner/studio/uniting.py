"""Teams, and members, known on several platforms, made one: by codes given out on one side and entered on another."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from limner.domain.place import Member, Place
from limner.errors import BadCode, NotAdmin
from limner.store import Store, ids
from limner.store.audit import Decision, Verdict, What
from limner.store.people import space_of
from limner.store.tickets import Sort, Ticket
from limner.studio.warden import Warden

LIFE = timedelta(minutes=15)
"""How long a code is good."""
LENGTH = 20
"""Characters of a code: 99 bits."""


class Uniting:
    """Gives codes out, and takes them."""

    def __init__(self, *, store: Store, warden: Warden, now: Callable[[], datetime]) -> None:
        self._store, self._warden, self._now = store, warden, now

    async def team_code(self, member: Member, place: Place) -> str:
        """A code by which another team joins this one.

        Raises:
            NotAdmin: Admins alone give them out.
        """
        await self._check(member)
        return await self._code(Sort.TEAM, member, place)

    async def join(self, code: str, member: Member, place: Place) -> None:
        """Has the member's team join the one that the code was given out by.

        Raises:
            NotAdmin: Admins alone do that.
            BadCode, OwnCode, AlreadyOne: It cannot be.
        """
        await self._check(member)
        decision = Decision(
            team=member.team, member=member.id, what=What.LINK, verdict=Verdict.DONE, why="two teams became one"
        )
        await self._store.unions.join(_read(code), member, place, decision)

    async def part(self, member: Member, place: Place) -> int:
        """Takes apart what joined; gives how many teams stand for themselves again.

        Raises:
            NotAdmin: Admins alone do that.
            NotJoined: Nothing did.
        """
        await self._check(member)
        decision = Decision(
            team=member.team, member=member.id, what=What.LINK, verdict=Verdict.DONE, why="two teams went apart"
        )
        return await self._store.unions.part(member, place, decision)

    async def my_code(self, member: Member, place: Place) -> str:
        """A code by which a person's other identity becomes this member."""
        return await self._code(Sort.ME, member, place)

    async def be(self, code: str, member: Member, place: Place) -> None:
        """Makes the member one with whoever the code was given to.

        Raises:
            BadCode, OtherTeam, AlreadyJoined: It cannot be.
        """
        decision = Decision(
            team=member.team, member=member.id, what=What.LINK, verdict=Verdict.DONE, why="two identities became one"
        )
        await self._store.identities.join(_read(code), member, place, decision)

    async def _code(self, sort: Sort, member: Member, place: Place) -> str:
        drawn = ids.draw(LENGTH)
        ticket = Ticket(team=member.team, member=member.id, place="/".join(space_of(place)), expires=self._now() + LIFE)
        await self._store.tickets.add(drawn, sort, ticket)
        return "-".join(drawn[at : at + 5] for at in range(0, LENGTH, 5))

    async def _check(self, member: Member) -> None:
        if not member.admin:
            raise await self._warden.refused(member, NotAdmin(verb="link teams"), What.LINK)


def _read(code: str) -> str:
    """A code as it was drawn, however it was typed."""
    said = re.sub(r"[^a-z0-9]", "", code.lower())
    if len(said) != LENGTH:
        raise BadCode
    return said
