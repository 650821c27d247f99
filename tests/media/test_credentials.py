"""Content credentials are found where C2PA keeps them, by what is in the file."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from limner.media.credentials import carried, found
from tests.fakes.openai.canvas import with_credentials

FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF"}


def plain(format: str) -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, FORMATS[format])
    return out.getvalue()


@pytest.mark.parametrize("format", FORMATS)
async def test_credentials_are_found_and_their_absence_too(format: str) -> None:
    bare = plain(format)
    signed = with_credentials(bare)

    assert Image.open(BytesIO(signed)).size == (256, 256)
    assert await carried(signed)
    assert not await carried(bare)


async def test_what_only_looks_like_credentials_is_none() -> None:
    png = plain("png")
    body = b"tEXtComment\0caBX c2pa jumb"
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    assert not await carried(png[:33] + chunk + png[33:])
    jpeg = plain("jpeg")
    for body in (b"Exif\0\0 jumb c2pa", b"JP\0\1\0\0\0\1\0\0\0\x20jumb other"):
        segment = b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body
        assert not await carried(jpeg[:2] + segment + jpeg[2:])
    assert not await carried(b"<svg>c2pa</svg>")
    assert await carried(b'<svg xmlns:c2pa="http://c2pa.org/manifest"><c2pa:manifest>AAA</c2pa:manifest></svg>')


@given(st.sampled_from(sorted(FORMATS)), st.integers(0, 400), st.binary(max_size=40))
def test_damaged_files_are_looked_through_to_their_damage(format: str, cut: int, noise: bytes) -> None:
    whole = with_credentials(plain(format))
    assert found(BytesIO(whole[:cut] + noise)) in {True, False}
    assert found(BytesIO(whole[:12] + noise)) in {True, False}
