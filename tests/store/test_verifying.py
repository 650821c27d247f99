"""Verifying: what is missing, damaged or nobody's is named, on a folder and in a bucket, beside whoever works there."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import obstore
import pytest

from limner.config import Data
from limner.store import Store, blobs
from limner.store.database import now
from limner.store.verifying import Fault, Finding, open_verifying
from tests.store.making import a_painted


async def found(data: Data) -> tuple[list[Finding], int, bool]:
    async with open_verifying(data) as verifying:
        findings = [each async for each in verifying.findings()]
        return findings, verifying.tally.files, verifying.tally.sound


async def test_each_fault_is_named_with_what_it_concerns(
    store: Store, tmp_path: Path, storage: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Data(directory=tmp_path / "data", **storage)
    jobs = [await a_painted(store, f"picture {number}".encode()) for number in range(3)]
    keys = [(await store.library.of_job(each.id))[0].blob for each in jobs]
    assert await found(data) == ([], 3, True)

    orphan = await store.blobs.put(b"nobody's")
    assert await found(data) == ([], 3, True)  # somebody may be about to say what it is for
    later = now() + blobs.ORPHAN_AGE + timedelta(seconds=1)
    monkeypatch.setattr(blobs, "now", lambda: later)
    assert await found(data) == ([Finding(fault=Fault.UNOWNED, key=orphan)], 3, True)

    where = store.blobs._store
    await obstore.put_async(where, f"{keys[0][:2]}/{keys[0]}", b"other bytes")
    await obstore.delete_async(where, f"{keys[1][:2]}/{keys[1]}")
    findings, files, sound = await found(data)
    assert (files, sound) == (3, False)
    assert set(findings) == {
        Finding(fault=Fault.DAMAGED, key=keys[0], owners=(f"job:{jobs[0].id}",)),
        Finding(fault=Fault.MISSING, key=keys[1], owners=(f"job:{jobs[1].id}",)),
        Finding(fault=Fault.UNOWNED, key=orphan),
    }


async def test_pages_of_names_leave_nothing_out(
    store: Store, tmp_path: Path, storage: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner.store.verifying.PAGE", 2)
    for number in range(5):
        await a_painted(store, f"picture {number}".encode())
    lost = hashlib.sha256(b"picture 4").hexdigest()
    await obstore.delete_async(store.blobs._store, f"{lost[:2]}/{lost}")
    findings, files, _ = await found(Data(directory=tmp_path / "data", **storage))
    assert files == 5
    assert [each.key for each in findings] == [lost]
