"""The servers that the other tests stand on: they keep what a real one keeps, and say so when they cannot be there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.backends import Missing, postgresql, required
from tests.backends.fixtures import Servers
from tests.backends.postgresql import PostgreSQL

ROOT = Path(__file__).parents[2]


def test_a_server_that_crashes_keeps_what_was_committed(servers: Servers) -> None:
    server = PostgreSQL()
    try:
        url = server.url(server.create())
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept (number integer)")
        for number, mode in enumerate(postgresql.SIGNALS):
            with psycopg.connect(url) as connection:
                connection.execute("INSERT INTO kept VALUES (%s)", (number,))
            server.stop(mode)
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url)
            server.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchall() == [(0,), (1,), (2,)]
    finally:
        server.close()
    assert not server.folder.exists()


def test_servers_of_killed_tests_are_ended_by_the_next(servers: Servers) -> None:
    start = "from tests.backends.postgresql import PostgreSQL; import os; print(PostgreSQL().folder, flush=True); "
    killed = subprocess.run(
        [sys.executable, "-c", start + "os._exit(9)"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    folder = Path(killed.stdout.strip())
    server = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0]))
    PostgreSQL().close()
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
    assert not folder.exists()
    assert servers.postgresql.folder.exists()


def test_each_test_has_an_empty_database_of_its_own(servers: Servers) -> None:
    one, other = servers.database(), servers.database()
    assert one != other
    with psycopg.connect(servers.postgresql.url(one), autocommit=True) as connection:
        connection.execute("INSERT INTO teams (id, created) VALUES ('t', now())")
        connection.execute("INSERT INTO spaces (platform, space, team) VALUES ('p', 's', 't')")
        servers.take_back(one)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    servers.take_back(other)
    for name in (servers.database(), servers.database()):
        with psycopg.connect(servers.postgresql.url(name)) as connection:
            assert connection.execute("SELECT id FROM teams").fetchall() == []
        servers.take_back(name)


def test_a_database_that_is_no_longer_the_same_is_not_used_again(servers: Servers) -> None:
    name = servers.database()
    with psycopg.connect(servers.postgresql.url(name)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v9999'")
    servers.take_back(name)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(servers.postgresql.url(name))


def test_a_machine_without_postgresql_is_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgresql, "PLACES", ())
    with pytest.raises(Missing, match="not installed here"):
        postgresql.binaries()


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for the server")
def test_an_old_postgresql_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 11.4'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgresql, "PLACES", ())
    with pytest.raises(Missing, match=r"15 or newer is needed, and here is .* 11\.4"):
        postgresql.binaries()


@pytest.mark.parametrize("said", ["browser postgresql s3", "browser,postgresql", " postgresql"])
def test_what_is_required_is_said_in_words(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("TESTS_REQUIRE", said)
    assert required("postgresql")
    assert not required("postgres")
