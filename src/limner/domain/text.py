"""Members' words are hostile text: what is kept of them, and how they are shortened.

Only what acts by itself is taken out here (control and direction characters). What acts on one platform alone, such as
mentions and markup, is disarmed by that platform's renderer, which knows it.
"""

from __future__ import annotations

import re
import unicodedata

# Controls (Cc) but for line breaks and tabs, and lone surrogates (Cs), which no encoder takes.
CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"

# Direction overrides, isolates and marks reorder everything around them; the byte order mark and interlinear
# annotations hide what they hold. Zero-width joiners stay: emoji and several scripts need them.
DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"

_ACTS = re.compile(f"[{CONTROLS}{DIRECTIONS}]")
_BREAKS = re.compile("\r\n|[\r\u2028\u2029]")
"""The separators U+2028/9 break lines where nobody expects it."""


def clean(words: str) -> str:
    """The words without control, direction and unpaired surrogate characters; whitespace at the ends is gone."""
    return _ACTS.sub("", _BREAKS.sub("\n", words)).strip()


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
