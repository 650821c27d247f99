"""Files as nobody should send them, and as somebody will."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"


def plain(kind: str = "PNG", size: tuple[int, int] = (512, 512)) -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind)
    return out.getvalue()


def cut(kind: str) -> bytes:
    """A picture of which the second half is missing."""
    whole = plain(kind)
    return whole[: len(whole) // 2]


def bomb(side: int = 30_000) -> bytes:
    """A PNG of some kilobytes whose header promises 900 megapixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side * 30), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    )
