"""A team's own budgets, on both databases."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text

from limner.config import Data
from limner.domain.budget import Budget, Scope
from limner.domain.calendar import Period
from limner.domain.money import Micros
from limner.domain.place import Person
from limner.domain.request import Job, Request
from limner.errors import NotFound, OverBudget
from limner.models import Purpose
from limner.store import Store
from limner.store.audit import Decision, Verdict, What
from limner.store.books import Team, open_books, query
from limner.store.budgets import Budgets
from limner.store.refused import KEPT
from limner.studio.budgets import caps
from tests.backends.fixtures import on_sqlite
from tests.store.making import ADA, CHANNEL, NOON, a_job, an_accepted

UTC = ZoneInfo("UTC")
PAINTER = Person(id="1", name="Ada", roles=("painters", "all"))


def decided(job: Job) -> Decision:
    return Decision(team=job.team, member=job.member, what=What.BUDGET, verdict=Verdict.DONE, why="For a test.")


async def put(store: Store, job: Job, scope: Scope, dollars: float, key: str = "", since: datetime = NOON) -> Micros:
    """Sets a daily budget; gives what of it is spent."""
    budget = Budget(scope=scope, key=key, period=Period.DAY, amount=Micros(int(dollars * 1_000_000)))
    return (await store.budgets.put(budget, since, decided(job))).spent


def key_of(scope: Scope, job: Job) -> str:
    return {Scope.CHANNEL: CHANNEL.key, Scope.MEMBER: job.member, Scope.ROLE: "painters"}.get(scope, "")


@pytest.mark.parametrize("scope", Scope)
async def test_a_hundred_at_once_never_pass_a_dollar(store: Store, scope: Scope) -> None:
    offers = [await a_job(store, person=PAINTER, estimate=Micros(30_000)) for _ in range(100)]
    await put(store, offers[0], scope, 1, key_of(scope, offers[0]))
    member = await store.people.member(CHANNEL, PAINTER)
    counting = tuple(caps(await store.budgets.of(member.team), member, CHANNEL, NOON, UTC))
    assert len(counting) == 1

    answers = await asyncio.gather(*(store.jobs.accept(job, counting) for job in offers), return_exceptions=True)

    refused = [each for each in answers if isinstance(each, OverBudget)]
    assert len(refused) == 67
    assert await store.ledger.spent(team=member.team, since=NOON) == 990_000
    assert all(each.fields["room"] == 10_000 for each in refused)


async def test_what_is_spent_is_told_when_a_budget_is_set(store: Store) -> None:
    job = await an_accepted(store, person=PAINTER)
    for scope in Scope:
        assert await put(store, job, scope, 1, key_of(scope, job)) == 40_000
    assert await put(store, job, Scope.ROLE, 1, "nobody's") == 0
    assert await put(store, job, Scope.TEAM, 1, since=NOON + timedelta(days=1)) == 0


async def test_a_budget_that_is_set_again_takes_the_place_of_the_first(store: Store) -> None:
    job = await a_job(store)
    await put(store, job, Scope.TEAM, 1)
    await put(store, job, Scope.TEAM, 2)

    (budget,) = await store.budgets.of(job.team)
    assert budget.amount == 2_000_000
    assert await store.budgets.remove(budget, decided(job))
    assert not await store.budgets.remove(budget, decided(job))
    assert await store.budgets.of(job.team) == ()
    assert [each.decision.what for each in await store.audit.newest(job.team, limit=9)] == [What.BUDGET] * 3


async def test_what_another_process_sets_counts_within_seconds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await a_job(store)
    elsewhere = Budgets(store._database)
    assert await elsewhere.of(job.team) == ()
    await put(store, job, Scope.TEAM, 1)

    assert await elsewhere.of(job.team) == ()  # what was known a moment ago costs no query
    monkeypatch.setattr("limner.store.budgets.FRESH_SECONDS", 0.0)
    assert len(await elsewhere.of(job.team)) == 1


async def test_teams_do_not_see_each_others_budgets(store: Store) -> None:
    ours = await a_job(store)
    theirs = await a_job(store, place=CHANNEL.evolve(space="another"))
    await put(store, ours, Scope.TEAM, 1)

    assert await store.budgets.of(theirs.team) == ()


async def test_what_counts_for_a_member(store: Store) -> None:
    """Their own budget stands in place of their roles', the best of those in place of everyone's."""
    member = await store.people.member(CHANNEL, PAINTER)

    def limit(*budgets: tuple[Scope, str, int]) -> dict[str, int]:
        every = [Budget(scope=s, key=k, period=Period.DAY, amount=Micros(a)) for s, k, a in budgets]
        return {cap.whose: cap.limit for cap in caps(every, member, CHANNEL, NOON, UTC)}

    everyone, team = (Scope.EVERYONE, "", 5), (Scope.TEAM, "", 7)
    roles = (Scope.ROLE, "all", 2), (Scope.ROLE, "painters", 3), (Scope.ROLE, "others", 9)
    assert limit() == {}
    assert limit(everyone, team) == {"your": 5, "the team's": 7}
    assert limit(everyone, *roles) == {"your": 3}
    assert limit(everyone, *roles, (Scope.MEMBER, member.id, 1)) == {"your": 1}
    assert limit(everyone, (Scope.MEMBER, "another", 1)) == {"your": 5}
    assert limit((Scope.CHANNEL, CHANNEL.key, 4), (Scope.CHANNEL, "elsewhere", 1)) == {"this channel's": 4}


async def test_the_tightest_of_several_is_told(store: Store) -> None:
    job = await a_job(store, estimate=Micros(500_000))
    member = await store.people.member(CHANNEL, ADA)
    await put(store, job, Scope.TEAM, 0.4)
    await put(store, job, Scope.EVERYONE, 0.3)
    counting = tuple(caps(await store.budgets.of(job.team), member, CHANNEL, NOON, UTC))

    with pytest.raises(OverBudget, match=r"\$0.30 is left of your daily budget of \$0.30"):
        await store.jobs.accept(job, counting)
    _, new = await store.jobs.accept(await a_job(store, estimate=Micros(0)), counting)
    assert new


async def test_a_refused_request_waits_for_a_week_and_is_its_teams_own(store: Store) -> None:
    job = await a_job(store)
    refused = await store.refused.add(team=job.team, member=job.member, request=Request(prompt="a red fox"))

    assert (await store.refused.get(refused.id, job.team)).request.prompt == "a red fox"
    for id, team in ((refused.id, "other"), ("", job.team)):
        with pytest.raises(NotFound):
            await store.refused.get(id, team)
    with pytest.raises(NotFound):
        await store.notes.get(refused.id, job.team)
    await store.sweep()
    await store.refused.get(refused.id, job.team)
    old = text("UPDATE notes SET created = :at")
    at = (refused.created - KEPT - timedelta(hours=1)).replace(tzinfo=None)
    await store._database.write(lambda connection: connection.execute(old, {"at": str(at)}) and None)
    await store.sweep()
    with pytest.raises(NotFound):
        await store.refused.get(refused.id, job.team)


async def test_the_books_are_read_beside_whoever_writes_them(
    store: Store, tmp_path: Path, storage: dict[str, str]
) -> None:
    job = await an_accepted(store)
    call = {"purpose": Purpose.HEAR, "model": "gpt-audio", "engine": "openai", "estimate": Micros(5_000)}
    heard = await store.jobs.open_attempt(job=None, team=job.team, member=job.member, **call)
    async with open_books(Data(directory=tmp_path / "data", **storage)) as books:
        (team,) = [each for each in await books.teams() if each.id == job.team]
        entry, other = await books.entries(team)
        assert (other.reference, other.model, other.estimate) == (f"attempt:{heard}", "gpt-audio", 5_000)
        assert (entry.reference, entry.reserved, entry.paid) == (f"job:{job.id}", 40_000, 0)
        await store.jobs.fail(job, trouble="It broke.", charged=None)
        (entry,) = await books.entries(team, first=NOON.date(), last=NOON.date())
        assert (entry.reserved, entry.unknown, entry.name) == (0, 40_000, "Ada")
        assert await books.entries(team, first=NOON.date() + timedelta(days=1)) == (other,)


@on_sqlite
async def test_a_year_of_books_is_read_by_the_indexes(store: Store) -> None:
    asked = query(Team(id="t", zone="UTC", spaces=()), None, None)

    def plan(connection: Connection) -> list[str]:
        said = asked.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}")]

    steps = await store._database.read(plan)
    for table in ("jobs", "attempts"):
        (step,) = [each for each in steps if f" {table} " in each]
        assert step.startswith("SEARCH"), steps
        assert "AUTOMATIC" not in step, steps
