"""Upscaled pictures have more pixels, are bounded, and are resampled and nothing else."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops

from limner.errors import TooLargeToUpscale
from limner.media.upscale import FACTORS, fits, upscale
from tests.media.conftest import Draw, picture


@pytest.mark.parametrize("factor", FACTORS)
async def test_it_is_so_many_times_as_wide_and_as_high_and_the_same_picture(draw: Draw, factor: int) -> None:
    made = await upscale(draw(), factor, name="fox")

    with Image.open(BytesIO(made.data)) as image:
        assert image.format == "JPEG"
        assert image.size == (made.width, made.height) == (60 * factor, 40 * factor)
        wanted = picture().resize(image.size, Image.Resampling.LANCZOS)
        assert max(high for _, high in ImageChops.difference(image.convert("RGB"), wanted).getextrema()) < 16


async def test_transparency_stays(draw: Draw) -> None:
    made = await upscale(draw(mode="RGBA"), 2, name="fox")

    assert made.media_type == "image/png"
    with Image.open(BytesIO(made.data)) as image:
        assert image.mode == "RGBA"
        assert image.getchannel("A").getextrema()[0] < 8


async def test_more_than_the_limit_is_refused_in_a_sentence_before_it_is_decoded(draw: Draw) -> None:
    assert fits(3840, 2160, 2)
    assert not fits(3840, 2160, 4)
    with pytest.raises(TooLargeToUpscale, match="36 megapixels at 4 times its size"):
        await upscale(draw("JPEG", width=1600, height=1500), 4, name="fox")
