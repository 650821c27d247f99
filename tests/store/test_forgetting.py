"""Forgetting, on both databases: what a member leaves behind, what is old, and what is doomed until it is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from limner.domain.card import Card, Line, Role, says
from limner.domain.place import Address, Person
from limner.domain.wanted import Wanted
from limner.errors import StillOpen
from limner.store import Store, forgotten
from limner.store.audit import Decision, Verdict, What
from limner.store.erasing import Doomed, gone
from limner.store.forgetting import NOBODY
from limner.store.searches import Search
from limner.studio.cards import picture_of
from tests.store.making import ADA, CHANNEL, NOON, a_painted, an_accepted


async def test_a_member_goes_with_all_that_is_theirs_and_the_ledger_stays(store: Store) -> None:
    job = await a_painted(store, b"a fox")
    (asset,) = await store.library.of_job(job.id)
    member = await store.people.member(CHANNEL, ADA)
    search = Search(wanted=Wanted(words="vermilion"), told="vermilion")
    kept = await store.searches.keep(search, team=member.team, member=member.id)
    others = await store.searches.keep(search, team=member.team, member="another")
    waiting = await an_accepted(store)
    with pytest.raises(StillOpen):
        await store.forgetting.forget(member)
    await store.jobs.fail(waiting, trouble="It broke.", charged=False)

    whole = await store.forgetting.whole(member)
    assert (whole.requests, whole.pictures, whole.open) == (2, 1, 0)
    await store.forgetting.forget(member)
    store.people.forget(member.id)
    assert await store.forgetting.due(Doomed.MEMBER) == (member.id,)
    while await store.forgetting.erase_some(member.id):
        pass
    assert await store.library.of_job(job.id) == ()
    left = await store.jobs.get(job.id)
    assert left is not None
    assert (left.deleted, left.member_name, left.request.prompt, left.cost) == (True, NOBODY, "", job.cost)
    assert await store.forgetting.due(Doomed.BLOB) == (asset.blob,)
    assert not (await store.finding.page(member.team, Wanted(words="fox"), limit=9)).assets
    assert (await store.searches.get(others, team=member.team)).told == "vermilion"
    with pytest.raises(Exception, match="search"):
        await store.searches.get(kept, team=member.team)
    anew = await store.people.member(CHANNEL, ADA)
    assert anew.id != member.id
    assert (await store.forgetting.whole(anew)).requests == 0


async def test_what_others_hold_keeps_its_bytes(store: Store) -> None:
    one, other = await a_painted(store, b"the same"), await a_painted(store, b"the same")
    (asset,) = await store.library.of_job(one.id)
    assert await store.library.delete(one) == ()
    assert await store.forgetting.due(Doomed.BLOB) == ()
    assert await store.library.delete(other) == (asset.blob,)
    assert await store.forgetting.due(Doomed.BLOB) == (asset.blob,)
    await store.forgetting.later(Doomed.BLOB, asset.blob, timedelta(minutes=1), most=timedelta(days=1))
    assert await store.forgetting.due(Doomed.BLOB) == ()
    await store.forgetting.went(Doomed.BLOB, asset.blob)


async def test_what_is_old_is_told_page_by_page_without_what_somebody_keeps(store: Store) -> None:
    jobs = [await a_painted(store, bytes([each]), created=NOON + timedelta(days=each)) for each in range(6)]
    team = jobs[0].team
    (kept,) = await store.library.of_job(jobs[1].id)
    await store.saved.turn(kept, jobs[1].member)
    before = NOON + timedelta(days=4)
    found, after = [], None
    while some := await store.forgetting.aged(team, before, spare=True, after=after, limit=2):
        found += [id for _, id in some]
        after = some[-1]
    assert found == [jobs[each].id for each in (0, 2, 3)]
    assert await store.forgetting.count_aged(team, before, spare=True) == 3
    assert await store.forgetting.count_aged(team, before, spare=False) == 4
    assert await store.forgetting.aged("another", before, spare=False) == ()


async def test_what_comes_on_record_late_names_nobody_who_was_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await store.people.member(CHANNEL, ADA)
    grace = await store.people.member(CHANNEL, Person(id="2", name="Grace"))
    elsewhere = CHANNEL.evolve(space="another")
    await store.people.member(elsewhere, ADA)
    await store.forgetting.forget(grace)
    await store.forgetting.forget(member)
    store.people.forget(member.id)
    here, there = Address(place=CHANNEL, message="1"), Address(place=elsewhere, message="2")
    asks = says("Ada asks Bo to approve this picture.")
    assert await store.cards.put(here, asks) == says("A former member asks Bo to approve this picture.")
    assert await store.cards.put(there, asks) == asks

    # Whatever else was written meanwhile is gone through once more.
    await store.forgotten.look_again()
    await store.audit.add(Decision(team=member.team, what=What.APPROVE, verdict=Verdict.DONE, why="asked by Ada"))
    await store.forgotten.look_again()
    assert [each.decision.why for each in await store.audit.newest(member.team, limit=9)] == [f"asked by {NOBODY}"]

    # Who bears the name by now is called so; nobody else is.
    await store.people.member(CHANNEL, Person(id="3", name="Ada"))
    both = says("By Ada, asked for by Grace.")
    assert await store.cards.put(here, both) == says(f"By Ada, asked for by {NOBODY}.")
    await store.forgotten.look_again()
    assert await store.cards.shown(here) == says(f"By Ada, asked for by {NOBODY}.")

    assert len(await store.forgotten.lately()) == 2
    monkeypatch.setattr(forgotten, "REMEMBERED", timedelta(0))
    await store.forgotten.look_again()
    assert await store.forgotten.lately() == ()


async def test_a_card_that_comes_late_of_what_was_deleted_shows_nothing_of_it(store: Store) -> None:
    job = await a_painted(store, b"a fox")
    (asset,) = await store.library.of_job(job.id)
    await store.library.delete(job)
    for doomed in (Doomed.CARDS, Doomed.BLOB):
        for key in await store.forgetting.due(doomed):
            await store.forgetting.went(doomed, key)
    card = Card(job=job.id, lines=(Line(role=Role.PROMPT, text="a red fox"),), pictures=(picture_of(asset),))
    at = job.address.evolve(message="late")
    left, stands = await store.jobs.delivered(job, at.evolve(extra={"dm": "1"}), card)
    assert (stands, left.deleted, left.address.extra) == (gone(job.id), True, {})
    assert await store.cards.put(at, card) == gone(job.id) == await store.cards.shown(at)
    assert await store.forgetting.due(Doomed.CARDS) == (job.id,)

    await store.forgetting.went(Doomed.CARDS, job.id)
    found = card.evolve(job=None)
    assert await store.cards.put(at.evolve(message="found"), found) == found
    assert await store.forgetting.due(Doomed.CARDS) == (job.id,)
