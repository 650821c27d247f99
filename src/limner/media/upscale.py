"""A picture with more pixels and no more detail: resampled, and honest about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from limner.errors import TooLargeToUpscale
from limner.media.header import JPEG, PNG
from limner.media.offloop import PICTURES, off_loop
from limner.media.pictures import opened, upright
from limner.media.preview import encode

FACTORS = (2, 4)
MEGAPIXELS = 36
"""The most that comes of it: twice 3840×2160, which takes 100 MB as RGB while it is made."""
_PROFILE_LIMIT = 16_384


@dataclass(frozen=True, kw_only=True)
class Upscaled:
    """What came of it."""

    data: bytes
    media_type: str
    """JPEG; PNG where something is transparent."""
    width: int
    height: int


def fits(width: int, height: int, factor: int) -> bool:
    """Whether a picture of this size may be made so many times as wide and as high."""
    return width * height * factor**2 <= MEGAPIXELS * 1_000_000


async def upscale(picture: Path, factor: int, *, name: str) -> Upscaled:
    """The picture `factor` times as wide and as high, by Lanczos resampling.

    Raises:
        TooLargeToUpscale: More than `MEGAPIXELS` would come of it; nothing was decoded.
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    return await off_loop(PICTURES, _upscale, picture, factor, name)


def _upscale(picture: Path, factor: int, name: str) -> Upscaled:
    with opened(picture, name=name) as image:
        if not fits(*image.size, factor):
            raise TooLargeToUpscale(name=name, factor=factor, limit=MEGAPIXELS)
        profile = image.info.get("icc_profile")
        whole = upright(image.convert("RGBA" if image.has_transparency_data else "RGB"))
    if whole.mode == "RGBA" and whole.getchannel("A").getextrema()[0] == 255:
        whole = whole.convert("RGB")
    large = whole.resize((whole.width * factor, whole.height * factor), Image.Resampling.LANCZOS)
    clear = large.mode == "RGBA"
    options = {"format": "PNG", "compress_level": 4} if clear else {"format": "JPEG", "quality": 95, "subsampling": 0}
    keep = isinstance(profile, bytes) and len(profile) <= _PROFILE_LIMIT
    return Upscaled(
        data=encode(large, options, profile if keep else None),
        media_type=PNG if clear else JPEG,
        width=large.width,
        height=large.height,
    )
