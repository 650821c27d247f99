"""Previews: a picture, scaled and encoded to what a platform takes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from PIL import Image

from limner.media import vector
from limner.media.header import JPEG, PNG, WEBP, kind
from limner.media.moving import MOVES, moving
from limner.media.offloop import PICTURES, off_loop
from limner.media.pictures import on_its_side, reading, upright

T = TypeVar("T")

_QUALITIES: dict[str, tuple[dict[str, Any], ...]] = {
    JPEG: tuple({"format": "JPEG", "quality": each} for each in (85, 75, 65, 50, 35)),
    # method 2: a third of the default's time for 3% more bytes
    WEBP: tuple({"format": "WEBP", "quality": each, "method": 2} for each in (85, 75, 65, 50, 35)),
    PNG: ({"format": "PNG", "compress_level": 4},),
}
_KEEPS_ALPHA = {PNG, WEBP}
_PROFILE_LIMIT = 16_384
"""Bytes of a colour profile that may travel with a preview; Display P3 has 536."""


async def preview(
    data: bytes | Path,
    *,
    longest: int,
    limit: int | None = None,
    formats: tuple[str, ...] = (JPEG,),
    name: str = "picture",
) -> tuple[bytes, str]:
    """The picture within `longest` pixels each way and `limit` bytes, never enlarged, upright, and its media type.

    Args:
        formats: What the platform takes, best first. A picture with transparent places gets the first that keeps
            them (else white behind them), one that moves the first that moves, any other the first. A drawing in SVG
            is drawn.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    if await off_loop(PICTURES, _is_drawing, data):
        data = await vector.shown(data, longest=longest, name=name)
    return await off_loop(PICTURES, _preview, data, longest, limit, formats, name)


async def on_small(data: bytes | Path, work: Callable[[Image.Image], T], *, longest: int, name: str = "picture") -> T:
    """What `work` finds, off the event loop, in the picture within `longest` pixels each way, as RGB (on white where it
    is transparent); of one that moves, in its first frame.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    found = await off_loop(PICTURES, _on_small, data, work, longest, name)
    if found is None:
        drawn = await vector.shown(data, longest=longest, name=name)
        found = await off_loop(PICTURES, _on_small, drawn, work, longest, name)
    assert found is not None
    return found[0]


def _on_small(data: bytes | Path, work: Callable[[Image.Image], T], longest: int, name: str) -> tuple[T] | None:
    """None: it is a drawing, which has to be drawn first."""
    if _is_drawing(data):
        return None
    image = scaled(data, (longest, longest), name=name)
    return (work(flat(image) if image.mode == "RGBA" else image),)


def _is_drawing(data: bytes | Path) -> bool:
    if isinstance(data, bytes):
        head = data[: vector.HEAD]
    else:
        with data.open("rb") as file:
            head = file.read(vector.HEAD)
    return kind(head[:12]) is None and vector.measured(head) is not None


def _preview(
    data: bytes | Path, longest: int, limit: int | None, formats: tuple[str, ...], name: str
) -> tuple[bytes, str]:
    if (moves := next((each for each in formats if each in MOVES), None)) is not None:
        with opened_from(data) as file, reading(file, name=name) as image:
            if (made := moving(image, moves, longest, limit)) is not None:
                return made, moves
    image = scaled(data, (longest, longest), name=name)
    profile = image.info.get("icc_profile")
    if image.mode == "RGBA":
        media_type = next((each for each in formats if each in _KEEPS_ALPHA), formats[0])
        if media_type not in _KEEPS_ALPHA:
            image = flat(image)
    else:
        media_type = formats[0]
    return _fit(image, media_type, limit, profile), media_type


def opened_from(data: bytes | Path) -> BinaryIO:
    """An open file of these bytes, or of this path."""
    return BytesIO(data) if isinstance(data, bytes) else data.open("rb")


def scaled(
    data: bytes | Path, box: tuple[int, int], *, name: str = "picture", reducing_gap: float = 2.0
) -> Image.Image:
    """The picture within the box, upright, as RGB, or as RGBA when it is transparent somewhere.

    Args:
        reducing_gap: How many times the final size is left after merging whole pixels, which is ten times as quick
            as the finer scaling that follows; 2.0 can hardly be told from none, 1.0 is good for small pictures.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    with opened_from(data) as file, reading(file, name=name) as image:
        colourful = image.mode in {"RGB", "RGBA", "P"}
        profile = image.info.get("icc_profile")
        small = _plain(image)
        # A picture that its camera held sideways is turned last, when it is small. Of a JPEG, only an eighth, a quarter
        # or half the size is decoded, as it fits; of others, whole pixels are merged before any finer scaling.
        held = box if box[0] == box[1] or not on_its_side(image) else box[::-1]
        small.thumbnail(held, Image.Resampling.BICUBIC, reducing_gap)
        small.load()  # a picture that fits already was not looked at yet
        small.info = {"exif": image.info["exif"]} if "exif" in image.info else {}
        small = upright(small)
        if (small.mode == "RGBA" and small.getchannel("A").getextrema()[0] == 255) or small.mode == "L":
            small = small.convert("RGB")
        keep = colourful and isinstance(profile, bytes) and len(profile) <= _PROFILE_LIMIT
        small.info = {"icc_profile": profile} if keep else {}
        return small


def _plain(image: Image.Image) -> Image.Image:
    """L, RGB or RGBA: the modes that scale well. Grey stays grey, for it is a quarter of the memory."""
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode in {"1", "I;16", "I"}:
        return image.convert("L")
    return image if image.mode in {"L", "RGB"} else image.convert("RGB")


def flat(image: Image.Image, colour: str = "white") -> Image.Image:
    """An RGBA picture on a ground, as RGB."""
    ground = Image.new("RGB", image.size, colour)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _fit(image: Image.Image, media_type: str, limit: int | None, profile: bytes | None) -> bytes:
    """Encoded within the limit: coarser first, then smaller."""
    while True:
        for options in _QUALITIES[media_type]:
            data = encode(image, options, profile)
            if limit is None or len(data) <= limit:
                return data
        if max(image.size) == 1:
            raise ValueError(f"no picture has {limit} bytes or fewer")
        # Bytes go with the area; a little below what is hoped for, and never in tiny steps.
        factor = min(0.8, max(0.25, (limit / len(data)) ** 0.5 * 0.95)) if limit else 0.8
        size = max(1, int(image.width * factor)), max(1, int(image.height * factor))
        image = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
        profile = None if max(size) < 64 else profile


def encode(image: Image.Image, options: dict[str, Any], profile: bytes | None = None) -> bytes:
    """The picture's bytes, without any of the original's notes but its colour profile."""
    out = BytesIO()
    image.save(out, icc_profile=profile, **options)
    return out.getvalue()
