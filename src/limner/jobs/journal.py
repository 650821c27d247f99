"""The journal of a painting: what the engine gave, on disk before anything else is done with it.

It closes the gap between the provider's answer, which is paid for, and our own books: a process killed in between finds
the pictures here when it starts again, and nothing is called twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from limner.engines import Painted, PictureFile
from limner.media.pictures import probe
from limner.models import Tally, Usage

NAME = "painted.json"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What came of an attempt."""

    attempt: int
    painted: Painted
    billed: bool = True
    """False: its end was lost, with what it cost; the pictures are whole."""


class Journal:
    """One job's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> Path:
        """The folder, made if it is not there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder

    async def write(self, attempt: int, painted: Painted, *, billed: bool = True) -> None:
        """Keeps what came of an attempt; it is on the disk when this returns."""
        await asyncio.to_thread(self._write, attempt, painted, billed)

    def _write(self, attempt: int, painted: Painted, billed: bool) -> None:
        told: dict[str, Any] = {
            "attempt": attempt,
            "billed": billed,
            "pictures": [{**vars(each), "path": each.path.name} for each in painted.pictures],
            "usage": vars(painted.usage) if painted.usage else None,
            "others": [{"model": each.model, "usage": vars(each.usage)} for each in painted.others],
            "request_id": painted.request_id,
            "revised_prompt": painted.revised_prompt,
        }
        for picture in painted.pictures:
            _sync(picture.path)
        draft = self.folder / (NAME + ".new")
        draft.write_text(json.dumps(told), encoding="utf-8")
        _sync(draft)
        draft.replace(self.folder / NAME)

    @property
    def written(self) -> bool:
        """Whether an attempt got that far."""
        return (self.folder / NAME).exists()

    async def read(self) -> Entry | None:
        """What came of an attempt, or None when none got that far."""
        try:
            told = json.loads(await asyncio.to_thread((self.folder / NAME).read_text, encoding="utf-8"))
        except FileNotFoundError:
            return None
        pictures = tuple(PictureFile(**{**each, "path": self.folder / each["path"]}) for each in told["pictures"])
        usage = Usage(**told["usage"]) if told["usage"] else None
        painted = Painted(
            pictures=pictures,
            usage=usage,
            others=tuple(Tally(model=each["model"], usage=Usage(**each["usage"])) for each in told.get("others", ())),
            request_id=told["request_id"],
            revised_prompt=told["revised_prompt"],
        )
        return Entry(attempt=told["attempt"], painted=painted, billed=told.get("billed", True))

    async def left(self) -> tuple[PictureFile, ...]:
        """The pictures that lie here without a word about them: an engine names them when they are whole, and its
        process ended before anything could be written of them."""
        return await asyncio.to_thread(self._left)

    def _left(self) -> tuple[PictureFile, ...]:
        found: list[PictureFile] = []
        for path in sorted(self.folder.glob("picture-*"), key=lambda each: int(each.stem.rpartition("-")[2])):
            told = probe(path, name=path.name, drawings=True)
            found.append(
                PictureFile(path=path, media_type=told.media_type, width=told.width, height=told.height, name=path.name)
            )
        return tuple(found)

    async def clear(self) -> None:
        """Removes the folder; what it says first, so that a process killed meanwhile leaves nothing half told."""
        await asyncio.to_thread(self._clear)

    def _clear(self) -> None:
        (self.folder / NAME).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
