"""The fonts that the machine has, and which of them has a character.

Pillow brings one along, for Latin letters. For others the usual folders, and what else fontconfig knows, are looked
through.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from PIL import ImageFont

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


@cache
def font(path: str, size: float) -> Font:
    """A font by its file, empty for Pillow's own."""
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@cache
def having(char: str) -> str | None:
    """The file of the first font that has a character; None: none has it."""
    if not char.isprintable():  # what turns a line round, too
        return None
    return next((path for path in ("", *files()) if _has(path, char)), None)


def _has(path: str, char: str) -> bool:
    try:
        mask = font(path, _PROBE).getmask(char)
        return mask.getbbox() is not None and bytes(mask) != _missing(path)
    except (OSError, ValueError, RuntimeError):  # a font that Pillow cannot read or draw with
        return False


@cache
def _missing(path: str) -> bytes:
    return bytes(font(path, _PROBE).getmask(_NOWHERE))


@cache
def files() -> tuple[str, ...]:
    """The files of fonts, those first that have most letters."""
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
