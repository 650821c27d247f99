"""Previews and sheets stay within their bounds, whatever goes in."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from limner.errors import DamagedPicture, NotAPicture
from limner.media.preview import preview, scaled
from limner.media.sheet import layout, sheet
from tests.media.conftest import Draw, encoded, picture

sides = st.integers(1, 400)
modes = st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])


def shown(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


@settings(max_examples=80, deadline=None)
@given(
    sides,
    sides,
    modes,
    st.integers(1, 500),
    st.sampled_from([None, 900, 5_000, 100_000]),
    st.permutations(["image/jpeg", "image/png", "image/webp"]),
)
def test_a_preview_is_within_its_pixels_and_bytes_and_never_enlarged(
    width: int, height: int, mode: str, longest: int, limit: int | None, formats: list[str]
) -> None:
    original = encoded(picture(width, height, mode), "PNG")

    data, media_type = asyncio.run(preview(original, longest=longest, limit=limit, formats=tuple(formats)))

    made = shown(data)
    assert media_type in formats
    assert media_type == Image.MIME[made.format or ""]
    assert 1 <= max(made.size) <= min(longest, max(width, height))
    assert limit is None or len(data) <= limit
    if limit is None and max(width, height) <= longest:
        assert made.size == (width, height)


async def test_a_picture_with_transparent_places_keeps_them_where_the_platform_can(draw: Draw) -> None:
    clear = draw("PNG", mode="RGBA")

    data, media_type = await preview(clear, longest=30, formats=("image/jpeg", "image/webp"))

    assert media_type == "image/webp"
    assert shown(data).mode == "RGBA"


async def test_a_transparent_picture_stands_on_white_where_the_platform_cannot() -> None:
    clear = encoded(Image.new("RGBA", (40, 40), (200, 0, 0, 0)), "PNG")

    data, media_type = await preview(clear, longest=20)

    assert media_type == "image/jpeg"
    assert shown(data).getpixel((9, 9)) == (255, 255, 255)


async def test_an_alpha_channel_that_hides_nothing_is_no_transparency() -> None:
    opaque = encoded(Image.new("RGBA", (40, 40), (200, 0, 0, 255)), "PNG")

    _, media_type = await preview(opaque, longest=20, formats=("image/jpeg", "image/png"))

    assert media_type == "image/jpeg"


async def test_a_photograph_stands_upright_and_tells_nothing_of_its_camera() -> None:
    notes = Image.Exif()
    notes[0x0112] = 6
    notes[0x010F] = "A camera with a name"
    photograph = encoded(picture(80, 40), "JPEG", exif=notes, comment=b"at home")

    data, _ = await preview(photograph, longest=40, formats=("image/png",))

    assert shown(data).size == (20, 40)
    assert b"camera" not in data
    assert b"at home" not in data


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_whichever_way_a_camera_was_held_a_picture_fills_its_box(turned: int, format: str) -> None:
    notes = Image.Exif()
    notes[0x0112] = turned
    photograph = encoded(picture(800, 400), format, exif=notes)

    assert scaled(photograph, (600, 100)).size == ((50, 100) if turned in {6, 8} else (200, 100))
    assert scaled(photograph, (100, 600)).size == ((100, 200) if turned in {6, 8} else (100, 50))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
async def test_damaged_notes_of_a_camera_do_no_harm() -> None:
    photograph = encoded(picture(80, 40), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01" * 3)

    data, _ = await preview(photograph, longest=40)

    assert shown(data).size == (40, 20)


async def test_a_file_and_its_bytes_give_the_same_preview(draw: Draw) -> None:
    path = draw("WEBP", width=90)

    assert await preview(path, longest=50) == await preview(path.read_bytes(), longest=50)


async def test_what_is_no_picture_gets_no_preview(draw: Draw) -> None:
    with pytest.raises(NotAPicture):
        await preview(b"<html>", longest=10)
    with pytest.raises(DamagedPicture):
        await preview(draw("PNG", width=300).read_bytes()[:900], longest=10)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(sides, sides), min_size=1, max_size=16), st.integers(40, 600))
def test_a_sheet_is_within_its_pixels_and_shows_every_picture(
    tmp_path: Path, sizes: list[tuple[int, int]], longest: int
) -> None:
    paths = []
    for number, size in enumerate(sizes):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(encoded(Image.new("RGB", size, "orange"), "PNG"))

    data, media_type, width, height = asyncio.run(sheet(paths, longest=longest))

    made = shown(data)
    assert media_type == "image/jpeg"
    assert made.size == (width, height)
    assert max(made.size) <= longest
    plan = layout(sizes, longest)
    for number in range(len(sizes)):
        left, top = plan.corner(number)
        middle = left + plan.cell[0] // 2, top + plan.cell[1] // 2
        assert 0 <= left <= width - plan.cell[0]
        assert 0 <= top <= height - plan.cell[1]
        # Below that the badge with the number may reach the middle.
        if min(plan.cell) > 64 and min(sizes[number]) > 64 and 0.5 < sizes[number][0] / sizes[number][1] < 2:
            red, green, blue = made.getpixel(middle)  # type: ignore[misc]
            assert (red > 230, green > 140, blue < 40) == (True, True, True)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(1, 8000), st.integers(1, 8000)), min_size=1, max_size=16), st.integers(16, 4096))
def test_any_layout_holds_all_its_pictures_apart(sizes: list[tuple[int, int]], longest: int) -> None:
    plan = layout(sizes, longest)
    corners = {plan.corner(number) for number in range(len(sizes))}

    assert len(corners) == len(sizes)
    assert max(plan.size) <= longest
    assert plan.columns * plan.rows >= len(sizes)
    assert plan.columns * (plan.rows - 1) < len(sizes)


def test_layouts_suit_the_pictures() -> None:
    def grid(count: int, size: tuple[int, int]) -> tuple[int, int]:
        plan = layout([size] * count, 2048)
        return plan.columns, plan.rows

    assert grid(4, (1024, 1024)) == (2, 2)
    assert grid(9, (1024, 1024)) == (3, 3)
    assert grid(2, (1536, 1024)) == (1, 2)
    assert grid(2, (1024, 1536)) == (2, 1)
    assert grid(3, (1024, 3072)) == (3, 1)
    assert grid(3, (3072, 1024)) == (1, 3)


async def test_each_picture_on_a_sheet_has_its_number_or_label_on_it(draw: Draw) -> None:
    paths = [draw("PNG", width=300, height=300) for _ in range(2)]

    numbered, *_ = await sheet(paths)
    labelled, *_ = await sheet(paths, labels=["A", "B"])
    plan = layout([(300, 300)] * 2, 2048)

    assert numbered != labelled
    for number in range(2):
        left, top = plan.corner(number)
        badge = shown(numbered).crop((left, top, left + 30, top + 30)).convert("L")
        darkest, brightest = badge.getextrema()
        assert darkest < 60 < 200 < brightest  # type: ignore[operator]


async def test_a_sheet_with_a_transparent_picture_is_transparent(draw: Draw) -> None:
    data, media_type, *_ = await sheet([draw("PNG"), draw("PNG", mode="RGBA")])

    assert media_type == "image/png"
    assert shown(data).mode == "RGBA"


async def test_sheets_have_one_to_sixteen_pictures(draw: Draw) -> None:
    one = draw("PNG")

    for many in (0, 17):
        with pytest.raises(ValueError, match="1 to 16"):
            await sheet([one] * many)


async def test_a_damaged_picture_spoils_the_sheet_with_its_own_sentence(draw: Draw) -> None:
    cut = draw("PNG", width=300)
    cut.write_bytes(cut.read_bytes()[:900])

    with pytest.raises(DamagedPicture, match=cut.name):
        await sheet([draw("PNG"), cut])
