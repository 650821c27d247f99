"""Sessions of members on the web page, kept by a hash: who reads the database cannot enter by it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from limner.domain.place import Member
from limner.domain.record import Record
from limner.store.database import Database, now
from limner.store.publications import digest
from limner.store.tables import members, sessions


class Session(Record):
    """One that lasts."""

    created: datetime
    expires: datetime


class Sessions:
    """Keeps them until they are ended or their time is over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, word: str, member: str, *, expires: datetime) -> None:
        """Opens a member's session to whoever has the word."""
        row = {"id": digest(word), "member": member, "created": now(), "expires": expires}
        await self._database.write(lambda connection: connection.execute(sessions.insert().values(**row)) and None)

    async def member(self, word: str) -> Member | None:
        """Whose session a word opens; None: none, or none any longer."""
        query = (
            select(*(members.c[name] for name in Member.model_fields))
            .join(sessions, sessions.c.member == members.c.id)
            .where(sessions.c.id == digest(word), sessions.c.expires > now())
        )
        found = await self._database.read(lambda connection: connection.execute(query).mappings().first())
        return Member.model_validate(dict(found)) if found else None

    async def of(self, member: str) -> tuple[Session, ...]:
        """A member's, the newest first."""
        query = (
            select(sessions.c.created, sessions.c.expires)
            .where(sessions.c.member == member, sessions.c.expires > now())
            .order_by(sessions.c.created.desc())
        )
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(Session.model_validate(dict(row)) for row in rows)

    async def end(self, word: str) -> None:
        """Ends one."""
        gone = delete(sessions).where(sessions.c.id == digest(word))
        await self._database.write(lambda connection: connection.execute(gone) and None)

    async def end_all(self, member: str) -> int:
        """Ends all of a member's; gives how many."""
        gone = delete(sessions).where(sessions.c.member == member, sessions.c.expires > now()).returning(sessions.c.id)
        return await self._database.write(lambda connection: len(connection.execute(gone).all()))

    async def forget_old(self) -> None:
        """Forgets those whose time is over."""
        old = delete(sessions).where(sessions.c.expires <= now())
        await self._database.write(lambda connection: connection.execute(old) and None)
