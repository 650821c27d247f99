"""Lettering: lines of words in whatever script, drawn with the fonts that the machine has.

Each is drawn with the first font that has it. Where none has, one box stands for all letters in a row, so that what is
missing is seen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import accumulate

from PIL import Image, ImageDraw

from limner.media import emoji
from limner.media.fonts import font, having

BOX = "\u25af"
"""Stands for letters that no font has."""
_BOXED, _EMOJI = "box", "emoji"
"""In place of a font's file: a box is drawn, or what `emoji` has."""
_WIDE, _TALL = 0.62, 0.72
"""A box's sides, of the letters' size."""
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
"""Kinds of characters that are nothing to be seen by themselves, such as what joins two emoji or turns a line round."""


def width(words: str, size: float) -> float:
    """Pixels that a line of words takes."""
    return sum(_length(path, run, size) for path, run in _runs(words))


def draw(page: Image.Image, at: tuple[float, float], words: str, size: float, ink: str) -> None:
    """Draws a line of words, its base line's beginning at a point."""
    left, top = at
    canvas = ImageDraw.Draw(page)
    for path, run in _runs(words):
        if path == _BOXED:
            for place in range(len(run)):
                at_left = left + (place + 0.1) * _WIDE * size
                box = (at_left, top - _TALL * size, at_left + 0.8 * _WIDE * size, top)
                canvas.rectangle(box, outline=ink, width=max(round(size / 16), 1))
        elif path == _EMOJI:
            emoji.draw(page, (left, top), run, size)
        else:
            canvas.text((left, top), run, fill=ink, font=font(path, size), anchor="ls")
        left += _length(path, run, size)


def lines(words: str, size: float, wide: float, most: int) -> list[str]:
    """Words in lines of at most this many pixels; what does not fit ends in an ellipsis. Scripts without spaces are
    broken anywhere."""
    made: list[str] = []
    rest = drawable(words)
    while rest and len(made) < most:
        end = _fitting(rest, size, wide)
        if end < len(rest) and len(made) + 1 == most:
            end = _fitting(rest, size, wide - width("…", size))
            made.append(rest[: max(end, 1)].rstrip() + "…")
            return made
        if end < len(rest) and (space := rest.rfind(" ", 0, end + 1)) > end // 2:
            end = space
        made.append(rest[: max(end, 1)].strip())
        rest = rest[max(end, 1) :].strip()
    return made


def drawable(words: str) -> str:
    """The words with a box in place of each row of letters that no font of this machine has."""
    said: list[str] = []
    for part in emoji.parted(words):
        if part == " " or _path(part) is not None:
            said.append(part)
        elif unicodedata.category(part) not in _UNSEEN and said[-1:] != [BOX]:
            said.append(BOX)
    return " ".join("".join(said).split())


def missing(words: str) -> bool:
    """Whether letters of these words have no font here."""
    return BOX in drawable(words)


def _length(path: str, run: str, size: float) -> float:
    if path == _BOXED:
        return len(run) * _WIDE * size
    return emoji.length(run, size) if path == _EMOJI else font(path, size).getlength(run)


def _fitting(words: str, size: float, wide: float) -> int:
    ends = [0, *accumulate(len(part) for part in emoji.parted(words))]
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(words[: ends[middle]], size) <= wide else (low, middle - 1)
    return ends[low]


def _runs(words: str) -> Iterator[tuple[str, str]]:
    """Parts of a line that one font draws."""
    run, current = "", ""
    for part in emoji.parted(words):
        path = _path(part)
        if part == " " or (unicodedata.combining(part[0]) and run):  # of whatever font is at hand
            path = "" if current in (_BOXED, _EMOJI) else current
        if path is None:
            continue
        if path != current and run:
            yield current, run
            run = ""
        current, run = path, run + part
    if run:
        yield current, run


def _path(part: str) -> str | None:
    """What draws a part of a line; None: nothing has it."""
    if part == BOX:
        return _BOXED
    return _EMOJI if emoji.coloured(part) else having(part)
