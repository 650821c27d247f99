"""The store opens on whatever it finds, alone, and is up to date then."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, text

from limner.config import Data
from limner.domain.place import Place
from limner.domain.request import Job
from limner.domain.wanted import Wanted
from limner.errors import ConfigError, DataInUse, HostTrouble, StoreTrouble, WorkerInUse
from limner.store import Store, migrations
from limner.store.database import Database, address
from limner.store.tables import metadata
from tests.backends.fixtures import Servers, on_postgresql, on_sqlite
from tests.store.making import a_cap, a_job, a_painted, an_accepted

HOLD = """
import asyncio, sys
from pathlib import Path
from limner.config import Data
from limner.store import Store
async def hold():
    store = await Store.open(Data(directory=Path(sys.argv[1])))
    print("open", flush=True)
    sys.stdin.readline()
    if sys.argv[2] == "close":
        await store.close()
    else:
        import os
        os._exit(9)
asyncio.run(hold())
"""

OPEN = """
import asyncio, sys
from pathlib import Path
from limner.config import Data
from limner.store import Store
async def main():
    await (await Store.open(Data(directory=Path(sys.argv[1])))).close()
asyncio.run(main())
print("alembic" in sys.modules)
"""


def differences(connection: Connection) -> list[object]:
    def ours(name: str | None, kind: str, *_: object) -> bool:
        return not (kind == "table" and str(name).startswith("assets_search"))

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
    return list(compare_metadata(context, metadata))


def at(directory: Path) -> str:
    return f"sqlite:///{directory / 'limner.db'}"


async def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    store = await Store.open(Data(directory=tmp_path / "a" / "b"))
    job = await a_painted(store, b"bytes")
    await store.close()
    again = await Store.open(Data(directory=tmp_path / "a" / "b"))
    assert await again.jobs.get(job.id) == job
    (asset,) = await again.library.of_job(job.id)
    assert await again.blobs.read(asset.blob) == b"bytes"
    await again.close()


async def test_the_tables_are_what_the_migrations_make(tmp_path: Path) -> None:
    await (await Store.open(Data(directory=tmp_path))).close()
    with create_engine(at(tmp_path), poolclass=NullPool).connect() as connection:
        assert differences(connection) == []
    heads = ScriptDirectory(str(Path(migrations.__file__).parent)).get_heads()
    assert heads == [migrations.HEAD]


async def test_the_tables_of_postgresql_are_what_the_migrations_make(servers: Servers, tmp_path: Path) -> None:
    url = servers.postgresql.url(servers.postgresql.create())
    # Several processes that start at once on an empty database.
    stores = await asyncio.gather(*(Store.open(Data(directory=tmp_path, database=url), worker=name) for name in "abc"))
    for store in stores:
        await store.close()
    with create_engine(address(url, tmp_path), poolclass=NullPool).connect() as connection:
        assert differences(connection) == []


@on_postgresql
async def test_several_processes_share_one_store(storage: dict[str, str], tmp_path: Path) -> None:
    one, other = [await Store.open(Data(directory=tmp_path, **storage), worker=name) for name in ("w-1", "w-2")]
    first = await a_painted(one, b"a fox")
    assert await other.jobs.get(first.id) == first
    (asset,) = (await other.finding.page(first.team, Wanted(words="fox"), limit=9)).assets
    assert await other.blobs.read(asset.blob) == b"a fox"

    offers = [await a_job(one, event=f"same-{number // 4}") for number in range(40)]
    answers = await asyncio.gather(
        *((one, other)[number % 2].jobs.accept(job, (a_cap(job, 1),)) for number, job in enumerate(offers))
    )
    assert [new for _, new in answers].count(True) == len({job.id for job, _ in answers}) == 10
    assert await one.ledger.balanced()
    await one.close()
    await other.close()


async def test_a_database_that_went_away_is_told_and_taken_up_again(servers: Servers, tmp_path: Path) -> None:
    name = servers.database()
    store = await Store.open(Data(directory=tmp_path, database=servers.postgresql.url(name)))
    job = await an_accepted(store)
    servers.postgresql.stop("immediate")
    try:
        with pytest.raises(StoreTrouble, match="my database does not answer"):
            await store.jobs.get(job.id)
        with pytest.raises(StoreTrouble):
            await Store.open(Data(directory=tmp_path / "another", database=servers.postgresql.url(name)))
    finally:
        servers.postgresql.start()
    assert await store.jobs.get(job.id) == job
    await store.close()
    servers.take_back(name)


async def test_upgrading_what_is_up_to_date_changes_nothing(tmp_path: Path) -> None:
    await (await Store.open(Data(directory=tmp_path))).close()
    with create_engine(at(tmp_path), poolclass=NullPool).begin() as connection:
        schema = connection.execute(text("SELECT sql FROM sqlite_master")).all()
        migrations._upgrade(connection)
        migrations._upgrade(connection)
        assert connection.execute(text("SELECT sql FROM sqlite_master")).all() == schema


def test_a_database_that_is_up_to_date_opens_without_alembic(tmp_path: Path) -> None:
    runs = [
        subprocess.run([sys.executable, "-c", OPEN, str(tmp_path)], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [run.stdout.strip() for run in runs] == ["True", "False"]


async def test_a_database_of_a_newer_limner_is_left_alone(tmp_path: Path, storage: dict[str, str]) -> None:
    await (await Store.open(Data(directory=tmp_path, **storage))).close()
    url = address(storage["database"], tmp_path) if storage else at(tmp_path)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'v9999'"))
    with pytest.raises(HostTrouble, match="v9999"):
        await Store.open(Data(directory=tmp_path, **storage))
    with pytest.raises(HostTrouble, match="v9999"):  # and not DataInUse: the lock was let go
        await Store.open(Data(directory=tmp_path, **storage))


async def test_what_was_under_way_before_there_was_a_queue_waits_in_it_where_it_was_asked_for(
    request: pytest.FixtureRequest, tmp_path: Path, backend: str
) -> None:
    place = Place(platform="slack", space="T1", channel="C1")
    job = Job.model_construct(place=place, engine="openai").model_dump_json(include={"place"})
    row = {"record": job, "created": "2024-02-29 12:00:00+00:00", "deleted": False}
    server = request.getfixturevalue("servers").postgresql if backend == "postgresql" else None
    url = server.url(server.create()) if server else None
    with create_engine(address(url, tmp_path) if url else at(tmp_path), poolclass=NullPool).begin() as connection:
        migrations._upgrade(connection, "v0001")
        for state in ("accepted", "delivered"):
            connection.execute(
                text("INSERT INTO jobs VALUES (:id, 't', 'm', :event, :state, :deleted, :created, :record)"),
                {**row, "id": state[:4], "event": state, "state": state},
            )
        migrations._upgrade(connection)
        found = connection.execute(text("SELECT state, channel, open FROM jobs ORDER BY state")).all()
    assert [tuple(each) for each in found] == [("accepted", "slack/T1/C1", True), ("delivered", "", False)]


async def test_a_failed_migration_leaves_postgresql_as_it_was(servers: Servers, tmp_path: Path) -> None:
    url = servers.postgresql.url(servers.postgresql.create())
    engine = create_engine(address(url, tmp_path), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE uses (something TEXT)"))
    with pytest.raises(Exception, match="already exists"):
        await Store.open(Data(directory=tmp_path, database=url))
    with engine.connect() as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
    assert names == ["uses"]


async def test_a_failed_migration_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    with create_engine(at(tmp_path), poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE uses (something TEXT)"))
    with pytest.raises(Exception, match="already exists"):
        await Store.open(Data(directory=tmp_path))
    with create_engine(at(tmp_path), poolclass=NullPool).connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    assert names == ["uses"]


@pytest.mark.parametrize("end", ["close", "die"])
async def test_one_process_has_a_directory_until_it_closes_or_dies(tmp_path: Path, end: str) -> None:
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, str(tmp_path), end, stdin=pipe, stdout=pipe
    )
    assert other.stdout is not None
    assert await other.stdout.readline() == b"open\n"
    with pytest.raises(DataInUse, match=str(tmp_path)):
        await Store.open(Data(directory=tmp_path))
    await other.communicate(b"\n")
    await (await Store.open(Data(directory=tmp_path))).close()


async def test_one_sqlite_file_is_one_processes_wherever_it_is(tmp_path: Path) -> None:
    shared = f"sqlite:///{tmp_path / 'elsewhere' / 'limner.db'}"
    first = await Store.open(Data(directory=tmp_path / "a", database=shared))
    with pytest.raises(DataInUse, match="elsewhere"):
        await Store.open(Data(directory=tmp_path / "b", database=shared))
    await first.close()
    await (await Store.open(Data(directory=tmp_path / "b", database=shared))).close()


@pytest.mark.parametrize("given", ["mysql://root:secret@127.0.0.1/limner", "nonsense", "", "postgresql+nonsense"])
async def test_a_database_that_is_not_known_is_a_sentence(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigError, match="has to begin with postgresql://") as refused:
        await Store.open(Data(directory=tmp_path, database=given))
    assert "secret" not in refused.value.sentence


@on_postgresql
async def test_a_bucket_that_is_not_there_is_told_at_the_start(storage: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble, match="my store of pictures"):
        await Store.open(Data(directory=tmp_path, **{**storage, "blobs": "s3://no-such-bucket"}))
    await (await Store.open(Data(directory=tmp_path, **storage))).close()


async def test_two_stores_in_one_process_do_not_share_a_directory_either(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DataInUse):
        await Store.open(Data(directory=tmp_path / "data"))


async def test_the_directory_is_locked_wherever_the_database_is(store: Store, tmp_path: Path) -> None:
    elsewhere = f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}"
    for database in (elsewhere, "postgresql+psycopg://nobody@127.0.0.1:9/none"):
        with pytest.raises((DataInUse, WorkerInUse)):
            await Store.open(Data(directory=tmp_path / "data", database=database))


@on_sqlite
async def test_the_database_is_durable_and_strict(store: Store) -> None:
    def settings(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await store._database.read(settings) == ["wal", 2, 1]
    assert await store._database.write(settings) == ["wal", 2, 1]


@on_postgresql
async def test_a_server_whose_machine_is_gone_is_not_waited_for_by_the_quarter_of_an_hour(
    store: Store, storage: dict[str, str], tmp_path: Path
) -> None:
    def told(connection: Connection) -> dict[str, str]:
        return dict(connection.connection.dbapi_connection.info.get_parameters())  # type: ignore[union-attr]

    said = await store._database.read(told)
    assert (said["connect_timeout"], said["keepalives_idle"], said["tcp_user_timeout"]) == ("5", "10", "20000")
    own = f"{storage['database']}{'&' if '?' in storage['database'] else '?'}tcp_user_timeout=7000"
    database = await Database.open(address(own, tmp_path))
    assert (await database.read(told))["tcp_user_timeout"] == "7000"
    await database.close()
