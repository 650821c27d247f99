"""Teams that become one and go apart: nothing is lost, and everything is found where it belongs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from limner.domain.place import Member, Person, Place
from limner.domain.request import Request
from limner.domain.wanted import Wanted
from limner.errors import AlreadyOne, BadCode, NotFound, OwnCode
from limner.store import Store, handover, unions
from limner.store.audit import Decision, Verdict, What
from limner.store.database import now
from limner.store.erasing import Doomed
from limner.store.tickets import Sort, Ticket
from tests.house import House
from tests.store.making import ADA, CHANNEL, NOON, a_painted

THERE = Place(platform="slack", space="workspace", channel="general")
ADMIN = Person(id="9", name="Admin", admin=True)
DECISION = Decision(team="", what=What.LINK, verdict=Verdict.DONE, why="tried")
CODE = "abcde12345"


async def a_code(store: Store, place: Place = CHANNEL, sort: Sort = Sort.TEAM, person: Person = ADMIN) -> Member:
    member = await store.people.member(place, person)
    key = f"{place.platform}/{place.space}"
    ticket = Ticket(team=member.team, member=member.id, place=key, expires=now() + timedelta(minutes=15))
    await store.tickets.add(CODE, sort, ticket)
    return member


async def joined(store: Store) -> None:
    await a_code(store)
    await store.unions.join(CODE, await store.people.member(THERE, ADMIN), THERE, DECISION)


async def words(store: Store, place: Place, person: Person = ADA, **wanted: Any) -> list[str]:
    member = await store.people.member(place, person)
    page = await store.finding.page(member.team, Wanted(**wanted), member=member.id, limit=50)
    return sorted(asset.prompt for asset in page.assets)


async def spent(store: Store, place: Place) -> int:
    member = await store.people.member(place, ADA)
    return await store.ledger.spent(team=member.team, since=NOON - timedelta(days=1))


async def test_what_either_had_is_both_ones_and_goes_back_to_where_it_was_made(store: Store) -> None:
    made = {
        place.platform: [
            await a_painted(store, request=Request(prompt=f"a {place.platform} {each}"), place=place)
            for each in ("fox", "owl")
        ]
        for place in (CHANNEL, THERE)
    }
    draft = await a_painted(store, private=True, request=Request(prompt="a secret", private=True), place=THERE)
    (owl,) = await store.library.of_job(made["slack"][1].id)
    there = await store.people.member(THERE, ADA)
    await store.collections.tag(owl, there.team, {"bird": "Bird"}, remove=False)
    await store.saved.turn(owl, there.id)
    before = [await spent(store, place) for place in (CHANNEL, THERE)]
    assert all(before)

    await joined(store)

    for place in (CHANNEL, THERE):
        assert len(await words(store, place, words="fox")) == 2
        assert await words(store, place, words="owl slack") == ["a slack owl"]
        assert await spent(store, place) == sum(before)
        team = (await store.people.member(place, ADA)).team
        assert await store.collections.tags_of(team) == ("Bird",)
        assert await words(store, place, tag=f"{team} bird") == ["a slack owl"]
    assert "a secret" not in await words(store, CHANNEL)
    assert "a secret" in await words(store, THERE)
    assert (await store.library.get(owl.id, team)).team == team
    later = await a_painted(store, request=Request(prompt="a later fox"), place=THERE)

    await store.unions.part(await store.people.member(CHANNEL, ADMIN), CHANNEL, DECISION)

    assert await words(store, CHANNEL) == ["a discord fox", "a discord owl"]
    assert await words(store, THERE) == ["a later fox", "a secret", "a slack fox", "a slack owl"]
    assert await words(store, THERE, words="later") == ["a later fox"]
    team = (await store.people.member(THERE, ADA)).team
    assert await words(store, THERE, tag=f"{team} bird") == ["a slack owl"]
    assert await words(store, THERE, saved=True) == ["a slack owl"]
    assert (await store.library.get(later.id, team)).team == team
    with pytest.raises(NotFound):
        await store.library.get(draft.id, (await store.people.member(CHANNEL, ADA)).team)
    assert await spent(store, CHANNEL) == before[0]
    assert await spent(store, THERE) == before[1] * 4 // 3


async def test_what_came_to_a_team_that_has_joined_is_gathered(store: Store, house: House) -> None:
    await a_painted(store, request=Request(prompt="a fox"), place=THERE)
    home = (await store.people.member(THERE, ADA)).team
    await joined(store)
    late = await a_painted(store, request=Request(prompt="a late owl"), place=THERE)
    team = late.team
    assert team != home
    for table in ("jobs", "assets"):  # as from a process that did not know yet
        which = "job" if table == "assets" else "id"
        told = "record = REPLACE(record, CAST(:team AS TEXT), CAST(:home AS TEXT))"
        statement = f"UPDATE {table} SET team = CAST(:home AS TEXT), {told} WHERE {which} = :id"
        house.rows(statement, home=home, team=team, id=late.id)
    assert await words(store, CHANNEL) == ["a fox"]

    await store.unions.gather()

    assert await words(store, CHANNEL) == ["a fox", "a late owl"]


async def test_a_code_is_good_once_and_on_the_other_side(store: Store) -> None:
    here = await a_code(store)
    there = await store.people.member(THERE, ADMIN)
    with pytest.raises(OwnCode):
        await store.unions.join(CODE, here, CHANNEL, DECISION)
    with pytest.raises(BadCode):
        await store.unions.join("x", there, THERE, DECISION)
    await store.people.member(CHANNEL, ADMIN.evolve(admin=False))
    with pytest.raises(BadCode):  # whoever made it is no admin any longer
        await store.unions.join(CODE, there, THERE, DECISION)
    await store.people.member(CHANNEL, ADMIN)
    await store.unions.join(CODE, there, THERE, DECISION)
    with pytest.raises(BadCode):
        await store.unions.join(CODE, await store.people.member(THERE, ADMIN), THERE, DECISION)
    await a_code(store)
    with pytest.raises(AlreadyOne):
        await store.unions.join(CODE, await store.people.member(THERE, ADMIN), THERE, DECISION)


async def test_a_team_that_others_have_joined_may_join_another(store: Store) -> None:
    third = THERE.evolve(platform="discord", space="third")
    for place in (CHANNEL, THERE, third):
        await a_painted(store, request=Request(prompt=f"a fox of {place.space}"), place=place)
    await joined(store)
    await a_code(store, third)
    await store.unions.join(CODE, await store.people.member(CHANNEL, ADMIN), CHANNEL, DECISION)
    assert len({(await store.people.member(place, ADA)).team for place in (CHANNEL, THERE, third)}) == 1
    assert len(await words(store, THERE, words="fox")) == 3

    await store.unions.part(await store.people.member(CHANNEL, ADMIN), CHANNEL, DECISION)
    assert await words(store, CHANNEL) == ["a fox of guild"]
    assert len(await words(store, THERE)) == 2
    await store.unions.part(await store.people.member(third, ADMIN), third, DECISION)
    for place in (CHANNEL, THERE, third):
        assert await words(store, place) == [f"a fox of {place.space}"]


def borne(house: House) -> list[int]:
    """How many teams' marks the pictures bear."""
    return [sum(each.startswith("team") for each in row[0].split()) for row in house.rows("SELECT marks FROM assets")]


