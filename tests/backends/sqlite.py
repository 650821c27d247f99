"""SQLite databases that are up to date, made once for each process of tests: a dozen migrations take longer than most
of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import NullPool, create_engine

from limner.store import migrations
from limner.store.database import address


def put_database(directory: Path) -> None:
    """Puts an empty database into a Limner's directory, unless there is one."""
    database = Path(str(address(None, directory).database))
    if not database.exists():
        directory.mkdir(parents=True, exist_ok=True)
        database.write_bytes(_empty())


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        url = address(None, Path(folder))
        engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool)
        with engine.begin() as connection:
            migrations._upgrade(connection)
        return Path(str(url.database)).read_bytes()
