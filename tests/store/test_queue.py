"""The queue: fair among members, within the provider's limits however many take from it, and quick to give way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limner.config import Data
from limner.domain.card import Card
from limner.domain.money import Micros
from limner.domain.place import Person
from limner.domain.request import Job, JobState, Priority, Request
from limner.models import Purpose
from limner.store import Store, lanes, places
from limner.store.attempts import End, InDoubt, Outcome
from limner.store.lanes import Limits
from limner.store.workers import PASSING
from tests.backends.sqlite import put_database
from tests.patience import PATIENCE
from tests.store.making import ADA, CHANNEL, NOON, PLENTY, WORKER, a_claimed, a_ready
from tests.store.making import pictures as pictures_of

BOB, CY = Person(id="2", name="Bob"), Person(id="3", name="Cy")
ONE = Limits(concurrency=1, per_minute=None)
OPENAI = {"openai": ONE}


def pictures(count: int) -> Request:
    return Request(prompt="a red fox", count=count)


async def take(store: Store, limits: Limits = PLENTY, *, most: int = 1, worker: str = WORKER) -> list[Job]:
    return list((await store.queue.claim("openai", worker, limits, most=most)).jobs)


async def end(store: Store, job: Job) -> None:
    ended = await store.jobs.fail(job, trouble="that is enough", charged=False)
    await store.jobs.delivered(ended, ended.address, Card())


async def called(store: Store, job: Job, worker: str = WORKER) -> int:
    return await store.jobs.open_attempt(
        job=job.id,
        team=job.team,
        member=job.member,
        purpose=Purpose.PAINT,
        model="gpt-image-1",
        engine="openai",
        estimate=job.estimate,
        worker=worker,
    )


async def order(store: Store) -> list[str]:
    """Takes everything that waits, one after the other; the members' names."""
    names = []
    while taken := await take(store, ONE):
        names.append(taken[0].member_name)
        await end(store, taken[0])
    return names


async def answered(store: Store, job: Job) -> None:
    """Settles a job with what its call gave."""
    call = await store.jobs.open_attempt(
        job=job.id,
        team=job.team,
        member=job.member,
        purpose=Purpose.PAINT,
        model=job.model,
        engine=job.engine,
        estimate=job.estimate,
        worker=WORKER,
    )
    made, blobs = pictures_of(job, await store.blobs.put(b"a picture"))
    paid = End(outcome=Outcome.PAID, cost=Micros(30_000))
    await store.jobs.settle(job, assets=made, blobs=blobs, cost=Micros(30_000), attempt=call, end=paid)


async def waits(store: Store, **fields: Any) -> Job:
    person = fields.get("person", ADA)
    return await a_ready(store, **{**fields, "member_name": person.name})


# ── fair ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_one_who_asks_for_fifty_does_not_hold_up_anothers_one(store: Store) -> None:
    await store.lanes.open("openai")
    for _ in range(50):
        await waits(store)
    await take(store, ONE)
    late = await waits(store, person=BOB)
    place = await store.places.of(late.id, OPENAI)
    assert place is not None
    assert place.jobs <= 1


async def test_who_asks_again_as_soon_as_they_were_served_gets_no_more_than_their_share(store: Store) -> None:
    await store.lanes.open("openai")
    for _ in range(8):
        await waits(store)
    served = []
    await waits(store, person=BOB)
    for _ in range(8):
        (job,) = await take(store, ONE)
        served.append(job.member_name)
        await end(store, job)
        if job.member_name == "Bob":
            await waits(store, person=BOB)
    assert 3 <= served.count("Bob") <= 5


async def test_pictures_weigh_not_requests(store: Store) -> None:
    await store.lanes.open("openai")
    for _ in range(3):
        await waits(store, request=pictures(5))
    for _ in range(5):
        await waits(store, person=BOB)
    names = await order(store)
    assert names.index("Bob") <= 1  # the first of each come in any order
    assert names[1:6].count("Bob") >= 4


