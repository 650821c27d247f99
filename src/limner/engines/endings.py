"""Whether a picture's file reaches its own end, told without decoding it: decoding costs more than all the rest.

Sources: the PNG specification (chunks), ITU T.81 (JPEG's markers), RFC 9649 (WebP's length).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from limner.media.header import JPEG, PNG, WEBP

_TAIL = 4096
"""Bytes at a JPEG's end in which its last marker is looked for; some writers put a note behind it."""


def reaches_end(path: Path, media_type: str) -> bool:
    """False only for a picture that was surely cut short. Bytes behind the end do no harm."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if media_type == PNG:
            return _png(file, size)
        if media_type == JPEG:
            file.seek(max(0, size - _TAIL))
            return b"\xff\xd9" in file.read()
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
