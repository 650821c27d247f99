"""Jobs: accepted once, settled whole, and never over a cap."""

from __future__ import annotations

import asyncio

import pytest

from limner.domain.money import Micros
from limner.domain.place import Address, Person, Place
from limner.domain.request import JobState
from limner.errors import NotFound, OverBudget, StillOpen
from limner.models import Purpose, Usage
from limner.store import Outcome, Store, ids
from limner.store.attempts import InDoubt, NotOurs
from tests.store.making import ADA, CHANNEL, NOON, PLENTY, WORKER, a_cap, a_claimed, a_job, an_accepted, pictures

CALL = {"purpose": Purpose.PAINT, "model": "gpt-image-1", "engine": "openai", "worker": WORKER}


async def test_a_job_comes_back_as_it_was_accepted(store: Store) -> None:
    job = await a_job(store)
    assert await store.jobs.accept(job, ()) == (job, True)
    assert await store.jobs.get(job.id) == job
    assert await store.jobs.get("nope") is None


async def test_an_event_makes_one_job_however_often_and_however_simultaneously_it_comes(store: Store) -> None:
    offers = [await a_job(store, event="same") for _ in range(20)]
    answers = await asyncio.gather(*(store.jobs.accept(job, (a_cap(job, 1),)) for job in offers))
    assert [new for _, new in answers].count(True) == 1
    assert len({job.id for job, _ in answers}) == 1
    assert await store.ledger.spent(team=offers[0].team, since=NOON) == 40_000


async def test_two_teams_may_have_events_of_one_name(store: Store) -> None:
    elsewhere = Place(platform="slack", space="T1", channel="C1")
    await an_accepted(store, event="same")
    _, new = await store.jobs.accept(await a_job(store, event="same", place=elsewhere), ())
    assert new


@pytest.mark.parametrize("by_member", [True, False])
async def test_a_hundred_simultaneous_requests_never_pass_a_dollar(store: Store, by_member: bool) -> None:
    offers = [await a_job(store) for _ in range(100)]
    answers = await asyncio.gather(
        *(store.jobs.accept(job, (a_cap(job, 1, member=by_member),)) for job in offers), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, OverBudget)]
    assert len(refused) == 75
    assert await store.ledger.spent(team=offers[0].team, since=NOON) == 1_000_000
    assert len(await store.pending.waiting(offers[0].team)) == 25


async def test_a_refusal_says_the_amounts_and_leaves_nothing_behind(store: Store) -> None:
    job = await a_job(store)
    with pytest.raises(OverBudget) as refusal:
        await store.jobs.accept(job, (a_cap(job, 0.03),))
    assert refusal.value.sentence == (
        "This would cost about $0.04, and $0.03 is left of your daily budget of $0.03. "
        "It starts anew tomorrow. An admin can raise it with /budget."
    )
    assert await store.jobs.get(job.id) is None
    assert await store.ledger.spent(team=job.team, since=NOON) == 0


async def test_what_costs_nothing_is_taken_even_when_the_budget_is_gone(store: Store) -> None:
    spent = await an_accepted(store, estimate=Micros(2_000_000))
    _, new = await store.jobs.accept(await a_job(store, estimate=Micros(0)), (a_cap(spent, 1),))
    assert new


async def test_a_job_whose_id_was_taken_meanwhile_gets_another(store: Store) -> None:
    first = await an_accepted(store)
    second, new = await store.jobs.accept(await a_job(store, id=first.id), ())
    assert new
    assert second.id != first.id
    assert await store.jobs.get(second.id) == second


async def test_ids_can_be_said_and_are_never_a_word_or_a_number(store: Store) -> None:
    for _ in range(200):
        id = await store.jobs.new_id()
        assert len(id) == 4
        assert set(id) <= set(ids.ALPHABET)
        assert any(map(str.isdigit, id))
        assert any(map(str.isalpha, id))


async def test_ids_grow_when_short_ones_are_crowded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "ALPHABET", "a1")
    made = [(await an_accepted(store)).id for _ in range(20)]
    assert len(set(made)) == 20
    assert {len(id) for id in made} >= {4, 5}


async def test_a_job_is_found_by_its_team_alone(store: Store) -> None:
    job = await an_accepted(store)
    assert await store.jobs.of_team(f"#{job.id.upper()}", job.team) == job
    for id, team in ((job.id, "another"), ("zzzz", job.team), ("'; drop table jobs", job.team)):
        with pytest.raises(NotFound):
            await store.jobs.of_team(id, team)
    await store.jobs.fail(job, trouble="It broke.", charged=False)
    await store.library.delete(job)
    with pytest.raises(NotFound):
        await store.jobs.of_team(job.id, job.team)


