"""Previews: pictures made small, kept as files so that none is made twice, and forgotten with the pictures' own bytes.

They are this process's own and can be made again: nothing else depends on them.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path

MEMORY = 16_000_000
"""Bytes of those asked for last that are kept at hand."""
DISK = 1_000_000_000
"""Bytes of all files; past that, those that were not asked for longest go."""
DAY = 86_400
SUFFIX = {"image/webp": "webp", "image/png": "png"}
"""The kinds that are kept."""
_KINDS = {suffix: kind for kind, suffix in SUFFIX.items()}
_FILE = re.compile(r"(?P<key>[0-9a-f]{62})-(?P<longest>\d+)\.(?P<suffix>webp|png)")

Preview = tuple[bytes, str]
"""Bytes and media type."""


class Previews:
    """A folder of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._at_hand: OrderedDict[tuple[str, int], Preview] = OrderedDict()
        self._bytes = 0

    async def of(self, blob: str, longest: int, make: Callable[[], Awaitable[Preview]]) -> Preview:
        """The preview of a blob, kept or made now; of one that was deleted meanwhile nothing stays."""
        at_hand = self._at_hand.get((blob, longest))
        if at_hand is not None:
            self._at_hand.move_to_end((blob, longest))
            return at_hand
        found = await asyncio.to_thread(self._read, blob, longest)
        if found is None:
            found = await make()
            if found[1] in SUFFIX:
                with suppress(OSError):  # a full disk: it is made again
                    await asyncio.to_thread(self._write, blob, longest, found)
        self._keep(blob, longest, found)
        return found

    async def forget(self, blob: str) -> None:
        """Removes all previews of a blob."""
        for key in [each for each in self._at_hand if each[0] == blob]:
            self._bytes -= len(self._at_hand.pop(key)[0])
        await asyncio.to_thread(self._remove, (blob,))

    async def sweep(self, known: Callable[[Iterable[str]], Awaitable[set[str]]]) -> None:
        """Removes those whose pictures other processes have deleted, and what is too much."""
        kept = await asyncio.to_thread(self._all)
        gone = set(kept) - await known(kept)
        for blob in gone:
            await self.forget(blob)
        await asyncio.to_thread(self._trim)

    def _keep(self, blob: str, longest: int, preview: Preview) -> None:
        if (blob, longest) not in self._at_hand:
            self._bytes += len(preview[0])
        self._at_hand[blob, longest] = preview
        while self._bytes > MEMORY and self._at_hand:
            _, (data, _) = self._at_hand.popitem(last=False)
            self._bytes -= len(data)

    def _read(self, blob: str, longest: int) -> Preview | None:
        for suffix, kind in _KINDS.items():
            path = self._path(blob, longest, suffix)
            with suppress(FileNotFoundError):
                data = path.read_bytes()
                if time.time() - path.stat().st_mtime > DAY:
                    os.utime(path)  # when it was asked for last
                return data, kind
        return None

    def _write(self, blob: str, longest: int, preview: Preview) -> None:
        path = self._path(blob, longest, SUFFIX[preview[1]])
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(preview[0])
        Path(file.name).replace(path)

    def _remove(self, blobs: Iterable[str]) -> None:
        for blob in blobs:
            for path in (self._folder / blob[:2]).glob(f"{blob[2:]}-*"):
                path.unlink(missing_ok=True)

    def _all(self) -> list[str]:
        found = {path.parent.name + match["key"] for path in self._files() if (match := _FILE.fullmatch(path.name))}
        return sorted(found)

    def _files(self) -> Iterable[Path]:
        return self._folder.glob("[0-9a-f][0-9a-f]/*")

    def _trim(self) -> None:
        stats = []
        for path in self._files():
            with suppress(FileNotFoundError):
                stats.append((path.stat().st_mtime, path.stat().st_size, path))
        total = sum(size for _, size, _ in stats)
        for _, size, path in sorted(stats):
            if total <= DISK:
                break
            path.unlink(missing_ok=True)
            total -= size

    def _path(self, blob: str, longest: int, suffix: str) -> Path:
        return self._folder / blob[:2] / f"{blob[2:]}-{longest}.{suffix}"
