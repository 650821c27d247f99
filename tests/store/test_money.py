"""Money in any order of events: the sums add up, no cap is passed, and days add up to the whole."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from limner.config import Data
from limner.domain.budget import Budget, Scope
from limner.domain.calendar import Period, began, last_days, midnight
from limner.domain.money import Micros
from limner.domain.place import Member, Person, Place
from limner.domain.request import JobState
from limner.errors import OverBudget, StillOpen
from limner.models import Purpose
from limner.store import Outcome, Store
from limner.store import jobs as store_jobs
from limner.store.attempts import End, close
from limner.studio.budgets import caps
from tests.store.making import NOON, a_job, pictures

AMOUNTS = st.integers(0, 400_000).map(Micros)
ZONES = st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"])
PEOPLE = tuple(Person(id=id, name=id, roles=roles) for id, roles in (("1", ()), ("2", ("r",)), ("3", ("r", "s"))))
PLACES = tuple(Place(platform="discord", space="guild", channel=each) for each in ("general", "random"))
BUDGETS = st.builds(
    Budget,
    scope=st.sampled_from(Scope),
    key=st.sampled_from(["r", "s"]),
    period=st.sampled_from(Period),
    amount=st.integers(0, 900_000).map(Micros),
)


class Crash(Exception):
    """The process dies before its transaction is on the disk."""


@cache
def empty() -> Path:
    """Data that is up to date, made once."""
    folder = Path(tempfile.mkdtemp(prefix="limner-money-"))

    async def make() -> None:
        await (await Store.open(Data(directory=folder))).close()

    asyncio.run(make())
    return folder


class Money(RuleBasedStateMachine):
    """A team whose members ask, whose jobs end in every way, and whose process dies now and then."""

    booked = Bundle("booked")
    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="limner-money-"))
        shutil.copytree(empty(), self.folder, dirs_exist_ok=True)
        self.store: Store = self.run(Store.open(Data(directory=self.folder)))
        self.held: dict[str, Micros] = {}
        """What each job or call has taken from the budget, by what we know of it."""
        self.over: set[str] = set()
        self.doubted: set[str] = set()
        self.about: dict[str, tuple[str, str, datetime]] = {}
        self.budgets: dict[tuple[Scope, str, Period], Budget] = {}

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    @initialize(zone=ZONES)
    def begin(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.members: list[Member] = [self.run(self.store.people.member(PLACES[0], each)) for each in PEOPLE]
        self.team = self.members[0].team

    # ── what happens ────────────────────────────────────────────────────────────────────────────────────────

    @rule(budget=BUDGETS, who=st.integers(0, 2))
    def allow(self, budget: Budget, who: int) -> None:
        keys = {Scope.MEMBER: self.members[who].id, Scope.CHANNEL: PLACES[who % 2].key, Scope.ROLE: budget.key}
        chosen = budget.evolve(key=keys.get(budget.scope, ""))
        self.budgets[chosen.scope, chosen.key, chosen.period] = chosen

    @rule(target=booked, who=st.integers(0, 2), where=st.integers(0, 1), hour=st.integers(0, 400), amount=AMOUNTS)
    def ask(self, who: int, where: int, hour: int, amount: Micros) -> Any:
        created = NOON + timedelta(hours=hour)
        member = self.members[who]
        counting = tuple(caps(self.budgets.values(), member, PLACES[where], created, self.zone))
        offered = self.run(a_job(self.store, place=PLACES[where], person=PEOPLE[who], estimate=amount, created=created))
        room = all(self.sum(cap.member, cap.channel, cap.since) + amount <= cap.limit for cap in counting)
        try:
            job, _ = self.run(self.store.jobs.accept(offered, counting))
        except OverBudget:
            assert not room
            return multiple()
        assert room or not amount
        self.know(f"job:{job.id}", amount, member.id, PLACES[where].key, created)
        return job

    @rule(job=booked, cost=AMOUNTS, dies=st.booleans())
    def settle(self, job: Any, cost: Micros, dies: bool) -> None:
        """Also late, after it was given up as possibly charged; and again, after the process died in it."""
        assets, blobs = pictures(job, "a" * 64)
        if dies:
            self.die(store_jobs._settle, job, assets, blobs, cost, None, None)
        painted = self.run(self.store.jobs.get(job.id)).state in {JobState.PAINTED, JobState.DELIVERED}
        self.run(self.store.jobs.settle(job, assets=assets, blobs=blobs, cost=cost))
        if not painted:
            self.end(f"job:{job.id}", cost)

    @rule(job=booked, charged=st.sampled_from([True, False, None]), dies=st.booleans())
    def fail(self, job: Any, charged: bool | None, dies: bool) -> None:
        if dies:
            self.die(store_jobs._fail, job.id, "It broke.", charged, {})
        self.run(self.store.jobs.fail(job, trouble="It broke.", charged=charged))
        if f"job:{job.id}" not in self.over:
            self.end(f"job:{job.id}", Micros(0) if charged is False else job.estimate)

    @rule(job=booked)
    def remove(self, job: Any) -> None:
        if f"job:{job.id}" in self.over:
            self.run(self.store.library.delete(job))
            return
        with pytest.raises(StillOpen):
            self.run(self.store.library.delete(job))

    @rule(target=calls, who=st.integers(0, 2), amount=AMOUNTS)
    def call(self, who: int, amount: Micros) -> Any:
        member = self.members[who]
        id = self.run(
            self.store.jobs.open_attempt(
                job=None,
                team=member.team,
                member=member.id,
                purpose=Purpose.HEAR,
                model="m",
                engine="e",
                estimate=amount,
            )
        )
        self.know(f"attempt:{id}", amount, member.id, "", NOON + timedelta(days=10_000))
        return id, amount

    @rule(call=calls, outcome=st.sampled_from([Outcome.PAID, Outcome.FREE, Outcome.UNKNOWN]), cost=AMOUNTS)
    def hang_up(self, call: tuple[int, Micros], outcome: Outcome, cost: Micros) -> None:
        id, estimate = call
        self.die(close, id, End(outcome=outcome, cost=cost))
        self.run(self.store.jobs.close_attempt(id, outcome=outcome, cost=cost))
        name = f"attempt:{id}"
        found_after_all = name in self.doubted and outcome is Outcome.PAID
        if name not in self.over or found_after_all:
            ends = {Outcome.PAID: cost, Outcome.FREE: Micros(0), Outcome.UNKNOWN: estimate}
            self.end(name, ends[outcome])
            (self.doubted.add if outcome is Outcome.UNKNOWN else self.doubted.discard)(name)

    # ── what is always so ───────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def it_adds_up(self) -> None:
        assert self.run(self.store.ledger.balanced())

    @invariant()
    def everything_taken_is_accounted_for(self) -> None:
        if not hasattr(self, "team"):
            return
        long_ago = NOON - timedelta(days=1)
        assert self.run(self.store.ledger.spent(team=self.team, since=long_ago)) == sum(self.held.values())

    @invariant()
    def days_add_up_to_the_whole_in_every_zone(self) -> None:
        if not hasattr(self, "team"):
            return
        last = NOON + timedelta(hours=401)
        days = [midnight(day, self.zone) for day in last_days(20, last, self.zone)]
        for member in (None, *(each.id for each in self.members)):
            account = self.run(self.store.ledger.account(team=self.team, member=member, days=tuple(days)))
            assert sum(account.days) == self.sum(member, None, days[0])
            assert account.reserved == sum(
                amount
                for name, amount in self.held.items()
                if name not in self.over and member in {None, self.about[name][0]}
            )
        first = began(Period.DAY, NOON, self.zone)
        assert self.sum(None, None, first) == sum(self.held.values())

    # ── what we know ────────────────────────────────────────────────────────────────────────────────────────

    def know(self, name: str, amount: Micros, member: str, channel: str, counted: datetime) -> None:
        self.held[name] = amount
        self.about[name] = member, channel, counted

    def end(self, name: str, cost: Micros) -> None:
        self.held[name] = cost
        self.over.add(name)

    def sum(self, member: str | None, channel: str | None, since: datetime) -> int:
        return sum(
            amount
            for name, amount in self.held.items()
            if (about := self.about[name])[2] >= since and member in {None, about[0]} and channel in {None, about[1]}
        )

    def die(self, work: Any, *args: Any) -> None:
        """Does the work in a transaction that never comes to its end."""

        def doomed(connection: Any) -> None:
            work(connection, *args)
            raise Crash

        try:
            self.run(self.store._database.write(doomed))
        except Crash:
            return


TestMoney = Money.TestCase
TestMoney.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
