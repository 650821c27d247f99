"""Places: where jobs stand in the queue, and what of what they wait for is known."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, or_, select, tuple_

from limner.domain.request import JobState
from limner.models import Purpose
from limner.store import lanes
from limner.store.attempts import Outcome
from limner.store.database import Database, now
from limner.store.lanes import Lane, Limits
from limner.store.tables import attempts, jobs, workers
from limner.store.workers import SILENT

LINES_FOR = 0.5
"""Seconds for which it is believed what a lane as a whole does."""
PACE_FOR = 30.0
"""Seconds for which the usual length of a painting is not looked up again."""
PACE_OF, PACE_AMONG = 30, 200
"""How many paintings it is the median of, and among how many calls of late they are looked for."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a job stands in the queue."""

    lane: str
    jobs: int
    """Before it."""
    running: int
    """Jobs of the lane that are painted now."""
    concurrency: int
    """How many may be."""
    asked: datetime
    """When the minute has room for it and what is before it, as far as is known now."""
    until: datetime | None
    """Until when the lane, or this job alone, waits for its provider."""
    why: str | None
    """Why it does, in words."""


class Places:
    """Looks where jobs stand."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._paces: dict[str, tuple[float, float | None]] = {}
        self._lines: dict[str, Line] = {}
        self._looked = 0.0

    async def of(self, id: str, limits: Mapping[str, Limits]) -> Place | None:
        """Where a job stands, by the limits of each lane; None: it does not wait."""
        if time.monotonic() - self._looked >= LINES_FOR:
            self._looked, self._lines = time.monotonic(), {}
        return await self._database.read(_place, id, limits, self._lines)

    async def all(self, limits: Mapping[str, Limits]) -> dict[str, Place]:
        """Where every job stands that waits in these lanes, by its id."""
        return await self._database.read(_places, limits)

    async def pace(self, lane: str) -> float | None:
        """How long a painting takes of late, in seconds: the median. None: there was none yet."""
        read, seconds = self._paces.get(lane, (-PACE_FOR, None))
        if time.monotonic() - read >= PACE_FOR:
            seconds = await self._database.read(_pace, lane)
            if seconds is not None:  # the first one is to be known at once
                self._paces[lane] = (time.monotonic(), seconds)
        return seconds

    def forget(self) -> None:
        """Looks at the lanes anew: somebody here has taken jobs."""
        self._lines = {}


def _place(connection: Connection, id: str, limits: Mapping[str, Limits], lines: dict[str, Line]) -> Place | None:
    # `lines` are the lanes as they were a moment ago, where somebody has looked.
    own = connection.execute(_PLACE, {"its_id": id}).first()
    if own is None or own.lane not in limits:
        return None
    if (line := lines.get(own.lane)) is None:
        line = lines[own.lane] = Line.of(connection, own.lane, limits[own.lane])
    return line.place(jobs=own.jobs, pictures=int(own.pictures), due=own.due)


def _places(connection: Connection, limits: Mapping[str, Limits]) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for name, allowed in limits.items():
        rows = connection.execute(_LINE, {"its_lane": name}).all()
        line = Line.of(connection, name, allowed) if rows else None
        pictures = 0
        for before, row in enumerate(rows):
            assert line is not None
            pictures += row.pictures
            found[row.id] = line.place(jobs=before, pictures=pictures, due=row.due)
    return found


@dataclass(frozen=True, kw_only=True)
class Line:
    """A lane, as those see it who wait for it."""

    name: str
    lane: Lane | None
    limits: Limits
    running: int

    @classmethod
    def of(cls, connection: Connection, name: str, limits: Limits) -> Line:
        return cls(name=name, lane=lanes.seen(connection, name), limits=limits, running=running(connection, name))

    def place(self, *, jobs: int, pictures: int, due: datetime | None) -> Place:
        lane, at = self.lane, now()
        rate = lane.rate(self.limits) if lane is not None else None
        paused = lane.paused_until if lane is not None else None
        until = max((each for each in (paused, due) if each is not None and each > at), default=None)
        return Place(
            lane=self.name,
            jobs=jobs,
            running=self.running,
            concurrency=lane.concurrency(self.limits) if lane is not None else self.limits.concurrency,
            asked=at if lane is None or rate is None else lane.when(pictures, rate),
            until=until,
            why=lane.why if lane is not None and until is not None else None,
        )


def running(connection: Connection, name: str) -> int:
    """How many jobs of a lane are being painted; those of silent workers are not."""
    return int(connection.execute(_RUNNING, {"its_lane": name, "before": now() - SILENT}).scalar_one())


def _pace(connection: Connection, name: str) -> float | None:
    lengths = [(row.ended - row.started).total_seconds() for row in connection.execute(_LENGTHS, {"its_lane": name})]
    return statistics.median(lengths) if lengths else None


ORDER = (jobs.c.priority, jobs.c.turn, jobs.c.created, jobs.c.id)
_RUNNING = select(func.count()).where(
    jobs.c.open,
    jobs.c.lane == bindparam("its_lane"),
    jobs.c.state == JobState.PAINTING,
    jobs.c.worker.not_in(select(workers.c.id).where(workers.c.seen < bindparam("before", type_=workers.c.seen.type))),
)
_AHEAD = jobs.alias("ahead")
# What is before it, and itself.
_PLACE = (
    select(
        jobs.c.lane,
        jobs.c.due,
        (func.count() - 1).label("jobs"),
        func.sum(_AHEAD.c.pictures).label("pictures"),
    )
    .join(
        _AHEAD,
        and_(
            _AHEAD.c.open,
            _AHEAD.c.lane == jobs.c.lane,
            _AHEAD.c.state == JobState.ACCEPTED,
            or_(
                _AHEAD.c.id == jobs.c.id,
                tuple_(_AHEAD.c.priority, _AHEAD.c.turn, _AHEAD.c.created)
                < tuple_(jobs.c.priority, jobs.c.turn, jobs.c.created),
            ),
        ),
    )
    .where(jobs.c.id == bindparam("its_id"), jobs.c.open, jobs.c.state == JobState.ACCEPTED)
    .group_by(jobs.c.id, jobs.c.lane, jobs.c.due)
)
_LINE = (
    select(jobs.c.id, jobs.c.pictures, jobs.c.due)
    .where(jobs.c.open, jobs.c.lane == bindparam("its_lane"), jobs.c.state == JobState.ACCEPTED)
    .order_by(*ORDER)
)
_OF_LATE = (
    select(attempts.c.started, attempts.c.ended, attempts.c.purpose, attempts.c.job, attempts.c.outcome)
    .order_by(attempts.c.id.desc())
    .limit(PACE_AMONG)
    .subquery()
)
_LENGTHS = (
    select(_OF_LATE.c.started, _OF_LATE.c.ended)
    .join(jobs, jobs.c.id == _OF_LATE.c.job)
    .where(
        _OF_LATE.c.purpose == Purpose.PAINT,
        jobs.c.lane == bindparam("its_lane"),
        _OF_LATE.c.outcome == Outcome.PAID,
    )
    .limit(PACE_OF)
)
