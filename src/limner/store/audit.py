"""The audit log: what was decided, about whom, and why. It is only ever added to, and holds no prompt."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from limner.domain.record import Record
from limner.domain.text import one_line, shorten
from limner.store.database import Database, now
from limner.store.tables import audit, members

WHY_LIMIT = 500


class What(StrEnum):
    """What was decided about."""

    PAINT = "paint"
    HEAR = "hear"
    DESCRIBE = "describe"
    CANCEL = "cancel"
    FIRST = "first"
    DELETE = "delete"
    SHARE = "share"
    PUBLISH = "publish"
    SEND = "send"
    BUDGET = "budget"
    RULES = "rules"
    STYLE = "style"
    COLLECT = "collect"
    APPROVE = "approve"
    SIGN_IN = "sign-in"
    LINK = "link"


class Verdict(StrEnum):
    """What was decided."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DONE = "done"


class Decision(Record):
    """One decision."""

    team: str
    member: str | None = None
    """Who asked for it; None: Limner itself."""
    job: str | None = None
    what: What
    verdict: Verdict
    why: str
    """In words; never a member's own prompt."""


class Entry(Record):
    """One line of the log."""

    id: int
    decision: Decision
    name: str | None
    """The member's name now."""
    created: datetime


class Audit:
    """Keeps the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, decision: Decision) -> None:
        """Writes a decision down."""
        await self._database.jot(add, decision)

    async def newest(self, team: str, *, limit: int, job: str | None = None) -> tuple[Entry, ...]:
        """A team's latest decisions, those about one job if it is given; newest first."""
        query = (
            select(audit, members.c.name)
            .outerjoin(members, (members.c.id == audit.c.member) & (members.c.team == audit.c.team))
            .where(audit.c.team == team)
            .order_by(audit.c.id.desc())
            .limit(limit)
        )
        if job is not None:
            query = query.where(audit.c.job == job)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(
            Entry(
                id=row["id"],
                decision=Decision.model_validate({name: row[name] for name in Decision.model_fields}),
                name=row["name"],
                created=row["created"],
            )
            for row in rows
        )


def add(connection: Connection, decision: Decision) -> None:
    """Writes a decision down, within the transaction that carries it out."""
    row = decision.model_dump() | {"why": shorten(one_line(decision.why), WHY_LIMIT), "created": now()}
    connection.execute(_ADD, row)


_ADD = audit.insert()
