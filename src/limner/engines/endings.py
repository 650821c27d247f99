"""Whether a picture's file reaches its own end, told without decoding it: decoding costs more than all the rest.

Sources: the PNG specification (chunks), ITU T.81 (JPEG's markers), RFC 9649 (WebP's length), GIF89a
(blocks).
"""

from __future__ import annotations

import os
import re
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

from limner.media.header import GIF, JPEG, PNG, SVG, WEBP

_TRAILER, _IMAGE, _EXTENSION = b";,!"
_LAST_TAG = re.compile(rb"</(?:[\w.-]+:)?svg\s*>|^[^>]*/>\s*\Z")
_TAIL = 4096
"""Bytes at the end in which a JPEG's last marker, or an SVG's last tag, is looked for; some writers put a note behind
it."""


def reaches_end(path: Path, media_type: str) -> bool:
    """False only for a picture that was surely cut short. Bytes behind the end do no harm."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if media_type == PNG:
            return _png(file, size)
        if media_type == JPEG:
            file.seek(max(0, size - _TAIL))
            return b"\xff\xd9" in file.read()
        if media_type == GIF:
            return size > 0 and _gif(file)
        if media_type == SVG:
            file.seek(max(0, size - _TAIL))
            return _LAST_TAG.search(file.read()) is not None
        if media_type == WEBP:
            return int.from_bytes(file.read(8)[4:], "little") + 8 <= size
    return True


def _png(file: BinaryIO, size: int) -> bool:
    position = 8
    while position + 12 <= size:
        file.seek(position)
        head = file.read(8)
        if head[4:] == b"IEND":
            return True
        position += 12 + int.from_bytes(head[:4], "big")
    return False


def _gif(file: BinaryIO) -> bool:
    """Walks from block to block, whose lengths stand before them, to the trailer."""
    with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        position = 13 + _table(data[10]) if len(data) > 13 else len(data)
        while position < len(data):
            introducer = data[position]
            if introducer == _TRAILER:
                return True
            if introducer == _IMAGE and position + 10 < len(data):
                position += 11 + _table(data[position + 9])
            elif introducer == _EXTENSION:
                position += 2
            else:
                return False
            while position < len(data) and data[position]:
                position += 1 + data[position]
            position += 1
    return False


def _table(flags: int) -> int:
    """Bytes of the colour table that follows."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
