"""What happens when the disk or the database does not take part: a clear state, no corruption, recovery by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

from limner.config import Data
from limner.domain.card import State
from limner.domain.place import Attachment
from limner.errors import StoreTrouble
from limner.store import Store, health
from limner.store.blobs import Blobs
from tests.backends.fixtures import on_postgresql, on_sqlite
from tests.backends.postgresql import PostgreSQL
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import Channel, ask
from tests.processes.installation import Installation, ready, state, until_it

Usage = namedtuple("Usage", "total used free")


def integrity(house: House) -> str:
    with closing(sqlite3.connect(house.folder / "limner.db")) as database:
        return str(database.execute("PRAGMA integrity_check").fetchone()[0])


async def test_when_the_disk_is_almost_full_nothing_new_is_begun_and_what_runs_is_finished(
    keyed_house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    openai.hold = asyncio.Event()
    channel = Channel()
    free = [health.FLOOR * 2]
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: Usage(10**12, 0, free[0]))
    monkeypatch.setattr(health, "LOOK", 0.05)
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft", event="one"))
        await until_it(lambda: paintings(openai) == 1)
        free[0] = health.FLOOR - 1
        await until_it(lambda: not limner.health.ok)

        refused = await limner.take(ask(prompt="a blue fox", quality="draft", event="two"))
        assert refused is not None
        assert refused.private
        assert refused.state is State.REFUSED
        assert "my disk is almost full" in refused.lines[0].text
        assert "Nothing was charged" in refused.lines[0].text
        assert limner.health.told()["reasons"][0]["why"] == "my disk is almost full"
        openai.hold.set()
        await channel.until(State.DONE)

        free[0] = health.FLOOR * 2
        await until_it(lambda: limner.health.ok)
        await limner.take(ask(prompt="a blue fox", quality="draft", event="three"))
        await until_it(lambda: paintings(openai) == 2)


@on_sqlite
async def test_a_database_that_another_program_locks_is_said_and_recovers(
    keyed_house: House, openai: FakeOpenAI
) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        with closing(sqlite3.connect(keyed_house.folder / "limner.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            refused = await limner.take(ask(prompt="a red fox", quality="draft", event="one"))
            assert refused is not None
            assert "locked by another program" in refused.lines[0].text
            assert [each.why for each in limner.health.reasons] == ["my database is locked by another program"]
            other.execute("ROLLBACK")

        await limner.take(ask(prompt="a red fox", quality="draft", event="two"))
        await channel.until(State.DONE)
        assert limner.health.ok
    assert paintings(openai) == 1
    assert integrity(keyed_house) == "ok"


@on_sqlite
@pytest.mark.parametrize(
    ("ill", "well", "why"),
    [
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823", "my disk is full"),
        ("PRAGMA query_only = 1", "PRAGMA query_only = 0", "my disk is read-only"),
    ],
)
async def test_a_database_that_cannot_grow_or_be_written_costs_nothing_and_recovers(
    keyed_house: House, openai: FakeOpenAI, ill: str, well: str, why: str
) -> None:
    channel = Channel()
    async with keyed_house.open(platforms=(channel,)) as limner:
        writer = limner._store._database._writer

        def say(pragma: str) -> asyncio.Future[object]:
            return writer._driver.execute_fetchall(pragma)

        await say(ill)
        words = " ".join(["a red fox"] * 2000)
        refused = await limner.take(ask(prompt=words, quality="draft", event="one"))
        assert refused is not None
        assert why in refused.lines[0].text
        await say(well)

        await limner.take(ask(prompt=words, quality="draft", event="two"))
        await channel.until(State.DONE)
        assert limner.health.ok
    assert paintings(openai) == 1
    assert integrity(keyed_house) == "ok"


@on_sqlite
async def test_pictures_that_find_no_room_are_kept_once_there_is_some(
    keyed_house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = Channel()
    openai.hold = asyncio.Event()
    async with keyed_house.open(platforms=(channel,)) as limner:
        await limner.take(ask(prompt="a red fox", quality="draft"))
        await until_it(lambda: paintings(openai) == 1)
        blobs = keyed_house.folder / "blobs"
        aside = keyed_house.folder / "aside"
        blobs.rename(aside)
        blobs.write_text("no folder")  # nobody, root neither, can write a file into a file
        openai.hold.set()
        await until_it(lambda: not _journals_are_empty(keyed_house))
        await asyncio.sleep(0)
        blobs.unlink()
        aside.rename(blobs)
        assert (await channel.settled()).state is State.DONE
    assert paintings(openai) == 1


async def test_without_a_place_for_pictures_nothing_is_begun_and_a_put_that_works_tells_that_it_is_back(
    keyed_house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LOOK", 0.05)
    away = [True]
    channel = Channel()
    probe = Blobs.probe_writing

    async def out_of_reach(blobs: Blobs) -> None:
        if away:
            raise StoreTrouble(why="my store of pictures does not answer")
        await probe(blobs)

    monkeypatch.setattr(Blobs, "probe_writing", out_of_reach)
    async with keyed_house.open(platforms=(channel,)) as limner:
        limner.health.met(health.PICTURES, "my store of pictures does not answer")
        assert not limner.health.roomy
        sound = Attachment(platform=channel.name, name="note.ogg", url="file:///nowhere/note.ogg")
        spoken = ask(prompt="", event="two").evolve(action="listen", values={}, sound=sound)
        for refused in (await limner.take(ask(prompt="a red fox", event="one")), await limner.take(spoken)):
            assert refused is not None
            assert refused.private
            assert "my store of pictures does not answer" in refused.lines[0].text

        away.clear()
        await until_it(lambda: limner.health.ok)
        await limner.take(ask(prompt="a red fox", quality="draft", event="three"))
        await channel.until(State.DONE)
    assert list(keyed_house.folder.glob("blobs/incoming-*")) == []
    assert len([each for each in openai.requests if each.method == "POST"]) == 1


def _journals_are_empty(house: House) -> bool:
    return not list(house.easel.glob("*/painted.json"))


async def test_a_state_of_health_tells_since_when_and_forgets_what_is_mended(tmp_path: Path) -> None:
    told = health.Health(tmp_path)
    with pytest.raises(StoreTrouble), told.noticing(health.WRITING, health.READING):
        raise StoreTrouble(why="my disk is full")
    (reason,) = told.reasons
    told.met(health.WRITING, "my disk is full")
    assert told.reasons == (reason,)
    with told.noticing(health.READING):
        pass
    assert not told.ok
    with told.noticing(health.WRITING, health.READING):
        pass
    assert told.told() == {"state": "ok", "reasons": []}


async def test_a_folder_that_is_gone_is_seen(tmp_path: Path) -> None:
    store = await Store.open(Data(directory=tmp_path / "data"))
    try:
        (tmp_path / "data").rename(tmp_path / "aside")
        (tmp_path / "data").write_text("no folder")
        await store.health.look()
        assert not store.health.roomy
        with pytest.raises(StoreTrouble, match="my disk"):
            store.health.check()
        (tmp_path / "data").unlink()
        (tmp_path / "aside").rename(tmp_path / "data")
        await store.health.look()
        assert store.health.ok
    finally:
        await store.close()


async def test_postgresql_gone_and_back_is_on_readyz_and_costs_nothing(
    servers: object, tmp_path: Path, openai: FakeOpenAI
) -> None:
    server = await asyncio.to_thread(PostgreSQL)
    openai.hold = asyncio.Event()
    try:
        async with Installation(tmp_path, openai, data={"database": server.url(server.create())}) as installation:
            await installation.start("web")
            await installation.start("worker", "--id", "w-1")
            async with installation.person() as person:
                await person.asks("/imagine a red fox --draft")
                await until_it(lambda: paintings(openai) == 1)
                assert (await ready(installation)) == (200, {"state": "ok", "reasons": []})
                await asyncio.to_thread(server.stop, "kill")
                await until_it(lambda: _is(installation, 503))
                _, told = await ready(installation)
                assert told["state"] == "degraded"
                assert told["reasons"][0]["why"] == "my database does not answer"
                openai.hold.set()

                await asyncio.to_thread(server.start)
                await until_it(lambda: _is(installation, 200))
                cards = await person.sees(lambda cards: [state(each) for each in cards] == ["done"])
                assert len(cards) == 1
            assert paintings(openai) == 1
    finally:
        await asyncio.to_thread(server.close)


async def _is(installation: Installation, status: int) -> bool:
    return (await ready(installation))[0] == status


@on_postgresql
async def test_a_worker_answers_for_its_health_on_a_port_of_its_own(installation: Installation) -> None:
    from tests.stages.web import free_port

    port = free_port()
    await installation.start("worker", "--id", "w-1", "--health-port", str(port))
    assert await ready(installation, port) == (200, {"state": "ok", "reasons": []})
