"""Palettes: colours as people write them, and as words for a model."""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import Annotated, Any

from annotated_types import MaxLen
from PIL import ImageColor
from pydantic import BeforeValidator

from limner.domain.colour import distance
from limner.domain.style import COLOURS_LIMIT, NONE
from limner.domain.text import one_line, shorten
from limner.errors import BadOption

PALETTE_LIMIT = 200
"""Characters; eight of the longest names are fewer."""

_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
_BREAK = re.compile(r"[,;]|\s+(?=#)")
_SPOKEN = (
    *("black", "white", "dark grey", "grey", "silver", "light grey", "ivory", "beige", "tan", "brown", "sienna"),
    *("maroon", "crimson", "red", "tomato", "coral", "salmon", "orange red", "orange", "dark orange", "gold"),
    *("yellow", "khaki", "olive", "yellow green", "lime green", "green", "dark green", "forest green", "sea green"),
    *(
        "spring green",
        "light sea green",
        "aquamarine",
        "teal",
        "turquoise",
        "cyan",
        "light cyan",
        "sky blue",
        "steel blue",
    ),
    *("dodger blue", "royal blue", "blue", "navy", "midnight blue", "slate blue", "slate grey", "indigo", "purple"),
    *("violet", "lavender", "orchid", "plum", "magenta", "deep pink", "hot pink", "pink", "misty rose", "linen"),
    *("dark slate grey", "rosy brown", "peru", "chocolate", "wheat", "pale green", "light blue", "powder blue"),
)
"""Names of CSS colours that people say; the others are far-fetched, or nobody knows where to break them."""


def read(words: Any) -> tuple[str, ...]:
    """Colours with commas between them, as `#rrggbb`, `#rgb` or CSS names; none for `none`.

    Raises:
        BadOption: One of them is no colour, or there are too many.
    """
    said = one_line(str(words)).lower()
    if said == NONE:
        return ()
    if len(said) > PALETTE_LIMIT:
        raise _bad(said, f"it takes at most {PALETTE_LIMIT} characters")
    colours = tuple(dict.fromkeys(colour for part in _BREAK.split(said) for colour in _colours(part.strip())))
    if not colours:
        raise _bad(said, "write colours, such as #2b6cb0 or navy, with commas between them")
    if len(colours) > COLOURS_LIMIT:
        raise _bad(said, f"a palette has {COLOURS_LIMIT} colours at most")
    return colours


Palette = Annotated[tuple[str, ...], BeforeValidator(read), MaxLen(PALETTE_LIMIT)]


def _colours(said: str) -> tuple[str, ...]:
    """The colour, or each of several with blanks between them."""
    if not said:
        return ()
    if (whole := _known(said)) is not None:
        return (whole,)
    each = tuple(_known(word) for word in said.split())
    if all(each):
        return tuple(colour for colour in each if colour)
    name = _name(said)
    near = difflib.get_close_matches(name, [*ImageColor.colormap], n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise _bad(said, f"that is not a colour I know; {hint}write #2b6cb0 or a name such as navy")


def _known(said: str) -> str | None:
    if (name := _name(said)) in ImageColor.colormap:
        red, green, blue = ImageColor.getrgb(name)[:3]
        return f"#{red:02x}{green:02x}{blue:02x}"
    if match := _HEX.fullmatch(said):
        digits = match[1]
        return f"#{digits}" if len(digits) == 6 else f"#{''.join(each * 2 for each in digits)}"
    return None


def _name(said: str) -> str:
    return re.sub(r"[\s_-]+", "", said)


def _bad(said: str, why: str) -> BadOption:
    return BadOption(name="palette", value=shorten(said, 40), why=why)


def spelled(palette: tuple[str, ...]) -> str:
    """Colours in words with their codes, for a model: `navy (#000080) and coral (#ff7f50)`."""
    said = [f"{spoken(colour)} ({colour})" for colour in palette]
    return " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else "".join(said)


@cache
def spoken(colour: str) -> str:
    """The name of the nearest colour that has one."""
    return min(_anchors(), key=lambda name: distance(colour, _anchors()[name]))


@cache
def _anchors() -> dict[str, str]:
    return {name: _known(name) or "" for name in _SPOKEN}
