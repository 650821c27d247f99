"""The index of the library: which pictures have certain words, and certain marks (see `limner.store.marks`), the newest
first. What members type is hostile, and is only ever quoted.

SQLite has FTS5 over the assets, PostgreSQL a tsvector for each of them. In both, the team and whatever else pictures
are found by are in the index beside the words, so that any mixture of them is one question to it, and a search within a
team is as quick as the team is small.

Words are told apart, and rid of case and accents, by `tokens`, for both: FTS5 is given them as they are (`ascii` splits
nothing but ASCII), and keeps neither prompts nor marks, only their index. The tokenizers that the databases bring along
have ideas of their own about hyphens, addresses and scripts without spaces. Whoever changes `tokens` or `words_of` has
to write the index anew: FTS5 forgets a picture only when it is told exactly what it learned of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, column, select, table, text

from limner.domain.text import clean
from limner.store.tables import assets

WORDS = 16
"""The most words of one search that count."""

WORD_LENGTH = 64

PREFIX = 3
"""From this many characters on, a word's beginning suffices: the beginnings of shorter ones match too much."""

BEGINNINGS = 12
"""PostgreSQL: the beginnings of a word up to this long are in the index by themselves, as FTS5 has some."""
STRETCHES = (1_000, 10_000, 100_000)
"""PostgreSQL: so long are the stretches of the library's sequence that can be asked for by themselves."""
POSITIONS = 16_383
"""The last position in a text that a tsvector tells from later ones."""

LISTED = 5
"""SQLite: the longest beginnings of words that have lists of their own."""

FTS5 = "USING fts5(words, signs, marks, content = '', tokenize = 'ascii', prefix = '3 4 5', columnsize = 0)"
"""The index as SQLite makes it. The beginnings of words that people look for have lists of their own: else each search
would put together those of all the words that begin so, which takes as long as there are pictures with them."""

# Thai and Lao, Khmer, kana, the Han ideographs with their compatibility forms and extensions.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TOKEN = re.compile(rf"{_UNSPACED.pattern}|(?:(?!{_UNSPACED.pattern})[^\W_])+")
_PLAIN = re.compile("[a-z0-9]+")
_SIGN = re.compile(r"[\W_]")

fts5 = table("assets_search", column("rowid"), column("assets_search"))
vectors = table("assets_search", column("sequence"), column("words"))


class Learned(NamedTuple):
    """What the index knows of a picture."""

    sequence: int
    prompt: str
    marks: tuple[str, ...]


class Sought(NamedTuple):
    """What is looked for: pictures that have all of this."""

    phrases: tuple[tuple[str, ...], ...] = ()
    """Words of the prompt; some are several that follow each other."""
    begun: frozenset[int] = frozenset()
    """Which of the phrases may go on where they end."""
    signs: tuple[str, ...] = ()
    """What is neither letter nor digit."""
    marks: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    """Marks of which one suffices."""

    @property
    def anything(self) -> bool:
        """Whether anything at all is looked for."""
        return bool(self.phrases or self.signs or self.marks or self.either)

    @property
    def parts(self) -> list[Sought]:
        """The same, each thing that is looked for by itself."""
        parts = [Sought((phrase,), frozenset((0,) * (at in self.begun))) for at, phrase in enumerate(self.phrases)]
        parts += [Sought(signs=(sign,)) for sign in self.signs]
        parts += [Sought(marks=(mark,)) for mark in self.marks]
        return [*parts, Sought(either=self.either)] if self.either else parts


def read(words: str) -> tuple[tuple[tuple[str, ...], ...], frozenset[int], tuple[str, ...]]:
    """What a member's words look for: phrases, which of them may go on, and signs. A word without any letter is looked
    for by its signs."""
    said = [word[:WORD_LENGTH] for word in clean(words).split()[:WORDS]]
    phrases = {word: tuple(tokens(word)) for word in said}
    found = [(word, phrase) for word, phrase in phrases.items() if phrase]
    begun = frozenset(at for at, (_, phrase) in enumerate(found) if len(phrase) > 1 or len(phrase[0]) >= PREFIX)
    signs = dict.fromkeys(sign for word, phrase in phrases.items() if not phrase for sign in signs_of(word))
    return tuple(phrase for _, phrase in found), begun, tuple(signs)


