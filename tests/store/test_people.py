"""People: found where they speak, made at their first word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, event

from limner.domain.place import LOCAL, Person, Place
from limner.store import Store
from tests.store.making import ADA, CHANNEL


async def test_a_member_stays_the_same_in_all_channels_of_a_team(store: Store) -> None:
    first = await store.people.member(CHANNEL, ADA)
    again = await store.people.member(CHANNEL.evolve(channel="other", thread="1.2"), ADA)
    assert again == first


async def test_teams_and_people_of_different_spaces_are_different(store: Store) -> None:
    places = [CHANNEL, CHANNEL.evolve(space="other"), CHANNEL.evolve(platform="slack"), CHANNEL.evolve(platform="web")]
    members = [await store.people.member(place, ADA) for place in places]
    assert len({member.team for member in members}) == len({member.id for member in members}) == 4


async def test_the_command_line_and_the_local_page_are_one_team_with_one_set_of_people(store: Store) -> None:
    page, line = (Place(platform=platform, space=LOCAL, channel="c") for platform in ("web", "cli"))
    assert await store.people.member(page, ADA) == await store.people.member(line, ADA)
    elsewhere = await store.people.member(CHANNEL.evolve(space=LOCAL), ADA)
    assert elsewhere.team != (await store.people.member(page, ADA)).team


async def test_a_new_name_right_or_language_is_kept(store: Store) -> None:
    first = await store.people.member(CHANNEL, ADA)
    told = Person(id=ADA.id, name="Ada \u202eLovelace\n", admin=True, locale="de")
    changed = await store.people.member(CHANNEL, told)
    assert changed == first.evolve(name="Ada Lovelace", admin=True, locale="de")
    assert await type(store.people)(store._database).member(CHANNEL, told) == changed


Listen = Callable[[list[str]], None]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Notes every statement from now on."""
    heard: list[list[str]] = []

    def hear(connection: object, cursor: object, statement: str, *_: object) -> None:
        for each in heard:
            each.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard.append
    event.remove(Engine, "before_cursor_execute", hear)


async def test_a_language_that_is_not_told_stays_and_is_no_change(store: Store, listen: Listen) -> None:
    assert (await store.people.member(CHANNEL, ADA)).locale == "en"
    german = await store.people.member(CHANNEL, ADA.evolve(locale="de"))
    queries: list[str] = []
    listen(queries)
    assert await store.people.member(CHANNEL, ADA) == german
    assert queries == []
    assert await type(store.people)(store._database).member(CHANNEL, ADA) == german


async def test_a_name_of_nothing_visible_is_somebody(store: Store) -> None:
    assert (await store.people.member(CHANNEL, Person(id="9", name="\u202e\n"))).name == "somebody"


async def test_a_known_member_costs_no_query(store: Store, listen: Listen) -> None:
    known = await store.people.member(CHANNEL, ADA)
    queries: list[str] = []
    listen(queries)
    assert await store.people.member(CHANNEL, ADA) == known
    assert queries == []


async def test_first_words_at_the_same_time_make_one_member(store: Store) -> None:
    members = await asyncio.gather(*(store.people.member(CHANNEL, ADA) for _ in range(20)))
    assert len(set(map(str, members))) == 1
