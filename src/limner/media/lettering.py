"""Lettering: lines of words in whatever script, drawn with the fonts that the machine has.

Pillow brings one font along, for Latin letters. For others the usual folders, and what else fontconfig knows, are
looked through for the first font that has them. Where none has, one box stands for all letters in a row, so that what
is missing is seen.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unicodedata
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
BOX = "\u25af"
"""Stands for letters that no font has."""
_BOXED = "box"
"""In place of a font's file: a box is drawn."""
_WIDE, _TALL = 0.62, 0.72
"""A box's sides, of the letters' size."""
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
"""Kinds of characters that are nothing to be seen by themselves, such as what joins two emoji or turns a line round."""
_PROBE = 16
_NOWHERE = "\U000ffffd"
"""No font has it: what is drawn for it stands for all that are missing."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def width(words: str, size: float) -> float:
    """Pixels that a line of words takes."""
    return sum(_length(path, run, size) for path, run in _runs(words))


def draw(canvas: ImageDraw.ImageDraw, at: tuple[float, float], words: str, size: float, ink: str) -> None:
    """Draws a line of words, its base line's beginning at a point."""
    left, top = at
    for path, run in _runs(words):
        if path == _BOXED:
            for place in range(len(run)):
                at_left = left + (place + 0.1) * _WIDE * size
                box = (at_left, top - _TALL * size, at_left + 0.8 * _WIDE * size, top)
                canvas.rectangle(box, outline=ink, width=max(round(size / 16), 1))
        else:
            canvas.text((left, top), run, fill=ink, font=_font(path, size), anchor="ls")
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
    for char in words:
        if char == " " or _path(char) is not None:
            said.append(char)
        elif unicodedata.category(char) not in _UNSEEN and said[-1:] != [BOX]:
            said.append(BOX)
    return " ".join("".join(said).split())


def missing(words: str) -> bool:
    """Whether letters of these words have no font here."""
    return BOX in drawable(words)


def _length(path: str, run: str, size: float) -> float:
    return len(run) * _WIDE * size if path == _BOXED else _font(path, size).getlength(run)


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
        path = _path(char)
        if char == " ":  # of whatever font is at hand
            path = "" if current == _BOXED else current
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
    if char == BOX:
        return _BOXED
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
    ]
    found = [each for each in dict.fromkeys((*found, *_listed())) if each.suffix.lower() in KINDS]

    def rank(path: Path) -> tuple[int, bool, str]:
        name = path.stem.lower()
        return (
            next((at for at, first in enumerate(FIRST) if name == first), len(FIRST)),
            any(odd in name for odd in _ODD),
            str(path),
        )

    return tuple(str(path) for path in sorted(found, key=rank)[:TRIED])


def _listed() -> list[Path]:
    """The files of the fonts that fontconfig knows, in whatever folder; none where it is not."""
    program = shutil.which("fc-list")
    if program is None:
        return []
    try:
        told = subprocess.run([program, "--format", "%{file}\\n"], capture_output=True, check=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return []
    return [Path(each) for each in os.fsdecode(told.stdout).splitlines() if each]
