"""Permits: kept until their time is over, each for the first browser that opens it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, Executable, bindparam, delete, select

from limner.domain.permit import Permit
from limner.domain.record import Record
from limner.store import ids
from limner.store.database import Database, now
from limner.store.tables import notes

KEPT = timedelta(days=1)
"""How long at least it is remembered that there was one; it is good for less."""
_MARK = "p"


class Opened(Record):
    """A permit, and who has it."""

    permit: Permit
    browser: str | None = None
    """What tells the browser that opened it from others; None: nobody has."""


class Permits:
    """Keeps them beside the notes and drafts, which wait for the same: their member's word."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new_id(self) -> str:
        """An id for a permit; no note, draft or job has one like it."""
        return f"{_MARK}{ids.long()}"

    async def add(self, permit: Permit) -> None:
        """Keeps a permit that nobody has opened."""
        row = {
            "id": permit.id,
            "team": permit.team,
            "ended": False,
            "created": permit.created,
            "record": Opened(permit=permit).model_dump_json(),
        }
        await self._database.write(lambda connection: connection.execute(notes.insert().values(**row)) and None)

    async def open(self, id: str, browser: str, *, member: str | None = None) -> Opened | None:
        """The permit with who has it: this browser, if none had it before. A browser in which a `member` is signed in
        has their own permits in any case, and no others. None: it is not remembered any longer, or not theirs."""
        opened = await self._database.read(_get, id, _RECORD)
        if opened is None or (member is not None and opened.permit.member != member):
            return None
        if opened.browser is None or (member is not None and opened.browser != browser):
            return await self._database.write(_open, id, browser, member is not None)
        return opened

    async def forget_old(self) -> None:
        """Forgets those whose time is long over."""
        old = delete(notes).where(notes.c.id.startswith(_MARK), notes.c.created < now() - KEPT)
        await self._database.write(lambda connection: connection.execute(old) and None)


def _get(connection: Connection, id: str, query: Executable) -> Opened | None:
    record = connection.execute(query, {"its_id": id}).scalar() if id.startswith(_MARK) else None
    return Opened.model_validate_json(record) if record is not None else None


def _open(connection: Connection, id: str, browser: str, own: bool) -> Opened | None:
    opened = _get(connection, id, _RECORD.with_for_update())
    if opened is not None and (opened.browser is None or own):
        opened = opened.evolve(browser=browser)
        connection.execute(notes.update().where(notes.c.id == id).values(record=opened.model_dump_json()))
    return opened


_RECORD = select(notes.c.record).where(notes.c.id == bindparam("its_id"))
