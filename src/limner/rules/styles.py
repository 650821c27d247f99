"""The ready styles, as data."""

from __future__ import annotations

import difflib
import tomllib
from functools import cache
from importlib.resources import files

from limner.domain.record import Record
from limner.errors import BadOption


class Style(Record):
    """Words that a request wears."""

    name: str
    title: str
    before: str = ""
    after: str = ""

    def wear(self, prompt: str) -> str:
        """The prompt with the style's words around it."""
        return "\n\n".join(part for part in (self.before, prompt, self.after) if part)


@cache
def ready() -> dict[str, Style]:
    """The styles that come with Limner, by name."""
    declared = tomllib.loads(files("limner.rules").joinpath("styles.toml").read_text(encoding="utf-8"))
    return {name: Style(name=name, **said) for name, said in declared.items()}


def find(name: str) -> Style:
    """The style of this name.

    Raises:
        BadOption: There is none; the nearest and all names are said.
    """
    said = name.strip().lower()
    if style := ready().get(said):
        return style
    near = difflib.get_close_matches(said, ready(), n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise BadOption(name="style", value=name, why=f"{hint}there are {', '.join(ready())}")