async def test_what_can_wait_is_painted_when_nobody_else_waits_and_what_an_admin_puts_first_at_once(
    store: Store,
) -> None:
    await store.lanes.open("openai")
    await waits(store, priority=Priority.LATER)
    await waits(store, person=BOB)
    await waits(store, person=BOB)
    late = await waits(store, person=CY)
    await store.queue.first(late.id, Priority.FIRST)
    assert await order(store) == ["Cy", "Bob", "Bob", "Ada"]


async def test_what_can_wait_does_not_make_its_members_other_requests_wait(store: Store) -> None:
    await store.lanes.open("openai")
    for _ in range(20):
        await waits(store, priority=Priority.LATER)
    for _ in range(3):
        await waits(store, person=BOB)
    await waits(store)
    assert (await order(store))[:4].index("Ada") < 3


async def test_a_job_that_is_put_first_does_not_set_back_who_comes_new(store: Store) -> None:
    await store.lanes.open("openai")
    jobs = [await waits(store) for _ in range(30)]
    await store.queue.first(jobs[-1].id, Priority.FIRST)
    await take(store, ONE)
    new = await waits(store, person=BOB)
    place = await store.places.of(new.id, OPENAI)
    assert place is not None
    assert place.jobs <= 1


EVENTS = st.lists(
    st.one_of(st.tuples(st.sampled_from([ADA, BOB, CY]), st.integers(1, 10)), st.none()), min_size=5, max_size=60
)


@settings(max_examples=25, deadline=None)
@given(EVENTS)
def test_nobody_waits_for_more_than_the_others_share(events: list[tuple[Person, int] | None]) -> None:
    asyncio.run(_fair(events))


async def _fair(events: list[tuple[Person, int] | None]) -> None:
    """Whoever waits sees each other member get no more than what they have before them of their own, and two of the
    largest requests."""
    with TemporaryDirectory() as folder:
        put_database(Path(folder) / "data")
        store = await Store.open(Data(directory=Path(folder) / "data"))
        await store.lanes.open("openai")
        open_jobs: list[Job] = []
        seen: dict[str, dict[str, int]] = {}
        own: dict[str, int] = {}
        painted: Job | None = None
        for event in [*events, *[None] * 2 * len(events)]:
            if event is not None:
                person, count = event
                ahead = sum(each.request.count for each in open_jobs if each.member_name == person.name)
                job = await waits(store, person=person, request=pictures(count))
                own[job.id], seen[job.id] = ahead, {}
                open_jobs.append(job)
                continue
            if painted is not None:
                await end(store, painted)
                open_jobs = [each for each in open_jobs if each.id != painted.id]
            taken = await take(store, ONE)
            painted = taken[0] if taken else None
            if painted is None:
                continue
            share = seen.pop(painted.id)
            assert all(got <= own[painted.id] + 20 for got in share.values()), (painted.member_name, share)
            for each in open_jobs:
                if each.id in seen and each.member_name != painted.member_name:
                    got = seen[each.id]
                    got[painted.member_name] = got.get(painted.member_name, 0) + painted.request.count
        assert not seen
        await store.close()


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_workers_never_have_more_calls_under_way_than_allowed_together(store: Store) -> None:
    await store.lanes.open("openai")
    for _ in range(20):
        await waits(store)
    three = Limits(concurrency=3, per_minute=None)
    claims = await asyncio.gather(*(take(store, three, most=3, worker=f"w-{n}") for n in range(8)))
    assert sum(map(len, claims)) == 3
    assert len({job.id for claim in claims for job in claim}) == 3


