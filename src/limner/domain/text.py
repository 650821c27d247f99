"""Members' words are hostile text: what is kept of them, and how they are shortened.

Only what acts by itself is taken out here (control and direction characters). What acts on one platform alone, such as
mentions and markup, is disarmed by that platform's renderer, which knows it.
"""

from __future__ import annotations

import unicodedata

KEPT_CONTROLS = "\n\t"

# Direction overrides, isolates and marks reorder everything around them; the byte order mark and the separators
# U+2028/9 break lines where nobody expects it. Zero-width joiners stay: emoji and several scripts need them.
ACTING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029\ufff9\ufffa\ufffb"
)


def clean(words: str) -> str:
    """The words without control, direction and unpaired surrogate characters; whitespace at the ends is gone."""
    kept = (
        char
        for char in words.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
        if char in KEPT_CONTROLS or (char not in ACTING and not _acts(char))
    )
    return "".join(kept).strip()


def _acts(char: str) -> bool:
    # Cc: controls. Cs: lone surrogates, which no encoder takes.
    return unicodedata.category(char) in {"Cc", "Cs"}


def visible(words: str) -> bool:
    """Whether there is anything to be seen in the words: not blanks, joiners and other marks of no width alone."""
    return any(not char.isspace() and unicodedata.category(char) != "Cf" for char in words)


def one_line(words: str) -> str:
    """The words on a single line, runs of whitespace as one space."""
    return " ".join(clean(words).split())


def shorten(words: str, limit: int) -> str:
    """At most `limit` characters, cut at a word where that is near, with an ellipsis when something was cut."""
    if len(words) <= limit:
        return words
    if limit < 1:
        return ""
    cut = words[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit * 0.7 else cut).rstrip() + "…"


def alt_text(prompt: str, limit: int = 1000) -> str:
    """The alternative text of a picture; screen readers are told first where it comes from."""
    return shorten(f"AI-generated: {one_line(prompt)}", limit)
