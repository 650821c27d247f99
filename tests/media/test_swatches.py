"""Sheets of styles: any names, any pictures, any number up to the most."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from limner.domain.colour import rgb
from limner.media.colours import colours
from limner.media.swatches import MOST, TILE, Swatch, swatches
from limner.rules.styles import SAMPLES, ready


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


HEX = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
SWATCHES = st.builds(
    Swatch,
    number=st.integers(1, 600),
    name=st.text(max_size=60),
    told=st.text(max_size=60),
    words=st.text(max_size=1200),
    palette=st.lists(HEX, max_size=8).map(tuple),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(SWATCHES, min_size=1, max_size=MOST))
async def test_any_styles_make_a_sheet(styles: list[Swatch]) -> None:
    data, width, height = await swatches(styles)

    with Image.open(BytesIO(data)) as sheet:
        assert (sheet.format, sheet.size) == ("JPEG", (width, height))
    assert width * height < 1700 * 1100


async def test_a_tile_shows_the_pictures_or_else_the_colours(tmp_path: Path) -> None:
    red, broken = tmp_path / "red.png", tmp_path / "broken.png"
    Image.new("RGB", (900, 300), "#e04030").save(red)
    broken.write_bytes(b"\x89PNG\r\n\x1a\n cut")
    middle = TILE  # of a tile alone, which is twice as large

    for pictures, palette, colour in (
        ((red,), ("#2040e0",), (0xE0, 0x40, 0x30)),
        ((broken, tmp_path / "gone.png"), ("#2040e0",), (0x20, 0x40, 0xE0)),
        ((), ("#2040e0",), (0x20, 0x40, 0xE0)),
    ):
        data, _, _ = await swatches([Swatch(number=1, name="a", told="b", pictures=pictures, palette=palette)])
        assert near(opened(data).getpixel(middle), colour)  # type: ignore[arg-type]


async def test_a_name_that_the_font_lacks_is_a_number() -> None:
    one, _, _ = await swatches([Swatch(number=3, name="春", told="by ada")])
    other, _, _ = await swatches([Swatch(number=3, name="秋", told="by ada")])
    third, _, _ = await swatches([Swatch(number=4, name="秋", told="by ada")])

    assert one == other != third


@pytest.mark.parametrize("name", ready())
def test_every_ready_style_has_a_small_sample(name: str) -> None:
    sample = SAMPLES / f"{name}.webp"
    with Image.open(sample) as picture:
        assert picture.size == (480, 320)
    assert sample.stat().st_size < 30_000


async def test_the_colours_of_pictures_are_those_that_one_sees(tmp_path: Path) -> None:
    path = tmp_path / "flag.png"
    flag = Image.new("RGBA", (300, 200), "#102040")
    flag.paste("#f0c020", (0, 0, 100, 200))
    flag.paste("#f2c222", (0, 0, 50, 200))
    flag.putpixel((299, 199), (255, 0, 0, 255))
    flag.save(path)

    found = await colours([path])

    assert found[0] == "#102040"
    assert len(found) == 2
    assert near(rgb(found[1]), (0xF0, 0xC0, 0x20))


@settings(max_examples=20, deadline=None)
@given(st.lists(HEX, min_size=1, max_size=9, unique=True))
async def test_there_are_a_few_colours_in_any_picture(
    tmp_path_factory: pytest.TempPathFactory, used: list[str]
) -> None:
    path = tmp_path_factory.mktemp("pictures") / "stripes.png"
    stripes = Image.new("RGB", (len(used) * 20, 40))
    for place, colour in enumerate(used):
        stripes.paste(colour, (place * 20, 0, place * 20 + 20, 40))
    stripes.save(path)

    found = await colours([path, path])

    assert 1 <= len(found) <= 5
    assert len(set(found)) == len(found)
