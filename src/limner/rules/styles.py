"""The ready styles, as data; and what a style makes of a request's words."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from limner.domain.request import Request
from limner.domain.style import Style
from limner.rules import palette

FINISH = "make it a finished picture in this style"


@cache
def ready() -> dict[str, Style]:
    """The styles that come with Limner, by their keys."""
    declared = tomllib.loads(files("limner.rules").joinpath("styles.toml").read_text(encoding="utf-8"))
    styles = (Style(id=name, name=name, **said) for name, said in declared.items())
    return {style.key: style for style in styles}


def sent(request: Request, shown: int) -> str:
    """The prompt as the model gets it: Limner's guidance, the style's words around the member's own, its colours, and
    what its pictures are for. `shown`: how many of them go along, after the request's own."""
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
    own = len(request.references)
    if shown:
        which = f"last {shown} attached pictures show" if shown > 1 else "last attached picture shows"
        if not own:
            which = which.removeprefix("last ")
        take = "take the technique, the light and the mood, and none of the subjects"
        said.append(f"The {which} the style to paint in: {take}.")
    if own and not request.guidance and not request.mask:
        said.append(
            "If the first attached picture is a sketch or a wireframe, it is the composition: keep every element in "
            f"its place and at its size, leave nothing of the draft's lines, and {style.finish or FINISH}."
        )
    return said


def told(request: Request) -> str | None:
    """What a request wears, in words, and whose it is where nobody asked for it."""
    style = request.worn
    if style is None:
        return None
    by_channel = request.wearing is not None and request.wearing.by_channel
    return f"style {style.name}" + (" (this channel's)" if by_channel else "")