async def test_workers_never_ask_for_more_pictures_in_a_minute_than_allowed_together(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute, underway = 0.7, 0.3
    monkeypatch.setattr(lanes, "MINUTE", minute)
    monkeypatch.setattr(lanes, "UNDERWAY", underway)
    await store.lanes.open("openai")
    for number in range(12):
        await waits(store, request=pictures(1 + number % 3))
    limits = Limits(concurrency=100, per_minute=8)
    asked: list[tuple[datetime, int]] = []

    async def work(name: str) -> None:
        while sum(count for _, count in asked) < 24:
            claimed = await store.queue.claim("openai", name, limits, most=4)
            asked.extend((job.started or datetime.now(UTC), job.request.count) for job in claimed.jobs)
            if claimed.again is not None:
                await asyncio.sleep(max(0.0, (claimed.again - datetime.now(UTC)).total_seconds()))
            else:
                await asyncio.sleep(0.01)

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(work("w-1"), work("w-2"))
    for start, _ in asked:
        end = start + timedelta(seconds=minute + underway)
        assert sum(count for moment, count in asked if start <= moment < end) <= 8


async def test_a_picture_counts_until_the_provider_has_surely_forgotten_it(store: Store) -> None:
    await store.lanes.open("openai")
    await waits(store)
    await waits(store)
    one = Limits(concurrency=100, per_minute=1)
    (first,) = await take(store, one)
    assert first.started is not None
    claimed = await store.queue.claim("openai", "w-1", one, most=1)
    assert claimed.again is not None
    counted = (claimed.again - first.started).total_seconds()
    assert lanes.MINUTE + lanes.UNDERWAY <= counted < lanes.MINUTE + lanes.UNDERWAY + 2 * lanes.GRAIN


async def test_a_call_that_begins_late_counts_from_its_beginning(store: Store) -> None:
    await store.lanes.open("openai")
    await waits(store)
    await waits(store, request=pictures(2))
    two = Limits(concurrency=100, per_minute=2)
    (late,) = await take(store, two)
    await asyncio.sleep(4 * lanes.GRAIN)
    begun = datetime.now(UTC)
    await store.lanes.begins(late, two)
    claimed = await store.queue.claim("openai", "w-1", two, most=1)
    assert claimed.again is not None
    assert claimed.again - begun >= timedelta(seconds=lanes.MINUTE + lanes.UNDERWAY)
    assert len(await take(store, Limits(concurrency=100, per_minute=3))) == 1  # it counts once


async def test_a_call_that_begins_after_its_minute_counts_too(store: Store) -> None:
    await store.lanes.open("openai")
    await waits(store)
    await waits(store)
    one = Limits(concurrency=100, per_minute=1)
    (job,) = await take(store, PLENTY)
    long_ago = job.evolve(started=datetime.now(UTC) - timedelta(minutes=5))
    await store.lanes.begins(long_ago, one)
    assert await take(store, one) == []


async def test_a_request_for_more_pictures_than_a_minute_has_is_painted_all_the_same(store: Store) -> None:
    await store.lanes.open("openai")
    await waits(store, request=pictures(10))
    assert await take(store, Limits(concurrency=5, per_minute=4))


async def test_a_limit_that_the_provider_told_of_binds_all_workers(store: Store) -> None:
    await store.lanes.open("openai")
    for _ in range(10):
        await waits(store)
    many = Limits(concurrency=100, per_minute=50)
    await store.lanes.learn("openai", many, per_minute=3, left=2, reset=20)
    assert len(await take(store, many, most=10)) == 2
    claimed = await store.queue.claim("openai", "w-2", many, most=10)
    assert claimed.jobs == ()
    assert claimed.again is not None
    assert timedelta(0) < claimed.again - datetime.now(UTC) < timedelta(seconds=21)


async def test_a_provider_that_allows_more_does_not_lift_the_hosts_limit(store: Store) -> None:
    await store.lanes.open("openai")
    for _ in range(10):
        await waits(store)
    few = Limits(concurrency=100, per_minute=4)
    await store.lanes.learn("openai", few, per_minute=5000, left=4999, reset=0.01)
    assert len(await take(store, few, most=10)) == 4


@given(
    rate=st.integers(1, 60),
    asked=st.lists(st.tuples(st.floats(0, lanes.MINUTE), st.integers(1, 10)), max_size=8),
    wanted=st.integers(1, 60),
)
def test_when_there_is_room_is_when_enough_of_the_last_minute_has_passed(
    rate: int, asked: list[tuple[float, int]], wanted: int
) -> None:
    at = datetime.now(UTC)
    since = at.timestamp()
    lane = lanes.Lane(
        name="openai",
        at=at,
        clock=0,
        asked=tuple((since - ago, pictures) for ago, pictures in asked),
        per_minute=rate,
        paused_until=None,
        failures=0,
        why=None,
    )
    wanted = min(wanted, rate)
    when = lane.when(wanted, rate)
    counted = lanes.MINUTE + lanes.UNDERWAY
    assert at <= when <= at + timedelta(seconds=counted)
    left = sum(pictures for ago, pictures in asked if since - ago + counted > when.timestamp() + 1e-3)
    assert left + wanted <= rate


# ── the breaker ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_providers_own_delay_pauses_all_workers_at_once(store: Store) -> None:
    await a_claimed(store)
    await waits(store, person=BOB)
    await store.lanes.failed("openai", why="OpenAI is busy for us", pause=20)
    claimed = await store.queue.claim("openai", "w-2", PLENTY, most=1)
    assert claimed.jobs == ()
    assert claimed.again is not None
    assert claimed.again > datetime.now(UTC)


async def test_the_breaker_opens_after_a_few_failures_feels_its_way_and_closes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "FIRST_PAUSE", timedelta(seconds=0.2))
    await store.lanes.open("openai")
    for _ in range(4):
        await waits(store)
    for _ in range(lanes.BREAKS_AT - 1):
        await store.lanes.failed("openai", why="OpenAI cannot be reached", pause=None)
    (first,) = await take(store)  # two failures pause nothing
    await store.lanes.failed("openai", why="OpenAI cannot be reached", pause=None)
    assert await take(store) == []
    await end(store, first)

    felt: list[Job] = []
    async with asyncio.timeout(PATIENCE):
        while not felt:
            felt = await take(store, most=4)
            await asyncio.sleep(0.02)
    assert len(felt) == 1
    assert await take(store, most=4, worker="w-2") == []
    await answered(store, felt[0])
    assert len(await take(store, most=4)) == 2


