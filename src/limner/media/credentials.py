"""Whether a file carries content credentials (C2PA), told by what is in it, never by its name.

Where they are: the C2PA specification 2.2, appendix A.3: a PNG's `caBX` chunk, a JPEG's APP11 segments with a JUMBF
superbox, a WebP's `C2PA` chunk, a GIF's application extension `C2PA_GIF`, an SVG's element `c2pa:manifest`. That they
are there is all that is said: whether their signature holds is for a verifier to say.
"""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from limner.media.header import GIF, JPEG, PNG, WEBP, kind
from limner.media.offloop import DISK, off_loop

BOX = b"c2pa"
"""The label of the superbox that C2PA lays down."""
SVG_READ = 1 << 20
"""Bytes of a drawing that are looked through."""
_BOX_READ = 512
_MANIFEST = re.compile(rb"<(?:\w+:)?manifest\b")


async def carried(source: bytes | Path) -> bool:
    """Whether a picture's file carries content credentials. A damaged file carries what comes before the damage.

    Raises:
        FileNotFoundError: It is not there any longer.
    """
    return await off_loop(DISK, _carried, source)


def _carried(source: bytes | Path) -> bool:
    with source.open("rb") if isinstance(source, Path) else BytesIO(source) as file:
        return found(file)


def found(file: BinaryIO) -> bool:
    """The same of an open file. No more than a few hundred bytes of it are in memory; of a drawing, `SVG_READ`."""
    media_type = kind(file.read(12))
    file.seek(0)
    look = {PNG: _png, JPEG: _jpeg, WEBP: _webp, GIF: _gif}.get(media_type or "", _svg)
    return look(file)


def _png(file: BinaryIO) -> bool:
    file.seek(8)
    while len(head := file.read(8)) == 8:
        if head[4:] == b"caBX":
            return BOX in file.read(min(int.from_bytes(head[:4]), _BOX_READ))
        if head[4:] == b"IEND":
            return False
        file.seek(int.from_bytes(head[:4]) + 4, os.SEEK_CUR)
    return False


def _jpeg(file: BinaryIO) -> bool:
    file.seek(2)
    while len(mark := file.read(2)) == 2 and mark[0] == 0xFF:
        while mark[1] == 0xFF and (more := file.read(1)):  # markers may be filled up
            mark = mark[1:] + more
        if mark[1] in {0xD9, 0xDA}:  # the end, or the picture itself
            return False
        if mark[1] == 0x01 or 0xD0 <= mark[1] <= 0xD7:  # without a length
            continue
        length = int.from_bytes(file.read(2)) - 2
        if length < 0:
            return False
        start = file.tell()
        if mark[1] == 0xEB:
            body = file.read(min(length, _BOX_READ))
            # "JP", the box's instance and the packet's number, then the box: its length, `jumb`, what it says it is.
            if body[:2] == b"JP" and body[12:16] == b"jumb" and BOX in body:
                return True
        file.seek(start + length)
    return False


def _webp(file: BinaryIO) -> bool:
    file.seek(12)
    while len(head := file.read(8)) == 8:
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"C2PA":
            return BOX in file.read(min(length, _BOX_READ))
        file.seek(length + length % 2, os.SEEK_CUR)
    return False


def _gif(file: BinaryIO) -> bool:
    file.seek(10)
    flags = file.read(3)[:1]
    _past_colours(file, flags)
    while introducer := file.read(1):
        if introducer == b"!":
            label, block = file.read(1), file.read((file.read(1) or b"\0")[0])
            if label == b"\xff" and block == b"C2PA_GIF\x01\x00\x00":
                return True
        elif introducer == b",":
            _past_colours(file, file.read(9)[8:])
            file.read(1)
        else:
            return False
        while length := (file.read(1) or b"\0")[0]:
            file.seek(length, os.SEEK_CUR)
    return False


def _past_colours(file: BinaryIO, flags: bytes) -> None:
    if flags and flags[0] & 0x80:
        file.seek(3 << ((flags[0] & 7) + 1), os.SEEK_CUR)


def _svg(file: BinaryIO) -> bool:
    head = file.read(SVG_READ)
    return b"c2pa.org/manifest" in head and _MANIFEST.search(head) is not None
