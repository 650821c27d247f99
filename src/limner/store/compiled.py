"""Statements as SQL: put together once in a process, whichever connection asks for them first.

SQLAlchemy keeps what it compiled apart for each engine, of which SQLite has three here; to compile a statement takes
several times as long as to run it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import util

KEPT = 1000
"""Statements; Limner has some hundreds."""


class Compiled(util.LRUCache[Any, Any]):
    """SQLAlchemy's cache (its option `compiled_cache`) for engines that differ in nothing but their connections."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_kind(key), value)


def _kind(key: Any) -> Any:
    """A statement's key in SQLAlchemy's cache, whose first part is the dialect of one engine."""
    dialect, *statement = key
    return (dialect.name, dialect.driver, dialect.server_version_info, *statement)


COMPILED = Compiled(KEPT)