# ── who reaches what ────────────────────────────────────────────────────────────────────────────────────────

SLACK = CHANNEL.evolve(platform="slack")
ON_DISCORD, ON_SLACK, BOTH = ("discord/",), ("slack/",), ("discord/", "slack/")


async def within(store: Store, reach: tuple[str, ...] | None) -> set[str]:
    claimed = await store.queue.claim("openai", WORKER, PLENTY, most=9, reach=reach)
    return {job.place.platform for job in claimed.jobs}


@pytest.mark.parametrize(
    ("reach", "taken"),
    [
        (ON_DISCORD, {"discord"}),
        (ON_SLACK, {"slack"}),
        (BOTH, {"discord", "slack"}),
        (None, {"discord", "slack"}),
        ((), set()),
        (("disc_rd/", "%", "web/"), set()),
        (("discord/guild/general",), {"discord"}),
        (("discord/guild/other",), set()),
    ],
)
async def test_a_worker_takes_what_it_can_show_and_nothing_else(
    store: Store, reach: tuple[str, ...] | None, taken: set[str]
) -> None:
    await store.lanes.open("openai")
    await waits(store)
    await waits(store, place=SLACK)
    assert await within(store, reach) == taken


async def test_a_thread_is_reached_as_the_channel_that_it_is(store: Store) -> None:
    await store.lanes.open("openai")
    await waits(store, place=CHANNEL.evolve(channel="thread", parent="general"))
    assert await within(store, ("discord/guild/general",)) == set()
    assert await within(store, ("discord/guild/thread",)) == {"discord"}


async def test_nobody_wakes_for_what_is_out_of_reach(store: Store) -> None:
    await store.lanes.open("openai")
    job = await waits(store)
    due = datetime.now(UTC) + timedelta(seconds=30)
    await store.queue.give_back(job.id, due=due)
    assert (await store.queue.claim("openai", WORKER, PLENTY, most=1, reach=ON_SLACK)).again is None
    assert (await store.queue.claim("openai", WORKER, PLENTY, most=1, reach=ON_DISCORD)).again == due


