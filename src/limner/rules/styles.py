"""The ready styles, as data; and what a style makes of a request's words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from itertools import count
from pathlib import Path

from limner.domain.request import Request
from limner.domain.style import NAME_LIMIT, NONE, WORDS_LIMIT, Style, fold
from limner.domain.text import one_line, shorten
from limner.rules import palette

SAMPLES = Path(__file__).parent / "samples"
"""Drawings by hand, one for each ready style, by its name: they show what it is for, and cost nobody anything."""
FINISH = "make it a finished picture in this style"


@cache
def ready() -> dict[str, Style]:
    """The styles that come with Limner, by their keys."""
    declared = tomllib.loads(files("limner.rules").joinpath("styles.toml").read_text(encoding="utf-8"))
    styles = (Style(id=name, name=name, **said) for name, said in declared.items())
    return {style.key: style for style in styles}


def sent(request: Request, shown: int) -> str:
    """The prompt as the model gets it: Limner's guidance, the style's words around the member's own, its colours, what
    it leaves out, and what its pictures are for. `shown`: how many of them go along, after the request's own."""
    style = request.worn
    if style is None:
        parts = [request.guidance, request.prompt]
    else:
        parts = [request.guidance, style.before, request.prompt, style.after, *_looks(request, style, shown)]
    return "\n\n".join(part for part in parts if part)


def _looks(request: Request, style: Style, shown: int) -> list[str]:
    said = []
    if style.palette:
        said.append(f"Keep to these colours: {palette.spelled(style.palette)}.")
    if style.banned:
        said.append(f"Leave out, whatever else is said: {', '.join(style.banned)}.")
    own = len(request.references)
    if shown:
        which = f"last {shown} attached pictures show" if shown > 1 else "last attached picture shows"
        if not own:
            which = which.removeprefix("last ")
        take = "take the technique, the light and the mood, and none of the subjects"
        said.append(f"The {which} the style to paint in: {take}.")
    if own and not request.guidance and not request.mask:
        said.append(
            "If the picture to work from is a sketch or a wireframe, it is the composition: keep every element in its "
            f"place and at its size, leave nothing of the draft's lines, and {style.finish or FINISH}."
        )
    return said


def suggested(prompt: str, taken: Collection[str]) -> tuple[str, str]:
    """A name for a style that is made from a picture, and words for it: out of the picture's prompt the first words
    that tell something, and what follows its first comma, where people say how it is to look."""
    scene, _, look = one_line(prompt).partition(",")
    telling = [word for word in re.findall(r"[^\W\d_]+", scene) if word.casefold() not in _FILLING]
    name = shorten("-".join(telling[:2]).casefold(), NAME_LIMIT - 3).rstrip("…-")
    name = name if fold(name) not in {"", NONE} else "style"
    numbered = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(each for each in numbered if fold(each) not in taken), shorten(look.strip(), WORDS_LIMIT)


_FILLING = frozenset(
    [
        *("a", "an", "the", "of", "in", "on", "at", "with", "and", "or", "for", "to", "from", "by", "under", "over"),
        *("its", "one", "two", "three", "some", "very", "ein", "eine", "der", "die", "das", "im", "un", "une", "le"),
    ]
)


def called(style: Style) -> str:
    """What a style is called at length, or whose it is."""
    return style.title if style.ready else f"by {style.made_by_name}"


def told(request: Request) -> str | None:
    """What a request wears, in words, and whose it is where nobody asked for it."""
    style = request.worn
    if style is None:
        return None
    by_channel = request.wearing is not None and request.wearing.by_channel
    return f"style {style.name}" + (" (the channel's)" if by_channel else "")