def match(sought: Sought, *, near: bool = False) -> str:
    """What is looked for as FTS5 reads it. `near`: by beginnings that have lists of their own, so that it may find
    more."""
    said: list[str] = []
    for at, phrase in enumerate(sought.phrases):
        begun = at in sought.begun
        if near and begun:
            begun = len(phrase[-1]) >= PREFIX  # if not, it is the end of a phrase
            phrase = (*phrase[:-1], phrase[-1][:LISTED]) if begun else phrase[:-1]
        said.append(f'words : "{" ".join(phrase)}"{"*" * begun}')
    said += [f'signs : "{sign}"' for sign in sought.signs]
    said += [f'marks : "{mark}"' for mark in sought.marks]
    if sought.either:
        any_of = " OR ".join(f'"{mark}"' for mark in sought.either)
        said.append(f"marks : ({any_of})")
    return " AND ".join(said)


def tsquery(sought: Sought) -> str:
    """What is looked for as PostgreSQL reads it, and checks a picture for it."""
    said = [_phrase(phrase, begun=at in sought.begun) for at, phrase in enumerate(sought.phrases)]
    return " & ".join([*said, *_others(sought)])


def gin(sought: Sought, *, near: bool = False) -> str:
    """The same, as GIN is asked for it: by whole words of the index, for what begins with something it would put
    together from the lists of all the words that do. `near`: where there are so few that of the longest words it may
    find more; of phrases it always does, see `loose`."""
    said = [exactly(word) for phrase in sought.phrases for word in phrase[:-1]]
    for at, phrase in enumerate(sought.phrases):
        said += _begun(phrase[-1], near=near) if at in sought.begun else [exactly(phrase[-1])]
    return " & ".join([*said, *_others(sought)])


def loose(sought: Sought) -> bool:
    """Whether GIN may find more than what is looked for."""
    return any(
        len(phrase) > 1 or (at in sought.begun and len(phrase[0]) > BEGINNINGS)
        for at, phrase in enumerate(sought.phrases)
    )


def stretch(number: int, length: int) -> str:
    """The word that the index has for every picture of this stretch of the sequence, of those that are so long."""
    return f"/#{length}.{number}"


def has(learned: Learned, sought: Sought) -> bool:
    """Whether a picture has all that is looked for, as the indexes would say."""
    marks = set(learned.marks)
    if not marks.issuperset(sought.marks) or (sought.either and marks.isdisjoint(sought.either)):
        return False
    if sought.signs and not set(signs_of(learned.prompt)).issuperset(sought.signs):
        return False
    if learned.prompt.isascii():  # most have none of the words, and need not be taken apart to see that
        said = learned.prompt.lower()
        if not all(token in said for phrase in sought.phrases for token in phrase):
            return False
    words = tokens(learned.prompt) if sought.phrases else []
    return all(_stands(phrase, words, begun=at in sought.begun) for at, phrase in enumerate(sought.phrases))


def _stands(phrase: tuple[str, ...], words: list[str], *, begun: bool) -> bool:
    *first, last = phrase
    ends = (at for at, word in enumerate(words) if (word.startswith(last) if begun else word == last))
    return any(words[max(at - len(first), 0) : at] == first for at in ends)


def learn(connection: Connection, learned: Sequence[Learned]) -> None:
    """Puts pictures into the index."""
    if not learned:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_LEARN_FTS5, [_row(each) for each in learned])
        return
    rows = [{"sequence": each.sequence, "words": tsvector(each)} for each in learned]
    connection.execute(_LEARN_VECTORS, rows)


def forget(connection: Connection, learned: Sequence[Learned]) -> None:
    """Takes pictures out of the index."""
    if not learned:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(_FORGET_FTS5, [_row(each) for each in learned])
    else:
        connection.execute(_FORGET_VECTORS, [{"sequence": each.sequence} for each in learned])


def known(connection: Connection, *, job: str) -> list[Learned]:
    """What the index knows of a job's pictures, while they are in the table."""
    return [Learned(*row) for row in connection.execute(_OF_JOB, {"its_job": job}).all()]