async def test_changes_at_the_same_time_do_not_lose_each_other(store: Store) -> None:
    job = await an_accepted(store, address=Address(place=CHANNEL, token="secret", expires=NOON))
    without = job.address.evolve(token=None, expires=None, message="7")
    await asyncio.gather(
        store.jobs.change(job.id, state=JobState.PAINTING),
        store.jobs.change(job.id, started=NOON),
        store.jobs.change(job.id, address=without),
    )
    assert await store.jobs.get(job.id) == job.evolve(state=JobState.PAINTING, started=NOON, address=without)
    with pytest.raises(NotFound):
        await store.jobs.change("zzzz", started=NOON)


async def test_settling_again_changes_nothing(store: Store) -> None:
    job = await an_accepted(store)
    assets, blobs = pictures(job, "a" * 64, "b" * 64, parents=("x1yz", "x1yz"))
    await asyncio.gather(*(store.jobs.settle(job, assets=assets, blobs=blobs, cost=Micros(30_000)) for _ in range(4)))
    await store.jobs.settle(job, assets=(), blobs=(), cost=Micros(99_000))
    settled = await store.jobs.get(job.id)
    assert settled is not None
    assert (settled.state, settled.cost) == (JobState.PAINTED, 30_000)
    assert await store.library.of_job(job.id) == assets
    assert await store.library.named(["a" * 64, "b" * 64]) == {"a" * 64, "b" * 64}
    assert await store.ledger.spent(team=job.team, since=NOON) == 30_000
    assert await store.jobs.fail(settled, trouble="Too late.", charged=False) == settled


async def test_a_settling_that_fails_leaves_nothing_behind(store: Store) -> None:
    job = await an_accepted(store)
    assets, blobs = pictures(job, "a" * 64)
    with pytest.raises(Exception, match=r"(?i)unique") as problem:
        await store.jobs.settle(job, assets=assets * 2, blobs=blobs, cost=Micros(1))
    assert job.request.prompt not in str(problem.value)  # it may be logged
    assert await store.jobs.get(job.id) == job
    assert await store.library.named(["a" * 64]) == set()
    assert await store.ledger.spent(team=job.team, since=NOON) == 40_000


@pytest.mark.parametrize(("charged", "spent"), [(False, 0), (None, 40_000), (True, 40_000)])
async def test_a_failure_gives_back_keeps_or_settles_the_money(store: Store, charged: bool | None, spent: int) -> None:
    job = await an_accepted(store)
    failed = await store.jobs.fail(job, trouble="It broke.", charged=charged)
    assert (failed.state, failed.trouble, failed.charged, failed.cost) == (JobState.ENDED, "It broke.", charged, spent)
    assert await store.ledger.spent(team=job.team, since=NOON) == spent
    assert await store.jobs.fail(job, trouble="Again.", charged=True) == failed


async def test_a_charged_failure_settles_what_its_attempts_cost(store: Store) -> None:
    job = await a_claimed(store)
    call = await store.jobs.open_attempt(job=job.id, team=job.team, member=job.member, estimate=job.estimate, **CALL)
    await store.jobs.close_attempt(call, outcome=Outcome.PAID, cost=Micros(31_000))
    assert (await store.jobs.fail(job, trouble="Not a picture.", charged=True)).cost == 31_000


async def test_a_picture_that_came_after_all_is_paid_and_kept(store: Store) -> None:
    job = await an_accepted(store)
    await store.jobs.fail(job, trouble="Who knows.", charged=None)
    assets, blobs = pictures(job, "a" * 64)
    await store.jobs.settle(job, assets=assets, blobs=blobs, cost=Micros(50_000))
    settled = await store.jobs.get(job.id)
    assert settled is not None
    assert (settled.state, settled.trouble, settled.cost) == (JobState.PAINTED, None, 50_000)
    assert await store.ledger.spent(team=job.team, since=NOON) == 50_000


async def test_a_job_deleted_before_its_picture_came_after_all_is_paid_and_leaves_none(store: Store) -> None:
    job = await an_accepted(store)
    with pytest.raises(StillOpen, match="cancel it first"):
        await store.library.delete(job)
    await store.jobs.fail(job, trouble="Who knows.", charged=None)
    await store.library.delete(job)
    assets, blobs = pictures(job, "a" * 64)
    await store.jobs.settle(job, assets=assets, blobs=blobs, cost=Micros(50_000))
    assert await store.library.of_job(job.id) == ()
    assert await store.library.named(["a" * 64]) == set()
    assert await store.ledger.spent(team=job.team, since=NOON) == 50_000


async def test_a_job_that_is_deleted_stays_open_until_its_money_is_settled(store: Store) -> None:
    job = await a_claimed(store)
    await store.jobs.change(job.id, deleted=True)
    await store.queue.give_back(job.id, due=NOON)
    assert await store.ledger.balanced()
    (again,) = (await store.queue.claim(job.engine, WORKER, PLENTY, most=1)).jobs
    assert again.id == job.id
    await store.jobs.fail(again, trouble="It broke.", charged=False)
    assert await store.queue.of(WORKER) == ()


