"""Drawings in SVG: what they are is told, what they look like is drawn, and what they try to do is not done."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from limner.errors import DamagedPicture, NotAPicture
from limner.media.pictures import check, probe
from limner.media.preview import preview
from limner.media.rasteriser import Hostile, harmless
from limner.media.vector import measured, rasterise, shown

SPACE = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED = '<rect width="100%" height="100%" fill="red"/>'


def svg(inside: str = RED, size: str = 'width="300" height="200"', before: str = "") -> bytes:
    return f"{before}<svg {SPACE} {size}>{inside}</svg>".encode()


async def drawn(source: bytes, longest: int = 120) -> Image.Image:
    with Image.open(BytesIO(await rasterise(source, longest=longest, name="fox.svg"))) as image:
        image.load()
        return image.convert("RGBA")


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (svg(), (300, 200)),
        (b"\xef\xbb\xbf" + svg(before="<?xml version='1.0'?>\n<!-- a fox -->\n"), (300, 200)),
        (svg(before='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'), (300, 200)),
        (svg(size='viewBox="0 0 640 480"'), (640, 480)),
        (svg(size='viewBox="0,0,640,480" width="320"'), (320, 240)),
        (svg(size='width="10mm" height="1in"'), (38, 96)),
        (svg(size='width="100%" height="100%" viewBox="0 0 30 40"'), (30, 40)),
        (svg(size='width="99999999" height="1e9"'), (16384, 16384)),
        (svg(size=""), (1024, 1024)),
        ('<?xml version="1.0" encoding="utf-16"?><svg width="7" height="8"/>'.encode("utf-16"), (7, 8)),
        (b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="7" height="8"/>', (7, 8)),
    ],
)
def test_its_size_is_what_its_root_says(head: bytes, size: tuple[int, int]) -> None:
    assert measured(head) == size


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<html><svg/></html>",
        b"a fox",
        b"<!DOCTYPE html><title>Sign in</title>",
        b"<?xml version='1.0'?>",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_what_is_no_drawing_is_told(head: bytes) -> None:
    assert measured(head) is None


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_nothing_that_one_can_write_upsets_it(first: bytes, then: bytes) -> None:
    for head in (first, b"<svg " + then, svg()[:60] + first + then):
        size = measured(head)
        assert size is None or (1 <= size[0] <= 16384 and 1 <= size[1] <= 16384)


async def test_a_drawing_is_drawn_at_any_size(tmp_path: Path) -> None:
    path = tmp_path / "fox"
    path.write_bytes(svg())

    assert probe(path, name="fox", drawings=True).media_type == "image/svg+xml"
    image = await drawn(svg(), 900)
    assert image.size == (900, 600)
    assert image.getpixel((450, 300)) == (255, 0, 0, 255)


async def test_a_preview_of_it_is_a_picture_and_nobody_else_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "fox"
    path.write_bytes(svg('<rect width="150" height="200" fill="red"/>'))

    data, media_type = await preview(path, longest=240, formats=("image/webp", "image/png"))
    assert media_type == "image/webp"
    with Image.open(BytesIO(data)) as image:
        assert image.size == (240, 160)
        assert image.mode == "RGBA"
    with pytest.raises(NotAPicture):
        await check(path, name="fox")


# ── what it may try ──


@pytest.mark.parametrize("element", ["image", "feImage"])
@pytest.mark.parametrize("key", ["xlink:href", "href"])
async def test_no_file_of_this_machine_comes_into_a_drawing(tmp_path: Path, element: str, key: str) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (20, 20), (0, 255, 0)).save(secret)
    for address in (str(secret), secret.as_uri(), f" {secret}", f"{secret}#"):
        link = f'<{element} {key}="{address}" width="300" height="200"/>'
        inside = link if element == "image" else f'<filter id="f">{link}</filter><rect {SIZED} filter="url(#f)"/>'
        image = await drawn(svg(inside))
        assert all(pixel[1] < 255 or pixel[0] for _, pixel in image.getcolors(99999) or ())


SIZED = 'width="300" height="200"'


async def test_default_attributes_of_a_document_type_bring_none_in_either(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (20, 20), (0, 255, 0)).save(secret)
    before = f'<!DOCTYPE svg [<!ATTLIST image xlink:href CDATA "{secret}">]>'
    image = await drawn(svg(f"<image {SIZED}/>", before=before))

    assert image.getextrema()[3] == (0, 0)


async def test_a_picture_that_it_brings_along_is_drawn_and_a_drawing_in_it_is_not() -> None:
    import base64

    dot = BytesIO()
    Image.new("RGB", (9, 9), (0, 255, 0)).save(dot, "PNG")
    own = base64.b64encode(dot.getvalue()).decode()
    image = await drawn(svg(f'<image {SIZED} preserveAspectRatio="none" href="data:image/png;base64,{own}"/>'))
    assert image.getpixel((60, 40)) == (0, 255, 0, 255)

    inner = base64.b64encode(svg()).decode()
    image = await drawn(svg(f'<image {SIZED} href="data:image/svg+xml;base64,{inner}"/>'))
    assert image.getextrema()[3] == (0, 0)


def test_scripts_and_foreign_pages_are_left_out() -> None:
    written = harmless(svg(f"<script>alert(1)</script>{RED}<foreignObject><p>hello</p></foreignObject>"))

    assert "alert" not in written
    assert "hello" not in written
    assert "<rect" in written


BLUR = '<feGaussianBlur stdDeviation="900"/>'
BOMB = "<!DOCTYPE svg [" + "".join(
    f'<!ENTITY {name} "{10 * f"&{before};"}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "source",
    [
        svg("<text>&i;</text>", before=BOMB.replace("[", '[<!ENTITY a "foxfoxfox">', 1) + "]>"),
        svg("<text>&x;</text>", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        svg("<g>" * 200_000 + "</g>" * 200_000),
        svg(f'<filter id="f">{3000 * BLUR}</filter><rect {SIZED} filter="url(#f)"/>'),
        svg(f'<pattern id="p" width="1e-7" height="1e-7">{RED}</pattern><rect {SIZED} fill="url(#p)"/>'),
        svg("<use href='#u'/>", size="width='9' height='9' id='u'"),
        b"<svg",
        b"<svg/>" * 3,
        b" " * 10_000_001,
    ],
    ids=["laughs", "file", "deep", "filters", "pattern", "itself", "cut", "several", "large"],
)
async def test_what_asks_for_too_much_is_not_drawn_and_takes_no_time_or_memory(source: bytes) -> None:
    with Image.open(BytesIO(await shown(source, longest=300, name="fox.svg"))) as image:
        assert max(image.size) == 300


async def test_what_cannot_be_drawn_is_said_in_a_sentence() -> None:
    with pytest.raises(DamagedPicture, match=r"fox\.svg"):
        await drawn(b"<svg")


def test_entities_are_hostile() -> None:
    with pytest.raises(Hostile):
        harmless(svg("<text>&a;</text>", before='<!DOCTYPE svg [<!ENTITY a "fox">]>'))
    assert measured(svg(before='<!DOCTYPE svg [<!ENTITY a "fox">]>')) == (1024, 1024)
