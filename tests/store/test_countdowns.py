"""A note that goes ahead by itself is taken by one process, and asks for one picture or none."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from limner.domain.ask import Ask
from limner.domain.place import Address, Person, Place
from limner.store import Store
from limner.store.countdowns import Countdown
from limner.store.database import now
from limner.store.jobs import Ended
from limner.store.notes import Note
from tests.store.making import ADA, CHANNEL, a_job

PLACE = Place(platform="discord", space="g", channel="c")


def counting(note: str, *, ago: float = 1, platform: str = "discord") -> Countdown:
    place = PLACE.evolve(platform=platform)
    ask = Ask(action="listen", person=Person(id="1", name="Ada"), place=place, event="e", address=Address(place=place))
    return Countdown(note=note, channel=place.path, member="m", due=now() - timedelta(seconds=ago), ask=ask)


async def test_each_is_given_to_one_of_those_who_ask(store: Store) -> None:
    await store.countdowns.add(counting("n1"))
    await store.countdowns.add(counting("n2", ago=-100))
    await store.countdowns.add(counting("n3", platform="slack"))

    taken = await asyncio.gather(*(store.countdowns.due(["discord"]) for _ in range(4)))

    assert [each.note for some in taken for each in some] == ["n1"]
    assert await store.countdowns.due([]) == ()
    soonest = await store.countdowns.next(["discord"])
    assert soonest is not None
    assert soonest > now()


async def test_a_note_that_has_ended_is_painted_no_more_and_counts_no_more(store: Store) -> None:
    member = await store.people.member(CHANNEL, ADA)
    note = Note(id=await store.notes.new_id(), team=member.team, member=member.id, created=now())
    await store.notes.add(note)
    await store.countdowns.add(counting(note.id))
    assert await store.notes.end(note.id)

    assert await store.countdowns.due(["discord"]) == ()
    with pytest.raises(Ended):
        await store.jobs.accept(await a_job(store), ends=note.id)
    assert await store.pending.waiting(member.team) == ()


async def test_of_two_who_paint_a_note_one_does(store: Store) -> None:
    member = await store.people.member(CHANNEL, ADA)
    note = Note(id=await store.notes.new_id(), team=member.team, member=member.id, created=now())
    await store.notes.add(note)
    await store.jobs.accept(await a_job(store, event="note:1"), ends=note.id)

    again, fresh = await store.jobs.accept(await a_job(store, event="note:1"), ends=note.id)
    assert not fresh
    assert again.event == "note:1"
    with pytest.raises(Ended):
        await store.jobs.accept(await a_job(store, event="by another way"), ends=note.id)
