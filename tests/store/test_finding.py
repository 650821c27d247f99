"""Finding: any mixture of words and facts finds exactly what has all of them, page by page."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import NullPool, create_engine, text

from limner.config import Data
from limner.domain.look import SAME, Look, apart, bands, near
from limner.domain.place import Address, Person, Place
from limner.domain.request import Job, Request
from limner.domain.wanted import Wanted
from limner.store import Store, migrations
from limner.store.audit import Decision, Verdict, What
from limner.store.seeking import SKEW
from tests.store.making import CHANNEL, NOON, a_painted, an_accepted

BOB = Person(id="2", name="Bob")
OTHER = Place(platform="discord", space="guild", channel="other")
RED, BLUE = Look(colours=("#ff0000",), likeness="0" * 15 + "1"), Look(colours=("#0000ff",), likeness="f" * 16)


async def found(store: Store, team: str, viewer: str | None = None, limit: int = 50, **wanted: Any) -> list[str]:
    page = await store.finding.page(team, Wanted(**wanted), member=viewer, limit=limit)
    return [asset.id for asset in page.assets]


async def test_every_mixture_finds_what_has_all_of_it_and_nothing_else(store: Store) -> None:
    facts: dict[str, dict[str, Any]] = {}
    ada = (await an_accepted(store)).member
    for prompt, person, place, look in product(("a fox", "an owl"), (None, BOB), (CHANNEL, OTHER), (RED, BLUE)):
        who = {"person": person} if person else {}
        job = await a_painted(store, request=Request(prompt=prompt), place=place, assets={"look": look}, **who)
        facts[job.id] = {"words": prompt, "member": job.member, "channel": place.key, "colour": look.names[0]}
    bob = next(each["member"] for each in facts.values() if each["member"] != ada)
    for words, member, channel, colour in product(
        (None, "fox"), (None, ada, bob), (None, CHANNEL.key), (None, "red", "green")
    ):
        wanted = {"member": member, "channel": channel, "colour": colour}
        meant = [
            id
            for id, has in facts.items()
            if (words or "") in has["words"] and all(has[name] == said for name, said in wanted.items() if said)
        ]
        assert await found(store, job.team, words=words, **wanted) == meant[::-1], (words, wanted)
    assert await found(store, "another", words="fox") == await found(store, "another", colour="red") == []


async def test_pages_lead_on_and_back_even_from_what_was_deleted(store: Store) -> None:
    jobs = [await a_painted(store, request=Request(prompt=f"a fox, {number % 2 or 'even'}")) for number in range(9)]
    every = [job.id for job in jobs][::-1]
    team = jobs[0].team
    for words, meant in ((None, every), ("fox", every), ("even", every[::2])):
        page = await store.finding.page(team, Wanted(words=words), limit=2)
        assert not page.newer
        seen, pages = [each.id for each in page.assets], [page]
        while page.older:
            page = await store.finding.page(team, Wanted(words=words), limit=2, before=str(page.places[-1]))
            assert page.newer
            seen += [each.id for each in page.assets]
            pages.append(page)
        assert seen == meant
        for earlier, later in pairwise(pages):
            back = await store.finding.page(team, Wanted(words=words), limit=2, after=str(later.places[0]))
            assert back == earlier.evolve(older=True)
    first = await store.finding.page(team, limit=2)
    await store.library.delete(jobs[-2])
    after = await store.finding.page(team, limit=2, before=str(first.places[-1]))
    assert [each.id for each in after.assets] == every[2:4]


async def test_the_best_of_the_newest_come_first_and_have_pages_too(store: Store) -> None:
    prompts = ("a fox", "in a wood behind many a tall tree there may be a fox", "foxes", "an owl", "a fox in snow")
    jobs = [await a_painted(store, request=Request(prompt=prompt)) for prompt in prompts]
    best = Wanted(words="fox", best=True)
    page = await store.finding.page(jobs[0].team, best, limit=3)
    rest = await store.finding.page(jobs[0].team, best, limit=3, before=str(page.places[-1]))
    ranked = [prompts[[job.id for job in jobs].index(each.id)] for each in (*page.assets, *rest.assets)]
    assert set(ranked) == set(prompts) - {"an owl"}
    assert ranked[0] == "a fox"
    assert ranked[-1] == prompts[1]
    assert (page.newer, page.older, rest.newer, rest.older) == (False, True, True, False)


async def test_days_find_what_was_made_in_them_whatever_the_order_of_clocks(store: Store) -> None:
    chance = random.Random(7)
    made: dict[str, datetime] = {}
    for number in range(40):
        at = NOON + number * timedelta(minutes=40) + chance.random() * SKEW / 2
        made[(await a_painted(store, assets={"created": at})).id] = at
    team = (await an_accepted(store)).team
    for first, last in ((3, 9), (0, 40), (17, 17), (39, 50)):
        since, until = NOON + first * timedelta(minutes=40), NOON + last * timedelta(minutes=40)
        meant = [id for id, at in made.items() if since <= at < until][::-1]
        assert await found(store, team, since=since, until=until) == meant
        assert await found(store, team, words="fox", since=since, until=until) == meant


async def test_saved_pictures_are_found_by_whoever_saved_them_alone(store: Store) -> None:
    job = await a_painted(store)
    (asset,) = await store.library.of_job(job.id)
    assert await store.saved.turn(asset, job.member)
    assert await found(store, job.team, job.member, saved=True, words="fox") == [job.id]
    assert await found(store, job.team, "somebody", saved=True) == []
    assert not await store.saved.turn(asset, job.member)
    assert await found(store, job.team, job.member, saved=True) == []


async def test_what_looks_the_same_is_found_the_nearest_first(store: Store) -> None:
    likeness = [f"{0xABCDEF0123456789 ^ ((1 << bits) - 1) << 20:016x}" for bits in (0, 3, 7, 8, 30)]
    jobs = [await a_painted(store, assets={"look": RED.evolve(likeness=each)}) for each in likeness]
    like = {"like": likeness[0], "but": jobs[0].id}
    assert await found(store, jobs[0].team, **like) == [jobs[1].id, jobs[2].id]
    assert await found(store, "another", **like) == []


async def test_a_picture_that_nobody_has_looked_at_is_found_once_somebody_has(store: Store) -> None:
    job = await a_painted(store)
    assert await found(store, job.team, colour="red") == []
    ((sequence, asset),) = await store.library.unlooked(limit=9)
    await store.library.look(sequence, RED)
    assert await store.library.unlooked(limit=9) == ()
    assert await found(store, job.team, colour="red", words="fox") == [asset.id]
    assert (await store.library.get(asset.id, job.team)).look == RED
    await store.library.delete(job)
    assert await found(store, job.team, colour="red") == []


async def test_a_draft_that_is_sent_elsewhere_is_found_there(store: Store) -> None:
    private = Request(prompt="a fox", private=True)
    job = await a_painted(store, private=True, request=private)
    assert await found(store, job.team, job.member, channel=CHANNEL.key) == [job.id]
    await store.drafts.publish(job.id, address=Address(place=OTHER), words=None, worker="w-1", decision=_decision(job))
    assert await found(store, job.team, channel=OTHER.key, words="fox") == [job.id]
    assert await found(store, job.team, channel=CHANNEL.key) == []


def _decision(job: Job) -> Decision:
    return Decision(team=job.team, member=job.member, job=job.id, what=What.SEND, verdict=Verdict.DONE, why="")


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=SAME))
def test_what_differs_in_few_bits_has_a_band_near(bits: int, changed: set[int]) -> None:
    one, other = f"{bits:016x}", f"{bits ^ sum(1 << bit for bit in changed):016x}"
    assert apart(one, other) == len(changed)
    assert set(near(one)) & set(bands(other))


async def test_an_older_library_is_found_by_everything_once_it_is_brought_up_to_date(tmp_path: Path) -> None:
    store = await Store.open(Data(directory=tmp_path / "now"))
    job = await a_painted(store)
    (asset,) = await store.library.of_job(job.id)
    await store.saved.turn(asset, job.member)
    await store.close()
    (tmp_path / "old").mkdir()
    older = create_engine(f"sqlite:///{tmp_path / 'old' / 'limner.db'}", poolclass=NullPool)
    with older.connect() as connection:
        migrations._upgrade(connection, "v0009")
        connection.execute(text(f"ATTACH '{tmp_path / 'now' / 'limner.db'}' AS newer"))
        for name in ("teams", "spaces", "members", "identities", "jobs", "assets", "saved"):
            columns = ", ".join(row.name for row in connection.execute(text(f"PRAGMA table_info({name})")))
            connection.execute(text(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM newer.{name}"))
        connection.commit()
    again = await Store.open(Data(directory=tmp_path / "old"))
    assert await found(again, job.team, job.member, words="fox", member=job.member, saved=True) == [job.id]
    assert await found(again, job.team, channel=CHANNEL.key, shape="square", model=asset.model) == [job.id]
    await again.close()
