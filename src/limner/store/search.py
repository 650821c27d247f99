"""Search by words: what members type is hostile, and is only ever quoted.

SQLite: FTS5 over the assets, with the team as a column of the index, which keeps the search within a team as quick as
the team is small. Words of scripts that put no spaces between theirs, and words without any letter, are looked for as
parts of the prompt; so are all words on databases other than SQLite.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Select, column, table, text

from limner.domain.text import clean
from limner.store.tables import assets

WORDS = 16
"""The most words of one search that count."""

WORD_LENGTH = 64

PREFIX = 3
"""From this many characters on, a word's beginning suffices: the beginnings of shorter ones match too much."""

# Thai and Lao, Khmer, kana, the Han ideographs with their compatibility forms and extensions.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

_index = table("assets_search", column("rowid"), column("assets_search"))


def matching(query: Select[Any], team: str, words: str, *, sqlite: bool) -> Select[Any]:
    """The query over `assets`, for those alone that have all of the words."""
    said = [word[:WORD_LENGTH] for word in clean(words).split()[:WORDS]]
    indexed = [word for word in said if sqlite and _is_indexed(word)]
    for word in said:
        if word not in indexed:
            query = query.where(assets.c.prompt.icontains(word, autoescape=True))
    if indexed:
        phrases = " AND ".join(_phrase(word) for word in indexed)
        query = query.join(_index, _index.c.rowid == assets.c.sequence).where(
            _index.c.assets_search.op("MATCH")(f'team : "{_quoted(team)}" AND prompt : ({phrases})')
        )
    return query


def learn(connection: Connection, job: str) -> None:
    """Puts a job's pictures into the index."""
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(
                "INSERT INTO assets_search (rowid, team, prompt) "
                "SELECT sequence, team, prompt FROM assets WHERE job = :job"
            ),
            {"job": job},
        )


def forget(connection: Connection, job: str) -> None:
    """Takes a job's pictures out of the index, while they are still in the table."""
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(
                "INSERT INTO assets_search (assets_search, rowid, team, prompt) "
                "SELECT 'delete', sequence, team, prompt FROM assets WHERE job = :job"
            ),
            {"job": job},
        )


def _is_indexed(word: str) -> bool:
    return any(char.isalnum() for char in word) and not _UNSPACED.search(word)


def _phrase(word: str) -> str:
    return f'"{_quoted(word)}"' + ("*" if len(word) >= PREFIX else "")


def _quoted(word: str) -> str:
    return word.replace('"', '""')
