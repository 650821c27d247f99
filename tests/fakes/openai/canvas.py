"""Pictures as the fake paints them: real files, made once and kept, so that painting costs nearly nothing."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib
from functools import lru_cache

from PIL import Image

SIGNATURE_AND_HEADER = 8 + 25
"""Bytes of a PNG before its second chunk."""


BOX = b"c2pa"
"""What content credentials are known by."""


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
    """A file of this size and format: its colour with a little gradient, half of it transparent if asked. It carries
    content credentials, as OpenAI's do.

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
    data = with_credentials(out.getvalue())
    if format == "png" and padded and padded > len(data):
        # Noise does not compress.
        return _with_chunk(data, random.Random(padded).randbytes(padded - len(data)))
    return data


def heavy(width: int, height: int, prompt: str, number: int, transparent: bool, size: int) -> bytes:
    """A PNG of about `size` bytes, like no other, and yet cheap: few are painted, and each gets a mark of its own."""
    red, green, blue = (level // 128 * 255 for level in colour(prompt, number))
    png = picture(width, height, (red, green, blue), "png", transparent, size)
    return _with_chunk(png, hashlib.sha256(f"{number} {prompt}".encode()).digest())


def _with_chunk(png: bytes, data: bytes) -> bytes:
    """The PNG with an ancillary chunk more, which decoders skip."""
    chunk = b"npAd" + data
    spelled = struct.pack(">I", len(data)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:SIGNATURE_AND_HEADER] + spelled + png[SIGNATURE_AND_HEADER:]


def with_credentials(data: bytes) -> bytes:
    """The file as OpenAI hands it out, with content credentials (C2PA) where its format keeps them; what is in them is
    the mere frame of a manifest."""
    described = BOX + bytes.fromhex("00110010800000aa00389b71") + b"\x03c2pa\0"
    inner = struct.pack(">I", 8 + len(described)) + b"jumd" + described
    box = struct.pack(">I", 8 + len(inner)) + b"jumb" + inner
    if data.startswith(b"\x89PNG"):
        chunk = b"caBX" + box
        spelled = struct.pack(">I", len(box)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        return data[:SIGNATURE_AND_HEADER] + spelled + data[SIGNATURE_AND_HEADER:]
    if data.startswith(b"\xff\xd8"):
        body = b"JP\0\x01" + struct.pack(">I", 1) + box
        return data[:2] + b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body + data[2:]
    if data.startswith(b"RIFF"):
        grown = data[8:] + b"C2PA" + struct.pack("<I", len(box)) + box + b"\0" * (len(box) % 2)
        return b"RIFF" + struct.pack("<I", len(grown)) + grown
    blocks = b"!\xff\x0bC2PA_GIF\x01\0\0" + bytes([len(box)]) + box + b"\0"
    start = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    return data[:start] + blocks + data[start:]


def moving(width: int, height: int, prompt: str, frames: int, frame_ms: int) -> bytes:
    """A GIF: each frame in a colour of its own."""
    still = [Image.new("RGB", (width, height), colour(prompt, number)) for number in range(frames)]
    out = io.BytesIO()
    still[0].save(out, "GIF", save_all=True, append_images=still[1:], duration=frame_ms // 10 * 10, loop=0)
    return out.getvalue()


def drawing(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """An SVG: a circle of this colour on nothing."""
    shown = f'<circle cx="{width // 2}" cy="{height // 2}" r="{min(width, height) // 3}" fill="rgb{colour}"/>'
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{shown}</svg>'.encode()