def change(
    connection: Connection, sequences: Iterable[int], *, add: Iterable[str] = (), drop: Iterable[str] = ()
) -> None:
    """Puts marks on pictures, and takes others off."""
    added, dropped = tuple(add), frozenset(drop)
    wanted = sorted(set(sequences))
    for start in range(0, len(wanted), 500):
        rows = connection.execute(_SOME, {"some": wanted[start : start + 500]}).all()
        before = [Learned(*row) for row in rows]
        after = [
            each._replace(marks=tuple(dict.fromkeys((*(m for m in each.marks if m not in dropped), *added))))
            for each in before
        ]
        moved = [(old, new) for old, new in zip(before, after, strict=True) if old.marks != new.marks]
        if moved:
            forget(connection, [old for old, _ in moved])
            connection.execute(_MARK, [{"its_sequence": new.sequence, "its_marks": new.marks} for _, new in moved])
            learn(connection, [new for _, new in moved])


_LEARN_FTS5 = text("INSERT INTO assets_search (rowid, words, signs, marks) VALUES (:sequence, :words, :signs, :marks)")
_FORGET_FTS5 = text(
    "INSERT INTO assets_search (assets_search, rowid, words, signs, marks) "
    "VALUES ('delete', :sequence, :words, :signs, :marks)"
)
_FORGET_VECTORS = text("DELETE FROM assets_search WHERE sequence = :sequence")
_LEARN_VECTORS = text("INSERT INTO assets_search (sequence, words) VALUES (:sequence, CAST(:words AS tsvector))")
_KNOWN = select(assets.c.sequence, assets.c.prompt, assets.c.marks)
_OF_JOB = _KNOWN.where(assets.c.job == bindparam("its_job"))
_SOME = _KNOWN.where(assets.c.sequence.in_(bindparam("some", expanding=True))).with_for_update()
_MARK = assets.update().where(assets.c.sequence == bindparam("its_sequence")).values(marks=bindparam("its_marks"))


def tokens(words: str) -> list[str]:
    """The words of a text as they are looked for: without case and accents, each character of a script without spaces
    as one of its own."""
    if words.isascii():
        return [token[:WORD_LENGTH] for token in _PLAIN.findall(words.lower())]
    plain = unicodedata.normalize("NFD", words.casefold())
    plain = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    return [token[:WORD_LENGTH] for token in _TOKEN.findall(unicodedata.normalize("NFC", plain))]


def signs_of(words: str) -> tuple[str, ...]:
    """What a text has besides words and spaces, each once: emoji, and punctuation. ASCII's are spelled, for FTS5 splits
    at them."""
    found = dict.fromkeys(_SIGN.findall(words))
    return tuple(f"s{ord(sign):x}" for sign in found if not sign.isspace() and unicodedata.category(sign) != "Cf")


def _row(learned: Learned) -> dict[str, object]:
    return {
        "sequence": learned.sequence,
        "words": " ".join(tokens(learned.prompt)),
        "signs": " ".join(signs_of(learned.prompt)),
        "marks": " ".join(learned.marks),
    }


def tsvector(learned: Learned) -> str:
    """What the index keeps of a picture, as PostgreSQL reads it: the prompt's words with their places, its signs and
    marks, where it is in the sequence, and how its words begin."""
    places: dict[str, list[str]] = {}
    for place, token in enumerate(tokens(learned.prompt), 1):
        places.setdefault(token, []).append(str(min(place, POSITIONS)))
    # No word begins like these.
    others = [f"/{each}" for each in (*learned.marks, *signs_of(learned.prompt))]
    others += [stretch(learned.sequence // length, length) for length in STRETCHES]
    others += {f"/^{token[:length]}" for token in places for length in range(PREFIX, min(len(token), BEGINNINGS + 1))}
    return " ".join([*map(exactly, others), *(f"{exactly(token)}:{','.join(at)}" for token, at in places.items())])


def _others(sought: Sought) -> list[str]:
    said = [exactly(f"/{each}") for each in (*sought.signs, *sought.marks)]
    if sought.either:
        said.append(f"({' | '.join(exactly(f'/{mark}') for mark in sought.either)})")
    return said


def _begun(word: str, *, near: bool) -> list[str]:
    if len(word) < PREFIX:  # the end of a phrase
        return []
    beginning = exactly(f"/^{word[:BEGINNINGS]}")
    if len(word) <= BEGINNINGS:
        return [f"({exactly(word)} | {beginning})"]
    return [beginning] if near else [beginning, f"{exactly(word)}:*"]


def _phrase(phrase: tuple[str, ...], *, begun: bool) -> str:
    *first, last = [exactly(token) for token in phrase]
    return f"({' <-> '.join([*first, last + ':*' * begun])})"


def exactly(word: str) -> str:
    """A word of the index, as PostgreSQL reads it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
