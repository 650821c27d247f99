"""Requests that were refused, for their price or their words, and wait whether their member asks otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

from limner.domain.record import Record
from limner.domain.request import Request
from limner.store.database import Database, now
from limner.store.waiting import Waiting

KEPT = timedelta(days=7)


class RefusedRequest(Record):
    """A request that was not taken."""

    id: str
    team: str
    member: str
    request: Request
    created: datetime


class Refused(Waiting[RefusedRequest]):
    """Keeps them for a week, with the pictures that go with them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, RefusedRequest, mark="d", life=KEPT)

    async def add(self, *, team: str, member: str, request: Request) -> RefusedRequest:
        """Keeps a request, and the pictures that go with it."""
        refused = RefusedRequest(id=self.new_id(), team=team, member=member, request=request, created=now())
        return await self.keep(refused, blobs=(picture.blob for picture in request.pictures))
