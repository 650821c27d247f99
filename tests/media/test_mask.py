"""Masks from outside: whatever they are, what is sent is strictly transparent or opaque, and says the same."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from limner.errors import BadFile, BadMask, DamagedPicture, NotAPicture, PictureTooLarge
from limner.media.mask import HALF, MASK_LIMIT, encoded, normalise
from tests.media.conftest import Draw, picture
from tests.media.conftest import encoded as saved
from tests.media.test_pictures import png_of


def holed(mode: str = "RGBA", size: tuple[int, int] = (60, 40), alpha: int = 0) -> bytes:
    """A picture as somebody saves it who has erased its upper left quarter."""
    image = picture(*size).convert("RGBA")
    image.paste((255, 0, 0, alpha), (0, 0, size[0] // 2, size[1] // 2))
    return saved(image.convert(mode), "PNG")


async def normalised(data: bytes, folder: Path, *, size: tuple[int, int] = (60, 40)) -> Image.Image:
    path, out = folder / "given", folder / "mask"
    path.write_bytes(data)
    await normalise(path, out, name="hole.png", width=size[0], height=size[1])
    assert out.stat().st_size < MASK_LIMIT
    image = Image.open(BytesIO(out.read_bytes()))
    image.load()
    return image


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
async def test_what_was_erased_may_change_and_nothing_else_is_kept_of_it(tmp_path: Path, mode: str) -> None:
    mask = await normalised(holed(mode), tmp_path)

    assert (mask.format, mask.mode, mask.size) == ("PNG", "RGBA", (60, 40))
    black = Image.new("RGBA", (60, 40), (0, 0, 0, 255))
    black.paste((0, 0, 0, 0), (0, 0, 30, 20))
    assert mask.tobytes() == black.tobytes()


async def test_a_palette_with_a_transparent_colour_is_a_mask_too(tmp_path: Path) -> None:
    palette = Image.new("P", (60, 40), 0)
    palette.paste(1, (0, 0, 10, 40))
    palette.putpalette([0, 0, 0, 255, 255, 255])
    mask = await normalised(saved(palette, "PNG", transparency=1), tmp_path)

    assert mask.getchannel("A").histogram()[0] == 400


@given(size=st.tuples(st.integers(1, 70), st.integers(1, 140)), seed=st.integers(), soft=st.booleans())
async def test_any_mask_becomes_strict_and_means_the_same(size: tuple[int, int], seed: int, soft: bool) -> None:
    draw = random.Random(seed)
    wanted = bytes(draw.randrange(256) if soft else draw.choice((0, 255)) for _ in range(size[0] * size[1]))
    strict = bytes(255 if each >= HALF else 0 for each in wanted)
    assume(len(set(strict)) == 2)
    image = Image.new("RGBA", size, (9, 80, 200, 0))
    image.putalpha(Image.frombytes("L", size, wanted))
    with TemporaryDirectory() as folder:
        mask = await normalised(saved(image, "PNG"), Path(folder), size=size)

    assert mask.getchannel("A").tobytes() == strict
    assert mask.convert("RGB").getextrema() == ((0, 0),) * 3


async def test_it_tells_how_much_may_change(tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_bytes(holed())

    assert await normalise(path, tmp_path / "mask", name="x", width=60, height=40) == 0.25


@pytest.mark.parametrize(
    ("data", "size", "why"),
    [
        (saved(picture(mode="RGBA"), "WEBP"), (60, 40), "it is a WEBP file"),
        (saved(picture(), "JPEG"), (60, 40), "it is a JPEG file"),
        (holed(), (61, 40), "it is 60×40 pixels, and the picture is 61×40"),
        (holed(), (40, 60), "it is 60×40 pixels, and the picture is 40×60"),
        (holed("RGB"), (60, 40), "it has no transparency at all"),
        (holed(alpha=255), (60, 40), "nowhere transparent"),
        (holed(alpha=HALF), (60, 40), "nowhere transparent"),
        (saved(Image.new("RGBA", (60, 40)), "PNG"), (60, 40), "transparent everywhere"),
    ],
)
async def test_a_mask_that_does_not_fit_says_why(tmp_path: Path, data: bytes, size: tuple[int, int], why: str) -> None:
    with pytest.raises(BadMask, match=why):
        await normalised(data, tmp_path, size=size)
    assert not (tmp_path / "mask").exists()


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"", NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NotAPicture),
        (holed()[:200], DamagedPicture),
        (png_of(20_000, 20_000), PictureTooLarge),
        (png_of(60, 40), BadFile),
    ],
)
async def test_what_is_no_whole_picture_is_told_as_any_other(
    tmp_path: Path, data: bytes, trouble: type[BadFile]
) -> None:
    with pytest.raises(trouble):
        await normalised(data, tmp_path)


async def test_a_mask_of_another_size_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    with pytest.raises(BadMask, match="7000×7000"):
        await normalised(png_of(7000, 7000), tmp_path)


async def test_the_erased_photograph_may_be_larger_than_what_is_sent(tmp_path: Path) -> None:
    size = (1536, 1024)
    noise = Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3)).convert("RGBA")
    noise.paste((0, 0, 0, 0), (0, 0, 100, 100))
    data = saved(noise, "PNG")
    assert len(data) > MASK_LIMIT

    mask = await normalised(data, tmp_path, size=size)
    assert mask.getchannel("A").histogram()[0] == 10_000


@pytest.mark.parametrize(("size", "fits"), [((3000, 2700), True), ((5000, 5000), False)])
def test_a_mask_of_noise_is_packed_harder_or_refused(size: tuple[int, int], fits: bool) -> None:
    noise = Image.frombytes("L", size, random.Random(2).randbytes(size[0] * size[1]))
    speckled = noise.point([0] * HALF + [255] * (256 - HALF))

    if fits:
        assert len(encoded(speckled)) < MASK_LIMIT
    else:
        with pytest.raises(BadMask, match="too finely speckled"):
            encoded(speckled)


async def test_a_drawn_picture_is_no_mask(draw: Draw, tmp_path: Path) -> None:
    with pytest.raises(BadMask):
        await normalise(draw("GIF"), tmp_path / "mask", name="x", width=60, height=40)
