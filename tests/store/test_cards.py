"""Cards as they stand, notes that wait, and what happens once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from limner.domain.card import Card, State, says
from limner.domain.place import Address, Place
from limner.domain.request import Reference, Request
from limner.errors import NotFound
from limner.store import Note, Store
from tests.store.making import CHANNEL, NOON, a_painted, an_accepted


def at(message: str, place: Place = CHANNEL, **fields: object) -> Address:
    return Address.model_validate({"place": place, "message": message, **fields})


async def shown(store: Store, message: str, place: Place = CHANNEL) -> Card | None:
    return await store.cards.at(platform=place.platform, space=place.space, channel=place.channel, message=message)


async def test_a_card_stands_as_it_was_shown_last_and_where_it_appeared_first(store: Store) -> None:
    for message in "123":
        await store.cards.put(at(message), says(message))
    done = Card(state=State.DONE, job="a41f")
    await store.cards.put(at("1", files=("F1",)), done)
    assert await shown(store, "1") == done
    assert await store.cards.newest(CHANNEL, limit=2) == ((at("2"), says("2")), (at("3"), says("3")))
    assert (await store.cards.newest(CHANNEL, limit=9))[0] == (at("1", files=("F1",)), done)


async def test_a_card_is_found_in_its_own_place_alone(store: Store) -> None:
    elsewhere = CHANNEL.evolve(channel="other")
    threaded = CHANNEL.evolve(thread="1.2")
    await store.cards.put(at("1"), says("here"))
    await store.cards.put(at("1", elsewhere), says("there"))
    await store.cards.put(at("2", threaded), says("in the thread"))
    assert await shown(store, "1") == says("here")
    assert await shown(store, "1", elsewhere) == says("there")
    assert await store.cards.newest(threaded, limit=9) == ((at("2", threaded), says("in the thread")),)


async def test_tokens_are_not_kept_with_cards(store: Store) -> None:
    await store.cards.put(at("1", token="secret", expires=NOON, reader="7"), says("hello"))
    ((address, _),) = await store.cards.newest(CHANNEL, limit=1)
    assert address == at("1", reader="7")


async def test_the_cards_of_a_job_are_known(store: Store) -> None:
    for message in "12":
        await store.cards.put(at(message), Card(job="a41f"))
    await store.cards.put(at("3"), Card(job="b52g"))
    assert [address for address, _ in await store.cards.of_job("a41f")] == [at("1"), at("2")]


async def test_a_card_that_is_not_posted_has_no_place(store: Store) -> None:
    with pytest.raises(ValueError, match="not posted"):
        await store.cards.put(Address(place=CHANNEL), says("hello"))


async def test_a_note_waits_for_its_team_and_ends_once(store: Store) -> None:
    note = Note(
        id=await store.notes.new_id(),
        team="t",
        member="m",
        words="ein Fuchs, drei Stück",
        language="de",
        action="imagine",
        values={"prompt": "a fox", "count": 3},
        created=NOON,
    )
    await store.notes.add(note)
    assert await store.notes.get(note.id, "t") == note
    for id, team in ((note.id, "other"), ("nope", "t")):
        with pytest.raises(NotFound):
            await store.notes.get(id, team)
    assert sorted(await asyncio.gather(*(store.notes.end(note.id) for _ in range(8)))) == [False] * 7 + [True]
    assert (await store.notes.get(note.id, "t")).ended
    assert not await store.notes.end("nope")


async def test_something_happens_once_for_ever(store: Store) -> None:
    assert sorted(await asyncio.gather(*(store.once.first("event") for _ in range(8)))) == [False] * 7 + [True]
    assert not await store.once.first("event")
    assert await store.once.first("'; DROP TABLE once; --")


async def test_what_came_lately_is_forgotten_and_what_is_once_for_ever_is_not(store: Store) -> None:
    within = timedelta(seconds=2)
    assert await store.once.lately("pressed", within=within)
    assert not await store.once.lately("pressed", within=within)
    assert await store.once.first("event")
    await store.sweep()
    assert await rows_of(store, "once") == 2
    await ago(store, "once", timedelta(minutes=2))
    await store.sweep()
    assert await rows_of(store, "once") == 1
    assert not await store.once.first("event")


async def rows_of(store: Store, table: str) -> int:
    count = text(f"SELECT count(*) FROM {table}")
    return int(await store._database.read(lambda connection: connection.execute(count).scalar_one()))


async def ago(store: Store, table: str, passed: timedelta) -> None:
    """Lets so much time pass for what a table has."""
    at = text(f"UPDATE {table} SET created = :at")
    when = (datetime.now(UTC) - passed).replace(tzinfo=None)
    await store._database.write(lambda connection: connection.execute(at, {"at": str(when)}) and None)


async def test_a_card_that_is_out_of_reach_for_a_week_is_given_up_and_its_picture_stays(store: Store) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=8)
    tried = {"undelivered": "I may not post there.", "deliveries": 30}
    gone, new, resting = [await a_painted(store, created=long_ago) for _ in range(3)]
    await store.jobs.change(gone.id, **tried, ended=long_ago)
    await store.jobs.change(new.id, **tried)
    await store.jobs.change(resting.id, **{**tried, "deliveries": 3}, ended=long_ago)
    await store.sweep()

    left = {job.id for job in await store.queue.undelivered("w-1", most=9)}
    assert left == {new.id, resting.id}
    assert len(await store.library.of_job(gone.id)) == 1


async def test_pictures_of_a_waiting_note_are_not_taken_from_under_it(store: Store) -> None:
    key = await store.blobs.put(b"reference")
    reference = Reference(blob=key, media_type="image/png", width=1, height=1)
    job = await an_accepted(store, request=Request(prompt="a fox", references=(reference,)))
    note = Note(
        id=await store.notes.new_id(),
        team=job.team,
        member=job.member,
        words="darker",
        language="en",
        action="edit",
        references=(reference,),
        created=NOON,
    )
    await store.notes.add(note)
    await store.jobs.fail(job, trouble="It broke.", charged=False)
    assert await store.library.delete(job) == ()
    assert await store.library.named([key]) == {key}
    await store.notes.end(note.id)
    assert await store.library.named([key]) == set()
