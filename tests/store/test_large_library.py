"""A library of some thousand pictures: what is asked of the databases goes by their indexes, and finds what it should.
`make million` says how long it takes among a million."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, select, text

from limner.domain.wanted import Wanted
from limner.store import finding, lists, migrations, search, stretches
from limner.store.database import address
from limner.store.marks import mark
from limner.store.seeking import Seek
from limner.store.tables import assets
from tests.backends.fixtures import Servers
from tests.store.many import HOW, RARE, SMALL, SUBJECTS, WHERE, Teams, fill

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


def test_an_older_index_of_postgresql_becomes_what_it_would_be_today(servers: Servers) -> None:
    url = address(servers.postgresql.url(servers.postgresql.create()), servers.postgresql.folder)
    kept = text("SELECT sequence, CAST(words AS text) FROM assets_search ORDER BY sequence")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        migrations._upgrade(connection)
        fill(connection, 300)
        today = connection.execute(kept).all()
        for statement in OLDER:
            connection.exec_driver_sql(statement)
        assert connection.execute(kept).all() != today
        migrations._upgrade(connection)
        assert connection.execute(kept).all() == today
        assert asked(connection, TEAMS.large, Wanted(words="illus"))


OLDER = (
    "ALTER TABLE assets_search RENAME TO newer",
    "CREATE TABLE assets_search (sequence bigint PRIMARY KEY REFERENCES assets (sequence) ON DELETE CASCADE, "
    "team varchar(32) NOT NULL, words tsvector NOT NULL)",
    "INSERT INTO assets_search SELECT sequence, 'x', ts_delete(words, ARRAY(SELECT word FROM "
    "unnest(tsvector_to_array(words)) word WHERE starts_with(word, '/#') OR starts_with(word, '/^'))) FROM newer",
    "DROP TABLE newer",
    "DROP TABLE forgotten",
    "UPDATE alembic_version SET version_num = 'v0019'",
)


WORDS = [word for said in (*SUBJECTS, *WHERE, *HOW, *RARE[:40]) for word in (said, *said.split())]


@st.composite
def begun(draw: st.DrawFn) -> str:
    """Words that there are, a part of them or none, whole and only begun, or with something after them."""
    said = draw(st.lists(st.sampled_from(WORDS), max_size=2))
    return " ".join(word[: draw(st.integers(2, 20))] + draw(st.sampled_from(("", "", "", "s", ","))) for word in said)


@given(
    words=begun(),
    team=st.sampled_from(TEAMS),
    colour=st.sampled_from((None, None, "red", "pink")),
    member=st.sampled_from((None, None, 0, 20)),
    at=st.none() | st.integers(-1, COUNT + 1),
    back=st.booleans(),
    limit=st.sampled_from((1, 9, 200)),
    few=st.sampled_from((stretches.FEW, 3)),
    looked=st.sampled_from((lists.LOOKED, 3)),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_found_is_what_going_through_all_of_it_finds(
    large: Connection,
    words: str,
    team: str,
    colour: str | None,
    member: int | None,
    at: int | None,
    back: bool,
    limit: int,
    few: int,
    looked: int,
) -> None:
    who = None if member is None else f"{team}{member}"
    seek = Seek(large, team, Wanted(words=words, colour=colour, member=who), "x", sqlite=large.dialect.name == "sqlite")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stretches, "FEW", few)
        patched.setattr(lists, "LOOKED", looked)
        found = [place for place, _ in seek.places(limit, at=at, back=back)]
        other = [place for place, _ in seek.places(limit, at=at, back=not back)]
    phrases, begun, signs = search.read(words)
    facts = {"team": team, "colour": colour, "member": who}
    marks = tuple(mark(sort, value) for sort, value in facts.items() if value is not None)
    sought = search.Sought(phrases, begun, signs, marks)
    has = [each.sequence for each in _every(large) if search.has(each, sought)]
    for backwards, places in ((back, found), (not back, other)):
        within = [place for place in has if at is None or (place > at if backwards else place < at)]
        assert places == sorted(within, reverse=not backwards)[:limit]


def _every(connection: Connection) -> list[search.Learned]:
    """All that there is, as it was put in."""
    if connection.engine not in EVERY:
        query = select(assets.c.sequence, assets.c.prompt, assets.c.marks)
        EVERY[connection.engine] = [search.Learned(*row) for row in connection.execute(query).all()]
    return EVERY[connection.engine]


EVERY: dict[Engine, list[search.Learned]] = {}


def _place(connection: Connection, id: str) -> str:
    job, _, number = id.partition(".")
    query = text("SELECT sequence FROM assets WHERE job = :job AND number = :number")
    return str(connection.execute(query, {"job": job, "number": int(number)}).scalar_one())
