"""Lineage: who was made from whom, as each member may see it, whatever was deleted."""

from __future__ import annotations

from limner.domain.place import Person, Place
from limner.domain.request import Asset, Request
from limner.store import Store
from tests.store.making import ADA, CHANNEL, a_painted

BOB = Person(id="2", name="Bob")
ELSEWHERE = Place(platform="slack", space="T1", channel="C1")


async def made(store: Store, *parents: str, version_of: str | None = None, **fields: object) -> Asset:
    """A picture made from these."""
    said = {"parents": parents, "version_of": version_of, "version": 2 if version_of else 1}
    job = await a_painted(store, request=Request(prompt="a fox"), assets=said, **fields)
    return (await store.library.of_job(job.id))[0]


def names(assets: tuple[Asset, ...]) -> list[str]:
    return [each.id for each in assets]


async def test_relatives_are_found_both_ways(store: Store) -> None:
    first = await made(store)
    second = await made(store, first.id, version_of=first.id)
    third = await made(store, second.id, version_of=second.id)
    other = await made(store, first.id)
    blend = await made(store, third.id, other.id)
    await made(store)
    reader = first.member

    assert names(await store.lineage.children(first, member=reader)) == [second.id, other.id]
    assert set(names(await store.lineage.ancestors(blend, member=reader))) == {first.id, second.id, third.id, other.id}
    assert names(await store.lineage.versions(third, member=reader, most=3)) == [first.id, second.id, third.id]
    assert names(await store.lineage.versions(third, member=reader, most=2)) == [second.id, third.id]
    assert names(await store.lineage.versions(other, member=reader, most=3)) == [other.id]
    family = {first.id, second.id, third.id, other.id, blend.id}
    for each in (first, third, blend):
        assert set(names(await store.lineage.family([each], member=reader))) == family


async def test_what_was_deleted_is_left_out_and_the_rest_stays(store: Store) -> None:
    first = await made(store)
    second = await made(store, first.id, version_of=first.id)
    third = await made(store, second.id, version_of=second.id)
    gone = await store.jobs.get(second.job)
    assert gone is not None
    await store.library.delete(gone)

    assert names(await store.lineage.family([first], member=first.member)) == [first.id]
    assert names(await store.lineage.versions(third, member=first.member, most=3)) == [third.id]


async def test_what_is_private_is_its_members_own(store: Store) -> None:
    first = await made(store)
    await store.people.member(CHANNEL, BOB)
    secret = await made(store, first.id, version_of=first.id, person=BOB, private=True)
    ada, bob = first.member, secret.member

    assert names(await store.lineage.children(first, member=ada)) == []
    assert names(await store.lineage.children(first, member=bob)) == [secret.id]
    assert names(await store.lineage.family([first], member=ada)) == [first.id]


async def test_another_teams_pictures_are_no_relatives(store: Store) -> None:
    first = await made(store)
    theirs = await made(store, first.id, version_of=first.id, place=ELSEWHERE, person=ADA)

    assert names(await store.lineage.children(first, member=first.member)) == []
    assert names(await store.lineage.ancestors(theirs, member=theirs.member)) == []
