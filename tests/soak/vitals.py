"""What processes hold, looked at again and again, and whether it grew."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from tests.chaos.stage import Stage

MB = 1_000_000
SPARE_FILES, SPARE_THREADS = 24, 12
"""Connections and threads of pools, which are filled when they are needed."""
LOG_LIMIT = 64 * MB
"""Bytes of SQLite's write-ahead log."""


@dataclass(frozen=True)
class Look:
    """One process at one moment."""

    at: float
    memory: int
    """Bytes that are its own."""
    files: int
    threads: int


class Vitals:
    """The looks at every process, by its name on the stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.looks: dict[str, list[Look]] = {}

    def look(self) -> None:
        """Looks at every process that runs."""
        for name, each in self._stage.running.items():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(each.process.pid)
                with process.oneshot():
                    held = process.memory_full_info().uss
                    look = Look(time.monotonic(), held, process.num_fds(), process.num_threads())
                self.looks.setdefault(name, []).append(look)

    def grown(self, *, memory: int) -> list[str]:
        """What grew, as sentences: the last third of the looks beside the second one, for the first is the start.
        `memory`: bytes that may have come."""
        found: list[str] = []
        for name, looks in self.looks.items():
            third = max(1, len(looks) // 3)
            before, after = looks[third : 2 * third] or looks, looks[-third:]
            for what, spare in (("memory", memory), ("files", SPARE_FILES), ("threads", SPARE_THREADS)):
                first, last = (median(getattr(each, what) for each in part) for part in (before, after))
                if last > first + spare:
                    found.append(f"{name}: {what} grew from {first:.0f} to {last:.0f}")
        return found

    def table(self) -> list[str]:
        """For each process what it held at first, in the middle and at last."""
        lines = []
        for name, looks in self.looks.items():
            for look in (looks[0], looks[len(looks) // 2], looks[-1]):
                minutes = (look.at - looks[0].at) / 60
                held = f"{look.memory / MB:8.1f} MB {look.files:5} files {look.threads:4} threads"
                lines.append(f"  {name:10} {minutes:6.1f} min {held}")
        return lines


def left_over(data: Path) -> list[str]:
    """What lies in Limner's folder once all is at rest and does not belong there, as sentences."""
    found = [
        f"{file.relative_to(data)} is left over"
        for folder in ("spool", "easel")
        for file in data.rglob(f"{folder}/**/*")
        if file.is_file()
    ]
    return found + [
        f"{log.name} has {log.stat().st_size / MB:.0f} MB"
        for log in data.rglob("*-wal")
        if log.stat().st_size > LOG_LIMIT
    ]


def complaints(stage: Stage) -> list[str]:
    """What processes wrote that somebody would have to look into."""
    marks = ('"level": "error"', '"level": "critical"', "Traceback", "ERROR ", "never awaited", "never retrieved")
    found: list[str] = []
    for file in sorted(stage.folder.glob("*.log")):
        lines = file.read_text(errors="replace").splitlines()
        found += [f"{file.stem}: {line[:300]}" for line in lines if any(mark in line for mark in marks)]
    return found
