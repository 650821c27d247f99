"""Masks: where a picture may change, as the Images API takes it: a PNG of the picture's size, transparent there.

What members bring is hostile bytes, often with a photograph in it and soft at its edges. Nothing of it is kept but
which pixels are transparent.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from PIL import Image, ImageChops

from limner.errors import BadMask
from limner.media.offloop import PICTURES, off_loop
from limner.media.pictures import opened

MASK_LIMIT = 4_000_000
"""Bytes of a mask (OpenAI's Images API: "less than 4MB")."""
HALF = 128
"""The alpha from which on a pixel stays: the API knows only transparent and not."""
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP = b"\2"
_ROWS = 64
"""Rows that are handed to the compressor at once: few enough to stay in the processor's cache."""


async def normalise(path: Path, out: Path, *, name: str, width: int, height: int) -> float:
    """Writes to `out` the mask that the file at `path` means for a picture of this size: black, each pixel either
    transparent or opaque, under `MASK_LIMIT` bytes. Gives how much of the picture may change, between 0 and 1.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
        BadMask: No PNG, another size, nowhere transparent, or everywhere.
    """
    return await off_loop(PICTURES, _normalise, path, out, name, width, height)


def _normalise(path: Path, out: Path, name: str, width: int, height: int) -> float:
    alpha = _alpha(path, name, width, height)
    changing = alpha.histogram()[0] / (width * height)
    if not changing:
        raise BadMask(name=name, why="it is nowhere transparent, so nothing could change")
    if changing == 1:
        raise BadMask(name=name, why="it is transparent everywhere, which is as good as none")
    out.write_bytes(encoded(alpha, name=name))
    return changing


def _alpha(path: Path, name: str, width: int, height: int) -> Image.Image:
    """0 where the mask is transparent and 255 elsewhere; its size is known to be right before it is decoded."""
    with opened(path, name=name) as image:
        if image.format != "PNG":
            raise BadMask(name=name, why=f"it is a {image.format} file")
        if image.size != (width, height):
            why = f"it is {image.width}×{image.height} pixels, and the picture is {width}×{height}"
            raise BadMask(name=name, why=why)
        if not image.has_transparency_data:
            raise BadMask(name=name, why="it has no transparency at all")
        image.load()
        whole = image if image.mode in {"RGBA", "LA"} else image.convert("RGBA")
        return whole.getchannel("A").point([0] * HALF + [255] * (256 - HALF))


def encoded(alpha: Image.Image, *, name: str = "mask") -> bytes:
    """A mask as PNG, from its alpha channel: black, with eight bits each for red, green, blue and alpha, which every
    reader of masks takes.

    Raises:
        BadMask: It is so finely speckled that it does not get under `MASK_LIMIT` bytes.
    """
    for level in (1, 4):
        pixels = _compressed(alpha, level)
        head = struct.pack(">IIBBBBB", *alpha.size, 8, 6, 0, 0, 0)
        file = PNG_SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
        if len(file) < MASK_LIMIT:
            return file
    raise BadMask(name=name, why="it is too finely speckled to be sent")


def _compressed(alpha: Image.Image, level: int) -> bytes:
    """The pixels as a PNG has them, each row as its difference from the one above (filter type 2, "up").

    Pillow's own writer tries every filter on every row, and takes four times as long for 33 MB of next to nothing.
    """
    width, height = alpha.size
    writing, packed = zlib.compressobj(level), bytearray()
    for top in range(0, height, _ROWS):
        rows = min(_ROWS, height - top)
        above = alpha.crop((0, top - 1, width, top + rows - 1))  # above the first there is nothing, which is 0
        changed = ImageChops.subtract_modulo(alpha.crop((0, top, width, top + rows)), above)
        black = Image.new("L", (width, rows))
        pixels = memoryview(Image.merge("RGBA", (black, black, black, changed)).tobytes())
        length = 4 * width
        each = (pixels[row * length : (row + 1) * length] for row in range(rows))
        packed += writing.compress(b"".join(part for row in each for part in (_UP, row)))
    return bytes(packed + writing.flush())


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
