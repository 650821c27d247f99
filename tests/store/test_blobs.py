"""Bytes: exactly as they came, and gone when nobody needs them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from limner.domain.request import Reference
from limner.errors import NotFound
from limner.store import Blob, Note, Store
from limner.store.blobs import CHUNK, ORPHAN_AGE, Blobs
from limner.store.database import now
from tests.store.making import NOON, a_painted

CONTENTS = [b"", b"x", os.urandom(3 * CHUNK + 7)]


@pytest.fixture(params=["folder", "address"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    folder = tmp_path / "blobs"
    folder.mkdir()
    return Blobs(folder=folder) if request.param == "folder" else Blobs(url=folder.as_uri())


@pytest.mark.parametrize("content", CONTENTS, ids=["empty", "small", "large"])
async def test_bytes_are_kept_exactly_under_their_hash(blobs: Blobs, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "picture"
    file.write_bytes(content)
    key = await blobs.put_file(file)
    assert key == hashlib.sha256(content).hexdigest() == await blobs.put(content)
    assert await blobs.exists(key)
    assert await blobs.read(key) == content
    pieces = [piece async for piece in blobs.stream(key)]
    assert b"".join(pieces) == content
    assert file.read_bytes() == content


async def test_the_same_bytes_at_the_same_time_are_one_blob(blobs: Blobs, tmp_path: Path) -> None:
    keys = await asyncio.gather(*(blobs.put(b"same") for _ in range(20)))
    assert len(set(keys)) == 1
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1


async def test_what_is_deleted_is_gone_and_deleting_again_does_no_harm(blobs: Blobs) -> None:
    key = await blobs.put(b"gone")
    await blobs.delete(key)
    await blobs.delete(key)
    assert not await blobs.exists(key)
    with pytest.raises(NotFound):
        await blobs.read(key)


async def test_bytes_that_somebody_has_just_put_again_are_not_deleted_under_them(blobs: Blobs) -> None:
    key = await blobs.put(b"wanted")
    await blobs.put(b"wanted")
    await blobs.delete(key)
    assert await blobs.read(key) == b"wanted"


async def test_bytes_can_be_deleted_once_everybody_who_put_them_again_has_said_what_for(blobs: Blobs) -> None:
    keys = [await blobs.put(b"sheet") for _ in range(3)]
    for key in keys[1:]:
        await blobs.delete(key)
        assert await blobs.exists(key)
        blobs.claimed(key)
    await blobs.delete(keys[0])
    assert not await blobs.exists(keys[0])


async def test_nothing_but_a_hash_names_a_file(blobs: Blobs) -> None:
    for key in ("", "../limner.db", "/etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "..%2f" * 8):
        with pytest.raises(NotFound):
            await blobs.read(key)
        assert not await blobs.exists(key)


async def test_a_local_blob_is_a_file_and_a_remote_one_is_not(blobs: Blobs, tmp_path: Path) -> None:
    key = await blobs.put(b"here")
    path = blobs.local_path(key)
    assert path is None or path.read_bytes() == b"here"


async def test_the_sweep_leaves_what_is_not_ours(blobs: Blobs, tmp_path: Path) -> None:
    key, again = await blobs.put(b"orphan"), await blobs.put(b"again")
    folder, past = tmp_path / "blobs", time.time() - 2 * 3600
    names = ("notes.txt", "family/fox.png", f"aa/{'b' * 64}", key, f"{key[:2]}/{key}.png", "incoming-Report.pdf")
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"theirs")
    for path in folder.rglob("*"):
        os.utime(path, (past, past))
    await blobs.put(b"again")

    async def nothing(keys: Iterable[str]) -> set[str]:
        return set()

    assert await blobs.sweep(nothing) == 1
    assert not await blobs.exists(key)
    assert await blobs.read(again) == b"again"
    assert all((folder / name).read_bytes() == b"theirs" for name in names)


async def test_the_sweep_takes_old_orphans_alone(store: Store) -> None:
    await a_painted(store, b"kept")
    orphan, young = await store.blobs.put(b"orphan"), await store.blobs.put(b"young")
    cut_off = store.blobs.local_path(orphan).parent.parent / "incoming-1234"  # type: ignore[union-attr]
    cut_off.write_bytes(b"half a pict")
    past = time.time() - 2 * 3600
    for path in cut_off.parent.rglob("*"):
        if path.is_file() and path.name != young:
            os.utime(path, (past, past))
    assert await store.sweep() == 2
    assert await store.blobs.exists(young)
    assert await store.blobs.read(hashlib.sha256(b"kept").hexdigest()) == b"kept"
    assert not await store.blobs.exists(orphan)
    assert not cut_off.exists()
    assert await store.sweep() == 0


async def test_what_was_attached_and_came_to_nothing_is_swept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    refused, heard, waiting = [await store.blobs.put(data) for data in (b"refused", b"heard", b"waiting")]
    for key in (refused, heard, waiting):
        await store.library.add_blob(Blob(key=key, media_type="image/png", width=1, height=1, size=7))
        await store.notes.add(
            Note(
                id=key[:20],
                team="t",
                member="m",
                words="a fox",
                language="en",
                action="imagine",
                references=(Reference(blob=key, media_type="image/png", width=1, height=1),) if key != refused else (),
                created=NOON,
            )
        )
    await store.notes.end(heard[:20])
    assert await store.sweep() == 0

    later = now() + 2 * ORPHAN_AGE
    monkeypatch.setattr("limner.store.blobs.now", lambda: later)
    monkeypatch.setattr("limner.store.library.now", lambda: later)
    await store.library.add_blob(Blob(key=heard, media_type="image/png", width=1, height=1, size=5))
    assert await store.sweep() == 1
    assert [await store.blobs.exists(key) for key in (refused, heard, waiting)] == [False, True, True]
    await store.library.forget_orphans()
    assert await store.library.named([refused, heard, waiting]) == {heard, waiting}
