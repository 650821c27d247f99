"""The lock on a directory: a second process there would take up the same jobs, and paint and pay again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from limner.errors import DataInUse, HostTrouble

NAME = "limner.lock"


class Lock:
    """Holds a directory until it is released, or its process is gone, however that went."""

    def __init__(
        self, directory: Path, *, name: str = NAME, shared: bool = False, taken: HostTrouble | None = None
    ) -> None:
        """Takes the directory, or what `name` stands for in it, `shared` with those that share it too.

        Raises:
            DataInUse: Somebody has it; or `taken`, where that says more.
        """
        self._file = os.open(directory / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(self._file, shared)
        except OSError as problem:
            os.close(self._file)
            raise taken or DataInUse(directory=str(directory)) from problem

    def release(self) -> None:
        """Lets others have it. The file stays: removing it would let two processes lock two files of one name."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


if sys.platform == "win32":
    import msvcrt

    def _take(file: int, shared: bool) -> None:
        if not shared:  # Windows has no lock that several hold
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: int, shared: bool) -> None:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
