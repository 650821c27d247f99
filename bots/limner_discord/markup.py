"""Members' words as Discord shows them to the letter: no mention, link, heading, list, code or quote comes of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from limner.domain.text import clean, one_line, shorten

# A backslash makes any ASCII punctuation literal in Discord's Markdown. These act anywhere in a line: `<` begins
# mentions, timestamps, custom emoji, commands and phone links alike; brackets begin masked links.
_ANYWHERE = re.compile(r"([\\`*_~|<\[\]])")
_SCHEME = re.compile(r":(?=//)")
# At the start of a line: headings, quotes, lists, small print (`-#`) and numbered lists.
_FIRST = re.compile(r"^(\s*)([-+#>])", re.MULTILINE)
_NUMBER = re.compile(r"^(\s*\d+)\.", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n\s*\n+")
# The client looks for these by their letters, escaped or not; an invisible joint between them ends that.
_PING = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_INVITE = re.compile(r"(discord)(?=(?:app)?\.(?:gg|com/invite))", re.IGNORECASE)
_JOINT = "\u2060"


def length(text: str) -> int:
    """Characters as Discord counts them at worst: UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def inert(words: str, limit: int = 4000, *, lines: bool = True) -> str:
    """The words so that Discord shows them as they are, in at most `limit` characters; cut words end in “…”.

    `lines=False` puts them on one line.
    """
    kept = _BLANK_LINES.sub("\n", clean(words)) if lines else one_line(words)
    return _fitting(kept, limit, _disarm)


def quoted(words: str, limit: int) -> str:
    """The words as a quotation, line by line, in at most `limit` characters; empty when there is no room."""
    return _fitting(_BLANK_LINES.sub("\n", clean(words)), limit, _quote)


def _fitting(words: str, limit: int, spell: Callable[[str], str]) -> str:
    """What `spell` makes of as many of the words as keep it within the limit; spelling only ever lengthens."""
    kept = shorten(words, limit)
    while kept and length(spelled := spell(kept)) > limit:
        # In proportion, so that a few rounds do; always shorter, so that it ends.
        kept = shorten(kept, min(len(kept) - 1, len(kept) * limit // length(spelled)))
    return spelled if kept else ""


def _quote(words: str) -> str:
    return "\n".join(f"> {line}" for line in _disarm(words).split("\n"))


def _disarm(words: str) -> str:
    words = _PING.sub("@" + _JOINT, words)
    words = _INVITE.sub(r"\1" + _JOINT, words)
    words = _ANYWHERE.sub(r"\\\1", words)
    words = _SCHEME.sub(r"\\:", words)
    words = _NUMBER.sub(r"\1\\.", words)
    return _FIRST.sub(r"\1\\\2", words)
