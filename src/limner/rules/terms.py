"""Banned terms: whole words and phrases, found whatever their case, accents, width and disguise.

Both sides are folded to one form: compatibility characters (full width, ligatures, mathematical letters) as plain ones,
without case, without accents, without what cannot be seen, and with those Cyrillic and Greek letters that look Latin as
the Latin ones. It is a team's own list of words, not a fortress: meanings are moderation's business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
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
_LETTER = re.compile(rf"[^\W_{_UNSPACED}]")
_BEFORE, _AFTER = rf"(?<![^\W_{_UNSPACED}])", rf"(?![^\W_{_UNSPACED}])"
_BETWEEN = r"[\W_]+"


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
    """The first of these terms that is in the words, as it was given; None when there is none."""
    pattern, names = _compiled(tuple(terms))
    if pattern is None or (match := pattern.search(folded(words))) is None:
        return None
    return names[int((match.lastgroup or "t0")[1:])]


@lru_cache(maxsize=256)
def _compiled(terms: tuple[str, ...]) -> tuple[re.Pattern[str] | None, tuple[str, ...]]:
    usable = [(term, pattern) for term in terms if (pattern := _pattern(term))]
    if not usable:
        return None, ()
    every = "|".join(f"(?P<t{number}>{pattern})" for number, (_, pattern) in enumerate(usable))
    return re.compile(every), tuple(term for term, _ in usable)


def _pattern(term: str) -> str:
    """A term as a pattern; empty when nothing of it can be seen. What stands between the words of a phrase does not
    matter: a space, a hyphen, a line's end."""
    words = folded(term).split()
    if not words:
        return ""
    first, last = words[0][0], words[-1][-1]
    before = _BEFORE if _LETTER.match(first) else ""
    after = _AFTER if _LETTER.match(last) else ""
    return before + _BETWEEN.join(re.escape(word) for word in words) + after
