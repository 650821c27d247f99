"""Collections: pictures that a team keeps together, under a name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from annotated_types import MaxLen
from pydantic import BeforeValidator

from limner.domain.record import Record
from limner.domain.style import fold
from limner.domain.text import one_line, shorten, visible
from limner.errors import BadOption

NAME_LIMIT = 60
TAG_LIMIT = 40
TAGS = 20
"""On one picture."""


class Collection(Record):
    """One of a team's."""

    id: str = ""
    """Empty: not kept yet."""
    name: str
    made_by: str
    """The member's id."""
    made_by_name: str
    created: datetime | None = None

    @property
    def key(self) -> str:
        """Its name as it is compared."""
        return fold(self.name)


def _read_name(words: Any) -> str:
    name = one_line(str(words)).strip("\"'“”")
    if not visible(fold(name)):
        raise BadOption(name="name", value=shorten(name, 40), why="write a name, such as spring launch")
    if len(name) > NAME_LIMIT or len(fold(name)) > 2 * NAME_LIMIT:
        raise BadOption(name="name", value=shorten(name, 40), why=f"it takes at most {NAME_LIMIT} characters")
    return name


CollectionName = Annotated[str, BeforeValidator(_read_name), MaxLen(NAME_LIMIT)]


def read_tags(words: str) -> dict[str, str]:
    """Tags with commas between them, by their keys.

    Raises:
        BadOption: There is none, there are too many, or one is too long.
    """
    said = (one_line(each).strip("#\"'“” ") for each in words.split(","))
    tags = {fold(each): each for each in said if visible(fold(each))}
    if not tags:
        raise BadOption(name="tags", value="", why="write one or several, such as launch, hero picture")
    if long := next((each for key, each in tags.items() if len(each) > TAG_LIMIT or len(key) > 2 * TAG_LIMIT), None):
        raise BadOption(name="tags", value=shorten(long, 40), why=f"a tag takes at most {TAG_LIMIT} characters")
    if len(tags) > TAGS:
        raise BadOption(name="tags", value=shorten(words, 40), why=f"a picture has at most {TAGS}")
    return tags
