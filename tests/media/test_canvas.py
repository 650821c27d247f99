"""Growing a picture: what was there stays as it was, what is new is all that may change."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from limner.errors import DamagedPicture
from limner.media.canvas import Canvas, feather, grow, put_back
from tests.media.conftest import Draw, encoded, picture

WIDE = Canvas(width=240, height=80, left=60, top=0, across=120, down=80)
AROUND = Canvas(width=240, height=160, left=60, top=40, across=120, down=80)


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


async def grown(original: Path, canvas: Canvas, folder: Path) -> tuple[Image.Image, Image.Image]:
    await grow(original, canvas, into=folder / "grown", mask=folder / "mask", name="fox")
    return opened(folder / "grown"), opened(folder / "mask")


async def returned(original: Path, painted: Image.Image, canvas: Canvas, folder: Path) -> Image.Image:
    folder.joinpath("painted").write_bytes(encoded(painted, "PNG"))
    await put_back(original, folder / "painted", canvas, into=folder / "whole", name="fox")
    return opened(folder / "whole")


@pytest.mark.parametrize("canvas", [WIDE, AROUND])
async def test_the_mask_is_transparent_exactly_where_the_canvas_is_new(
    draw: Draw, tmp_path: Path, canvas: Canvas
) -> None:
    image, mask = await grown(draw(width=120, height=80), canvas, tmp_path)

    expected = Image.new("L", canvas.size, 0)
    expected.paste(255, (canvas.left, canvas.top, canvas.right, canvas.bottom))
    for each in (image, mask):
        assert each.format == "PNG"
        assert each.size == canvas.size
        assert ImageChops.difference(each.getchannel("A"), expected).getbbox() is None


async def test_the_picture_stands_on_the_canvas_as_it_was(draw: Draw, tmp_path: Path) -> None:
    image, _ = await grown(draw(width=120, height=80), AROUND, tmp_path)

    own = image.crop((60, 40, 180, 120)).convert("RGB")
    assert own.tobytes() == picture(120, 80).tobytes()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
@pytest.mark.parametrize("canvas", [WIDE, AROUND])
async def test_outside_the_seam_every_pixel_of_the_picture_is_what_it_was(
    draw: Draw, tmp_path: Path, mode: str, canvas: Canvas
) -> None:
    original = draw(width=120, height=80, mode=mode)
    whole = await returned(original, Image.new("RGB", canvas.size, (255, 0, 255)), canvas, tmp_path)

    wanted = opened(original).convert(whole.mode)
    top = canvas.seam if canvas.top else 0
    bottom = 80 - (canvas.seam if canvas.bottom < canvas.height else 0)
    inside = (canvas.seam, top, 120 - canvas.seam, bottom)
    placed = tuple(side + (canvas.left, canvas.top)[index % 2] for index, side in enumerate(inside))
    assert whole.crop(placed).tobytes() == wanted.crop(inside).tobytes()
    assert canvas.seam == 10


async def test_what_is_new_is_what_was_painted_and_the_seam_lies_between(draw: Draw, tmp_path: Path) -> None:
    painted = picture(240, 160).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    whole = await returned(draw(width=120, height=80), painted, AROUND, tmp_path)

    ground = whole.copy()
    ground.paste(painted.crop((60, 40, 180, 120)), (60, 40))
    assert ground.tobytes() == painted.tobytes()
    black = await returned(draw(width=120, height=80), Image.new("RGB", AROUND.size), AROUND, tmp_path)
    row = [sum(black.getpixel((x, 80))) / max(1, sum(picture(120, 80).getpixel((x - 60, 40)))) for x in range(60, 71)]  # type: ignore[arg-type]
    assert row == sorted(row)
    assert 0 < row[0] < 0.2
    assert row[-1] == 1


async def test_transparent_places_of_the_picture_stay_transparent(draw: Draw, tmp_path: Path) -> None:
    whole = await returned(draw(width=120, height=80, mode="RGBA"), Image.new("RGB", AROUND.size), AROUND, tmp_path)

    assert whole.mode == "RGBA"
    assert whole.getpixel((120, 40 + AROUND.seam)) == picture(120, 80, "RGBA").getpixel((60, AROUND.seam))


async def test_a_picture_that_has_to_be_smaller_is_scaled_once_and_kept_so(draw: Draw, tmp_path: Path) -> None:
    original = draw(width=240, height=160)
    whole = await returned(original, Image.new("RGB", AROUND.size), AROUND, tmp_path)

    small = picture(240, 160).resize((120, 80), Image.Resampling.LANCZOS)
    assert whole.crop((70, 50, 170, 110)).tobytes() == small.crop((10, 10, 110, 70)).tobytes()


async def test_a_model_that_gives_another_size_is_forgiven_and_other_proportions_are_not(
    draw: Draw, tmp_path: Path
) -> None:
    original = draw(width=120, height=80)
    whole = await returned(original, Image.new("RGB", (480, 320)), AROUND, tmp_path)
    assert whole.size == AROUND.size

    with pytest.raises(DamagedPicture):
        await returned(original, Image.new("RGB", (240, 240)), AROUND, tmp_path)


async def test_its_colour_profile_goes_along(draw: Draw, tmp_path: Path) -> None:
    profile = b"a colour profile"
    original = draw(width=120, height=80, icc_profile=profile)
    image, _ = await grown(original, AROUND, tmp_path)
    whole = await returned(original, Image.new("RGB", AROUND.size), AROUND, tmp_path)

    assert image.info["icc_profile"] == whole.info["icc_profile"] == profile


SIDES = st.integers(1, 300)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(SIDES, SIDES, SIDES, SIDES, SIDES, SIDES)
def test_the_feather_is_whole_but_at_the_sides_that_have_something_new(
    across: int, down: int, left: int, top: int, right: int, bottom: int
) -> None:
    left, right = left % 3, right % 3
    canvas = Canvas(
        width=left + across + right, height=top + down + bottom, left=left, top=top, across=across, down=down
    )
    mask = feather(canvas)

    assert mask.size == (across, down)
    seam = canvas.seam
    inside = (seam if left else 0, seam, across - (seam if right else 0), down - seam)
    assert mask.crop(inside).getextrema() == (255, 255)
    if seam:
        assert mask.getpixel((across // 2, 0)) < 255  # type: ignore[operator]
        assert (mask.getpixel((0, down // 2)) == 255) == (left == 0)
        assert (mask.getpixel((across - 1, down // 2)) == 255) == (right == 0)
