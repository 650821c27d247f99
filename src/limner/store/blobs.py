"""The bytes: kept exactly as they came, under the hash of what they are."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TypeVar
from weakref import WeakValueDictionary

import obstore
from obstore.store import LocalStore, ObjectStore

from limner.domain.record import Record
from limner.errors import NotFound, StoreTrouble
from limner.store.database import now
from limner.store.health import PICTURES, Health
from limner.store.reach import object_store, reaching

T = TypeVar("T")

CHUNK = 1 << 20
ORPHAN_AGE = timedelta(hours=1)
"""Younger files may belong to a transaction that is not committed yet."""

REUSED_SECONDS = 600
"""How long bytes that were put again are kept from deletion: whoever put them is about to say what for."""

_KEY = re.compile(r"[0-9a-f]{64}")
_INCOMING = "incoming-"
_PROBE = f"{_INCOMING}probe"
_OURS = re.compile(rf"(?P<start>[0-9a-f]{{2}})/(?P<key>(?P=start)[0-9a-f]{{62}})|{_INCOMING}[a-z0-9_]+")
"""What we lay down: a bucket or a folder may have other people's things in it too."""


class Blob(Record):
    """What a blob is."""

    key: str
    media_type: str
    width: int
    height: int
    size: int
    """Bytes."""


