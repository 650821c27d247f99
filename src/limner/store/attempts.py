"""Attempts: one row for each call that costs money, committed before the call is made and closed after it."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from limner.domain.money import Micros
from limner.domain.record import Record
from limner.domain.request import JobState
from limner.models import Purpose, Usage
from limner.store import ledger
from limner.store.database import Database, now
from limner.store.tables import attempts, jobs


class Outcome(StrEnum):
    OPEN = "open"
    """The call is being made, or its process died in it."""
    PAID = "paid"
    """Answered, and settled."""
    FREE = "free"
    """Failed, and surely not charged."""
    UNKNOWN = "unknown"
    """Possibly charged."""


class Share(Record):
    """What one of several models had of a call."""

    model: str
    cost: Micros
    usage: Usage | None = None
    """None: the provider did not say, and the cost is what was left of the estimate."""


class Attempt(Record):
    """One call to a provider."""

    id: int
    job: str | None
    """None: it belongs to no job, such as the hearing of a voice note, and has a reservation of its own."""
    purpose: Purpose
    model: str
    engine: str
    estimate: Micros
    worker: str | None = None
    """Whose process makes the call."""
    started: datetime
    ended: datetime | None = None
    outcome: Outcome = Outcome.OPEN
    cost: Micros | None = None
    usage: Usage | None = None
    request_id: str | None = None
    trouble: str | None = None
    handle: str | None = None
    """The provider's own name for it, where it goes on without us: what comes of it can be picked up."""
    shares: tuple[Share, ...] = ()
    """Where several models had a part in it: what each cost, the one that paints first."""

    @property
    def resumable(self) -> bool:
        """Whether what came of it, or will, can be had from the provider."""
        return self.outcome is Outcome.OPEN and self.handle is not None


class End(Record):
    """How a call ended."""

    outcome: Outcome
    cost: Micros | None = None
    usage: Usage | None = None
    request_id: str | None = None
    trouble: str | None = None
    shares: tuple[Share, ...] = ()


class NotOurs(Exception):
    """Another worker has this job by now, or it was cancelled: this one has nothing more to do with it."""


class InDoubt(Exception):
    """A call was made for this job already of which nobody knows how it ended: it is not made again."""


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
        worker: str | None = None,
        channel: str = "",
        caps: tuple[ledger.Cap, ...] = (),
    ) -> int:
        """Notes that a call is about to be made; gives the attempt's id. Without a job, its estimate is reserved.

        Raises:
            OverBudget: Without a job only: a cap has no room for the estimate, and nothing was noted.
            NotOurs: With a job only: this worker does not have it, or it is not to be painted any longer.
            InDoubt: With a job only: an earlier call for it may have been charged.
        """
        row = {
            "job": job,
            "team": team,
            "member": member,
            "purpose": purpose,
            "model": model,
            "engine": engine,
            "estimate": estimate,
            "worker": worker,
            "channel": channel,
            "started": now(),
            "outcome": Outcome.OPEN,
        }
        return await self._database.jot(_open, row, caps)

    async def close_attempt(
        self,
        id: int,
        *,
        outcome: Outcome,
        cost: Micros | None = None,
        usage: Usage | None = None,
        request_id: str | None = None,
        trouble: str | None = None,
        shares: tuple[Share, ...] = (),
    ) -> None:
        """Notes how a call ended. Without a job, its reservation becomes what was paid (`cost`, else the estimate), is
        given back, or is kept as possibly charged. An attempt that is closed stays as it is, unless it was in doubt and
        has been paid for after all."""
        end = End(outcome=outcome, cost=cost, usage=usage, request_id=request_id, trouble=trouble, shares=shares)
        await self._database.jot(close, id, end)

    async def known_as(self, id: int, handle: str) -> None:
        """Notes the provider's own name for a call that is being made: whoever takes it up later picks it up there."""
        given = {"its_id": id, "handle": handle}
        await self._database.jot(lambda connection: connection.execute(_KNOWN_AS, given) and None)

    async def handle_of(self, job: str) -> str | None:
        """The provider's own name for the call that a job's pictures came of; None: it has none."""
        return await self._database.read(lambda connection: connection.execute(_HANDLE, {"its_job": job}).scalar())

    async def attempts(self, job: str) -> tuple[Attempt, ...]:
        """The calls made for a job, in order."""
        return await self._database.read(of_job, job)

    async def open_attempts(self, worker: str) -> tuple[Attempt, ...]:
        """A worker's calls of which nobody knows how they ended: at its start, those that it died in."""
        which = attempts.c.outcome == Outcome.OPEN, attempts.c.worker == worker
        return await self._database.read(_all, select(*_FIELDS).where(*which).order_by(attempts.c.id), {})


