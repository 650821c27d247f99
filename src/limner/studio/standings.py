"""Standings: the rights of members where nothing that they do tells of them, on the page and in direct messages.
Whoever lost a right in the chat, or left it, has lost it there too within minutes.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from weakref import WeakValueDictionary

import structlog

from limner.domain.courier import Courier
from limner.domain.place import Member, Person
from limner.errors import PlatformTrouble
from limner.store import Store
from limner.store.audit import Verdict, What
from limner.store.tickets import Sort
from limner.studio.warden import Warden

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=2)
"""How long what a chat said of a member's rights is not asked anew."""
AGAIN = timedelta(seconds=20)
"""How soon it is asked again when the chat did not say."""
ASKING_SECONDS = 3.0
"""How long somebody who looks at the page waits for the chat to say."""
REMEMBERED = 10_000


class Standings:
    """Asks the chats."""

    def __init__(self, *, store: Store, warden: Warden, courier: Callable[[str], Courier]) -> None:
        self._store, self._warden, self._courier = store, warden, courier
        self._due: OrderedDict[str, float] = OrderedDict()
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def now(self, member: Member) -> Member | None:
        """The member with the rights that the chats give them, as of `FRESH` ago or later; None: no chat has them any
        longer, and their sessions on the page are over. What a chat does not say stays as it was known."""
        lock = self._asking.setdefault(member.id, asyncio.Lock())
        async with lock:
            if time.monotonic() < self._due.get(member.id, 0.0):
                return member
            found, said = await self._ask(member)
            if found is not None:  # whoever is gone is asked for each time, and stays out
                self._note(member.id, FRESH if said else AGAIN)
            return found

    def changed(self, member: str) -> None:
        """Asks anew about a member when they are looked for next: their chat says that something has changed."""
        self._due.pop(member, None)

    async def _ask(self, member: Member) -> tuple[Member | None, bool]:
        """The member as they stand, and whether the chats said so."""
        met = await self._store.people.met_in(member.id)
        try:
            async with asyncio.timeout(ASKING_SECONDS):
                told = [await self._courier(platform).stands(person, space) for platform, space, person in met]
        except (PlatformTrouble, TimeoutError) as silent:
            log.info("a chat does not tell of a member", why=type(silent).__name__)
            return member, False
        if not told:
            return member, True
        there = [each for each in told if each is not None]
        if not there:
            await self._gone(member)
            return None, True
        return await self._stands(member, there), True

    async def _stands(self, member: Member, there: list[Person]) -> Member | None:
        admin = any(each.admin for each in there)
        roles = tuple(sorted({role for each in there for role in each.roles}))
        if (admin, roles) == (member.admin, member.roles):
            return member
        return await self._store.people.stand(member.id, admin=admin, roles=roles)

    async def _gone(self, member: Member) -> None:
        await self._store.tickets.forget(member.id, Sort.ENTER, Sort.ARCHIVE)
        if await self._store.sessions.end_all(member.id):
            await self._warden.record(member, What.SIGN_IN, Verdict.DONE, "signed out: no longer of the chat")
        if member.admin or member.roles:
            await self._store.people.stand(member.id, admin=False, roles=())

    def _note(self, member: str, lasts: timedelta) -> None:
        self._due[member] = time.monotonic() + lasts.total_seconds()
        self._due.move_to_end(member)
        while len(self._due) > REMEMBERED:
            self._due.popitem(last=False)
