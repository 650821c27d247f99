"""The ledger: every micro-dollar moves from one account to another, so that the sums always add up.

    budget ── reserve ──▸ reserved ── settle ──▸ paid
       ▴                     │ │
       └────── release ──────┘ └── unknown ──▸ unknown      (possibly charged)

What is gone from `budget` counts against the caps: reserved, paid and possibly charged alike. All entries of one
booking count for the moment at which it was first reserved, so that midnight takes nothing from one day to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from limner.domain.money import Micros, spell
from limner.domain.request import JobState
from limner.errors import OverBudget
from limner.store.database import Database, now
from limner.store.tables import attempts, jobs, ledger, teams


class Account(StrEnum):
    BUDGET = "budget"
    RESERVED = "reserved"
    PAID = "paid"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Cap:
    """A limit on what may be spent since some moment."""

    whose: str
    """`your` or `the team's`."""
    period: str
    """`daily` or `monthly`."""
    member: str | None
    """None: all of the team."""
    team: str
    since: datetime
    limit: Micros


@dataclass(frozen=True, kw_only=True)
class Booking:
    """What entries belong together, and whom and when they count for."""

    reference: str
    """`job:a41f`, or `attempt:12` for a call that belongs to no job."""
    team: str
    member: str
    counted: datetime


class Ledger:
    """What was spent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spent(self, *, team: str, member: str | None = None, since: datetime) -> Micros:
        """Reserved, paid and possibly charged since then."""
        async with self._database.read() as connection:
            return await _spent(connection, team=team, member=member, since=since)

    async def balanced(self) -> bool:
        """Whether everything adds up: no account of any booking below zero, nothing reserved for what is over, and
        each job's and each free attempt's cost exactly what was paid for it, or possibly charged."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(*_held()).group_by(ledger.c.reference))).all()
            held = {row.reference: (int(row.reserved), int(row.paid), int(row.unknown)) for row in rows}
            over: dict[str, int] = {}
            done = jobs.c.state.in_([JobState.PAINTED, JobState.DELIVERED, JobState.ENDED])
            for job in (await connection.execute(select(jobs.c.record).where(done))).scalars():
                over[f"job:{job.id}"] = job.cost or 0
            closed = select(attempts).where(attempts.c.job.is_(None), attempts.c.outcome != "open")
            for attempt in await connection.execute(closed):
                over[f"attempt:{attempt.id}"] = attempt.cost or 0
        never_below = all(amount >= 0 for amounts in held.values() for amount in amounts)
        return never_below and all(
            reserved == 0 and paid + unknown == cost
            for (reserved, paid, unknown), cost in ((held.get(name, (0, 0, 0)), cost) for name, cost in over.items())
        )


async def line_up(connection: AsyncConnection, team: str) -> None:
    """Waits until no other transaction accepts anything for this team: where several may write at the same time, two
    could otherwise see the same room under a cap and both take it."""
    await connection.execute(select(teams.c.id).where(teams.c.id == team).with_for_update())


async def check(connection: AsyncConnection, caps: tuple[Cap, ...], estimate: Micros) -> None:
    """Lets an estimate pass that all caps have room for; what costs nothing always passes.

    Raises:
        OverBudget: One has not; the first of them is told.
    """
    for cap in caps:
        left = max(cap.limit - await _spent(connection, team=cap.team, member=cap.member, since=cap.since), 0)
        if estimate > left:
            anew = "tomorrow" if cap.period == "daily" else "next month"
            raise OverBudget(
                estimate=spell(estimate),
                left=spell(left),
                whose=cap.whose,
                period=cap.period,
                cap=spell(cap.limit),
                way_on=f"It starts anew {anew}, and an admin can raise it.",
            )


async def reserve(connection: AsyncConnection, booking: Booking, amount: int) -> None:
    """Sets an estimate aside."""
    await _move(connection, booking, Kind.RESERVE, Account.BUDGET, Account.RESERVED, amount)


async def settle(connection: AsyncConnection, booking: Booking, cost: int) -> None:
    """Puts what it did cost in place of whatever was held for it: reserved or possibly charged."""
    reserved, paid, unknown = await _holdings(connection, booking)
    wanted = cost - paid
    for held, account in ((reserved, Account.RESERVED), (unknown, Account.UNKNOWN)):
        part = min(held, max(wanted, 0))
        await _move(connection, booking, Kind.SETTLE, account, Account.PAID, part)
        await _move(connection, booking, Kind.RELEASE, account, Account.BUDGET, held - part)
        wanted -= part
    await _move(connection, booking, Kind.SETTLE, Account.BUDGET, Account.PAID, wanted)
    await _move(connection, booking, Kind.RELEASE, Account.PAID, Account.BUDGET, -wanted)


async def release(connection: AsyncConnection, booking: Booking) -> None:
    """Gives back what is reserved: nothing was charged."""
    reserved, _, _ = await _holdings(connection, booking)
    await _move(connection, booking, Kind.RELEASE, Account.RESERVED, Account.BUDGET, reserved)


async def doubt(connection: AsyncConnection, booking: Booking) -> None:
    """Keeps what is reserved as possibly charged."""
    reserved, _, _ = await _holdings(connection, booking)
    await _move(connection, booking, Kind.UNKNOWN, Account.RESERVED, Account.UNKNOWN, reserved)


async def _move(
    connection: AsyncConnection, booking: Booking, kind: Kind, source: Account, target: Account, amount: int
) -> None:
    if amount <= 0:
        return
    await connection.execute(
        ledger.insert().values(
            kind=kind,
            source=source,
            target=target,
            amount=amount,
            reference=booking.reference,
            team=booking.team,
            member=booking.member,
            counted=booking.counted,
            created=now(),
        )
    )


def _held() -> list[ColumnElement[Any]]:
    def balance(account: Account) -> ColumnElement[int]:
        moved = case((ledger.c.target == account, ledger.c.amount), else_=-ledger.c.amount)
        return func.coalesce(func.sum(moved).filter(or_(ledger.c.target == account, ledger.c.source == account)), 0)

    accounts = (Account.RESERVED, Account.PAID, Account.UNKNOWN)
    return [ledger.c.reference, *(balance(account).label(account.value) for account in accounts)]


async def _holdings(connection: AsyncConnection, booking: Booking) -> tuple[int, int, int]:
    query = select(*_held()).where(ledger.c.reference == booking.reference).group_by(ledger.c.reference)
    row = (await connection.execute(query)).first()
    return (int(row.reserved), int(row.paid), int(row.unknown)) if row else (0, 0, 0)


async def _spent(connection: AsyncConnection, *, team: str, member: str | None, since: datetime) -> Micros:
    moved = case(
        (ledger.c.source == Account.BUDGET, ledger.c.amount),
        (ledger.c.target == Account.BUDGET, -ledger.c.amount),
        else_=0,
    )
    of = and_(ledger.c.team == team, ledger.c.counted >= since)
    query = select(func.coalesce(func.sum(moved), 0)).where(of)
    if member is not None:
        query = query.where(ledger.c.member == member)
    return Micros(int((await connection.execute(query)).scalar_one()))
