"""Previews are made once, and gone with their pictures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from limner.store import previews
from limner.store.blobs import Blobs
from limner.store.previews import Preview, Previews

KEY, OTHER = "ab" * 32, "cd" * 32


class Maker:
    def __init__(self) -> None:
        self.made = 0

    async def __call__(self) -> Preview:
        self.made += 1
        return b"small", "image/webp"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def test_one_is_made_once_also_after_a_restart(tmp_path: Path) -> None:
    make = Maker()
    for kept in (Previews(tmp_path), Previews(tmp_path)):
        assert [await kept.of(KEY, 320, make) for _ in range(3)] == [(b"small", "image/webp")] * 3
    assert make.made == 1
    await kept.of(KEY, 640, make)
    assert make.made == 2


async def test_they_are_gone_with_the_bytes_that_they_show(tmp_path: Path) -> None:
    blobs, kept, make = Blobs(folder=tmp_path / "blobs"), Previews(tmp_path / "previews"), Maker()
    blobs.forget = kept.forget
    key = await blobs.put(b"a picture")
    for width in (320, 640):
        await kept.of(key, width, make)
    await kept.of(OTHER, 320, make)
    await blobs.delete(key)

    assert files(tmp_path / "previews") == [f"{OTHER[2:]}-320.webp"]
    await kept.of(key, 320, make)
    assert make.made == 4


async def test_what_another_process_deleted_and_what_is_too_much_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, make = Previews(tmp_path), Maker()
    for key in (KEY, OTHER):
        await kept.of(key, 320, make)

    async def known(keys: Iterable[str]) -> set[str]:
        return set(keys) - {KEY}

    await kept.sweep(known)
    assert files(tmp_path) == [f"{OTHER[2:]}-320.webp"]
    await kept.of(KEY, 320, make)
    assert make.made == 3
    monkeypatch.setattr(previews, "DISK", 7)

    async def all_of(keys: Iterable[str]) -> set[str]:
        return set(keys)

    await kept.sweep(all_of)
    assert len(files(tmp_path)) == 1
