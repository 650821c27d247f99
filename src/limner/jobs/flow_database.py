"""DBOS's own SQLite file, apart from ours: which job is at which step, and nothing else."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event

FILE = "flow.db"

# NORMAL: after a power cut DBOS may have forgotten the last steps, never our own tables. A job that it does not know is
# submitted anew at the start, and steps that are begun again look into our tables first.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 30000",
)


def address(directory: Path) -> str:
    """The SQLAlchemy address of the file."""
    return f"sqlite:///{directory.resolve() / FILE}"


def connect(directory: Path) -> Engine:
    """Connections as DBOS opens them itself, and in WAL mode."""
    engine = create_engine(address(directory))
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    if sqlite3.sqlite_version_info < (3, 42):
        # From Python 3.12 on DBOS takes it for granted that SQLite knows `unixepoch('subsec')`, which came with 3.42. A
        # Python may well stand on an older one, such as Debian 12's.
        connection.create_function("unixepoch", 1, lambda _modifier: time.time())
