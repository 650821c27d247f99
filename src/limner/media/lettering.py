"""Lettering: lines of words in whatever script, drawn with the fonts that the machine has.

Pillow brings one font along, for Latin letters. For others the usual folders are looked through for the first font that
has them; what none has is left out, so that no row of empty boxes stands in its place.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

FOLDERS = {
    "win32": (r"C:\Windows\Fonts",),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
}.get(sys.platform, ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"))
KINDS = {".ttf", ".otf", ".ttc"}
TRIED = 400
"""Fonts that are looked at for a letter at most."""
FIRST = ("notosans-regular", "dejavusans", "notosanscjk-regular", "notosanssymbols", "arialunicode")
_ODD = ("bold", "italic", "oblique", "condensed", "light", "thin", "mono", "black", "emoji")
_PROBE = 16
_NOWHERE = "\U000ffffd"
"""No font has it: what is drawn for it stands for all that are missing."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def width(words: str, size: float) -> float:
    """Pixels that a line of words takes."""
    return sum(_font(path, size).getlength(run) for path, run in _runs(words))


def draw(canvas: ImageDraw.ImageDraw, at: tuple[float, float], words: str, size: float, ink: str) -> None:
    """Draws a line of words, its base line's beginning at a point."""
    left, top = at
    for path, run in _runs(words):
        font = _font(path, size)
        canvas.text((left, top), run, fill=ink, font=font, anchor="ls")
        left += font.getlength(run)


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
    """The words without the characters that no font of this machine has."""
    return " ".join("".join(char for char in words if char == " " or _path(char) is not None).split())


def _fitting(words: str, size: float, wide: float) -> int:
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(words[:middle], size) <= wide else (low, middle - 1)
    return low


def _runs(words: str) -> Iterator[tuple[str, str]]:
    """Parts of a line that one font draws."""
    run, current = "", ""
    for char in words:
        path = current if char == " " else _path(char)
        if path is None:
            continue
        if path != current and run:
            yield current, run
            run = ""
        current, run = path, run + char
    if run:
        yield current, run


@cache
def _font(path: str, size: float) -> Font:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@cache
def _path(char: str) -> str | None:
    """The file of the first font that has a character, empty for Pillow's own; None: none has it."""
    if not char.isprintable():  # what turns a line round, too
        return None
    return next((path for path in ("", *_fonts()) if _has(path, char)), None)


def _has(path: str, char: str) -> bool:
    try:
        font = _font(path, _PROBE)
        mask = font.getmask(char)
        return mask.getbbox() is not None and bytes(mask) != _missing(path)
    except (OSError, ValueError, RuntimeError):  # a font that Pillow cannot read or draw with
        return False


@cache
def _missing(path: str) -> bytes:
    return bytes(_font(path, _PROBE).getmask(_NOWHERE))


@cache
def _fonts() -> tuple[str, ...]:
    found = [
        Path(folder, name)
        for each in FOLDERS
        for folder, _, names in os.walk(Path(each).expanduser())
        for name in names
        if Path(name).suffix.lower() in KINDS
    ]

    def rank(path: Path) -> tuple[int, bool, str]:
        name = path.stem.lower()
        return (
            next((at for at, first in enumerate(FIRST) if name == first), len(FIRST)),
            any(odd in name for odd in _ODD),
            str(path),
        )

    return tuple(str(path) for path in sorted(found, key=rank)[:TRIED])
