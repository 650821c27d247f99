"""Lanes: what all workers know of a provider together, so that its limits hold however many they are.

A lane is a provider's account (`openai`) or the machine's own sketcher. Its row says how many pictures were asked of it
in the last minute, what the provider told of its limits, whether it is paused and why, and the clock of the fair order.
Whoever takes jobs holds that row meanwhile.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from limner.domain.request import Job
from limner.store.database import Database, either, now
from limner.store.tables import lanes

MINUTE = 60.0
UNDERWAY = 1.0
"""Seconds that a call may take until the provider counts it: for so much longer than a minute it is counted here."""
LEARNED_FOR = timedelta(minutes=10)
"""How long a limit is believed that the provider told of."""
BREAKS_AT = 3
"""Failures in a row at which a lane is paused."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
LONGEST_TOLD = timedelta(hours=1)
"""The longest pause that is believed when the provider names one."""
GRAIN = 0.25
"""Seconds: pictures that were asked for within them are counted as one. It bounds how much a lane remembers."""

Asked = tuple[tuple[float, int], ...]
"""Moments (seconds since 1970, never too early) and how many pictures were asked for then."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the host allows on a lane."""

    concurrency: int
    """Calls at the same time."""
    per_minute: int | None
    """Pictures in any sixty seconds; None: as many as there are."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A lane as its row has it at one moment."""

    name: str
    at: datetime
    clock: int
    asked: Asked
    """What counts still."""
    per_minute: int | None
    """Pictures, as the provider told of late."""
    paused_until: datetime | None
    """None: it is not paused."""
    failures: int
    why: str | None
    """Why the provider did not take the last calls, in words."""

    def concurrency(self, limits: Limits) -> int:
        """Calls that may be under way: after failures a single one feels the way."""
        return 1 if self.failures >= BREAKS_AT else limits.concurrency

    def rate(self, limits: Limits) -> int | None:
        """Pictures a minute: the lower of what the host allows and the provider told."""
        return min((each for each in (self.per_minute, limits.per_minute) if each is not None), default=None)

    def room(self, rate: int) -> int:
        """Pictures that may be asked for now."""
        return rate - sum(pictures for _, pictures in self.asked)

    def when(self, pictures: int, rate: int) -> datetime:
        """When so many pictures may be asked for, if none are asked for before."""
        room, at = self.room(rate), self.at
        for moment, more in sorted(self.asked):
            if room >= pictures:
                break
            room += more
            at = datetime.fromtimestamp(moment + MINUTE + UNDERWAY, UTC)
        return at