async def test_a_last_card_is_shown_by_who_reaches_its_place(store: Store) -> None:
    job = await a_claimed(store)
    await answered(store, job)
    await store.queue.give_back(job.id, due=datetime.now(UTC) + timedelta(minutes=5), undelivered="closed")
    await store.queue.retry_deliveries(ON_SLACK)
    assert await store.queue.undelivered(WORKER, most=9, reach=ON_DISCORD) == ()
    await store.queue.retry_deliveries(ON_DISCORD)
    assert await store.queue.undelivered(WORKER, most=9, reach=ON_SLACK) == ()
    assert [each.id for each in await store.queue.undelivered(WORKER, most=9, reach=ON_DISCORD)] == [job.id]


async def test_what_a_silent_worker_left_is_adopted_by_who_reaches_it(store: Store) -> None:
    calling, done = await a_claimed(store), await a_claimed(store)
    await answered(store, done)
    await called(store, calling)
    at_once = {"silent": timedelta(0), "in_doubt": timedelta(0)}
    assert await store.adoption.adopt(**at_once, reach=ON_SLACK) == ((), ())
    assert {each.id for each in await store.queue.of(WORKER)} == {calling.id, done.id}
    assert await store.queue.of(WORKER, reach=ON_SLACK) == ()
    assert await store.adoption.adopt(**at_once, reach=ON_DISCORD) == ((done.id,), (calling.id,))


async def test_what_a_silent_worker_took_and_never_called_for_is_painted_by_another(store: Store) -> None:
    taken = await a_claimed(store)
    at_once = {"silent": timedelta(0), "in_doubt": timedelta(hours=1)}
    assert await store.adoption.adopt(**at_once) == ((taken.id,), ())
    assert [job.id for job in await take(store, worker="w-2")] == [taken.id]


async def test_a_call_that_goes_on_at_the_provider_is_picked_up_by_another_at_once(store: Store) -> None:
    calling, cancelled = await a_claimed(store), await a_claimed(store)
    for job in (calling, cancelled):
        await store.jobs.known_as(await called(store, job), f"resp_{job.id}")
    await store.workers.heartbeat(WORKER, "worker")
    await store.queue.cancel(cancelled.id, by="Ada", trouble="Cancelled.")
    soon = {"silent": timedelta(0), "in_doubt": timedelta(hours=1)}
    assert await store.adoption.adopt(**soon) == ((calling.id,), ())
    assert [job.id for job in await take(store, worker="w-2")] == [calling.id]
    (attempt,) = await store.jobs.attempts(calling.id)
    assert (attempt.resumable, attempt.handle) == (True, f"resp_{calling.id}")
    with pytest.raises(InDoubt):  # to be picked up, not to be made
        await called(store, calling, worker="w-2")
    _, lost = await store.adoption.adopt(silent=timedelta(0), in_doubt=timedelta(0))
    assert lost == (cancelled.id,)  # to be ended there


async def test_a_note_that_a_silent_worker_was_hearing_is_possibly_charged(store: Store) -> None:
    member = await store.people.member(CHANNEL, ADA)
    await store.jobs.open_attempt(
        job=None,
        team=member.team,
        member=member.id,
        purpose=Purpose.HEAR,
        model="gpt-4o-audio",
        engine="openai",
        estimate=Micros(1000),
        worker=WORKER,
    )
    await store.adoption.adopt(silent=timedelta(0), in_doubt=timedelta(0))
    assert await store.jobs.open_attempts(WORKER) == ()
    assert await store.ledger.spent(team=member.team, since=NOON) == 1000


