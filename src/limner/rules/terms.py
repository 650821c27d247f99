"""Banned terms: whole words and phrases, found whatever their case, accents, width and disguise.

Both sides are folded to one form: compatibility characters (full width, ligatures, mathematical letters) as plain ones,
without case, without accents, without what cannot be seen, and with those Cyrillic and Greek letters that look Latin as
the Latin ones. It is a team's own list of words, not a fortress: meanings are moderation's business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_LOOKALIKES = str.maketrans(
    {
        **dict(zip("авсԁеһіјӏкмоԛрѕтѵԝху", "abcdehijlkmoqpstvwxy", strict=True)),
        **dict(zip("αβεικνορτυχ", "abeiknoptux", strict=True)),
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "đ": "d",
    }
)
# Accents and other marks on letters; vowel signs of other scripts are letters of theirs and stay.
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_UNSEEN = re.compile("[\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# Scripts that write words without spaces between them, or hang endings onto them: a term counts within such a run.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_LETTERS = re.compile(rf"[^\W_{_UNSPACED}]+")
# The words of a text in a row. Two runs that follow one another have nothing but blanks and signs between them.
_RUN = re.compile(rf"[^\W_{_UNSPACED}]+|[{_UNSPACED}]+")
_BEFORE, _AFTER = rf"(?<![^\W_{_UNSPACED}])", rf"(?![^\W_{_UNSPACED}])"
_BETWEEN = r"[\W_]{1,32}"  # blanks are one by then; without an end, signs in a row would take their square in time


def folded(words: str) -> str:
    """The words in the form in which they are compared."""
    if words.isascii():
        return words.lower()
    plain = unicodedata.normalize("NFKD", words)
    # Some fold into what decomposes once more, such as the Turkish İ.
    plain = unicodedata.normalize("NFKD", plain.casefold())
    plain = _UNSEEN.sub("", _ACCENTS.sub("", plain))
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    # Composed again at the end for scripts whose syllables come apart, such as Korean.
    return unicodedata.normalize("NFKC", plain.translate(_LOOKALIKES))


def found(terms: Iterable[str], words: str) -> str | None:
    """The first of these terms that is in the words, as it was given; None when there is none.

    Words and phrases of letters are looked up, whatever their number; only terms with signs or unspaced scripts in them
    are searched for one by one. Long words (a prompt has 32,000 characters at most) are worth a thread all the same.
    """
    sought = _compiled(tuple(terms))
    if not sought:
        return None
    text = " ".join(folded(words).split())
    runs = _RUN.findall(text)
    known, joined = frozenset(runs), f" {' '.join(runs)} "
    return next((term.given for term in sought if term.is_in(text, known, joined)), None)


@dataclass(frozen=True)
class _Term:
    given: str
    words: tuple[str, ...]
    pattern: re.Pattern[str] | None
    """None: its words are letters alone, so they are found as whole runs."""

    def is_in(self, text: str, known: frozenset[str], joined: str) -> bool:
        """Whether it is in a folded text, of whose runs these are the set and the sequence."""
        if self.pattern is not None:
            return all(word in text for word in self.words) and self.pattern.search(text) is not None
        return known.issuperset(self.words) and (len(self.words) == 1 or f" {' '.join(self.words)} " in joined)


@lru_cache(maxsize=256)
def _compiled(terms: tuple[str, ...]) -> tuple[_Term, ...]:
    """The terms of which something can be seen."""
    every = ((term, tuple(folded(term).split())) for term in terms)
    return tuple(_Term(term, words, _pattern(words)) for term, words in every if words)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """A term as a pattern, if it needs one. What stands between the words of a phrase does not matter: a space, a
    hyphen, a line's end."""
    if all(_LETTERS.fullmatch(word) for word in words):
        return None
    before = _BEFORE if _LETTERS.match(words[0][0]) else ""
    after = _AFTER if _LETTERS.match(words[-1][-1]) else ""
    return re.compile(before + _BETWEEN.join(re.escape(word) for word in words) + after)
