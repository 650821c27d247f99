"""The ledger: every micro-dollar moves from one account to another, so that the sums always add up.

    budget ── reserve ──▸ reserved ── settle ──▸ paid
       ▴                     │ │
       └────── release ──────┘ └── unknown ──▸ unknown      (possibly charged)

What is gone from `budget` counts against the caps: reserved, paid and possibly charged alike. All entries of one
booking count for the moment at which it was first reserved, so that midnight takes nothing from one day to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, distinct, func, select

from limner.domain.money import Micros, spell
from limner.domain.request import JobState
from limner.errors import OverBudget
from limner.store.database import Database, now
from limner.store.tables import attempts, jobs, ledger, teams

ASK = "An admin can raise it with /budget."


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
    anew: str = ""
    """When it starts anew, in a sentence."""


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


@dataclass(frozen=True, kw_only=True)
class Spending:
    """What was spent in some days."""

    days: tuple[Micros, ...]
    """Of each day: reserved, paid and possibly charged."""
    reserved: Micros
    """For what waits or is under way."""
    unknown: Micros
    """Possibly charged."""


class Ledger:
    """What was spent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spent(self, *, team: str, member: str | None = None, since: datetime) -> Micros:
        """Reserved, paid and possibly charged since then."""
        return await self._database.read(_spent, team, member, None, since)

    async def sums(self, caps: tuple[Cap, ...]) -> tuple[Micros, ...]:
        """What is spent of each of these caps, in one view of the ledger."""
        return await self._database.read(sums, caps)

    async def account(self, *, team: str, member: str | None, days: tuple[datetime, ...]) -> Spending:
        """What the team, or one member of it, spent on each of some days, of which these are the beginnings, oldest
        first; and what of it is not settled."""
        return await self._database.read(_account, team, member, days)

    async def balanced(self) -> bool:
        """Whether everything adds up, entry by entry; the auditor's check, for it reads everything.

        The entries of a booking are of one member, channel and moment, and no account of it is below zero. A job or a
        free call that is not over holds its estimate as reserved and nothing else, and such a job is open. One that is
        over holds nothing as reserved, and its cost exactly as paid or possibly charged. Nothing else has a booking.
        """
        return await self._database.view(_balanced)


def _balanced(connection: Connection) -> bool:
    held: dict[str, tuple[int, int, int]] = {}
    for row in connection.execute(_EVERY_BOOKING):
        held[row.reference] = int(row.reserved), int(row.paid), int(row.unknown)
        if row.kinds != 1 or min(held[row.reference]) < 0:
            return False
    if connection.execute(_FORSAKEN).first() is not None:
        return False
    for over, reference, estimate, cost in _known(connection):
        reserved, paid, unknown = held.pop(reference, (0, 0, 0))
        if (reserved, paid + unknown) != ((0, cost) if over else (estimate, 0)):
            return False
    return not held


_FORSAKEN = select(jobs.c.id).where(jobs.c.state.in_([JobState.ACCEPTED, JobState.PAINTING]), ~jobs.c.open).limit(1)


def _known(connection: Connection) -> Iterator[tuple[bool, str, int, int]]:
    """Whatever may be booked: whether it is over, its reference, estimate and cost."""
    for job in connection.execute(select(jobs.c.record)).scalars():
        over = job.state in {JobState.PAINTED, JobState.DELIVERED, JobState.ENDED}
        yield over, f"job:{job.id}", job.estimate, job.cost or 0
    for call in connection.execute(select(attempts).where(attempts.c.job.is_(None))):
        yield call.outcome != "open", f"attempt:{call.id}", call.estimate, call.cost or 0


def line_up(connection: Connection, team: str) -> None:
    """Waits until no other transaction accepts anything for this team: where several may write at the same time, two
    could otherwise see the same room under a cap and both take it."""
    connection.execute(select(teams.c.id).where(teams.c.id == team).with_for_update())


def check(connection: Connection, caps: tuple[Cap, ...], estimate: Micros) -> None:
    """Lets an estimate pass that all caps have room for; what costs nothing always passes.

    Raises:
        OverBudget: One has not. The one with the least room is told; its field `room` says in micro-dollars what fits.
    """
    if not caps or not estimate:
        return
    rooms = [cap.limit - _spent(connection, cap.team, cap.member, cap.channel, cap.since) for cap in caps]
    room = max(min(rooms), 0)
    if estimate <= room:
        return
    cap = caps[rooms.index(min(rooms))]
    raise OverBudget(
        estimate=spell(estimate),
        left=spell(room) if room else "nothing",
        whose=cap.whose,
        period=cap.period,
        cap=spell(cap.limit),
        way_on=f"{cap.anew} {ASK}".strip(),
        room=room,
    )


def reserve(connection: Connection, booking: Booking, amount: int) -> None:
    """Sets an estimate aside."""
    _move(connection, booking, (Kind.RESERVE, Account.BUDGET, Account.RESERVED, amount))


def settle(connection: Connection, booking: Booking, cost: int) -> None:
    """Puts what it did cost in place of whatever was held for it: reserved or possibly charged."""
    reserved, paid, unknown = _holdings(connection, booking)
    wanted = cost - paid
    moves: list[Move] = []
    for held, account in ((reserved, Account.RESERVED), (unknown, Account.UNKNOWN)):
        part = min(held, max(wanted, 0))
        moves.append((Kind.SETTLE, account, Account.PAID, part))
        moves.append((Kind.RELEASE, account, Account.BUDGET, held - part))
        wanted -= part
    moves.append((Kind.SETTLE, Account.BUDGET, Account.PAID, wanted))
    moves.append((Kind.RELEASE, Account.PAID, Account.BUDGET, -wanted))
    _move(connection, booking, *moves)


