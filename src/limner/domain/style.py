"""Styles: words, pictures, colours and banned terms that are kept under a name, for requests and channels to wear."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Any

from annotated_types import MaxLen
from pydantic import BeforeValidator

from limner.domain.record import Record
from limner.domain.reference import Reference
from limner.domain.text import one_line, shorten, visible
from limner.errors import BadOption

NAME_LIMIT = 40
"""Characters of a name."""
WORDS_LIMIT = 1_000
"""Characters of the words before a prompt, and of those after it."""
COLOURS_LIMIT = 8
TERMS_LIMIT = 40
"""Banned terms of a style."""
NONE = "none"
"""What says that no style is worn."""


def fold(name: str) -> str:
    """A name as it is compared: without case, width and what cannot be seen; blanks, hyphens and underscores are one.
    Folding twice changes nothing."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", one_line(name)).casefold())
    seen = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return re.sub(r"[\s_-]+", "-", unicodedata.normalize("NFKC", seen.casefold())).strip("-")


def read_name(words: Any) -> str:
    """A name for a style, on one line.

    Raises:
        BadOption: There is nothing to be seen in it, it is too long, or it is the word for no style.
    """
    name = one_line(str(words)).strip("\"'“”")
    key = fold(name)
    if not visible(key):
        raise _bad(name, "write a name, such as spring")
    if key == NONE:
        raise _bad(name, "that is the word for wearing no style")
    if len(name) > NAME_LIMIT or len(key) > 2 * NAME_LIMIT:  # a ligature may be a sentence
        raise _bad(name, f"it takes at most {NAME_LIMIT} characters")
    return name


def _bad(name: str, why: str) -> BadOption:
    return BadOption(name="name", value=shorten(name, 40), why=why)


StyleName = Annotated[str, BeforeValidator(read_name), MaxLen(NAME_LIMIT)]


class Style(Record):
    """A style, as it is or as it was when it was worn."""

    id: str
    """What buttons call it; a ready one's is its name."""
    name: str
    """As it was written; unique within a team by its `key`."""
    title: str = ""
    """What a ready one is called at length."""
    before: str = ""
    """Words before the prompt."""
    after: str = ""
    """Words after it."""
    references: tuple[Reference, ...] = ()
    """Pictures that show it."""
    palette: tuple[str, ...] = ()
    """Its colours, as `#rrggbb`."""
    banned: tuple[str, ...] = ()
    """Terms that a request which wears it may not have in its own words."""
    finish: str = ""
    """What a sketch that is attached becomes, as words to the model; empty: what is said of any style."""
    made_by: str | None = None
    """The member whose it is; None: it comes with Limner."""
    made_by_name: str = ""
    asset: str | None = None
    """The asset that it was made from."""
    created: datetime | None = None

    @property
    def key(self) -> str:
        return fold(self.name)

    @property
    def ready(self) -> bool:
        """Whether it comes with Limner."""
        return self.made_by is None


class Wearing(Record):
    """What a request wears, looked up once, when it was asked for: what becomes of the style later changes nothing."""

    said: str | None = None
    """The name that it was looked up by; None: none was named, and the channel's counts."""
    style: Style | None = None
    """None: it wears none."""
    by_channel: bool = False
    """Whether it is the channel's."""
