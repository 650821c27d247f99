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

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, func, or_, select

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
    channel: str | None = None
    """A channel's key; None: all of them."""


@dataclass(frozen=True, kw_only=True)
class Booking:
    """What entries belong together, and whom and when they count for."""

    reference: str
    """`job:a41f`, or `attempt:12` for a call that belongs to no job."""
    team: str
    member: str
    counted: datetime
    channel: str = ""
    """The key of the channel in which it was asked for."""


class Ledger:
    """What was spent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spent(self, *, team: str, member: str | None = None, since: datetime) -> Micros:
        """Reserved, paid and possibly charged since then."""
        return await self._database.read(_spent, team, member, None, since)

    async def balanced(self) -> bool:
        """Whether everything adds up: no account of any booking below zero, nothing reserved for what is over, and
        each job's and each free attempt's cost exactly what was paid for it, or possibly charged."""
        return await self._database.read(_balanced)


def _balanced(connection: Connection) -> bool:
    rows = connection.execute(select(*_held()).group_by(ledger.c.reference)).all()
    held = {row.reference: (int(row.reserved), int(row.paid), int(row.unknown)) for row in rows}
    over: dict[str, int] = {}
    done = jobs.c.state.in_([JobState.PAINTED, JobState.DELIVERED, JobState.ENDED])
    for job in connection.execute(select(jobs.c.record).where(done)).scalars():
        over[f"job:{job.id}"] = job.cost or 0
    closed = select(attempts).where(attempts.c.job.is_(None), attempts.c.outcome != "open")
    for attempt in connection.execute(closed):
        over[f"attempt:{attempt.id}"] = attempt.cost or 0
    never_below = all(amount >= 0 for amounts in held.values() for amount in amounts)
    return never_below and all(
        reserved == 0 and paid + unknown == cost
        for (reserved, paid, unknown), cost in ((held.get(name, (0, 0, 0)), cost) for name, cost in over.items())
    )


def line_up(connection: Connection, team: str) -> None:
    """Waits until no other transaction accepts anything for this team: where several may write at the same time, two
    could otherwise see the same room under a cap and both take it."""
    connection.execute(select(teams.c.id).where(teams.c.id == team).with_for_update())


def check(connection: Connection, caps: tuple[Cap, ...], estimate: Micros) -> None:
    """Lets an estimate pass that all caps have room for; what costs nothing always passes.

    Raises:
        OverBudget: One has not; the first of them is told.
    """
    for cap in caps:
        left = max(cap.limit - _spent(connection, cap.team, cap.member, cap.channel, cap.since), 0)
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


def reserve(connection: Connection, booking: Booking, amount: int) -> None:
    """Sets an estimate aside."""
    _move(connection, booking, Kind.RESERVE, Account.BUDGET, Account.RESERVED, amount)


def settle(connection: Connection, booking: Booking, cost: int) -> None:
    """Puts what it did cost in place of whatever was held for it: reserved or possibly charged."""
    reserved, paid, unknown = _holdings(connection, booking)
    wanted = cost - paid
    for held, account in ((reserved, Account.RESERVED), (unknown, Account.UNKNOWN)):
        part = min(held, max(wanted, 0))
        _move(connection, booking, Kind.SETTLE, account, Account.PAID, part)
        _move(connection, booking, Kind.RELEASE, account, Account.BUDGET, held - part)
        wanted -= part
    _move(connection, booking, Kind.SETTLE, Account.BUDGET, Account.PAID, wanted)
    _move(connection, booking, Kind.RELEASE, Account.PAID, Account.BUDGET, -wanted)


def release(connection: Connection, booking: Booking) -> None:
    """Gives back what is reserved: nothing was charged."""
    reserved, _, _ = _holdings(connection, booking)
    _move(connection, booking, Kind.RELEASE, Account.RESERVED, Account.BUDGET, reserved)


def doubt(connection: Connection, booking: Booking) -> None:
    """Keeps what is reserved as possibly charged."""
    reserved, _, _ = _holdings(connection, booking)
    _move(connection, booking, Kind.UNKNOWN, Account.RESERVED, Account.UNKNOWN, reserved)


def _move(connection: Connection, booking: Booking, kind: Kind, source: Account, target: Account, amount: int) -> None:
    if amount > 0:
        row = {
            "kind": kind,
            "source": source,
            "target": target,
            "amount": amount,
            "reference": booking.reference,
            "team": booking.team,
            "member": booking.member,
            "channel": booking.channel,
            "counted": booking.counted,
            "created": now(),
        }
        connection.execute(_MOVE, row)


_MOVE = ledger.insert()


def _held() -> list[ColumnElement[Any]]:
    def balance(account: Account) -> ColumnElement[int]:
        moved = case((ledger.c.target == account, ledger.c.amount), else_=-ledger.c.amount)
        return func.coalesce(func.sum(moved).filter(or_(ledger.c.target == account, ledger.c.source == account)), 0)

    accounts = (Account.RESERVED, Account.PAID, Account.UNKNOWN)
    return [ledger.c.reference, *(balance(account).label(account.value) for account in accounts)]


_HOLDINGS = select(*_held()).where(ledger.c.reference == bindparam("of")).group_by(ledger.c.reference)


def _holdings(connection: Connection, booking: Booking) -> tuple[int, int, int]:
    row = connection.execute(_HOLDINGS, {"of": booking.reference}).first()
    return (int(row.reserved), int(row.paid), int(row.unknown)) if row else (0, 0, 0)


def _spent_query(*columns: str) -> Select[int]:
    moved = case(
        (ledger.c.source == Account.BUDGET, ledger.c.amount),
        (ledger.c.target == Account.BUDGET, -ledger.c.amount),
        else_=0,
    )
    query = select(func.coalesce(func.sum(moved), 0)).where(ledger.c.counted >= bindparam("since"))
    return query.where(*(ledger.c[name] == bindparam(name) for name in columns))


_SPENT: dict[tuple[str, ...], Select[int]] = {
    columns: _spent_query(*columns)
    for columns in (("team",), ("team", "member"), ("team", "channel"), ("team", "member", "channel"))
}


def _spent(connection: Connection, team: str, member: str | None, channel: str | None, since: datetime) -> Micros:
    given = {"team": team, "member": member, "channel": channel}
    said = {name: value for name, value in given.items() if value is not None}
    return Micros(int(connection.execute(_SPENT[tuple(said)], {**said, "since": since}).scalar_one()))
