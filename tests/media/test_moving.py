"""Pictures that move go on moving when they are made small."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from limner.media.preview import preview
from tests.media.conftest import encoded

COLOURS = ["red", "lime", "blue", "yellow"]


def moving(path: Path, size: tuple[int, int] = (400, 200), count: int = 4) -> Path:
    frames = [Image.new("RGB", size, COLOURS[number % 4]) for number in range(count)]
    path.write_bytes(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0))
    return path


@pytest.mark.parametrize("media_type", ["image/gif", "image/webp"])
async def test_each_frame_is_made_small_and_shown_as_long_as_before(tmp_path: Path, media_type: str) -> None:
    data, told = await preview(moving(tmp_path / "fox"), longest=100, formats=(media_type, "image/png"))

    assert told == media_type
    with Image.open(BytesIO(data)) as image:
        assert image.size == (100, 50)
        assert image.n_frames == 4  # type: ignore[attr-defined]
        for number, colour in enumerate(COLOURS):
            image.seek(number)
            wanted = Image.new("RGB", (1, 1), colour).getpixel((0, 0))
            found = image.convert("RGB").getpixel((50, 25))
            assert isinstance(found, tuple)
            assert isinstance(wanted, tuple)
            assert all(abs(a - b) < 40 for a, b in zip(found, wanted, strict=True))
            image.load()
            assert image.info["duration"] == 80


async def test_it_stays_within_the_bytes_that_a_platform_takes(tmp_path: Path) -> None:
    noise = [Image.effect_noise((300, 300), 90).convert("RGB") for _ in range(6)]
    path = tmp_path / "fox"
    path.write_bytes(encoded(noise[0], "GIF", save_all=True, append_images=noise[1:], duration=80))

    data, media_type = await preview(path, longest=300, limit=60_000, formats=("image/gif",))
    assert len(data) <= 60_000
    assert media_type == "image/gif"


async def test_a_platform_that_takes_nothing_that_moves_gets_the_first_frame(tmp_path: Path) -> None:
    data, media_type = await preview(moving(tmp_path / "fox"), longest=100)

    assert media_type == "image/jpeg"
    with Image.open(BytesIO(data)) as image:
        assert image.size == (100, 50)


async def test_what_is_too_long_is_shown_still(tmp_path: Path) -> None:
    data, media_type = await preview(
        moving(tmp_path / "fox", (20, 20), 80), longest=20, formats=("image/webp", "image/png")
    )

    assert media_type == "image/webp"
    with Image.open(BytesIO(data)) as image:
        assert getattr(image, "n_frames", 1) == 1
