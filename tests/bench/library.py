"""A library of a million pictures: how long a page takes, and a search, in the team that has nearly all of them and in
one that has a hundred among them."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, event, text

from limner.domain.wanted import Wanted
from limner.store import finding, migrations
from limner.store.database import address, plan_each
from tests.backends import Missing
from tests.backends.postgresql import PostgreSQL
from tests.store.many import BEGAN, HOW, RARE, SUBJECTS, WHERE, Teams, fill

COUNT = int(os.environ.get("PICTURES", "1_000_000"))
KEPT = Path(__file__).parents[2] / "build" / "million"
"""Where the libraries stay for the next time."""
ASKED = 150
"""Questions of each sort."""
GRID, SHELF = 60, 9
"""Pictures on a page of the web, and on a card."""

Question = Callable[[Connection, str, random.Random], object]


async def library(folder: Path) -> None:
    """Pages and searches in a library of a million."""
    with _sqlite() as connection:
        _measured("SQLite", connection)
    try:
        with _postgresql() as connection:
            _measured("PostgreSQL", connection)
    except Missing as missing:
        print(f"  PostgreSQL is left out: {missing}")


@contextmanager
def _sqlite() -> Iterator[Connection]:
    KEPT.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{KEPT / f'{COUNT}.db'}", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("PRAGMA synchronous = OFF")
        connection.commit()
        _filled(connection, "SQLite")
        yield connection


@contextmanager
def _postgresql() -> Iterator[Connection]:
    server = PostgreSQL(KEPT / "postgresql")
    try:
        name = f"limner_{COUNT}"
        with create_engine(address(server.url(), KEPT), isolation_level="AUTOCOMMIT").connect() as own:
            if not own.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).scalar():
                own.execute(text(f"CREATE DATABASE {name}"))
        engine = create_engine(address(server.url(name), KEPT), poolclass=NullPool)
        event.listen(engine, "connect", plan_each)  # as Limner's own connections
        with engine.connect() as connection:
            _filled(connection, "PostgreSQL")
            connection.commit()
            yield connection.execution_options(isolation_level="AUTOCOMMIT")
    finally:
        server.close()


def _filled(connection: Connection, name: str) -> None:
    began, known = time.monotonic(), migrations._revision(connection)
    if known != migrations.HEAD:
        migrations._upgrade(connection)
        connection.commit()
    if known is not None:
        return
    fill(connection, COUNT)
    connection.commit()
    if name == "PostgreSQL":
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    print(f"\n{name}: {COUNT:,} pictures put in within {time.monotonic() - began:.0f} s")


def _measured(name: str, connection: Connection) -> None:
    teams = Teams()
    if name == "SQLite":
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    print(f"\n{name}, {COUNT:,} pictures: milliseconds at the 95th of 100 (the middle one)")
    for told, question, bar in (
        ("a page of the grid", _grid, None),
        ("newest first", _newest, 30),
        ("ranked", _ranked, 60),
        ("by what looks the same", _alike, None),
    ):
        large, small = (_timed(connection, team, question) for team in (teams.large, teams.small))
        said = f"   (bar: {bar})" if bar else ""
        print(f"  {told:24} large team {_spell(large)}   small team {_spell(small)}{said}")


def _timed(connection: Connection, team: str, question: Question) -> list[float]:
    chance, found = random.Random(5), []
    for _ in range(5):
        question(connection, team, chance)
    for _ in range(ASKED):
        began = time.perf_counter()
        question(connection, team, chance)
        found.append(1000 * (time.perf_counter() - began))
    return found


def _spell(found: list[float]) -> str:
    return f"{statistics.quantiles(found, n=20)[18]:6.1f} ({statistics.median(found):.1f})"


def _asked(connection: Connection, team: str, wanted: Wanted, limit: int, before: str | None = None) -> None:
    sqlite = connection.dialect.name == "sqlite"
    finding._page(connection, team, wanted, f"{team}1", limit, before, None, sqlite=sqlite)


def _grid(connection: Connection, team: str, chance: random.Random) -> None:
    """Anywhere in the library."""
    before = str(chance.randrange(1, COUNT)) if chance.random() < 0.7 else None
    _asked(connection, team, Wanted(), GRID, before)


def _newest(connection: Connection, team: str, chance: random.Random) -> None:
    """Words that are common, rare, or only begun; half of the time with something besides; some further pages."""
    more = chance.choice(
        (
            *(
                {},
                {},
                {},
                {"colour": chance.choice(("red", "blue", "green"))},
                {"member": f"{team}{chance.randrange(100)}"},
            ),
            {"shape": "wide", "channel": f"discord/{team}/c{chance.randrange(30)}"},
            {"since": BEGAN + (BEGAN.replace(year=2025) - BEGAN) * chance.random()},
        )
    )
    before = str(chance.randrange(1, COUNT)) if chance.random() < 0.3 else None
    _asked(connection, team, Wanted(words=_words(chance), **more), SHELF, before)


def _ranked(connection: Connection, team: str, chance: random.Random) -> None:
    _asked(connection, team, Wanted(words=_words(chance), best=True), SHELF)


def _alike(connection: Connection, team: str, chance: random.Random) -> None:
    _asked(connection, team, Wanted(like=f"{chance.getrandbits(64):016x}"), SHELF)


def _words(chance: random.Random) -> str:
    word = chance.choice(chance.choice((SUBJECTS, WHERE, HOW, RARE)))
    other = chance.choice(chance.choice((SUBJECTS, HOW)))
    return chance.choice((word, word[: max(len(word) * 2 // 3, 3)], f"{word} {other}"))
