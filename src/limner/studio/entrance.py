"""The entrance of the web page: links that sign members in, and their sessions, opened and ended."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from limner.domain.card import Card, Controls, Line, Link, Role
from limner.domain.place import Member, Person, Place
from limner.errors import EntranceOver
from limner.store import Store
from limner.store.audit import Verdict, What
from limner.store.sessions import Session
from limner.store.tickets import Sort, Ticket
from limner.studio.standings import Standings
from limner.studio.warden import Warden

ENTER = "/enter"
"""Where the web page takes links that sign in."""
LINK = timedelta(minutes=15)
"""How long a link that signs in is good."""
SESSION = timedelta(days=30)
"""How long a member stays signed in in a browser."""
WORD_BYTES = 32
"""Of chance in a link's and in a session's secret: 256 bits."""
WORDS = 64
"""Characters of a secret at most; a longer one is none of ours, and is not looked up."""
SERVING = ("all", "web")
"""The roles of processes that have the page."""
NO_ADDRESS = "The gallery has a web page too: whoever hosts this Limner opens it to you by [web] public_url."

log = structlog.get_logger(__name__)


class Entrance:
    """Lets members in, and out."""

    def __init__(
        self,
        *,
        store: Store,
        warden: Warden,
        standings: Standings,
        page: Callable[[Place], str | None],
        now: Callable[[], datetime],
    ) -> None:
        """`page`: the web page's address for those in a place (empty: they look at it already), None where they cannot
        reach it."""
        self._store, self._warden, self._standings, self._page, self._now = store, warden, standings, page, now

    async def offer(self, card: Card, member: Member, place: Place) -> Card:
        """A private card with a link besides that signs its reader in on the web page, once; or with how to come by
        one."""
        base = self._page(place)
        if base == "":
            return card
        if base is None:
            return card.evolve(lines=(*card.lines, Line(role=Role.NOTE, text=NO_ADDRESS)))
        if not await self._store.workers.serving(*SERVING):
            return card
        link = Link(label="Open on the page", url=await self.link(member, base), secret=True)
        minutes = f"The link to the page signs you in, once, within {LINK.seconds // 60} minutes. Keep it to yourself."
        return card.evolve(
            lines=(*card.lines, Line(role=Role.NOTE, text=minutes)),
            controls=(*card.controls, Controls(buttons=(link,))),
        )

    async def link(self, member: Member, base: str) -> str:
        """A new address that signs the member in, once, within `LINK`."""
        word = secrets.token_urlsafe(WORD_BYTES)
        ticket = Ticket(team=member.team, member=member.id, expires=self._now() + LINK)
        await self._store.tickets.add(word, Sort.ENTER, ticket)
        log.info("a link to sign in was handed out", member=member.id)
        return f"{base}{ENTER}/{word}"

    async def look(self, word: str) -> None:
        """Returns when a link's word may be used; it stays good.

        Raises:
            EntranceOver: It may not: it is none of ours, was used, or its time is over.
        """
        if len(word) > WORDS or await self._store.tickets.look(word, Sort.ENTER) is None:
            raise EntranceOver

    async def enter(self, word: str) -> str:
        """Uses a link's word up: the secret of a new session of its member.

        Raises:
            EntranceOver: It is none of ours, was used, or its time is over.
        """
        ticket = await self._store.tickets.take(word, Sort.ENTER) if len(word) <= WORDS else None
        if ticket is None:
            raise EntranceOver
        session = await self.begin(ticket.member)
        if (member := await self.member(session)) is None:
            raise EntranceOver
        await self._warden.record(member, What.SIGN_IN, Verdict.DONE, "by a link from chat")
        return session

    async def known_as(self, platform: str, space: str, person: Person, *, rights: bool) -> Member | None:
        """The member that a person of a chat's space is; None: it is of no team. `rights`: the chat tells whether they
        are an admin; where it does not, and of their roles, what was known stays."""
        place = Place(platform=platform, space=space, channel="")
        if not await self._store.people.has(place):
            return None
        met = await self._store.people.known(place, person.id)
        if met is not None:
            person = person.evolve(roles=met.roles, admin=person.admin if rights else met.admin, name=met.name)
        return await self._store.people.member(place, person)

    async def admit(self, member: str, how: str) -> str:
        """A new session of a member whom a chat itself has named; its secret."""
        session = await self.begin(member)
        if (admitted := await self.member(session)) is not None:
            await self._warden.record(admitted, What.SIGN_IN, Verdict.DONE, f"by {how}")
        return session

    async def begin(self, member: str) -> str:
        """A new session of a member (by their id); its secret, which is told this once."""
        word = secrets.token_urlsafe(WORD_BYTES)
        await self._store.sessions.add(word, member, expires=self._now() + SESSION)
        return word

    async def member(self, session: str) -> Member | None:
        """Whose session it is, with the rights that their chats give them; None: nobody's, or it is over."""
        found = await self._store.sessions.member(session) if len(session) <= WORDS else None
        return await self._standings.now(found) if found is not None else None

    async def sessions(self, member: Member) -> tuple[Session, ...]:
        """A member's sessions, the newest first."""
        return await self._store.sessions.of(member.id)

    async def end(self, session: str) -> None:
        """Signs out of one browser."""
        await self._store.sessions.end(session)

    async def end_all(self, member: Member) -> int:
        """Signs out of every browser; gives of how many. Links that were not used yet are over too, and those to
        downloads."""
        await self._store.tickets.forget(member.id, Sort.ENTER, Sort.ARCHIVE)
        ended = await self._store.sessions.end_all(member.id)
        await self._warden.record(member, What.SIGN_IN, Verdict.DONE, f"signed out everywhere: {ended}")
        return ended