async def test_the_calls_of_a_dead_worker_do_not_hold_up_the_living(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = await a_claimed(store)
    await called(store, dead)
    await store.workers.heartbeat(WORKER, "worker")
    waiting = await a_ready(store)
    assert await take(store, ONE, worker="w-2") == []
    monkeypatch.setattr(places, "SILENT", timedelta(0))
    assert [job.id for job in await take(store, ONE, worker="w-2")] == [waiting.id]


async def test_a_call_of_a_process_that_never_comes_back_is_ended_by_anybody(store: Store) -> None:
    calling = await a_claimed(store)
    await called(store, calling)
    await store.workers.heartbeat(WORKER, PASSING)
    later = {"silent": timedelta(0), "in_doubt": timedelta(hours=1)}
    assert await store.adoption.adopt(**later, reach=ON_SLACK) == ((), ())
    at_once = {"silent": timedelta(0), "in_doubt": timedelta(0)}
    assert await store.adoption.adopt(**at_once, reach=ON_SLACK) == ((), (calling.id,))


# ── places ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_place_says_what_is_before_a_job_and_what_it_waits_for(store: Store) -> None:
    await store.lanes.open("openai")
    jobs = [await waits(store) for _ in range(3)]
    await take(store, ONE)
    every = await store.places.all(OPENAI)
    assert {id: place.jobs for id, place in every.items()} == {jobs[1].id: 0, jobs[2].id: 1}
    place = every[jobs[2].id]
    assert (place.running, place.concurrency, place.until) == (1, 1, None)
    one = await store.places.of(jobs[2].id, OPENAI)
    assert one is not None
    assert one.jobs == 1
    assert await store.places.of(jobs[0].id, OPENAI) is None

    await store.lanes.failed("openai", why="OpenAI is busy for us", pause=30)
    paused = (await store.places.all(OPENAI))[jobs[1].id]
    assert paused.why == "OpenAI is busy for us"
    assert paused.until is not None


async def test_the_usual_length_of_a_painting_is_known_once_there_was_one(store: Store) -> None:
    job = await a_claimed(store)
    assert await store.places.pace("sketch") is None
    await answered(store, job)
    seconds = await store.places.pace("openai")
    assert seconds is not None
    assert 0 <= seconds < 20


async def test_a_minute_that_is_used_up_shows_in_the_place(store: Store) -> None:
    await store.lanes.open("openai")
    few = Limits(concurrency=100, per_minute=2)
    jobs = [await waits(store) for _ in range(3)]
    await take(store, few, most=3)
    place = await store.places.of(jobs[2].id, {"openai": few})
    assert place is not None
    counted = lanes.MINUTE + lanes.UNDERWAY
    assert timedelta(0) < place.asked - datetime.now(UTC) <= timedelta(seconds=counted + lanes.GRAIN)


# ── cancelling ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_waiting_job_is_ended_at_once_and_its_money_given_back(store: Store) -> None:
    job = await waits(store)
    ended = await store.queue.cancel(job.id, by="Ada", trouble="Cancelled by Ada.")
    assert (ended.state, ended.charged, ended.cancelled_by) == (JobState.ENDED, False, "Ada")
    assert await store.ledger.spent(team=job.team, since=job.created) == 0
    assert await take(store) == []


async def test_a_job_that_is_being_painted_is_marked_for_its_worker(store: Store) -> None:
    job = await a_claimed(store)
    marked = await store.queue.cancel(job.id, by="Ada", trouble="Cancelled by Ada.")
    assert (marked.state, marked.cancelled_by) == (JobState.PAINTING, "Ada")
    assert await store.queue.cancelled(WORKER) == (job.id,)
    again = await store.queue.cancel(job.id, by="Bob", trouble="Cancelled by Bob.")
    assert again.cancelled_by == "Ada"


async def test_a_cancelled_job_does_not_go_back_into_the_queue(store: Store) -> None:
    job = await a_claimed(store)
    await store.queue.cancel(job.id, by="Ada", trouble="Cancelled by Ada.")
    await store.queue.give_back(job.id, tries=1)
    assert await store.queue.cancelled(WORKER) == (job.id,)
    assert await take(store) == []


async def test_a_job_that_has_its_pictures_is_not_cancelled(store: Store) -> None:
    job = await waits(store)
    await end(store, job)
    before = await store.jobs.get(job.id)
    assert await store.queue.cancel(job.id, by="Ada", trouble="Cancelled by Ada.") == before
