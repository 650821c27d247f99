"""Holds: pictures of somebody's message that a member set out to change, kept until the form for it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from limner.domain.place import Attachment
from limner.domain.record import Record
from limner.errors import NotFound
from limner.store.database import Database, now
from limner.store.waiting import Waiting

KEPT = timedelta(days=1)
"""Discord's addresses of attachments are good for as long."""


class Hold(Record):
    """Where the pictures are that somebody pointed at; nothing of them was fetched yet."""

    id: str
    team: str
    member: str
    pictures: tuple[Attachment, ...]
    created: datetime


class Holds(Waiting[Hold]):
    """Keeps them for a day."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, Hold, mark="h", life=KEPT)

    async def add(self, *, team: str, member: str, pictures: tuple[Attachment, ...]) -> Hold:
        """Keeps hold of pictures for a member."""
        return await self.keep(Hold(id=self.new_id(), team=team, member=member, pictures=pictures, created=now()))

    async def of(self, id: str, *, team: str, member: str) -> Hold | None:
        """What a member's own id holds; None: it is no hold's id.

        Raises:
            NotFound: It is not there any longer, another team's, or another member's.
        """
        if not self.names(id):
            return None
        hold = await self.get(id, team)
        if hold.member != member:
            raise NotFound(what=hold.id)
        return hold
