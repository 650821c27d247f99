"""The entrance of the web page: sessions of members, opened and ended."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from limner.domain.place import Member
from limner.store import Store

SESSION = timedelta(days=30)
"""How long a member stays signed in in a browser."""
WORD_BYTES = 32
"""Of chance in a session's secret: 256 bits."""
WORDS = 64
"""Characters of a secret at most; a longer one is none of ours, and is not looked up."""


class Entrance:
    """Lets members in, and out."""

    def __init__(self, *, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    async def begin(self, member: str) -> str:
        """A new session of a member (by their id); its secret, which is told this once."""
        word = secrets.token_urlsafe(WORD_BYTES)
        await self._store.sessions.add(word, member, expires=self._now() + SESSION)
        return word

    async def member(self, session: str) -> Member | None:
        """Whose session it is, as they were last known in chat; None: nobody's, or it is over."""
        return await self._store.sessions.member(session) if len(session) <= WORDS else None

    async def end(self, session: str) -> None:
        """Signs out of one browser."""
        await self._store.sessions.end(session)

    async def end_all(self, member: Member) -> int:
        """Signs out of every browser; gives of how many."""
        return await self._store.sessions.end_all(member.id)
