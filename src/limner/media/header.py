"""A picture's kind and size from its first bytes, before any library gets to allocate for them.

Pillow makes room for a WebP's canvas, and for a GIF's first frame, while it opens the file; the sizes that it would
use are read here first. Sources: the PNG and GIF89a specifications, RFC 9649 (WebP).
"""

from __future__ import annotations

import struct
from typing import BinaryIO

PNG, JPEG, WEBP, GIF = "image/png", "image/jpeg", "image/webp", "image/gif"
SVG = "image/svg+xml"
"""Drawings: never decoded here, see `limner.media.vector`."""
SPELT = {PNG: "png", JPEG: "jpeg", WEBP: "webp", GIF: "gif", SVG: "svg"}
"""Kinds of files as members say them, and the Images API."""


def kind(head: bytes) -> str | None:
    """The media type that the first 12 bytes tell, or None when it is none of the four."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return GIF
    return None


def declared_size(file: BinaryIO, media_type: str) -> tuple[int, int] | None:
    """Width and height as the header declares them; None for JPEG, which Pillow opens without making room.

    Raises:
        struct.error, EOFError, ValueError: The header is cut short or makes no sense.
    """
    file.seek(0)
    if media_type == PNG:
        width, height = struct.unpack_from(">II", file.read(24), 16)
        return width, height
    if media_type == WEBP:
        return _webp(file.read(30))
    if media_type == GIF:
        return _gif(file)
    return None


def _webp(head: bytes) -> tuple[int, int]:
    chunk = head[12:16]
    if chunk == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise ValueError("no picture in this WebP")


def _gif(file: BinaryIO) -> tuple[int, int]:
    """The logical screen, grown to hold the first frame: what a reader has to make room for."""
    width, height, flags = struct.unpack_from("<HHB", file.read(13), 6)
    if flags & 0x80:
        file.read(3 << ((flags & 7) + 1))
    while (introducer := file.read(1)) != b",":
        if introducer in {b"", b";"}:
            raise EOFError("no picture in this GIF")
        if introducer == b"!":
            file.read(1)
            while length := file.read(1):
                if length == b"\0":
                    break
                file.read(length[0])
    left, top, across, down = struct.unpack("<HHHH", file.read(8))
    return max(width, left + across), max(height, top + down)
