"""What was spent, by whom, where and on which model, and what came of it: the figures of a page, not of the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import Connection, exists, func, or_, select

from limner.domain.approval import Standing
from limner.domain.money import Micros
from limner.domain.request import Job, JobState
from limner.store.attempts import Outcome
from limner.store.database import Database
from limner.store.ledger import LEFT
from limner.store.tables import approvals, assets, attempts, collected, jobs, ledger, saved

TIMED = 1_000
"""Of how many of the newest jobs the median seconds are told."""


@dataclass(frozen=True, kw_only=True)
class OfModel:
    """What a model did."""

    name: str
    """Its API name."""
    spent: Micros
    calls: int = 0
    seconds: float | None = None
    """The median from the beginning of its painting to its end; None: it painted nothing lately."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Since some moment."""

    members: tuple[tuple[str, Micros], ...]
    """By id, whoever spent most first."""
    channels: tuple[tuple[str, Micros], ...]
    """By `Place.key`; an empty one for what was asked nowhere in particular."""
    models: tuple[OfModel, ...]
    made: tuple[tuple[str, int, int], ...]
    """Members by id, with how many pictures they made, and how many of these were accepted: approved, saved by somebody
    or put into a collection."""
    seconds: float | None
    """The median of all jobs."""


class Spending:
    """Adds up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, moment: datetime, *, team: str, member: str | None) -> Figures:
        """The figures of a team, or of one member alone."""
        return await self._database.read(_figures, moment, team, member)


def _figures(connection: Connection, since: datetime, team: str, member: str | None) -> Figures:
    seconds = _seconds(connection, since, team, member)
    booked = [ledger.c.team == team, ledger.c.counted >= since, *([ledger.c.member == member] if member else [])]

    def by(name: str) -> tuple[tuple[str, Micros], ...]:
        spent = func.sum(LEFT).label("spent")
        query = select(ledger.c[name], spent).where(*booked).group_by(ledger.c[name]).order_by(spent.desc())
        return tuple((row[0], Micros(int(row[1]))) for row in connection.execute(query) if row[1])

    return Figures(
        members=by("member"),
        channels=by("channel"),
        models=_models(connection, since, team, member, seconds),
        made=_made(connection, since, team, member),
        seconds=median(every) if (every := [each for some in seconds.values() for each in some]) else None,
    )


def _seconds(connection: Connection, since: datetime, team: str, member: str | None) -> dict[str, list[float]]:
    of = [jobs.c.team == team, jobs.c.created >= since, *([jobs.c.member == member] if member else [])]
    painted = jobs.c.state.in_([JobState.PAINTED, JobState.DELIVERED])
    query = select(jobs.c.record).where(*of, painted).order_by(jobs.c.created.desc()).limit(TIMED)
    found: dict[str, list[float]] = {}
    job: Job
    for job in connection.execute(query).scalars():
        if job.started and job.ended:
            found.setdefault(job.model, []).append((job.ended - job.started).total_seconds())
    return found


def _models(
    connection: Connection, since: datetime, team: str, member: str | None, seconds: dict[str, list[float]]
) -> tuple[OfModel, ...]:
    of = [attempts.c.team == team, attempts.c.started >= since, *([attempts.c.member == member] if member else [])]
    cost = func.coalesce(func.sum(attempts.c.cost), 0)
    query = select(attempts.c.model, cost, func.count()).where(*of, attempts.c.outcome != Outcome.OPEN)
    called = {row[0]: (int(row[1]), int(row[2])) for row in connection.execute(query.group_by(attempts.c.model))}
    return tuple(
        OfModel(
            name=name,
            spent=Micros(called.get(name, (0, 0))[0]),
            calls=called.get(name, (0, len(seconds.get(name, ()))))[1],
            seconds=median(seconds[name]) if name in seconds else None,
        )
        for name in sorted({*called, *seconds}, key=lambda name: (-called.get(name, (0, 0))[0], name))
    )


def _made(connection: Connection, since: datetime, team: str, member: str | None) -> tuple[tuple[str, int, int], ...]:
    of = [assets.c.team == team, assets.c.created >= since, *([assets.c.member == member] if member else [])]
    accepted = or_(
        exists().where(approvals.c.asset == assets.c.sequence, approvals.c.state == Standing.APPROVED),
        exists().where(saved.c.asset == assets.c.sequence),
        exists().where(collected.c.asset == assets.c.sequence),
    )
    made = func.count().label("made")
    query = select(assets.c.member, made, func.count().filter(accepted)).where(*of).group_by(assets.c.member)
    return tuple((row[0], row[1], row[2]) for row in connection.execute(query.order_by(made.desc())))
