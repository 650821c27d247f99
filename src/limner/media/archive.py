"""An archive that is handed over while it is made: a ZIP of which no more than one file is in memory.

The standard library's own `zipfile` writes to what cannot be sought in; pictures do not compress, so they are stored.
"""

from __future__ import annotations

import io
from datetime import datetime
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from limner.media.offloop import DISK, off_loop


class _Out(io.RawIOBase):
    """Takes what is written until somebody asks for it."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


class Archive:
    """Makes one, piece by piece."""

    def __init__(self) -> None:
        self._out = _Out()
        self._zip = ZipFile(self._out, "w", ZIP_STORED)

    async def add(self, name: str, data: bytes, made: datetime) -> bytes:
        """The next piece, with a file of this name, which has to be a safe one."""
        return await off_loop(DISK, self._add, name, data, made)

    def _add(self, name: str, data: bytes, made: datetime) -> bytes:
        info = ZipInfo(name, (max(made.year, 1980), *made.timetuple()[1:6]))
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)
        return self._out.taken()

    def end(self) -> bytes:
        """The last piece."""
        self._zip.close()
        return self._out.taken()