async def test_a_library_changes_hands_bearing_both_marks_and_is_rid_of_the_old_ones(
    store: Store, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "PIECE", 2)
    for each in range(5):
        await a_painted(store, request=Request(prompt=f"a slack fox {each}"), place=THERE)
    there = await store.people.member(THERE, ADMIN)
    (fox,) = (await store.finding.page(there.team, Wanted(words="4"), limit=1)).assets
    await store.collections.tag(fox, there.team, {"red": "Red"}, remove=False)
    await a_code(store)
    here = (await store.people.member(CHANNEL, ADMIN)).team
    pair = f"{there.team}/{here}"

    # The process ends before the library has changed hands.
    with monkeypatch.context() as crash:
        crash.setattr(unions, "_join", _breaks)
        with pytest.raises(RuntimeError):
            await store.unions.join(CODE, there, THERE, DECISION)
    assert borne(house) == [2] * 5
    assert (len(await words(store, THERE, words="fox")), await words(store, CHANNEL, words="fox")) == (5, [])
    assert await store.forgetting.due(Doomed.MARKS) == ()
    await store.unions.settle(pair)
    assert borne(house) == [1] * 5
    assert len(await words(store, THERE, words="fox")) == 5

    await store.unions.join(CODE, there, THERE, DECISION)
    for _ in range(2):  # before the old marks are off, and after
        for place in (CHANNEL, THERE):
            assert len(await words(store, place, words="fox")) == 5
            assert await words(store, place, tag=f"{here} red") == ["a slack fox 4"]
        assert await store.forgetting.due(Doomed.MARKS) in {(pair,), ()}
        await store.unions.settle(pair)
    assert await store.forgetting.due(Doomed.MARKS) == ()
    assert borne(house) == [1] * 5

    await store.unions.part(await store.people.member(THERE, ADMIN), THERE, DECISION)
    for _ in range(2):
        assert (len(await words(store, THERE, words="fox")), await words(store, CHANNEL, words="fox")) == (5, [])
        assert await words(store, THERE, tag=f"{there.team} red") == ["a slack fox 4"]
        await store.unions.settle(pair)
    assert borne(house) == [1] * 5


def _breaks(*_: Any) -> None:
    raise RuntimeError("the process ends here")
