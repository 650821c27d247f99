"""Fronts and workers as processes of their own, on one database, one bucket and one key."""

from __future__ import annotations

import asyncio
import shutil
import signal
from pathlib import Path

import pytest

from limner.config import Data
from limner.errors import ConfigError, HostTrouble, StoreTrouble, WorkerInUse
from limner.store import Store
from limner.store.presence import check
from tests.backends.fixtures import Servers, on_postgresql, on_sqlite
from tests.backends.postgresql import PostgreSQL
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.processes.installation import Installation, until_it


@on_postgresql
async def test_a_worker_paints_what_a_front_takes_and_the_page_sees_it_form(
    installation: Installation, openai: FakeOpenAI
) -> None:
    openai.hold = asyncio.Event()
    await installation.start("web")
    async with installation.person() as person:
        await person.asks("/imagine a red fox --draft")
        await person.sees_states("waiting")
        assert paintings(openai) == 0  # the front itself paints nothing

        await installation.start("worker", "--id", "w-1")
        await person.sees_states("painting")
        openai.hold.set()
        (card,) = await person.sees_states("done")

        (image, *_) = card.by("img")
        async with person.browser.client.get(image.attributes["src"]) as answer:
            assert answer.status == 200
    assert paintings(openai) == 1


@on_postgresql
async def test_of_two_processes_with_one_id_the_second_is_refused(installation: Installation) -> None:
    await installation.start("worker", "--id", "w-1")
    second = await installation.start("worker", "--id", "w-1", ready=None)

    assert await second.ends() == 1
    assert "Another process runs as “w-1” already" in second.said
    assert "Traceback" not in second.said


@on_postgresql
async def test_an_id_is_free_again_when_its_process_is_gone(installation: Installation) -> None:
    first = await installation.start("worker", "--id", "w-1")
    await first.ends(signal.SIGKILL)
    await installation.start("worker", "--id", "w-1")


@on_postgresql
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_the_server_keeps_an_id_from_others_wherever_their_folders_are(
    storage: dict[str, str], tmp_path: Path, elsewhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_SECRET", "k" * 32)
    first = await Store.open(Data(directory=tmp_path / "a", secret_env="STUDIO_SECRET", **storage), worker="w-1")
    try:
        other = Data(directory=tmp_path / "b" if elsewhere else tmp_path / "a", secret_env="STUDIO_SECRET", **storage)
        with pytest.raises(WorkerInUse, match="w-1"):
            await Store.open(other, worker="w-1")
        await (await Store.open(other, worker="w-2")).close()
    finally:
        await first.close()
    await (await Store.open(other, worker="w-1")).close()


@on_postgresql
async def test_a_process_with_another_key_is_refused(
    storage: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await Store.open(Data(directory=tmp_path / "a", **storage))).close()
    with pytest.raises(HostTrouble, match="another secret key"):
        await Store.open(Data(directory=tmp_path / "b", **storage))
    shutil.copyfile(tmp_path / "a" / "secret.key", tmp_path / "b" / "secret.key")
    await (await Store.open(Data(directory=tmp_path / "b", **storage))).close()


async def test_a_database_that_was_away_is_asked_for_the_id_again(servers: Servers, tmp_path: Path) -> None:
    server = PostgreSQL()
    try:
        url = server.url(server.create())
        store = await Store.open(Data(directory=tmp_path / "a", database=url), worker="w-1")
        keeping = asyncio.create_task(store.presence.keep())
        await asyncio.to_thread(server.stop)
        with pytest.raises(StoreTrouble):
            await store.workers.heartbeat("w-1", "worker")
        assert not store.health.ok
        await asyncio.to_thread(server.start)

        await store.workers.heartbeat("w-1", "worker")
        assert store.health.ok
        await until_it(lambda: refused(Data(directory=tmp_path / "b", database=url), "w-1"))
        assert not keeping.done()
        keeping.cancel()
        await store.close()
    finally:
        server.close()


async def refused(data: Data, worker: str) -> bool:
    try:
        await Store.open(data, worker=worker)
    except WorkerInUse:
        return True
    except HostTrouble:  # its key is another one, which is looked at once it has the id
        return False
    raise AssertionError("a stranger has the id")


@on_sqlite
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("worker", "--id", "w-1"), "several processes need PostgreSQL"),
        (("discord",), "several processes need PostgreSQL"),
        (("matrix",), "there is no “matrix”; there are discord, slack, web, worker"),
        (("--id", "w-1"), "leave --id out"),
    ],
)
async def test_what_cannot_be_run_is_told_in_a_sentence(
    installation: Installation, arguments: tuple[str, ...], sentence: str
) -> None:
    refused = await installation.start(*arguments, ready=None)
    assert await refused.ends() == 1
    assert sentence in refused.said
    assert "Traceback" not in refused.said


@on_postgresql
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("worker",), "--id w-1"),
        (("slack",), "has no [slack] section"),
        (("--id", "../w"), "“../w” cannot be a process's id"),
    ],
)
async def test_what_cannot_be_run_beside_others_is_told_too(
    installation: Installation, arguments: tuple[str, ...], sentence: str
) -> None:
    refused = await installation.start(*arguments, ready=None)
    assert await refused.ends() == 1
    assert sentence in refused.said


@pytest.mark.parametrize("id", ["w-1", "a", "Host.example_7", "x" * 64])
def test_an_id_is_letters_digits_and_three_marks(id: str) -> None:
    assert check(id) == id


@pytest.mark.parametrize("id", ["", ".", "..", "../w", "a b", "w/1", "é", "x" * 65, "blobs", "Spool", "-w", "w\n"])
def test_what_is_no_folders_name_is_no_id(id: str) -> None:
    with pytest.raises(ConfigError):
        check(id)
