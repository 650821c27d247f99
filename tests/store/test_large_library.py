"""A library of some thousand pictures: what is asked of the databases goes by their indexes, and finds what it should.
`make million` says how long it takes among a million."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, NullPool, create_engine, event, text

from limner.domain.wanted import Wanted
from limner.store import finding, migrations
from limner.store.database import address
from tests.backends.fixtures import Servers
from tests.store.many import SMALL, Teams, fill

COUNT = 5_000
TEAMS = Teams()
QUESTIONS = {
    "newest": Wanted(),
    "common": Wanted(words="fox"),
    "begun": Wanted(words="sno"),
    "rare": Wanted(words="vexul7"),
    "mixture": Wanted(words="snow", colour="red", shape="wide"),
    "facts": Wanted(member="large3", channel="discord/large/c3"),
    "ranked": Wanted(words="moon", best=True),
    "like": Wanted(like="0123456789abcdef"),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A library of thousands."""
    if request.param == "sqlite":
        url = address(None, tmp_path_factory.mktemp("large"))
    else:
        servers: Servers = request.getfixturevalue("servers")
        url = address(servers.postgresql.url(servers.postgresql.create()), servers.postgresql.folder)
    driver = "sqlite" if request.param == "sqlite" else url.drivername
    with create_engine(url.set(drivername=driver), poolclass=NullPool).connect() as connection:
        migrations._upgrade(connection)
        fill(connection, COUNT)
        connection.commit()
        if request.param == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        yield connection


def asked(connection: Connection, team: str, wanted: Wanted, before: str | None = None) -> list[str]:
    sqlite = connection.dialect.name == "sqlite"
    page = finding._page(connection, team, wanted, "somebody", 20, before, None, sqlite=sqlite)
    return [asset.id for asset in page.assets]


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_asked_goes_by_an_index_and_is_put_in_order_by_it(large: Connection, name: str) -> None:
    statements: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        statements.append((statement, parameters))

    event.listen(large, "before_cursor_execute", note)
    asked(large, TEAMS.large, QUESTIONS[name])
    event.remove(large, "before_cursor_execute", note)
    sqlite = large.dialect.name == "sqlite"
    if not sqlite:  # so few are read as quickly without one: whether there is one to go by is what is asked
        large.execute(text("SET enable_seqscan = off"))
    explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    for statement, parameters in statements:
        rows = large.exec_driver_sql(explain + statement, parameters).all()  # type: ignore[arg-type]
        plan = "\n".join(str(row[-1]) for row in rows)
        assert not sqlite or "TEMP B-TREE" not in plan or name == "like", plan
        if sqlite:
            assert "SCAN assets" not in plan.replace("SCAN assets_search VIRTUAL TABLE INDEX", "INDEX"), plan
        else:
            assert "Seq Scan" not in plan, plan


def test_the_small_team_among_many_finds_its_own_and_all_of_them(large: Connection) -> None:
    seen: list[str] = []
    while page := asked(large, TEAMS.small, Wanted(), _place(large, seen[-1]) if seen else None):
        seen += page
    assert len(seen) == len(set(seen)) == SMALL
    query = text("SELECT job || '.' || number FROM assets WHERE team = 'small' AND prompt LIKE '%snow%'")
    assert set(asked(large, TEAMS.small, Wanted(words="snow"))) <= set(large.execute(query).scalars())
    counted = text("SELECT count(*) FROM assets WHERE team = 'large' AND prompt LIKE '%vexul7%'")
    assert len(asked(large, TEAMS.large, Wanted(words="vexul7"))) == large.execute(counted).scalar_one()


def _place(connection: Connection, id: str) -> str:
    job, _, number = id.partition(".")
    query = text("SELECT sequence FROM assets WHERE job = :job AND number = :number")
    return str(connection.execute(query, {"job": job, "number": int(number)}).scalar_one())
