"""The library: everything of the team, nothing of another's, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, NullPool, create_engine, text

from limner.domain.place import Place
from limner.domain.request import Reference, Request
from limner.domain.text import clean
from limner.domain.wanted import Wanted
from limner.errors import NotFound
from limner.store import Blob, Store, finding, migrations, search
from limner.store.database import address
from limner.store.search import Learned
from limner.store.stretches import asking
from tests.backends.fixtures import Servers
from tests.store.making import a_painted, an_accepted, pictures

ELSEWHERE = Place(platform="slack", space="T1", channel="C1")

HOSTILE = [
    *('"', '""', "'", "*", "(", ")", "{", "\\", "%", "_", "’", "AND", "NOT", "-fox", "^fox", "fox*", "team:x"),
    *("fox OR 1=1", "NEAR(fox snow)", "prompt : fox", "'; DROP TABLE assets; --"),
    *("\x00", "\ud800", "fox\x00snow", "🦊", "狐", "きつね", "a" * 100_000, "x " * 10_000),
]


async def a_prompt(store: Store, prompt: str, place: Place | None = None) -> str:
    where = {} if place is None else {"place": place}
    return (await a_painted(store, request=Request(prompt=prompt), **where)).id


async def found(store: Store, team: str, words: str | None = None, **more: Any) -> list[str]:
    page = await store.finding.page(team, Wanted(words=words), **{"limit": 24, **more})
    return [asset.id for asset in page.assets]


async def test_a_picture_is_found_by_what_people_say(store: Store) -> None:
    one, three = await a_painted(store), await a_painted(store, b"1", b"2", b"3")
    assert (await store.library.get(one.id, one.team)).id == one.id
    assert (await store.library.get(f" #{one.id.upper()}.1 ", one.team)).id == one.id
    assert (await store.library.get(three.id, one.team)).id == f"{three.id}.1"
    assert (await store.library.get(f"{three.id}.2", one.team)).number == 2


async def test_what_is_not_there_is_not_found(store: Store) -> None:
    job = await a_painted(store)
    for id in ("", "#", "zzzz", "a41f.2.3", "../../etc", f"{job.id}.0", f"{job.id}.2", f"{job.id} or 1=1", "٣" * 4):
        with pytest.raises(NotFound):
            await store.library.get(id, job.team)


async def test_another_teams_picture_looks_exactly_like_none(store: Store) -> None:
    job, theirs = await a_painted(store), await a_painted(store, place=ELSEWHERE)
    sentences = []
    for id in (theirs.id, "zzzz"):
        with pytest.raises(NotFound) as missing:
            await store.library.get(id, job.team)
        sentences.append(missing.value.sentence.replace(id, "…"))
    assert sentences[0] == sentences[1]
    assert await found(store, job.team) == [job.id]
    assert await found(store, job.team, "fox") == [job.id]


async def test_pages_follow_each_other_without_gap_or_repetition(store: Store) -> None:
    made = [asset.id for _ in range(5) for asset in await store.library.of_job((await a_painted(store, b"1", b"2")).id)]
    team = (await an_accepted(store)).team
    seen: list[str] = []
    while page := await found(store, team, "fox", limit=3, before=seen[-1] if seen else None):
        seen += page
    assert seen == made[::-1]
    with pytest.raises(NotFound):
        await found(store, team, before="zzzz")


async def test_words_are_found_whatever_their_case_accents_order_and_ending(store: Store) -> None:
    cafe = await a_prompt(store, "A Café in the SNOW, foxes passing")
    team = (await an_accepted(store)).team
    for words in ("cafe", "CAFÉ snow", "snow café", "fox", '"snow', "snow,", "  "):
        assert await found(store, team, words) == [cafe], words
    for words in ("dog", "cafe dog", "ox", "snowman", team):
        assert await found(store, team, words) == [], words


@pytest.mark.parametrize(
    ("prompt", "finds", "misses"),
    [
        ("a red-fox's den", ("red-fox", "fox's", "RED", "'"), ("red-dens", "fox-red")),
        ("snow_fox at 100% of ½ price", ("fox", "snow_fox", "100%", "%", "½"), ("nowfox", "200%")),
        ("Ångström, naïve résumé", ("angstrom", "naive resume"), ("strom",)),
        ("ПРИВЕТ мир, Αθήνα", ("привет", "αθήνα"), ("прив-мир",)),
        ("한국 여우", ("한국", "여우"), ("국여",)),
        ("ภาพแมวสีแดง", ("แมว",), ("หมา",)),
        ("狐と狼、Kyoto狐", ("狐と狼", "kyoto狐"), ("狼と狐",)),
        ('a\\b\'c "d" 🦊', ("a\\b'c", '"d"', "🦊"), ("🐺",)),
    ],
    ids=["hyphens", "signs", "accents", "alphabets", "korean", "thai", "han", "quotes"],
)
async def test_one_finds_the_same_wherever_the_store_is(
    store: Store, prompt: str, finds: tuple[str, ...], misses: tuple[str, ...]
) -> None:
    id = await a_prompt(store, prompt)
    team = (await an_accepted(store)).team
    assert [await found(store, team, words) for words in finds] == [[id]] * len(finds)
    assert [await found(store, team, words) for words in misses] == [[]] * len(misses)


async def test_every_word_of_the_longest_prompt_is_found(store: Store) -> None:
    words = " ".join(f"w{number}x" for number in range(5_000))
    id = await a_prompt(store, f"{words} {'狐' * 2_000} {'long' * 300}")
    team = (await an_accepted(store)).team
    for said in ("w0x", "w4999x", "w17x w4242x", "狐狐", "longlong", "long" * 300):
        assert await found(store, team, said) == [id], said


async def test_scripts_without_spaces_are_found_in_the_middle(store: Store) -> None:
    fox = await a_prompt(store, "雪の中の赤い狐 in Kyoto")
    team = (await an_accepted(store)).team
    assert await found(store, team, "赤い狐") == await found(store, team, "kyoto 狐") == [fox]
    assert await found(store, team, "犬") == []


async def test_a_search_cannot_be_led_into_another_team(store: Store) -> None:
    theirs = await an_accepted(store, place=ELSEWHERE)
    await a_prompt(store, "secret", ELSEWHERE)
    team = (await an_accepted(store)).team
    for words in ("secret", f'x" OR team : "{theirs.team}', f"team:{theirs.team}", f'") OR team:("{theirs.team}'):
        assert await found(store, team, words) == []


async def test_hostile_words_find_or_do_not_find_but_never_break(store: Store) -> None:
    job = await a_painted(store)
    for words in HOSTILE:
        assert await found(store, job.team, words) in ([], [job.id]), words


@given(words=st.text(max_size=40) | st.text('"*^:(){}-+ANDORNEAR fox', max_size=40))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_at_all_are_a_search(index: Connection, words: str) -> None:
    finding._page(index, "team", Wanted(words=words), None, 9, None, None, sqlite=index.dialect.name == "sqlite")


@given(words=st.text(max_size=200))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_prompt_at_all_goes_into_the_index_of_postgresql(vectors: Connection, words: str) -> None:
    has = text("SELECT CAST(:kept AS tsvector) @@ CAST(:mark AS tsquery)")
    assert vectors.execute(
        has, {"kept": search.tsvector(Learned(1, clean(words), ("mark",))), "mark": "'/mark'"}
    ).scalar()


@given(
    prompt=st.text("ab", min_size=9, max_size=15) | st.text("aAbB -.é狐", max_size=40),
    typed=st.text("ab", min_size=9, max_size=15) | st.text("aAbB -.é狐", max_size=20),
    number=st.integers(0, 10**6),
)
@example(prompt="photorealistically painted", typed="photorealistic", number=0)
@example(prompt="photorealistically painted", typed="photorealistics", number=0)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_postgresql_finds_what_one_finds_by_looking(vectors: Connection, prompt: str, typed: str, number: int) -> None:
    phrases, begun, signs = search.read(typed)
    sought = search.Sought(phrases, begun, signs, ("mark",))
    learned = Learned(number, clean(prompt), ("mark",))
    stretches = [search.stretch(number // length, length) for length in search.STRETCHES]
    keys = [[key for name, key in asking(sought, each).items() if name != "whole"] for each in (None, *stretches)]
    asked = [search.tsquery(sought), *(" & ".join(each) for each in keys)]
    has = text("SELECT CAST(:kept AS tsvector) @@ CAST(:asked AS tsquery)")
    kept = search.tsvector(learned)
    found, *more = [vectors.execute(has, {"kept": kept, "asked": each}).scalar() for each in asked]
    assert found is search.has(learned, sought)
    assert all(more) if found else not any(more) or search.loose(sought)


@pytest.fixture(params=["sqlite", "postgresql"])
def index(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """An empty database's index."""
    if request.param == "postgresql":
        yield request.getfixturevalue("vectors")
        return
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        migrations._upgrade(connection)
        yield connection
    engine.dispose()


