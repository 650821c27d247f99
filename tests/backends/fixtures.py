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
from dataclasses import dataclass

import pytest
from sqlalchemy import NullPool, create_engine

from limner.store import migrations
from limner.store.database import address
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
    template: str
    """The name of a database that is up to date and empty."""
    s3: S3


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
                yield Servers(postgresql=server, template=_migrated(server), s3=s3)
            finally:
                s3.close()
        finally:
            server.close()
    except Missing as why:
        if required(part):
            pytest.fail(f"{part} is required: {why}")
        pytest.skip(str(why))


@pytest.fixture
def data(backend: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What `[data]` says beside its directory: a database and a bucket of the test's own, or nothing."""
    if backend == "sqlite":
        yield {}
        return
    servers: Servers = request.getfixturevalue("servers")
    for name, value in servers.s3.environment.items():
        monkeypatch.setenv(name, value)
    database = servers.postgresql.create(template=servers.template)
    yield {"database": servers.postgresql.url(database), "blobs": servers.s3.url(servers.s3.create())}
    servers.postgresql.drop(database)


def _migrated(server: PostgreSQL) -> str:
    name = server.create()
    engine = create_engine(address(server.url(name), server.folder), poolclass=NullPool)
    with engine.begin() as connection:
        migrations._upgrade(connection)
    engine.dispose()
    return name
