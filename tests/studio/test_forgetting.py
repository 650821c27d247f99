"""What was deleted goes from the store of bytes too, whatever came between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from limner.domain.card import says
from limner.domain.place import Address
from limner.errors import StoreTrouble
from tests.house import House
from tests.patience import PATIENCE
from tests.store.making import ADA, CHANNEL, a_painted


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not done():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_bytes_whose_deletion_a_crash_cut_off_go_at_the_next_start(house: House) -> None:
    async with house.open() as limner:
        job = await a_painted(limner._store, b"a fox")
        (asset,) = await limner._store.library.of_job(job.id)
        await limner._store.library.delete(job)  # and no more: the process ends here
        assert asset.blob in house.blobs()
    async with house.open():
        await until(lambda: asset.blob not in house.blobs())


async def test_bytes_that_are_out_of_reach_go_when_they_are_not(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house.open() as limner:
        job = await a_painted(limner._store, b"an owl")
        (asset,) = await limner._store.library.of_job(job.id)

        async def away(path: str) -> None:
            raise StoreTrouble(why="my store of pictures does not answer")

        with monkeypatch.context() as outage:
            outage.setattr(limner._store.blobs, "_remove", away)
            gone = await limner._studio.forgetting.delete(job)
            assert gone.state == "gone"
            assert asset.blob in house.blobs()
        limner._studio.forgetting.hasten()
        await until(lambda: asset.blob not in house.blobs())
        assert house.rows("SELECT * FROM doomed WHERE kind = 'blob'") == []


async def test_what_another_process_wrote_of_somebody_forgotten_goes_at_the_next_start(house: House) -> None:
    async with house.open() as limner:
        await limner._store.cards.put(Address(place=CHANNEL, message="1"), says("Shared by Bo, made by Cy."))
        member = await limner._store.people.member(CHANNEL, ADA)
        await limner._studio.forgetting.forget(member)
        assert house.rows("SELECT * FROM forgotten")
    house.rows("UPDATE cards SET card = REPLACE(card, 'by Bo', 'by Ada')")
    house.rows("UPDATE forgotten SET created = '2026-01-01 00:00:00'")
    async with house.open():
        await until(lambda: not house.rows("SELECT * FROM forgotten"))
        ((card,),) = house.rows("SELECT card FROM cards")
        assert "Shared by a former member, made by Cy." in card