def _open(connection: Connection, row: dict[str, Any], caps: tuple[ledger.Cap, ...]) -> int:
    if row["job"] is None:
        if caps:
            ledger.line_up(connection, row["team"])
            ledger.check(connection, caps, row["estimate"])
        id = int(connection.execute(_INSERT, row).scalar_one())
        ledger.reserve(connection, _booking(id, row), row["estimate"])
        return id
    # The job is locked first: what is seen before that may be out of date once its turn has come.
    if connection.execute(_OURS, {"its_job": row["job"], "its_worker": row["worker"]}).first() is None:
        raise NotOurs
    given = {f"its_{name}": value for name, value in row.items()}
    added: int | None = connection.execute(_INSERT_UNLESS_DOUBTFUL, given).scalar()
    if added is not None:
        return added
    raise InDoubt


def close(connection: Connection, id: int, end: End) -> None:
    """Closes an attempt, within a transaction. One that is closed stays as it is, unless it was in doubt and has been
    paid for after all."""
    if end.outcome is Outcome.OPEN:
        return
    free = end.outcome is Outcome.FREE
    given = {
        "its_id": id,
        "outcome": end.outcome,
        "ended": now(),
        "its_cost": Micros(0) if free else None if end.outcome is Outcome.UNKNOWN else end.cost,
        "usage": None if end.usage is None else json.dumps(vars(end.usage)),
        "request_id": end.request_id,
        "trouble": end.trouble,
        "shares": json.dumps([each.model_dump() for each in end.shares]) if end.shares else None,
    }
    # What was given up for lost may arrive after all.
    found = connection.execute(_CLOSE_ALSO_DOUBTED if end.outcome is Outcome.PAID else _CLOSE, given).mappings().first()
    if found is None or found["job"] is not None:
        return
    booking = _booking(id, found)
    if end.outcome is Outcome.PAID:
        ledger.settle(connection, booking, found["cost"])
    elif free:
        ledger.release(connection, booking)
    else:
        ledger.doubt(connection, booking)


def _booking(id: int, row: Any) -> ledger.Booking:
    return ledger.Booking(
        reference=f"attempt:{id}",
        team=row["team"],
        member=row["member"],
        counted=row["started"],
        channel=row["channel"],
    )


def of_job(connection: Connection, job: str) -> tuple[Attempt, ...]:
    """A job's calls, in order, within a transaction."""
    return _all(connection, _OF_JOB, {"its_job": job})


def _all(connection: Connection, query: Any, given: dict[str, Any]) -> tuple[Attempt, ...]:
    return tuple(
        Attempt.model_validate({**row, **{name: json.loads(row[name] or empty) for name, empty in _JSON.items()}})
        for row in connection.execute(query, given).mappings()
    )


_FIELDS = [attempts.c[name] for name in Attempt.model_fields]
_JSON = {"usage": "null", "shares": "[]"}
"""Columns of JSON, and what stands for nothing in them."""
_INSERT = attempts.insert().returning(attempts.c.id)
_OURS = (
    select(jobs.c.id)
    .where(
        jobs.c.id == bindparam("its_job"),
        jobs.c.worker == bindparam("its_worker"),
        jobs.c.state == JobState.PAINTING,
        jobs.c.cancelled.is_(False),
    )
    .with_for_update()
)
_EARLIER = attempts.alias("earlier")
_OPENED = (
    "job",
    "team",
    "member",
    "purpose",
    "model",
    "engine",
    "estimate",
    "worker",
    "channel",
    "started",
    "outcome",
)
_INSERT_UNLESS_DOUBTFUL = (
    attempts.insert()
    .from_select(
        _OPENED,
        select(*(bindparam(f"its_{name}", type_=attempts.c[name].type).label(name) for name in _OPENED)).where(
            ~select(_EARLIER.c.id)
            .where(_EARLIER.c.job == bindparam("its_job"), _EARLIER.c.outcome != Outcome.FREE)
            .exists()
        ),
        include_defaults=False,
    )
    .returning(attempts.c.id)
)
_CLOSE_ALSO_DOUBTED = (
    update(attempts)
    .where(
        attempts.c.id == bindparam("its_id"),
        or_(attempts.c.outcome == Outcome.OPEN, attempts.c.outcome == Outcome.UNKNOWN),
    )
    .values(
        cost=func.coalesce(bindparam("its_cost", type_=attempts.c.cost.type), attempts.c.estimate),
        **{name: bindparam(name) for name in ("outcome", "ended", "usage", "request_id", "trouble", "shares")},
    )
    .returning(*(attempts.c[name] for name in ("job", "team", "member", "channel", "started", "cost")))
)
_CLOSE = _CLOSE_ALSO_DOUBTED.where(attempts.c.outcome == Outcome.OPEN)
_KNOWN_AS = (
    update(attempts)
    .where(attempts.c.id == bindparam("its_id"), attempts.c.outcome == Outcome.OPEN)
    .values(handle=bindparam("handle"))
)
_HANDLE = (
    select(attempts.c.handle)
    .where(attempts.c.job == bindparam("its_job"), attempts.c.outcome == Outcome.PAID)
    .order_by(attempts.c.id.desc())
    .limit(1)
)
_OF_JOB = select(*_FIELDS).where(attempts.c.job == bindparam("its_job")).order_by(attempts.c.id)
