"""Money: the sums always add up, in whatever order things happen."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from limner.config import Data
from limner.domain.money import Micros
from limner.domain.place import Place
from limner.domain.request import JobState
from limner.errors import OverBudget, StillOpen
from limner.models import Purpose
from limner.store import Outcome, Store, ids
from limner.store.tables import attempts
from tests.store.making import NOON, a_cap, a_job, an_accepted, pictures

AMOUNTS = st.integers(0, 400_000).map(Micros)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(["accept", "settle", "fail-free", "fail-paid", "fail-unknown", "delete", "hear", "heard"]),
        AMOUNTS,
    ),
    min_size=1,
    max_size=25,
)


@given(steps=STEPS, together=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_ledger_balances_whatever_happens_in_whatever_order(
    tmp_path: Path, steps: list[tuple[int, str, Micros]], together: bool
) -> None:
    asyncio.run(_live(tmp_path, steps, together))


async def _live(folder: Path, steps: list[tuple[int, str, Micros]], together: bool) -> None:
    store = await Store.open(Data(directory=folder))
    place = Place(platform="discord", space=ids.long(), channel="general")
    names = {slot: await store.jobs.new_id() for slot in range(6)}
    blank = await a_job(store, place=place)
    cap = a_cap(blank, 1, member=False)
    calls: list[int] = []

    async def step(slot: int, verb: str, amount: Micros) -> None:
        job = await store.jobs.get(names[slot])
        match verb:
            case "accept":
                offered = blank.evolve(id=names[slot], event=names[slot], estimate=amount)
                try:
                    await store.jobs.accept(offered, (cap,))
                except OverBudget:
                    assert job is None
            case "hear":
                calls.append(
                    await store.jobs.open_attempt(
                        job=None,
                        team=blank.team,
                        member=blank.member,
                        purpose=Purpose.HEAR,
                        model="m",
                        engine="e",
                        estimate=amount,
                    )
                )
            case "heard" if slot < len(calls):
                outcome = (Outcome.PAID, Outcome.FREE, Outcome.UNKNOWN)[slot % 3]
                await store.jobs.close_attempt(calls[slot], outcome=outcome, cost=amount)
            case "settle" if job is not None:
                assets, blobs = pictures(job, "a" * 64)
                await store.jobs.settle(job, assets=assets, blobs=blobs, cost=amount)
            case "delete" if job is not None:
                with suppress(StillOpen):
                    await store.library.delete(job)
            case "fail-free" | "fail-paid" | "fail-unknown" if job is not None:
                charged = {"fail-free": False, "fail-paid": True, "fail-unknown": None}[verb]
                await store.jobs.fail(job, trouble="It broke.", charged=charged)

    try:
        if together:
            await asyncio.gather(*(step(*each) for each in steps))
            assert await store.ledger.balanced()
        else:
            for each in steps:
                await step(*each)
                assert await store.ledger.balanced()
        spent = await store.ledger.spent(team=blank.team, since=cap.since)
        jobs = [job for name in names.values() if (job := await store.jobs.get(name)) is not None]
        query = select(attempts.c.estimate, attempts.c.cost).where(attempts.c.team == blank.team)
        heard = await store._database.read(lambda connection: connection.execute(query).all())
        # What counts against the caps is what the jobs and calls themselves say: the cost, or the estimate until then.
        assert spent == sum(job.estimate if job.state is JobState.ACCEPTED else (job.cost or 0) for job in jobs) + sum(
            each.estimate if each.cost is None else each.cost for each in heard
        )
    finally:
        await store.close()


async def test_midnight_takes_nothing_from_one_day_to_the_next(store: Store) -> None:
    yesterday = await an_accepted(store, created=NOON - timedelta(days=1), estimate=Micros(900_000))
    today = await an_accepted(store, estimate=Micros(100_000))
    midnight = NOON - timedelta(hours=12)
    await store.jobs.fail(yesterday, trouble="It broke.", charged=False)
    assert await store.ledger.spent(team=today.team, since=midnight) == 100_000
    assert await store.ledger.spent(team=today.team, since=midnight - timedelta(days=1)) == 100_000


async def test_an_entry_that_does_not_add_up_is_found(store: Store) -> None:
    job = await an_accepted(store)
    await store.jobs.fail(job, trouble="It broke.", charged=True)
    await store.jobs.change(job.id, cost=Micros(1))
    assert not await store.ledger.balanced()
    await store.jobs.change(job.id, cost=job.estimate)


@pytest.mark.parametrize("member", [True, False])
async def test_a_cap_is_reached_exactly(store: Store, member: bool) -> None:
    first = await an_accepted(store, estimate=Micros(960_000))
    _, new = await store.jobs.accept(await a_job(store), (a_cap(first, 1, member=member),))
    assert new
    with pytest.raises(OverBudget):
        await store.jobs.accept(await a_job(store, estimate=Micros(1)), (a_cap(first, 1, member=member),))
