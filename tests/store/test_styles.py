"""Styles: each team's own, one for each name, and their pictures kept for as long as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from limner.domain.reference import Reference
from limner.domain.style import Style, fold
from limner.errors import NotFound, NotYourStyle
from limner.store import Blob, Store
from limner.store.audit import Decision, Verdict, What
from limner.store.database import now
from limner.store.styles import MOST
from limner.store.tables import blobs
from tests.store.making import ADA, CHANNEL, a_painted

ELSEWHERE = CHANNEL.evolve(space="another-guild")


def decided(team: str) -> Decision:
    return Decision(team=team, what=What.STYLE, verdict=Verdict.DONE, why="Saved a style.")


def saying(name: str, **more: object) -> Callable[[Style | None], Style]:
    return lambda known: (known or Style(id="", name=name, made_by="m", made_by_name="Ada")).evolve(**more)


async def put(store: Store, team: str, name: str = "Spring", **more: object) -> Style:
    kept = await store.styles.put(fold(name), team, saying(name, **more), decided(team))
    assert kept is not None
    return kept


async def team_of(store: Store, place: object = CHANNEL) -> str:
    return (await store.people.member(place, ADA)).team  # type: ignore[arg-type]


async def a_picture(store: Store, data: bytes) -> Reference:
    key = await store.blobs.put(data)
    await store.library.add_blob(Blob(key=key, media_type="image/png", width=1, height=1, size=len(data)))
    store.blobs.claimed(key)
    return Reference(blob=key, media_type="image/png", width=1, height=1)


async def later(store: Store) -> None:
    """Makes what came in look as if it had come in long ago, and sweeps."""
    old = update(blobs).values(created=now() - timedelta(days=2))
    await store._database.write(lambda connection: connection.execute(old) and None)
    await store.library.forget_orphans()


async def test_a_style_is_found_by_its_name_and_id_in_its_own_team(store: Store) -> None:
    team, other = await team_of(store), await team_of(store, ELSEWHERE)
    kept = await put(store, team, before="Soft light:")

    assert await store.styles.named("spring", team) == kept
    assert await store.styles.get(kept.id, team) == kept
    assert await store.styles.of(team) == (kept,)
    assert await store.styles.named("spring", other) is None
    assert await store.styles.of(other) == ()
    with pytest.raises(NotFound):
        await store.styles.get(kept.id, other)


async def test_saving_again_changes_the_same_style(store: Store) -> None:
    team = await team_of(store)
    first = await put(store, team, before="Soft light:")
    second = await put(store, team, "SPRING", after="no people")

    assert second == first.evolve(after="no people")
    assert await store.styles.of(team) == (second,)
    assert [each.decision.what for each in await store.audit.newest(team, limit=5)] == [What.STYLE, What.STYLE]


async def test_of_many_who_save_a_name_at_once_one_makes_it(store: Store) -> None:
    team = await team_of(store)

    def own(member: str) -> Callable[[Style | None], Style]:
        def make(known: Style | None) -> Style:
            if known is not None:
                raise NotYourStyle(style=known.name, who=known.made_by_name, verb="change")
            return Style(id="", name="spring", made_by=member, made_by_name=member)

        return make

    asked = (store.styles.put("spring", team, own(f"m{number}"), decided(team)) for number in range(6))
    came = await asyncio.gather(*asked, return_exceptions=True)

    assert sum(isinstance(each, Style) for each in came) == 1
    assert sum(isinstance(each, NotYourStyle) for each in came) == 5
    assert len(await store.styles.of(team)) == 1


async def test_a_team_keeps_so_many_and_no_more(store: Store) -> None:
    team = await team_of(store)
    for number in range(MOST):
        await put(store, team, f"style {number}")

    assert await store.styles.put("one-more", team, saying("one more"), decided(team)) is None
    assert (await put(store, team, "style 7", after="changed")).after == "changed"
    assert len(await store.styles.of(team)) == MOST


async def test_its_pictures_stay_until_it_goes_or_says_otherwise(store: Store) -> None:
    team = await team_of(store)
    one, two = [await a_picture(store, data) for data in (b"one", b"two")]
    await put(store, team, references=(one, two))
    await later(store)
    assert await store.library.named((one.blob, two.blob)) == {one.blob, two.blob}

    await put(store, team, references=(two,))
    await later(store)
    assert await store.library.named((one.blob, two.blob)) == {two.blob}

    assert await store.styles.remove("spring", team, lambda style: None, decided(team))
    await later(store)
    assert await store.library.named((one.blob, two.blob)) == set()
    assert not await store.styles.remove("spring", team, lambda style: None, decided(team))


async def test_a_style_outlives_the_asset_that_it_shows(store: Store) -> None:
    job = await a_painted(store, b"a fox")
    (asset,) = await store.library.of_job(job.id)
    shown = Reference(blob=asset.blob, media_type="image/png", width=1, height=1, asset=asset.id)
    await put(store, job.team, references=(shown,))

    assert asset.blob not in await store.library.delete(job)
    await later(store)
    assert await store.library.named((asset.blob,)) == {asset.blob}


async def test_a_picture_that_was_deleted_meanwhile_is_told_of(store: Store) -> None:
    job = await a_painted(store, b"a fox")
    (asset,) = await store.library.of_job(job.id)
    shown = Reference(blob=asset.blob, media_type="image/png", width=1, height=1, asset=asset.id)
    await store.library.delete(job)

    with pytest.raises(NotFound, match=asset.id):
        await put(store, job.team, references=(shown,))
    assert await store.styles.of(job.team) == ()


async def test_who_may_not_remove_it_leaves_it_as_it_is(store: Store) -> None:
    team = await team_of(store)
    kept = await put(store, team)

    def refuse(style: Style) -> None:
        raise NotYourStyle(style=style.name, who="Ada", verb="remove")

    with pytest.raises(NotYourStyle):
        await store.styles.remove("spring", team, refuse, decided(team))
    assert await store.styles.of(team) == (kept,)
