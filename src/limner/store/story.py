"""A job's story: everything that is on record of it, whosever it is; for the host's own eyes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from limner.domain.record import Record
from limner.domain.request import Job
from limner.domain.text import one_line, shorten
from limner.errors import NotFound
from limner.store import ids
from limner.store.attempts import Attempt, of_job
from limner.store.tables import audit, jobs, ledger, members


class Movement(Record):
    """An entry of the ledger: what moved from where to where."""

    kind: str
    source: str
    target: str
    amount: int
    """Micro-dollars."""
    created: datetime


class Verdict(Record):
    """A decision about the job, from the audit log."""

    what: str
    verdict: str
    why: str
    by: str | None
    created: datetime


class Queued(Record):
    """What the queue knows of it."""

    lane: str
    open: bool
    """Something is still to be done."""
    ready: bool
    """Its first card stands."""
    turn: int
    worker: str | None
    due: datetime | None
    """Not before."""


class Story(Record):
    """What is on record of a job."""

    job: Job
    queue: Queued
    attempts: tuple[Attempt, ...]
    ledger: tuple[Movement, ...]
    decisions: tuple[Verdict, ...]


def story(connection: Connection, said: str) -> Story:
    """The story of a job, by its id or that of one of its pictures. Tokens of its address are left out.

    Raises:
        NotFound: There is none.
    """
    named = ids.read(said)
    id = named[0] if named else ""
    row = connection.execute(select(jobs).where(jobs.c.id == id)).mappings().first()
    if row is None:
        raise NotFound(what=shorten(one_line(said), 40))
    job: Job = row["record"]
    moved = select(ledger).where(ledger.c.reference == f"job:{id}").order_by(ledger.c.id)
    decided = select(audit, members.c.name.label("by")).outerjoin(members, members.c.id == audit.c.member)
    return Story(
        job=job.evolve(address=job.address.evolve(token=None, expires=None)),
        queue=Queued.model_validate({name: row[name] for name in Queued.model_fields}),
        attempts=of_job(connection, id),
        ledger=tuple(
            Movement.model_validate({name: each[name] for name in Movement.model_fields})
            for each in connection.execute(moved).mappings()
        ),
        decisions=tuple(
            Verdict.model_validate({name: each[name] for name in Verdict.model_fields})
            for each in connection.execute(decided.where(audit.c.job == id).order_by(audit.c.id)).mappings()
        ),
    )
