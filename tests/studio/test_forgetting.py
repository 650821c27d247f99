"""What was deleted goes from the store of bytes too, whatever came between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from limner.errors import StoreTrouble
from tests.house import House
from tests.patience import PATIENCE
from tests.store.making import a_painted


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
