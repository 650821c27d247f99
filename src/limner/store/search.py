"""Search by words: what members type is hostile, and is only ever quoted.

SQLite has FTS5 over the assets, PostgreSQL a tsvector for each of them; in both the team is in the index, which keeps
the search within a team as quick as the team is small. Words are told apart, and rid of case and accents, by FTS5's
`unicode61`, and for PostgreSQL by `tokens` in the same way: its own parser has ideas of its own about hyphens and
addresses, and the extensions that know accents and parts of words are not everywhere.

Words of scripts that put no spaces between theirs, and words without any letter, are looked for as parts of the prompt.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from sqlalchemy import Connection, Select, cast, column, literal, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from limner.domain.text import clean
from limner.store.tables import assets

WORDS = 16
"""The most words of one search that count."""

WORD_LENGTH = 64

PREFIX = 3
"""From this many characters on, a word's beginning suffices: the beginnings of shorter ones match too much."""

POSITIONS = 16_383
"""The last position in a text that a tsvector tells from later ones."""

# Thai and Lao, Khmer, kana, the Han ideographs with their compatibility forms and extensions.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TOKEN = re.compile(rf"{_UNSPACED.pattern}|(?:(?!{_UNSPACED.pattern})[^\W_])+")

_fts5 = table("assets_search", column("rowid"), column("assets_search"))
_vectors = table("assets_search", column("sequence"), column("words"))


def matching(query: Select[Any], team: str, words: str, *, sqlite: bool) -> Select[Any]:
    """The query over `assets`, for those alone that have all of the words."""
    said = [word[:WORD_LENGTH] for word in clean(words).split()[:WORDS]]
    indexed = [word for word in said if _is_indexed(word)]
    for word in said:
        if word not in indexed:
            query = query.where(assets.c.prompt.icontains(word, autoescape=True))
    if not sqlite:
        return query.join(_vectors, _vectors.c.sequence == assets.c.sequence).where(
            _vectors.c.words.op("@@")(cast(literal(_tsquery(team, said, indexed)), TSQUERY))
        )
    if indexed:
        phrases = " AND ".join(_phrase(word) for word in indexed)
        query = query.join(_fts5, _fts5.c.rowid == assets.c.sequence).where(
            _fts5.c.assets_search.op("MATCH")(f'team : "{_quoted(team)}" AND prompt : ({phrases})')
        )
    return query


def learn(connection: Connection, job: str) -> None:
    """Puts a job's pictures into the index."""
    if connection.dialect.name == "sqlite":
        connection.execute(_LEARN_FTS5, {"job": job})
        return
    made = select(assets.c.sequence, assets.c.team, assets.c.prompt).where(assets.c.job == job)
    if rows := connection.execute(made).all():
        connection.execute(
            _LEARN_VECTORS, [{"sequence": row.sequence, "words": tsvector(row.team, row.prompt)} for row in rows]
        )


def forget(connection: Connection, job: str) -> None:
    """Takes a job's pictures out of the index, while they are still in the table."""
    connection.execute(_FORGET_FTS5 if connection.dialect.name == "sqlite" else _FORGET_VECTORS, {"job": job})


_LEARN_FTS5 = text(
    "INSERT INTO assets_search (rowid, team, prompt) SELECT sequence, team, prompt FROM assets WHERE job = :job"
)
_FORGET_FTS5 = text(
    "INSERT INTO assets_search (assets_search, rowid, team, prompt) "
    "SELECT 'delete', sequence, team, prompt FROM assets WHERE job = :job"
)
_FORGET_VECTORS = text("DELETE FROM assets_search WHERE sequence IN (SELECT sequence FROM assets WHERE job = :job)")
_LEARN_VECTORS = text("INSERT INTO assets_search (sequence, words) VALUES (:sequence, CAST(:words AS tsvector))")


def tokens(words: str) -> list[str]:
    """The words of a text as they are looked for: without case and accents, each character of a script without spaces
    as one of its own."""
    plain = unicodedata.normalize("NFD", words.casefold())
    plain = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    return [token[:WORD_LENGTH] for token in _TOKEN.findall(unicodedata.normalize("NFC", plain))]


def tsvector(team: str, prompt: str) -> str:
    """What the index keeps of a picture, as PostgreSQL reads it: the team, and the prompt's words with their places."""
    places: dict[str, list[str]] = {}
    for place, token in enumerate(tokens(prompt), 1):
        places.setdefault(token, []).append(str(min(place, POSITIONS)))
    return " ".join([_lexeme(_team(team)), *(f"{_lexeme(token)}:{','.join(at)}" for token, at in places.items())])


def _tsquery(team: str, said: list[str], indexed: list[str]) -> str:
    terms = [_lexeme(_team(team))]
    for word in said:
        if word in indexed:
            *first, last = [_lexeme(token) for token in tokens(word)]
            terms.append(f"({' <-> '.join([*first, last + (':*' if len(word) >= PREFIX else '')])})")
        else:
            # The whole word is looked for in the prompt; its characters only say in which ones.
            terms += [_lexeme(token) for token in tokens(word) if _UNSPACED.match(token)]
    return " & ".join(terms)


def _team(team: str) -> str:
    return f"/{team}"  # no word begins like this


def _lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _is_indexed(word: str) -> bool:
    return bool(tokens(word)) and not _UNSPACED.search(word)


def _phrase(word: str) -> str:
    return f'"{_quoted(word)}"' + ("*" if len(word) >= PREFIX else "")


def _quoted(word: str) -> str:
    return word.replace('"', '""')
