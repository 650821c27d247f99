"""A picture that was cut anywhere is found out without decoding it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from limner.engines.endings import reaches_end


@pytest.fixture(params=["PNG", "JPEG", "WEBP", "GIF", "SVG"])
def picture(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "picture"
    noise = Image.effect_noise((96, 64), 90)
    if request.param == "SVG":
        path.write_text("<svg xmlns='http://www.w3.org/2000/svg'>" + "<path d='M0 0h9'/>" * 200 + "</svg>\n")
        return path, "image/svg+xml"
    more = {"save_all": True, "append_images": [noise.rotate(90)]} if request.param == "GIF" else {}
    noise.convert("RGB").save(path, request.param, **more)
    return path, f"image/{request.param.lower()}"


def test_a_whole_picture_reaches_its_end(picture: tuple[Path, str]) -> None:
    assert reaches_end(*picture)


def test_bytes_behind_the_end_do_no_harm(picture: tuple[Path, str]) -> None:
    path, media_type = picture
    path.write_bytes(path.read_bytes() + b"a note" * 10)

    assert reaches_end(path, media_type)


@pytest.mark.parametrize("part", [0.3, 0.5, 0.9, 0.999])
def test_a_cut_picture_does_not(picture: tuple[Path, str], part: float) -> None:
    path, media_type = picture
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])

    assert not reaches_end(path, media_type)
