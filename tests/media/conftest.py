"""Pictures made for these tests."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Draw = Callable[..., Path]


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """A gradient, so that cut files miss something."""
    image = Image.merge("RGB", [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L")])
    image = image.resize((width, height))
    if mode in {"RGBA", "LA"}:
        image.putalpha(Image.linear_gradient("L").resize((width, height)))
    return image.convert(mode)


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Writes a picture of a mode, size and format to a file whose name says nothing."""
    made = iter(range(1000))

    def make(format: str = "PNG", *, width: int = 60, height: int = 40, mode: str = "RGB", **options: Any) -> Path:
        path = tmp_path / f"picture-{next(made)}"
        path.write_bytes(encoded(picture(width, height, mode), format, **options))
        return path

    return make
