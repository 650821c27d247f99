"""Attempts: one row for each call that costs money, committed before the call is made and closed after it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from limner.domain.money import Micros
from limner.domain.record import Record
from limner.models import Purpose, Usage
from limner.store import ledger
from limner.store.database import Database, now
from limner.store.tables import attempts


class Outcome(StrEnum):
    OPEN = "open"
    """The call is being made, or its process died in it."""
    PAID = "paid"
    """Answered, and settled."""
    FREE = "free"
    """Failed, and surely not charged."""
    UNKNOWN = "unknown"
    """Possibly charged."""


class Attempt(Record):
    """One call to a provider."""

    id: int
    job: str | None
    """None: it belongs to no job, such as the hearing of a voice note, and has a reservation of its own."""
    purpose: Purpose
    model: str
    engine: str
    estimate: Micros
    started: datetime
    ended: datetime | None = None
    outcome: Outcome = Outcome.OPEN
    cost: Micros | None = None
    usage: Usage | None = None
    request_id: str | None = None
    trouble: str | None = None


class Attempts:
    """The calls, and the money of those that belong to no job."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_attempt(
        self,
        *,
        job: str | None,
        team: str,
        member: str,
        purpose: Purpose,
        model: str,
        engine: str,
        estimate: Micros,
        caps: tuple[ledger.Cap, ...] = (),
    ) -> int:
        """Notes that a call is about to be made; gives the attempt's id. Without a job, its estimate is reserved.

        Raises:
            OverBudget: Without a job only: a cap has no room for the estimate, and nothing was noted.
        """
        started = now()
        async with self._database.write() as connection:
            if job is None:
                await ledger.line_up(connection, team)
                await ledger.check(connection, caps, estimate)
            opened = await connection.execute(
                attempts.insert()
                .values(
                    job=job,
                    team=team,
                    member=member,
                    purpose=purpose,
                    model=model,
                    engine=engine,
                    estimate=estimate,
                    started=started,
                    outcome=Outcome.OPEN,
                )
                .returning(attempts.c.id)
            )
            id = int(opened.scalar_one())
            if job is None:
                booking = ledger.Booking(reference=f"attempt:{id}", team=team, member=member, counted=started)
                await ledger.reserve(connection, booking, estimate)
        return id

    async def close_attempt(
        self,
        id: int,
        *,
        outcome: Outcome,
        cost: Micros | None = None,
        usage: Usage | None = None,
        request_id: str | None = None,
        trouble: str | None = None,
    ) -> None:
        """Notes how a call ended. Without a job, its reservation becomes what was paid (`cost`, else the estimate), is
        given back, or is kept as possibly charged. An attempt that is closed stays as it is."""
        async with self._database.write() as connection:
            found = select(attempts).where(attempts.c.id == id, attempts.c.outcome == Outcome.OPEN).with_for_update()
            row = (await connection.execute(found)).first()
            if row is None or outcome is Outcome.OPEN:
                return
            if outcome is Outcome.FREE:
                cost = Micros(0)
            elif cost is None or outcome is Outcome.UNKNOWN:
                cost = row.estimate
            await connection.execute(
                update(attempts)
                .where(attempts.c.id == id)
                .values(
                    outcome=outcome,
                    ended=now(),
                    cost=cost,
                    usage=None if usage is None else json.dumps(asdict(usage)),
                    request_id=request_id,
                    trouble=trouble,
                )
            )
            if row.job is not None:
                return
            booking = ledger.Booking(reference=f"attempt:{id}", team=row.team, member=row.member, counted=row.started)
            if outcome is Outcome.PAID:
                await ledger.settle(connection, booking, int(cost or 0))
            elif outcome is Outcome.FREE:
                await ledger.release(connection, booking)
            else:
                await ledger.doubt(connection, booking)

    async def attempts(self, job: str) -> tuple[Attempt, ...]:
        """The calls made for a job, in order."""
        return await self._attempts(attempts.c.job == job)

    async def open_attempts(self) -> tuple[Attempt, ...]:
        """The calls of which nobody knows how they ended: at a start, those that a dead process was in."""
        return await self._attempts(attempts.c.outcome == Outcome.OPEN)

    async def _attempts(self, which: Any) -> tuple[Attempt, ...]:
        fields = [attempts.c[name] for name in Attempt.model_fields]
        async with self._database.read() as connection:
            rows = (await connection.execute(select(*fields).where(which).order_by(attempts.c.id))).mappings().all()
        return tuple(
            Attempt.model_validate({**row, "usage": None if row["usage"] is None else json.loads(row["usage"])})
            for row in rows
        )