def release(connection: Connection, booking: Booking) -> None:
    """Gives back what is reserved: nothing was charged."""
    reserved, _, _ = _holdings(connection, booking)
    _move(connection, booking, (Kind.RELEASE, Account.RESERVED, Account.BUDGET, reserved))


def doubt(connection: Connection, booking: Booking) -> None:
    """Keeps what is reserved as possibly charged."""
    reserved, _, _ = _holdings(connection, booking)
    _move(connection, booking, (Kind.UNKNOWN, Account.RESERVED, Account.UNKNOWN, reserved))


Move = tuple[Kind, Account, Account, int]
"""Why, from where, to where, and how much."""


def _move(connection: Connection, booking: Booking, *moves: Move) -> None:
    """Writes entries down, in this order; what moves nothing is none."""
    common = {
        "reference": booking.reference,
        "team": booking.team,
        "member": booking.member,
        "channel": booking.channel,
        "counted": booking.counted,
        "created": now(),
    }
    entries = [
        {"kind": kind, "source": source, "target": target, "amount": amount, **common}
        for kind, source, target, amount in moves
        if amount > 0
    ]
    if entries:
        connection.execute(_MOVE, entries)


_MOVE = ledger.insert()


def _balance(account: Account) -> ColumnElement[int]:
    """What an entry brings to an account."""
    return case((ledger.c.target == account, ledger.c.amount), (ledger.c.source == account, -ledger.c.amount), else_=0)


def held() -> list[ColumnElement[Any]]:
    """A booking's reference, and what it holds in each account but the budget: columns for a query by reference."""
    accounts = (Account.RESERVED, Account.PAID, Account.UNKNOWN)
    return [ledger.c.reference, *(func.coalesce(func.sum(_balance(each)), 0).label(each.value) for each in accounts)]


_EVERY_BOOKING = select(
    *held(),
    func.count(distinct(ledger.c.team + "/" + ledger.c.member + "/" + ledger.c.channel))
    .op("*")(func.count(distinct(ledger.c.counted)))
    .label("kinds"),
).group_by(ledger.c.reference)
_HOLDINGS = select(*held()).where(ledger.c.reference == bindparam("of")).group_by(ledger.c.reference)


def _holdings(connection: Connection, booking: Booking) -> tuple[int, int, int]:
    row = connection.execute(_HOLDINGS, {"of": booking.reference}).first()
    return (int(row.reserved), int(row.paid), int(row.unknown)) if row else (0, 0, 0)


LEFT = case(
    (ledger.c.source == Account.BUDGET, ledger.c.amount),
    (ledger.c.target == Account.BUDGET, -ledger.c.amount),
    else_=0,
)
"""What an entry takes from the budget."""


def _spent_query(*columns: str) -> Select[int]:
    query = select(func.coalesce(func.sum(LEFT), 0)).where(ledger.c.counted >= bindparam("since"))
    return query.where(*(ledger.c[name] == bindparam(name) for name in columns))


_SPENT: dict[tuple[str, ...], Select[int]] = {
    columns: _spent_query(*columns)
    for columns in (("team",), ("team", "member"), ("team", "channel"), ("team", "member", "channel"))
}


def _spent(connection: Connection, team: str, member: str | None, channel: str | None, since: datetime) -> Micros:
    given = {"team": team, "member": member, "channel": channel}
    said = {name: value for name, value in given.items() if value is not None}
    return Micros(int(connection.execute(_SPENT[tuple(said)], {**said, "since": since}).scalar_one()))


def sums(connection: Connection, caps: tuple[Cap, ...]) -> tuple[Micros, ...]:
    """What is spent of each of these caps, within a transaction."""
    return tuple(_spent(connection, cap.team, cap.member, cap.channel, cap.since) for cap in caps)


def by_member(connection: Connection, team: str, since: datetime) -> dict[str, Micros]:
    """What each member of a team has spent since then, within a transaction."""
    rows = connection.execute(_BY_MEMBER, {"team": team, "since": since})
    return {row.member: Micros(int(row.spent)) for row in rows}


_BY_MEMBER = (
    select(ledger.c.member, func.sum(LEFT).label("spent"))
    .where(ledger.c.team == bindparam("team"), ledger.c.counted >= bindparam("since"))
    .group_by(ledger.c.member)
)


def _account(connection: Connection, team: str, member: str | None, days: tuple[datetime, ...]) -> Spending:
    day = case(*((ledger.c.counted >= start, number) for number, start in reversed(list(enumerate(days))))).label("day")
    columns = [
        day,
        LEFT.label("spent"),
        *(_balance(each).label(each.value) for each in (Account.RESERVED, Account.UNKNOWN)),
    ]
    which = [ledger.c.team == team, ledger.c.counted >= days[0]]
    entries = select(*columns).where(*which, *([ledger.c.member == member] if member else [])).subquery()
    of_days = select(
        entries.c.day, *(func.sum(entries.c[name]).label(name) for name in ("spent", "reserved", "unknown"))
    )
    rows = {row.day: row for row in connection.execute(of_days.group_by(entries.c.day))}
    return Spending(
        days=tuple(Micros(int(rows[number].spent)) if number in rows else Micros(0) for number in range(len(days))),
        reserved=Micros(sum(int(row.reserved) for row in rows.values())),
        unknown=Micros(sum(int(row.unknown) for row in rows.values())),
    )
