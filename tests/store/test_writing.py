"""Short transactions share their commits, and nothing else."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from limner.errors import StoreTrouble
from limner.store.database import Database, address

ROOM = 60
"""Pages of a database that is soon full."""


class Refused(Exception):
    """What a transaction raises by itself."""


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Database]:
    database = await Database.open(address(None, folder))
    await database.write(lambda connection: connection.exec_driver_sql("CREATE TABLE said (word TEXT)") and None)
    yield database
    await database.close()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path) as found:
        yield found


def say(connection: Connection, word: str) -> str:
    connection.exec_driver_sql("INSERT INTO said VALUES (?)", (word,))
    return word


def say_and_raise(connection: Connection, word: str) -> str:
    raise Refused(say(connection, word))


def written(folder: Path) -> list[str]:
    """What somebody else finds in the file, in order."""
    with sqlite3.connect(folder / "limner.db") as other:
        found = [word for (word,) in other.execute("SELECT word FROM said ORDER BY rowid")]
    other.close()
    return found


async def test_many_that_wait_share_a_commit_and_are_told_when_it_is_on_the_disk(
    database: Database, tmp_path: Path
) -> None:
    commits: list[str] = []

    def listen(connection: Connection) -> None:
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(lambda said: commits.append(said) if said == "COMMIT" else None)

    async def jotted(word: str) -> None:
        assert await database.jot(say, word) == word
        assert word in written(tmp_path)

    await database.write(listen)
    commits.clear()
    words = [f"{number}" for number in range(20)]
    await asyncio.gather(*map(jotted, words))
    assert written(tmp_path) == words
    assert len(commits) < len(words)


async def test_one_that_raises_takes_nothing_of_the_others_with_it(database: Database, tmp_path: Path) -> None:
    told = await asyncio.gather(
        *(database.jot(say_and_raise if number % 3 == 1 else say, f"{number}") for number in range(12)),
        return_exceptions=True,
    )
    assert [isinstance(each, Refused) for each in told] == [number % 3 == 1 for number in range(12)]
    assert written(tmp_path) == [f"{number}" for number in range(12) if number % 3 != 1]


async def test_nobody_waits_for_a_long_one_that_came_later(database: Database, tmp_path: Path) -> None:
    def long(connection: Connection) -> list[str]:
        return written(tmp_path)

    _, seen, _ = await asyncio.gather(database.jot(say, "short"), database.write(long), database.jot(say, "later"))
    assert seen == ["short"]


async def test_whoever_does_not_wait_any_longer_has_written_all_the_same(database: Database, tmp_path: Path) -> None:
    asked = [asyncio.create_task(database.jot(say, word)) for word in "abc"]
    await asyncio.sleep(0)
    asked[1].cancel()
    assert await asyncio.gather(*asked, return_exceptions=True) != list("abc")
    await database.jot(say, "d")
    assert written(tmp_path) == list("abcd")


async def test_what_still_waits_is_written_before_the_database_is_closed(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        asked = [asyncio.create_task(database.write(say, word)) for word in "abc"]
        await asyncio.sleep(0)
    assert await asyncio.gather(*asked) == list("abc") == written(tmp_path)


async def test_a_full_disk_takes_what_it_takes_and_says_so(database: Database, tmp_path: Path) -> None:
    await database.write(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {ROOM}") and None)
    words = [f"{number} " + "x" * 20_000 for number in range(24)]
    told = await asyncio.gather(*(database.jot(say, word) for word in words), return_exceptions=True)
    assert any(isinstance(each, StoreTrouble) for each in told)
    assert written(tmp_path) == [each for each in told if isinstance(each, str)]
    await database.write(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 100000") and None)
    assert await database.jot(say, "room again") == "room again"


WORKS = st.lists(st.sampled_from(["jot", "write", "raise"]), max_size=30)


@given(WORKS)
def test_what_was_told_as_written_is_there_and_nothing_else(works: list[str]) -> None:
    async def played(folder: Path) -> None:
        async with opened(folder) as database:
            told = await asyncio.gather(
                *(
                    (database.write if work == "write" else database.jot)(
                        say_and_raise if work == "raise" else say, f"{number}"
                    )
                    for number, work in enumerate(works)
                ),
                return_exceptions=True,
            )
        assert written(folder) == [each for each in told if isinstance(each, str)]
        assert len(written(folder)) == len([work for work in works if work != "raise"])

    with TemporaryDirectory() as folder:
        asyncio.run(played(Path(folder)))
