"""Emoji in colour, where the machine has a font for them that Pillow can draw with; elsewhere they are letters like
others.

Such a font may come in one size only, and is then drawn in that and scaled. What belongs together, such as a person
with a colour of skin or a flag's two letters, is one part of a line, and the font draws it as one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont, features

from limner.media import fonts

SIZES = (109, 160, 136, 128, 96, 64)
"""Which are tried of a font that has but one: Noto's and Apple's among them."""
_TRIED = "\U0001f600"
"""Every such font has it."""
_COLOURED = "\ufe0f"
"""Asks for colour, of a character that is black by itself."""

_SKIN = "\U0001f3fb-\U0001f3ff"
_JOINED = f".[\ufe0f{_SKIN}]*"
_PART = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|.(?:\ufe0f?\u20e3|[\ufe0f{_SKIN}]*(?:[\U000e0020-\U000e007f]+|(?:\u200d{_JOINED})*))",
    re.DOTALL,
)
"""A flag; a key; whatever else with what stands behind it only to change it."""


def parted(words: str) -> list[str]:
    """The characters of a line, but each emoji of several as one."""
    parts: list[str] = []
    for part in _PART.findall(words):
        parts += [part] if len(part) == 1 or coloured(part) else part.replace(_COLOURED, "")
    return parts


@lru_cache(maxsize=4096)
def coloured(part: str) -> bool:
    """Whether this is an emoji that is drawn in colour."""
    font = _font()
    if font is None or not _meant(part):
        return False
    try:
        return _inked(font, part)
    except (OSError, ValueError, RuntimeError):
        return False


def length(run: str, size: float) -> float:
    """Pixels that emoji take."""
    font = _font()
    return 0 if font is None else font.getlength(_drawn(run)) * size / font.size


def draw(page: Image.Image, at: tuple[float, float], run: str, size: float) -> None:
    """Draws emoji onto a page, their base line's beginning at a point."""
    font = _font()
    if font is None:
        return
    ascent, descent = font.getmetrics()
    scale = size / font.size
    left, top = round(at[0]), round(at[1] - ascent * scale)
    small = max(round(length(run, size)), 1), max(round((ascent + descent) * scale), 1)
    ground = page.crop((left, top, left + small[0], top + small[1]))
    large = ground.resize((max(round(font.getlength(_drawn(run))), 1), ascent + descent))
    ImageDraw.Draw(large).text((0, ascent), _drawn(run), font=font, anchor="ls", embedded_color=True)
    page.paste(large.resize(small, Image.Resampling.LANCZOS), (left, top))


def _meant(part: str) -> bool:
    """Whether colour is asked for: by the character itself, by what stands behind it, or because no other font has
    it."""
    if len(part) > 1:
        return True
    wide = unicodedata.east_asian_width(part) == "W" and unicodedata.category(part) in ("So", "Sk")
    return part.isprintable() and (wide or fonts.having(part) is None)


def _drawn(run: str) -> str:
    """As the font is given it: without shaping, what joins would have a place of its own."""
    return run if features.check("raqm") else re.sub("[\u200d\ufe0f\u20e3]", "", run)


def _inked(font: ImageFont.FreeTypeFont, part: str) -> bool:
    """Whether it has the whole of a part: of something unknown it shows the pieces one beside the other."""
    if len(part) > 1 and font.getlength(_drawn(part)) > 1.5 * font.getlength(_TRIED):
        return False
    canvas = Image.new("RGB", (2 * round(font.size), 2 * round(font.size)), "white")
    ImageDraw.Draw(canvas).text((0, font.size), _drawn(part), "white", font, anchor="ls", embedded_color=True)
    return canvas.getcolors(1) is None


@cache
def _font() -> ImageFont.FreeTypeFont | None:
    """A font with emoji in colour, in a size that it has."""
    for path in fonts.files():
        if "emoji" not in path.lower():
            continue
        for size in SIZES:
            try:
                font = ImageFont.truetype(path, size)
                if _inked(font, _TRIED):
                    return font
            except (OSError, ValueError, RuntimeError):  # not this size, or not by Pillow
                continue
    return None