async def test_attempts_are_kept_with_what_they_used(store: Store) -> None:
    job = await a_claimed(store)
    call = {"job": job.id, "team": job.team, "member": job.member, "estimate": job.estimate, **CALL}
    first = await store.jobs.open_attempt(**call)
    await store.jobs.close_attempt(first, outcome=Outcome.FREE, trouble="Not reached.")
    second = await store.jobs.open_attempt(**call)
    assert [each.id for each in await store.jobs.open_attempts(WORKER)] == [second]
    usage = Usage(text_in=12, image_out=1056)
    await store.jobs.close_attempt(
        second, outcome=Outcome.PAID, cost=Micros(42_000), usage=usage, request_id="req_1", trouble=None
    )
    await store.jobs.close_attempt(second, outcome=Outcome.FREE)
    one, two = await store.jobs.attempts(job.id)
    assert (one.outcome, one.cost, one.trouble) == (Outcome.FREE, 0, "Not reached.")
    assert (two.outcome, two.cost, two.usage, two.request_id) == (Outcome.PAID, 42_000, usage, "req_1")
    assert two.ended is not None
    assert two.ended.utcoffset() is not None
    assert await store.ledger.spent(team=job.team, since=NOON) == 40_000


async def test_of_calls_that_begin_at_the_same_time_one_is_made(store: Store) -> None:
    for _ in range(5):
        job = await a_claimed(store)
        call = {"job": job.id, "team": job.team, "member": job.member, "estimate": job.estimate, **CALL}
        begun = await asyncio.gather(*(store.jobs.open_attempt(**call) for _ in range(8)), return_exceptions=True)
        assert [isinstance(each, InDoubt) for each in begun].count(True) == 7
        assert len(await store.jobs.attempts(job.id)) == 1


async def test_a_call_whose_end_nobody_knows_is_followed_by_no_other(store: Store) -> None:
    job = await a_claimed(store)
    call = {"job": job.id, "team": job.team, "member": job.member, "estimate": job.estimate, **CALL}
    first = await store.jobs.open_attempt(**call)
    with pytest.raises(InDoubt):
        await store.jobs.open_attempt(**call)
    await store.jobs.close_attempt(first, outcome=Outcome.UNKNOWN, trouble="Cut off.")
    with pytest.raises(InDoubt):
        await store.jobs.open_attempt(**call)
    assert [each.outcome for each in await store.jobs.attempts(job.id)] == [Outcome.UNKNOWN]


async def test_only_the_worker_that_has_a_job_calls_for_it(store: Store) -> None:
    job = await a_claimed(store)
    call = {"job": job.id, "team": job.team, "member": job.member, "estimate": job.estimate, **CALL}
    with pytest.raises(NotOurs):
        await store.jobs.open_attempt(**{**call, "worker": "w-2"})
    await store.queue.cancel(job.id, by="Ada", trouble="Cancelled.")
    with pytest.raises(NotOurs):
        await store.jobs.open_attempt(**call)


@pytest.mark.parametrize(
    ("outcome", "cost", "spent"),
    [
        (Outcome.PAID, 700, 700),
        (Outcome.PAID, 1500, 1500),
        (Outcome.PAID, None, 1000),
        (Outcome.FREE, None, 0),
        (Outcome.UNKNOWN, None, 1000),
    ],
)
async def test_an_attempt_without_a_job_has_a_reservation_of_its_own(
    store: Store, outcome: Outcome, cost: int | None, spent: int
) -> None:
    member = await store.people.member(CHANNEL, ADA)
    call = await store.jobs.open_attempt(
        job=None,
        team=member.team,
        member=member.id,
        purpose=Purpose.HEAR,
        model="gpt-4o-audio",
        engine="openai",
        estimate=Micros(1000),
    )
    assert await store.ledger.spent(team=member.team, member=member.id, since=NOON) == 1000
    await store.jobs.close_attempt(call, outcome=outcome, cost=None if cost is None else Micros(cost))
    await store.jobs.close_attempt(call, outcome=Outcome.FREE)
    assert await store.ledger.spent(team=member.team, member=member.id, since=NOON) == spent
    assert await store.ledger.spent(team=member.team, member="another", since=NOON) == 0


async def test_hearing_is_held_to_the_caps_too(store: Store) -> None:
    job = await a_job(store)
    with pytest.raises(OverBudget):
        await store.jobs.open_attempt(
            job=None,
            team=job.team,
            member=job.member,
            purpose=Purpose.HEAR,
            model="gpt-4o-audio",
            engine="openai",
            estimate=Micros(1001),
            worker=WORKER,
            caps=(a_cap(job, 0.001),),
        )
    assert await store.jobs.open_attempts(WORKER) == ()


async def test_a_caller_that_gives_up_holds_up_nobody(store: Store) -> None:
    bob = Person(id="2", name="Bob")
    offers = [await a_job(store, person=bob) for _ in range(30)]
    tasks = [asyncio.create_task(store.jobs.accept(job, ())) for job in offers]
    for turn, task in enumerate(tasks):
        if turn % 2:
            await asyncio.sleep(0)
            task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in answers) >= 15
    await an_accepted(store)