class Lanes:
    """Notes what a provider takes and tells."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, *names: str) -> None:
        """Makes the lanes that are not there yet."""
        await self._database.write(open_lanes, names)

    async def begins(self, job: Job, limits: Limits) -> None:
        """Notes that a job's call is made now: if it was taken some time ago, its pictures are counted anew, for the
        provider counts them when it is asked."""
        if (since := job.started) is None or not late(since):
            return
        lane = await self._database.read(seen, job.lane)
        if lane is not None and lane.rate(limits) is not None:
            await self._database.write(recount, job.lane, since, job.request.count)

    async def learn(
        self, lane: str, limits: Limits, *, per_minute: int | None, left: int | None, reset: float | None
    ) -> None:
        """Notes what the provider told: how many pictures a minute it takes, how many are left of them, and after how
        many seconds all of them are there again."""
        told = await self._database.read(seen, lane)
        if news(told, limits, per_minute=per_minute, left=left):
            await self._database.jot(learn, lane, limits, per_minute, left, reset)

    async def failed(self, lane: str, *, why: str, pause: float | None) -> None:
        """Notes that a call surely did not reach the model. With the provider's own delay (seconds) the lane is paused
        at once, without one after a few in a row, longer each time."""
        await self._database.jot(failed, lane, why, pause)

    async def answers(self, lane: str) -> None:
        """Notes that the provider answers, if only to refuse."""
        await self._database.jot(answers, lane)


def open_lanes(connection: Connection, names: Iterable[str]) -> None:
    """Makes the lanes that are not there yet."""
    for name in names:
        connection.execute(_ADD[connection.dialect.name], {"name": name, "clock": 0, "asked": "[]", "failures": 0})


def locked(connection: Connection, name: str) -> Lane:
    """A lane, which nobody else changes or takes from until this transaction ends."""
    return _lane(connection.execute(_LOCK, {"its_name": name}).one())


def seen(connection: Connection, name: str) -> Lane | None:
    """A lane as it is; None: nobody has opened it yet."""
    row = connection.execute(_NOW, {"its_name": name}).first()
    return None if row is None else _lane(row)


def spend(connection: Connection, lane: Lane, *, pictures: int, clock: int) -> None:
    """Notes that so many pictures are asked for now, and how far the order has come."""
    asked = _with(lane.asked, lane.at.timestamp(), pictures) if pictures else lane.asked
    connection.execute(_SPEND, {"its_name": lane.name, "clock": clock, "asked": json.dumps(asked)})


def late(since: datetime) -> bool:
    """Whether what was taken then was counted too early, if it is asked for only now."""
    return (now() - since).total_seconds() > GRAIN


def recount(connection: Connection, name: str, since: datetime, pictures: int) -> None:
    """Counts pictures as asked for now, and no longer as then."""
    lane = locked(connection, name)
    counted = dict(lane.asked)
    then = _grain(since.timestamp())
    counted[then] = max(0, counted.get(then, 0) - pictures)
    asked = _with(tuple(counted.items()), lane.at.timestamp(), pictures)
    connection.execute(update(lanes).where(lanes.c.name == name).values(asked=json.dumps(asked)))


def news(lane: Lane | None, limits: Limits, *, per_minute: int | None, left: int | None) -> bool:
    """Whether what a provider told is worth a write: it says less than is believed, or the first in a while."""
    if lane is None:
        return False
    if per_minute is not None and per_minute != lane.per_minute:
        return True
    rate = lane.rate(limits)
    return left is not None and rate is not None and left < lane.room(rate)


def learn(
    connection: Connection,
    name: str,
    limits: Limits,
    per_minute: int | None,
    left: int | None,
    reset: float | None,
) -> None:
    """Notes what the provider told: pictures a minute, how many are left of them, and after how many seconds none of
    them will be used up any longer. What others asked of the same account counts like our own."""
    lane = locked(connection, name)
    changed: dict[str, Any] = {}
    told = lane.per_minute
    if per_minute is not None and per_minute > 0:
        told = per_minute
        changed |= {"per_minute": per_minute, "per_minute_until": lane.at + LEARNED_FOR}
    rate = min((each for each in (told, limits.per_minute) if each is not None), default=None)
    if left is not None and rate is not None and left < lane.room(rate):
        back = min(MINUTE, reset if reset is not None else MINUTE)
        moment = lane.at.timestamp() + back - MINUTE - UNDERWAY
        changed["asked"] = json.dumps(_with(lane.asked, moment, lane.room(rate) - max(left, 0)))
    if changed:
        connection.execute(update(lanes).where(lanes.c.name == name).values(**changed))


def failed(connection: Connection, name: str, why: str, pause: float | None) -> None:
    """Notes that a call surely did not reach the model. With the provider's own delay (seconds) the lane is paused at
    once, without one after a few in a row, longer each time."""
    lane = locked(connection, name)
    # A call that was begun before the pause tells nothing that the pause does not know.
    failures = lane.failures + (lane.paused_until is None)
    length = timedelta(seconds=pause) if pause is not None else None
    if length is None and failures >= BREAKS_AT:
        length = FIRST_PAUSE * 2 ** min(failures - BREAKS_AT, 10)
    until = lane.paused_until
    if length is not None:
        wanted = lane.at + min(length, LONGEST_PAUSE if pause is None else LONGEST_TOLD)
        until = wanted if until is None else max(until, wanted)
    changed = {"failures": failures, "paused_until": until, "why": why}
    connection.execute(update(lanes).where(lanes.c.name == name).values(**changed))


def answers(connection: Connection, name: str) -> None:
    """Notes that the provider answers; a pause that it asked for goes on."""
    connection.execute(_ANSWERS, {"its_name": name})


def _lane(row: Any) -> Lane:
    at = now()
    since = at.timestamp() - MINUTE - UNDERWAY
    fresh = row.per_minute_until is not None and row.per_minute_until > at
    paused = row.paused_until is not None and row.paused_until > at
    return Lane(
        name=row.name,
        at=at,
        clock=row.clock,
        asked=tuple((moment, pictures) for moment, pictures in json.loads(row.asked) if moment > since),
        per_minute=row.per_minute if fresh else None,
        paused_until=row.paused_until if paused else None,
        failures=row.failures,
        why=row.why,
    )


def _with(asked: Asked, moment: float, pictures: int) -> Asked:
    grain = _grain(moment)
    counted = dict(asked)
    counted[grain] = counted.get(grain, 0) + pictures
    return tuple((moment, pictures) for moment, pictures in counted.items() if pictures)


def _grain(moment: float) -> float:
    return math.ceil(moment / GRAIN) * GRAIN


_ADD = either(lambda insert: insert(lanes).on_conflict_do_nothing())
_NOW = select(lanes).where(lanes.c.name == bindparam("its_name"))
_LOCK = _NOW.with_for_update()
_ANSWERS = update(lanes).where(lanes.c.name == bindparam("its_name"), lanes.c.failures > 0).values(failures=0)
_SPEND = (
    update(lanes)
    .where(lanes.c.name == bindparam("its_name"))
    .values(clock=bindparam("clock"), asked=bindparam("asked"))
)
