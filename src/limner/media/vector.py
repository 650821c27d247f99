"""Drawings in SVG: told by their root element, and drawn by a process of their own that can do little else.

An SVG is a program for whoever shows it: it names other files, runs scripts and may ask for any amount of work. So it
is never interpreted in this process, nor shown by a browser as it is: everything but the original is a PNG of it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from xml.parsers import expat

from PIL import Image, ImageDraw, ImageFont

from limner.errors import DamagedPicture
from limner.media.offloop import PICTURES, off_loop

HEAD = 65_536
"""Bytes at the beginning in which the root element has to be."""
LONGEST = 4096
"""Pixels of the longer side of what is drawn."""
LARGEST = 10_000_000
"""Bytes of an SVG that is drawn."""
SECONDS = 15
"""How long it may take, on a busy machine; the process itself may work for a fifth of that."""
UNSIZED = (1024, 1024)
_SIDES = (1, 16_384)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[0-9]+)?)\s*(px|pt|pc|mm|cm|in)?\s*", re.IGNORECASE)
_PIXELS = {"pt": 96 / 72, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}
"""CSS pixels of a unit (CSS Values and Units)."""
_BEGINNINGS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b" ", b"\n", b"\r", b"\t")
_KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What the process gets of the environment: no secrets."""


class _Found(Exception):
    """The root element was read."""


def measured(head: bytes) -> tuple[int, int] | None:
    """The width and height in pixels of the SVG that begins like this; None: it is none. One that does not say its size
    counts as `UNSIZED`, for it can be drawn at any."""
    if not head.startswith(_BEGINNINGS):
        return None
    root: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        root.append((name.rpartition(":")[2], attributes))
        raise _Found

    def entity(*_: object) -> None:
        root.append(("svg" if re.search(rb"<!DOCTYPE\s+svg\b", head) else "", {}))
        raise _Found  # what it would become is nobody's to find out here

    parser.StartElementHandler = start
    parser.EntityDeclHandler = entity
    with suppress(_Found, expat.ExpatError, ValueError):
        parser.Parse(head[:HEAD], False)
    if not root or root[0][0] != "svg":
        return None
    return _size(root[0][1])


def _size(attributes: dict[str, str]) -> tuple[int, int]:
    box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    across, down = (_pixels(box[2]), _pixels(box[3])) if len(box) == 4 else (None, None)
    width, height = _pixels(attributes.get("width", "")), _pixels(attributes.get("height", ""))
    if width is None and height is None:
        width, height = across, down
    elif across and down:
        width = width if width is not None or height is None else height * across / down
        height = height if height is not None or width is None else width * down / across
    if not width or not height:
        return UNSIZED
    least, most = _SIDES
    return min(max(round(width), least), most), min(max(round(height), least), most)


def _pixels(length: str) -> float | None:
    match = _LENGTH.fullmatch(length)
    if match is None:
        return None
    pixels = float(match[1]) * _PIXELS.get((match[2] or "").lower(), 1)
    return min(pixels, 1e6) if pixels > 0 else None


async def rasterise(source: Path | bytes, *, longest: int, name: str) -> bytes:
    """The drawing as a PNG whose longer side has this many pixels (`LONGEST` at most).

    Raises:
        DamagedPicture: It is no SVG, or asks for more than a picture needs.
    """
    return await off_loop(PICTURES, _rasterise, source, min(longest, LONGEST), name)


def _rasterise(source: Path | bytes, longest: int, name: str) -> bytes:
    data = source if isinstance(source, bytes) else source.read_bytes()
    if len(data) > LARGEST:
        raise DamagedPicture(name=name)
    command = (sys.executable, "-I", "-m", "limner.media.rasteriser", str(longest))
    environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
    try:
        drawn = subprocess.run(  # noqa: S603 our own module, and no word of the drawing's
            command, input=data, capture_output=True, env=environment, timeout=SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as problem:
        raise DamagedPicture(name=name) from problem
    return drawn.stdout


async def shown(source: Path | bytes, *, longest: int, name: str) -> bytes:
    """As `rasterise`; what cannot be drawn gets a plain card in its place that says so, for its file is there."""
    try:
        return await rasterise(source, longest=longest, name=name)
    except DamagedPicture:
        return await off_loop(PICTURES, partial(_in_its_place, min(longest, 512)))


def _in_its_place(side: int) -> bytes:
    image = Image.new("RGB", (side, side), "#2b2d31")
    font = ImageFont.load_default(max(10, side // 16))
    ImageDraw.Draw(image).multiline_text(
        (side / 2, side / 2),
        "This drawing cannot\nbe shown here.",
        fill="#e3e5e8",
        font=font,
        anchor="mm",
        align="center",
    )
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
