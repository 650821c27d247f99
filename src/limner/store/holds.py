"""Holds: pictures of somebody's message that a member set out to change, kept until the form for it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from limner.domain.place import Attachment
from limner.domain.record import Record
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids
from limner.store.database import Database, now
from limner.store.tables import notes

KEPT = timedelta(days=1)
"""Discord's addresses of attachments are good for as long."""
_MARK = "h"


class Hold(Record):
    """Where the pictures are that somebody pointed at; nothing of them was fetched yet."""

    id: str
    team: str
    member: str
    pictures: tuple[Attachment, ...]
    created: datetime


class Holds:
    """Keeps them for a day, beside the notes and drafts that wait for their member's word."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, *, team: str, member: str, pictures: tuple[Attachment, ...]) -> Hold:
        """Keeps hold of pictures for a member."""
        hold = Hold(id=f"{_MARK}{ids.long()}", team=team, member=member, pictures=pictures, created=now())
        row = {"id": hold.id, "team": team, "ended": False, "created": hold.created, "record": hold.model_dump_json()}
        await self._database.write(lambda connection: connection.execute(notes.insert().values(row)) and None)
        return hold

    async def get(self, id: str, *, team: str, member: str) -> Hold | None:
        """What a member's own id holds; None: it is no hold's id.

        Raises:
            NotFound: It is not there any longer, another team's, or another member's.
        """
        if not id.startswith(_MARK) or len(id) != len(_MARK) + len(ids.long()):
            return None
        query = select(notes.c.record).where(notes.c.id == id, notes.c.team == team)
        found = await self._database.read(lambda connection: connection.execute(query).scalar())
        hold = Hold.model_validate_json(found) if found else None
        if hold is None or hold.member != member:
            raise NotFound(what=shorten(one_line(id), 40))
        return hold

    async def forget_old(self) -> None:
        """Forgets those whose form nobody sent."""
        old = delete(notes).where(notes.c.id.startswith(_MARK), notes.c.created < now() - KEPT)
        await self._database.write(lambda connection: connection.execute(old) and None)
