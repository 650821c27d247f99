"""The fixtures: which backend a test runs on, and what the configuration says for it.

A folder's conftest makes its tests run on both backends:

    @pytest.fixture(params=BACKENDS)
    def backend(request: pytest.FixtureRequest) -> str:
        return request.param

Elsewhere they run on SQLite and a folder, or on what `TESTS_STORE` says. `@on_sqlite` and `@on_postgresql` say of a
test that it is about one of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import NullPool, create_engine

from limner.store import migrations
from limner.store.database import address
from limner.store.tables import metadata
from tests.backends import Missing, required
from tests.backends.postgresql import PostgreSQL
from tests.backends.s3 import S3

BACKENDS = ("sqlite", "postgresql")
"""`sqlite` is SQLite and a folder, `postgresql` is PostgreSQL and S3."""

on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """What this test's Limner keeps its things in, one of `BACKENDS`."""
    return str(getattr(request, "param", os.environ.get("TESTS_STORE") or "sqlite"))


@dataclass(frozen=True)
class Servers:
    """What serves the backend `postgresql`."""

    postgresql: PostgreSQL
    s3: S3
    spare: list[str] = field(default_factory=list)
    """Databases that are up to date and empty, and nobody's."""
    _sweepers: dict[str, psycopg.Connection] = field(default_factory=dict)
    """The connection to each database by which it is emptied, kept: it knows all tables when it is needed again."""

    def database(self) -> str:
        """The name of a database that is up to date and empty; `take_back` ends that."""
        return self.spare.pop() if self.spare else migrated(self.postgresql)

    def take_back(self, database: str) -> None:
        """Empties a database for the next test: a tenth of what making another one costs."""
        try:
            emptied = _emptied(self._sweeper(database))
        except psycopg.OperationalError:  # the server was stopped meanwhile
            emptied = _emptied(self._sweeper(database))
        if emptied:
            self.spare.append(database)
        else:
            self._sweepers.pop(database).close()
            self.postgresql.drop(database)

    def _sweeper(self, database: str) -> psycopg.Connection:
        if database not in self._sweepers or self._sweepers[database].closed:
            self._sweepers[database] = connection = psycopg.connect(self.postgresql.url(database), autocommit=True)
            connection.execute("SET session_replication_role = replica")  # in any order, whatever refers to whatever
        return self._sweepers[database]

    def close(self) -> None:
        """Lets go of the databases."""
        for connection in self._sweepers.values():
            connection.close()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Both servers, started when the first test needs them, one pair for each process of tests."""
    part = "postgresql"
    try:
        server = PostgreSQL()
        try:
            part = "s3"
            s3 = S3()
            try:
                servers = Servers(postgresql=server, s3=s3)
                yield servers
                servers.close()
            finally:
                s3.close()
        finally:
            server.close()
    except Missing as why:
        if required(part):
            pytest.fail(f"{part} is required: {why}")
        pytest.skip(str(why))


@pytest.fixture
def storage(backend: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What `[data]` says beside its directory: a database and a bucket of the test's own, or nothing."""
    if backend == "sqlite":
        yield {}
        return
    servers: Servers = request.getfixturevalue("servers")
    for name, value in servers.s3.environment.items():
        monkeypatch.setenv(name, value)
    database = servers.database()
    yield {"database": servers.postgresql.url(database), "blobs": servers.s3.url(servers.s3.create())}
    servers.take_back(database)


def _emptied(connection: psycopg.Connection) -> bool:
    """Throws out whoever else uses a database, and takes away what was written there; False: its tables are not those
    with which it began, and it is of no more use."""
    tables = {*metadata.tables, "assets_search"}
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    there = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    if {name for (name,) in there} != tables | {"alembic_version"}:
        return False
    if connection.execute("SELECT version_num FROM alembic_version").fetchall() != [(migrations.HEAD,)]:
        return False
    connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(each)) for each in tables))
    return True


def migrated(server: PostgreSQL) -> str:
    """A new database of a server's, up to date; gives its name."""
    name = server.create()
    engine = create_engine(address(server.url(name), server.folder), poolclass=NullPool)
    with engine.begin() as connection:
        migrations._upgrade(connection)
    engine.dispose()
    return name
