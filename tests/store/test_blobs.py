"""Bytes: exactly as they came, and gone when nobody needs them."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

import obstore
import pytest

from limner.domain.request import Reference
from limner.errors import ConfigError, NotFound, StoreTrouble
from limner.store import Blob, Note, Store
from limner.store.blobs import CHUNK, ORPHAN_AGE, Blobs
from limner.store.database import now
from limner.store.reach import object_store, reaching
from tests.backends.fixtures import Servers, on_sqlite
from tests.backends.s3 import S3
from tests.store.making import NOON, a_painted

CONTENTS = [b"", b"x", os.urandom(3 * CHUNK + 7)]


on_disk = pytest.mark.parametrize("blobs", ["folder", "address"], indirect=True)
on_s3 = pytest.mark.parametrize("blobs", ["s3"], indirect=True)


@pytest.fixture(params=["folder", "address", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """A folder, the same by its address, as other stores are opened, and a bucket."""
    folder = tmp_path / "blobs"
    folder.mkdir()
    if request.param == "folder":
        return Blobs(folder=folder)
    return Blobs(url=folder.as_uri() if request.param == "address" else request.getfixturevalue("bucket"))


@pytest.fixture
def bucket(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty bucket."""
    for name, value in servers.s3.environment.items():
        monkeypatch.setenv(name, value)
    return servers.s3.url(servers.s3.create())


async def nothing(keys: Iterable[str]) -> set[str]:
    """What is needed: nothing."""
    return set()


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


async def test_a_file_that_goes_in_several_parts_is_one_blob(blobs: Blobs, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(content := os.urandom(11 * CHUNK + 3))
    assert await blobs.read(await blobs.put_file(file)) == content


@on_disk
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


@on_disk
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

    assert await blobs.sweep(nothing) == 1
    assert not await blobs.exists(key)
    assert await blobs.read(again) == b"again"
    assert all((folder / name).read_bytes() == b"theirs" for name in names)


@on_s3
async def test_the_sweep_leaves_what_else_is_in_a_bucket(
    blobs: Blobs, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ("notes.txt", "family/fox.png", f"aa/{'b' * 64}")
    beside = object_store(bucket)
    for name in theirs:
        obstore.put(beside, name, b"theirs")
    outside = object_store(bucket.removesuffix("/pictures"))
    key = await blobs.put(b"orphan")
    obstore.put(outside, f"{key[:2]}/{key}", b"another's")
    assert await blobs.sweep(nothing) == 0

    later = now() + 2 * ORPHAN_AGE
    monkeypatch.setattr("limner.store.blobs.now", lambda: later)
    assert await blobs.sweep(nothing) == 1
    assert not await blobs.exists(key)
    assert all(bytes(obstore.get(beside, name).bytes()) == b"theirs" for name in theirs)
    assert bytes(obstore.get(outside, f"{key[:2]}/{key}").bytes()) == b"another's"


@pytest.mark.parametrize("blobs", ["address"], indirect=True)
async def test_what_is_put_again_after_a_long_time_is_young_to_whoever_else_sweeps(
    blobs: Blobs, tmp_path: Path
) -> None:
    key, past = await blobs.put(b"needed again"), time.time() - 2 * 3600
    os.utime(tmp_path / "blobs" / key[:2] / key, (past, past))
    await blobs.put(b"needed again")
    assert await Blobs(url=(tmp_path / "blobs").as_uri()).sweep(nothing) == 0
    assert await blobs.read(key) == b"needed again"


async def test_a_place_that_is_there_answers(blobs: Blobs) -> None:
    await blobs.probe()
    await blobs.put(b"something")
    await blobs.probe()


async def test_a_bucket_that_is_not_there_is_told(bucket: str) -> None:
    missing = Blobs(url="s3://no-such-bucket/pictures")
    for asked in (missing.probe(), missing.put(b"a fox"), missing.sweep(nothing)):
        with pytest.raises(StoreTrouble, match="my store of pictures"):
            await asked


async def test_a_server_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limner.store.reach.RETRY", {"max_retries": 0})
    server = S3()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    blobs = Blobs(url=server.url(server.create()))
    key = await blobs.put(b"a fox")
    server.close()
    for asked in (blobs.read(key), blobs.put(b"another"), blobs.exists(key), blobs.delete(key), blobs.probe()):
        with pytest.raises(StoreTrouble, match="my store of pictures does not answer"):
            await asked


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        (errno.ENOSPC, "my disk is full"),
        (errno.EROFS, "my disk is read-only"),
        (errno.EACCES, "I may not write to my disk"),
        (errno.EIO, "my disk has a fault"),
    ],
)
def test_what_the_disk_says_is_told_in_words(trouble: int, why: str) -> None:
    with pytest.raises(StoreTrouble, match=why), reaching():
        raise OSError(trouble, os.strerror(trouble))


def test_other_faults_are_not_the_disks() -> None:
    with pytest.raises(FileNotFoundError), reaching():
        raise FileNotFoundError(errno.ENOENT, "not there")


@pytest.mark.parametrize("address", ["s4://bucket", "s3://", "nonsense", "file:///no/such/folder"])
def test_an_address_that_means_nothing_is_a_sentence(address: str) -> None:
    with pytest.raises(ConfigError, match=r"\[data\] blobs: “.*” cannot be opened"):
        Blobs(url=address)


@pytest.mark.parametrize("endpoint", ["http://192.0.2.1:9", "http://minio.example:9"])
async def test_bytes_go_unencrypted_to_this_machine_alone(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setattr("limner.store.reach.RETRY", {"max_retries": 0})
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    with pytest.raises(StoreTrouble) as refused:
        await Blobs(url="s3://bucket").put(b"a fox")
    assert "scheme" in str(refused.value.__cause__).lower()


@on_sqlite
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
