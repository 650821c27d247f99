"""Budgets as requests meet them: which caps count for a member in a place, and how they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from limner.config import Budget as Host
from limner.domain.budget import Budget, Scope
from limner.domain.calendar import Period, began, next_date, spell_date, zone_named
from limner.domain.money import Micros, dollars, spell
from limner.domain.place import Member, Place
from limner.errors import BadOption
from limner.store import Cap, Store
from limner.store.audit import Decision
from limner.store.budgets import Standing

log = structlog.get_logger(__name__)

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, kw_only=True)
class Held:
    """A cap that counts for a member, and what of it is spent."""

    cap: Cap
    spent: Micros

    @property
    def left(self) -> Micros:
        return Micros(max(self.cap.limit - self.spent, 0))


class Budgets:
    """Knows the host's caps and each team's own; the host's bound all others."""

    def __init__(self, *, store: Store, host: Host, now: Callable[[], datetime]) -> None:
        self._store = store
        self._host = tuple(_of_host(host))
        self._now = now

    async def caps(self, member: Member, place: Place | None = None) -> tuple[Cap, ...]:
        """Every cap that this member's next request has to pass; without a place, those that count everywhere."""
        own = await self._store.budgets.of(member.team)
        if not own and not self._host:
            return ()
        return tuple(caps((*self._host, *own), member, place, self._now(), await self.zone(member.team)))

    async def held(self, member: Member, place: Place | None = None) -> tuple[Held, ...]:
        """The same, each with what of it is spent."""
        counting = await self.caps(member, place)
        spent = await self._store.ledger.sums(counting)
        return tuple(Held(cap=cap, spent=each) for cap, each in zip(counting, spent, strict=True))

    async def today(self, member: Member) -> str | None:
        """What a member has spent today, in words; None where nothing was and no cap says otherwise."""
        own = await self._store.budgets.of(member.team)
        if not member.roles and any(each.scope is Scope.ROLE for each in own):
            member = member.evolve(roles=await self._store.budgets.roles(member.id))
        since = began(Period.DAY, self._now(), await self.zone(member.team))
        amount = await self._store.ledger.spent(team=member.team, member=member.id, since=since)
        daily = (each for each in await self.caps(member) if each.member and each.period == Period.DAY.each)
        if (cap := next(daily, None)) is not None:
            return f"you: {spell(amount)} of {spell(cap.limit)} today"
        return f"you: {spell(amount)} today" if amount else None

    async def zone(self, team: str) -> ZoneInfo:
        """The zone in which the team's days begin; UTC should this machine not know it."""
        name = (await self._store.rules.get(team)).zone
        try:
            return zone_named(name)
        except BadOption:
            log.warning("a time zone is not known here", zone=name)
            return UTC

    async def anew(self, team: str, period: Period) -> str:
        """When the team's next day or month begins, in words."""
        return _next(period, self._now(), await self.zone(team))

    async def standing(self, team: str) -> tuple[Standing, ...]:
        """All of a team's budgets, the host's first, and how each stands."""
        every = (*self._host, *await self._store.budgets.of(team))
        return await self._store.budgets.standing(team, await self._since(team, *every))

    async def _since(self, team: str, *budgets: Budget) -> list[tuple[Budget, datetime]]:
        moment, zone = self._now(), await self.zone(team)
        return [(each, began(each.period, moment, zone)) for each in budgets]

    async def put(self, budget: Budget, decision: Decision) -> Standing:
        """Sets a budget at once; gives how it stands."""
        ((_, since),) = await self._since(decision.team, budget)
        return await self._store.budgets.put(budget, since, decision)

    async def remove(self, budget: Budget, decision: Decision) -> bool:
        """Removes the budget of this scope, key and period; False: there is none."""
        return await self._store.budgets.remove(budget, decision)


def caps(
    budgets: Iterable[Budget], member: Member, place: Place | None, moment: datetime, zone: ZoneInfo
) -> Iterator[Cap]:
    """The caps that count for a member in a place, of several on the same sum the lowest."""
    every = tuple(budgets)
    for period in Period:
        own = [each for each in every if each.period is period]
        counting = {
            "your": _min(_of_member(own, member)),
            "this channel's": _min(each for each in own if place and _is(each, Scope.CHANNEL, place.key)),
            "the team's": _min(each for each in own if each.scope is Scope.TEAM),
        }
        for whose, limit in counting.items():
            if limit is not None:
                yield Cap(
                    whose=whose,
                    period=period.each,
                    team=member.team,
                    member=member.id if whose == "your" else None,
                    channel=place.key if place and whose == "this channel's" else None,
                    since=began(period, moment, zone),
                    limit=limit,
                    anew=_anew(period, moment, zone) if limit else "It allows nothing.",
                )


def _of_member(own: list[Budget], member: Member) -> Iterator[Budget]:
    """The host's cap, and the one of the team's that counts: the member's, else the best of their roles', else
    everyone's."""
    yield from (each for each in own if each.set_by == HOST and each.scope is Scope.EVERYONE)
    by_team = [each for each in own if each.set_by != HOST]
    roles = [each for each in by_team if each.scope is Scope.ROLE and each.key in member.roles]
    best = max(roles, key=lambda each: each.amount, default=None)
    said = next((each for each in by_team if _is(each, Scope.MEMBER, member.id)), best)
    if said := said or next((each for each in by_team if each.scope is Scope.EVERYONE), None):
        yield said


def _is(budget: Budget, scope: Scope, key: str) -> bool:
    return budget.scope is scope and budget.key == key


def _min(budgets: Iterable[Budget]) -> Micros | None:
    return min((each.amount for each in budgets), default=None)


def _anew(period: Period, moment: datetime, zone: ZoneInfo) -> str:
    on = "on " if period is Period.MONTH else ""
    return f"It starts anew {on}{_next(period, moment, zone)}."


def _next(period: Period, moment: datetime, zone: ZoneInfo) -> str:
    day = "tomorrow" if period is Period.DAY else spell_date(next_date(period, moment, zone))
    return f"{day} at 0:00 ({zone.key})"


HOST = "\x00host"
"""Who set what stands in the host's configuration; no member has such a name."""


def _of_host(host: Host) -> Iterator[Budget]:
    declared = (
        (Scope.EVERYONE, Period.DAY, host.member_daily),
        (Scope.TEAM, Period.DAY, host.team_daily),
        (Scope.TEAM, Period.MONTH, host.team_monthly),
    )
    for scope, period, limit in declared:
        if limit is not None:
            yield Budget(scope=scope, period=period, amount=dollars(limit), name="the host's", set_by=HOST)