class Blobs:
    """A folder, or any object store. Whatever is asked of them raises `StoreTrouble` when they are out of reach or
    full."""

    def __init__(self, *, folder: Path | None = None, url: str | None = None) -> None:
        """Opens a folder, or what an obstore address such as `s3://bucket/prefix` means.

        Raises:
            ConfigError: The address means nothing.
        """
        if url is not None:
            self._folder = None
            self._store: ObjectStore = object_store(url)
        elif folder is not None:
            self._folder = folder.resolve()
            self._folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(self._folder)
        else:
            raise ValueError("neither a folder nor an address")
        self.health: Health | None = None
        """Who is told what keeping bytes meets."""
        self.forget: Callable[[str], Awaitable[None]] | None = None
        """Told the key of whatever was deleted."""
        self._reused: dict[str, tuple[int, float]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def put_file(self, path: Path) -> str:
        """Keeps a file's bytes; gives their key. On the disk for good when it returns; putting again does no harm."""
        with self._noticing():
            if self._folder is None:
                return await self._upload(await asyncio.to_thread(_hash, path), path)
            with reaching():
                incoming, key = await asyncio.to_thread(_copy, path, self._folder)
                return await self._keep(incoming, key)

    async def put(self, data: bytes) -> str:
        """Keeps bytes; as `put_file`."""
        with self._noticing():
            if self._folder is None:
                return await self._upload(await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest()), data)
            with reaching():
                incoming, key = await asyncio.to_thread(_write, data, self._folder)
                return await self._keep(incoming, key)

    def _noticing(self) -> AbstractContextManager[None]:
        return self.health.noticing(PICTURES) if self.health is not None else nullcontext()

    async def read(self, key: str) -> bytes:
        """All of its bytes.

        Raises:
            NotFound: There is no such blob.
        """
        path = self.local_path(key)
        with reaching():
            try:
                if path is not None:
                    return await asyncio.to_thread(path.read_bytes)
                answer = await obstore.get_async(self._store, _path(key))
                return bytes(await answer.bytes_async())
            except FileNotFoundError as gone:
                raise NotFound(what=key[:8]) from gone

    async def file(self, key: str, folder: Path) -> Path:
        """Its bytes as a file, not to be changed: where they are kept, else written into the folder; raises as
        `read`."""
        if path := self.local_path(key):
            return path
        path = folder / key
        await asyncio.to_thread(path.write_bytes, await self.read(key))
        return path

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Its bytes in pieces; raises as `read`."""
        with reaching():
            try:
                answer = await obstore.get_async(self._store, _path(key))
            except FileNotFoundError as gone:
                raise NotFound(what=key[:8]) from gone
        async for piece in _each(answer.stream(min_chunk_size=CHUNK)):
            yield bytes(piece)

    async def exists(self, key: str) -> bool:
        """Whether the bytes are here."""
        try:
            return await self._since(key) is not None
        except NotFound:
            return False

    async def probe(self) -> None:
        """Returns when the place answers; else raises `StoreTrouble`, also where there is no such bucket."""
        async for _ in _each(obstore.list(self._store, chunk_size=1)):
            return

    async def probe_writing(self) -> None:
        """Returns when something can be put there; else raises `StoreTrouble`."""
        with reaching():
            await self._send(_PROBE, b"is there room?")
        await self._remove(_PROBE)

    async def delete(self, key: str) -> bool:
        """Removes the bytes, unless somebody has just put the same again; whether they are gone. `sweep` takes those
        that stay unused."""
        return await self._delete(key)

    def claimed(self, key: str) -> None:
        """Says that whoever put these bytes has noted what for, so that they need not be kept from deletion for it."""
        if key in self._reused:
            times, since = self._reused.pop(key)
            if times > 1:
                self._reused[key] = (times - 1, since)

    async def _delete(self, key: str) -> bool:
        async with self._turn(key):
            if key in self._reused and monotonic() - self._reused[key][1] < REUSED_SECONDS:
                return False
            await self._remove(_path(key))
            if self.forget is not None:
                await self.forget(key)
            return True

    async def sweep(self, known: Callable[[Iterable[str]], Awaitable[set[str]]]) -> int:
        """Removes what is older than an hour and nothing needs, such as the files of a process that was killed; gives
        how many. What is not of our making stays. `known`: which of these keys are needed."""
        removed = 0
        async for page in _each(obstore.list(self._store)):
            ours = [_OURS.fullmatch(each["path"]) for each in page if _old(each["last_modified"])]
            unfinished = [each[0] for each in ours if each and not each["key"]]
            keys = {each["key"] for each in ours if each and each["key"]}
            for path in unfinished:
                await self._remove(path)
            deleted = [await self._delete(key) for key in sorted(keys - await known(keys))]
            removed += len(unfinished) + sum(deleted)
        return removed

    async def unowned(self, known: Callable[[Iterable[str]], Awaitable[set[str]]]) -> AsyncIterator[str]:
        """The keys of what is here for an hour at least and nothing needs, as `sweep` would find them."""
        async for page in _each(obstore.list(self._store)):
            ours = [_OURS.fullmatch(each["path"]) for each in page if _old(each["last_modified"])]
            keys = {each["key"] for each in ours if each and each["key"]}
            for key in sorted(keys - await known(keys)):
                yield key

    def local_path(self, key: str) -> Path | None:
        """The file itself, where blobs are a local folder; not to be changed."""
        return None if self._folder is None else self._folder / _path(key)

    async def _keep(self, incoming: Path, key: str) -> str:
        final = self.local_path(key)
        assert final is not None
        async with self._turn(key):
            if not await asyncio.to_thread(_commit, incoming, final):
                self._again(key)
        return key

    async def _upload(self, key: str, source: Path | bytes) -> str:
        async with self._turn(key):
            since = await self._since(key)
            if since is not None:
                self._again(key)
            # What has been there for long is written once more: another process may be sweeping, and spares the young.
            if since is None or now() - since > ORPHAN_AGE / 2:
                with reaching():
                    await self._send(_path(key), source)
        return key

    async def _send(self, path: str, source: Path | bytes) -> None:
        try:
            await obstore.put_async(self._store, path, source)
        except FileNotFoundError as gone:
            raise StoreTrouble(why="my store of pictures has no such bucket") from gone

    async def _since(self, key: str) -> datetime | None:
        """When the bytes came here; None: they are not."""
        with reaching():
            try:
                return (await obstore.head_async(self._store, _path(key)))["last_modified"]
            except FileNotFoundError:
                return None

    def _turn(self, key: str) -> asyncio.Lock:
        return self._turns.setdefault(key, asyncio.Lock())

    def _again(self, key: str) -> None:
        at = monotonic()
        self._reused = {each: seen for each, seen in self._reused.items() if at - seen[1] < REUSED_SECONDS}
        times, _ = self._reused.get(key, (0, at))
        self._reused[key] = (times + 1, at)

    async def _remove(self, path: str) -> None:
        with reaching(), suppress(FileNotFoundError):
            await obstore.delete_async(self._store, path)


async def _each(found: AsyncIterable[T]) -> AsyncIterator[T]:
    pieces = aiter(found)
    while True:
        with reaching():  # and not around what the caller does with a piece
            try:
                piece = await anext(pieces)
            except StopAsyncIteration:
                return
        yield piece


def _path(key: str) -> str:
    # Keys come out of buttons and addresses too: nothing else than a hash names a file.
    if not _KEY.fullmatch(key):
        raise NotFound(what=key[:8])
    return f"{key[:2]}/{key}"


def _old(modified: object) -> bool:
    return bool(now() - modified > ORPHAN_AGE)  # type: ignore[operator]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _incoming(folder: Path) -> tuple[int, Path]:
    number, name = tempfile.mkstemp(prefix=_INCOMING, dir=folder)
    return number, Path(name)


def _copy(source: Path, folder: Path) -> tuple[Path, str]:
    # Hashed while copied: what is kept is what was hashed, whatever happens to the source meanwhile.
    digest = hashlib.sha256()
    with source.open("rb") as reading:
        number, incoming = _incoming(folder)
        with open(number, "wb") as writing:
            while chunk := reading.read(CHUNK):
                digest.update(chunk)
                writing.write(chunk)
    return incoming, digest.hexdigest()


def _write(data: bytes, folder: Path) -> tuple[Path, str]:
    number, incoming = _incoming(folder)
    with open(number, "wb") as writing:
        writing.write(data)
    return incoming, hashlib.sha256(data).hexdigest()


def _commit(incoming: Path, final: Path) -> bool:
    """Fsync, rename, fsync of the folders: after that a power cut does not take it away. False: it was there before."""
    if final.exists():
        incoming.unlink()
        return False
    with incoming.open("rb+") as file:
        os.fsync(file.fileno())
    final.parent.mkdir(exist_ok=True)
    incoming.replace(final)
    _flush(final.parent)
    _flush(final.parent.parent)  # the folder itself may be new
    return True


def _flush(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened, and need not be
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
