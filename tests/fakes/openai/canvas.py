"""Pictures as the fake paints them: real files, made once and kept, so that painting costs nearly nothing."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib
from functools import lru_cache

import pybase64
from PIL import Image

SIGNATURE_AND_HEADER = 8 + 25
"""Bytes of a PNG before its second chunk."""


def colour(prompt: str, number: int) -> tuple[int, int, int]:
    """The colour that the fake paints this prompt in; each picture of several has its own."""
    red, green, blue = hashlib.sha256(f"{number} {prompt}".encode()).digest()[:3]
    return red, green, blue


@lru_cache(maxsize=32)
def picture(
    width: int,
    height: int,
    colour: tuple[int, int, int],
    format: str = "png",
    transparent: bool = False,
    padded: int | None = None,
) -> bytes:
    """A file of this size and format: its colour with a little gradient, half of it transparent if asked.

    Args:
        padded: About this many bytes, if it is a PNG of fewer.
    """
    shade = Image.linear_gradient("L").resize((width, height))
    image = Image.blend(Image.new("RGB", (width, height), colour), Image.merge("RGB", (shade,) * 3), 0.15)
    if transparent:
        image.putalpha(shade.point(lambda level: 255 * (level > 127)))
    out = io.BytesIO()
    if format == "png":
        image.save(out, "PNG", compress_level=1)
    elif format == "webp":
        image.save(out, "WEBP", method=0)
    else:
        image.save(out, "JPEG", quality=80)
    data = out.getvalue()
    return _pad(data, padded - len(data)) if format == "png" and padded and padded > len(data) else data


@lru_cache(maxsize=32)
def encoded(data: bytes) -> bytes:
    """Base64 of it."""
    return pybase64.b64encode(data)


def _pad(png: bytes, more: int) -> bytes:
    """The PNG with an ancillary chunk that decoders skip, of bytes that do not compress."""
    noise = random.Random(more).randbytes(more)
    chunk = b"npAd" + noise
    spelled = struct.pack(">I", len(noise)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:SIGNATURE_AND_HEADER] + spelled + png[SIGNATURE_AND_HEADER:]