@pytest.fixture
def vectors(servers: Servers) -> Iterator[Connection]:
    """An empty PostgreSQL."""
    name = servers.database()
    engine = create_engine(address(servers.postgresql.url(name), servers.postgresql.folder), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()
    servers.take_back(name)


async def test_what_is_deleted_is_gone_from_everywhere_and_its_own_bytes_are_told(store: Store) -> None:
    shared, own, reference = [await store.blobs.put(content) for content in (b"shared", b"own", b"reference")]
    used = Reference(blob=reference, media_type="image/png", width=1, height=1)
    job = await a_painted(store, b"shared", b"own", request=Request(prompt="a fox", references=(used,)))
    other = await a_painted(store, b"shared", request=Request(prompt="a fox"))
    sheet = Blob(key=await store.blobs.put(b"sheet"), media_type="image/png", width=1, height=1, size=5)
    await store.library.add_blob(sheet, jobs=(job.id,))

    assert await store.library.delete(job) == tuple(sorted((own, reference, sheet.key)))
    assert await store.library.delete(job) == ()
    assert await store.library.of_job(job.id) == ()
    assert await found(store, job.team, "fox") == [other.id]
    assert await store.library.named([own, shared]) == {shared}
    with pytest.raises(NotFound):
        await store.library.get(job.id, job.team)
    assert await store.library.delete(other) == (shared,)


async def test_a_sheet_goes_with_the_first_of_the_jobs_that_it_shows(store: Store) -> None:
    one, other, third = await a_painted(store), await a_painted(store), await a_painted(store)
    sheet, rest = [
        Blob(key=await store.blobs.put(data), media_type="image/png", width=1, height=1, size=5)
        for data in (b"sheet", b"rest!")
    ]
    await store.library.add_blob(sheet, jobs=(one.id, other.id))
    await store.library.add_blob(rest, jobs=(other.id, third.id))

    assert sheet.key in await store.library.delete(one)
    assert sheet.key not in (free := await store.library.delete(other))
    assert rest.key in free
    assert len(await store.library.delete(third)) == 1


async def test_a_sheet_that_is_somebodys_reference_stays(store: Store) -> None:
    key = await store.blobs.put(b"sheet")
    shown = await a_painted(store)
    used = Reference(blob=key, media_type="image/png", width=1, height=1)
    edited = await a_painted(store, request=Request(prompt="a fox", references=(used,)))
    await store.library.add_blob(
        Blob(key=key, media_type="image/png", width=1, height=1, size=5), jobs=(shown.id, edited.id)
    )

    assert key not in await store.library.delete(shown)
    assert key in await store.library.delete(edited)


async def test_a_deleted_jobs_id_is_not_given_again(store: Store) -> None:
    job = await a_painted(store)
    await store.library.delete(job)
    assert (await an_accepted(store, id=job.id)).id != job.id


async def test_private_pictures_are_listed_for_their_member_alone(store: Store) -> None:
    job = await an_accepted(store)
    (asset,), blobs = pictures(job, "a" * 64, private=True)
    await store.jobs.settle(job, assets=(asset,), blobs=blobs, cost=job.estimate)

    assert await found(store, job.team) == []
    assert await found(store, job.team, member="someone-else") == []
    assert await found(store, job.team, member=job.member) == [job.id]
