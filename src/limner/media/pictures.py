"""Pictures from outside: hostile bytes, told by content, bounded before anything is decoded."""

from __future__ import annotations

import shutil
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from limner.errors import BadMask, DamagedPicture, NotAPicture, PictureFileTooLarge, PictureTooLarge
from limner.media.header import GIF, JPEG, PNG, SVG, WEBP, declared_size, kind
from limner.media.offloop import PICTURES, off_loop
from limner.media.vector import HEAD, measured

MEGAPIXELS = 50
"""The most that is ever decoded: 200 MB as RGBA."""

REFERENCE_LIMIT = 50_000_000
"""Bytes of one input picture (OpenAI's Images API: "less than 50MB")."""

# The readers themselves, and not Image.open: that one warns of large pictures instead of refusing them, and tries to
# be more than a JPEG reader with JPEGs that carry several pictures.
_READERS: dict[str, type[ImageFile.ImageFile]] = {
    PNG: PngImageFile,
    JPEG: JpegImageFile,
    WEBP: WebPImageFile,
    GIF: GifImageFile,
}

_AS_GOOD: dict[str, dict[str, Any]] = {
    PNG: {"compress_level": 4},
    JPEG: {"quality": 95, "subsampling": 0},
    WEBP: {"quality": 95},
}
"""How a picture is written again that had to be turned."""

# What Pillow's readers raise for damaged files, by their source and by trying.
_DAMAGE = (
    OSError,
    SyntaxError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)

# Pillow warns of camera's notes that it cannot read; nothing here relies on them, and no host wants to read of them.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a picture's header tells."""

    media_type: str
    """`image/png`, `image/jpeg`, `image/webp` or `image/gif`; `image/svg+xml` where drawings are looked for."""
    width: int
    height: int
    has_alpha: bool
    """It can be transparent somewhere; whether it is, only its pixels tell."""


@contextmanager
def opened(path: Path, *, name: str) -> Iterator[Image.Image]:
    """The picture, opened and not decoded yet; damage found while it is used is told as damage of this file.

    Raises:
        NotAPicture: Not PNG, JPEG, WebP or GIF by its first bytes.
        DamagedPicture: Its header makes no sense, or its pixels are cut short.
        PictureTooLarge: More than `MEGAPIXELS`; nothing was decoded.
    """
    with path.open("rb") as file, reading(file, name=name) as image:
        yield image


@contextmanager
def reading(file: BinaryIO, *, name: str) -> Iterator[Image.Image]:
    """As `opened`, from an open file."""
    media_type = kind(file.read(12))
    if media_type is None:
        raise NotAPicture(name=name)
    try:
        _bound(declared_size(file, media_type), name)
        file.seek(0)
        with _READERS[media_type](file) as image:
            _bound(image.size, name)
            yield image
    except UnidentifiedImageError as error:
        raise NotAPicture(name=name) from error
    except (PictureTooLarge, BadMask):
        raise
    except _DAMAGE as error:
        raise DamagedPicture(name=name) from error


def _bound(size: tuple[int, int] | None, name: str) -> None:
    if size is None:
        return
    width, height = size
    if width < 1 or height < 1:
        raise DamagedPicture(name=name)
    if width * height > MEGAPIXELS * 1_000_000:
        raise PictureTooLarge(name=name, width=width, height=height, limit=MEGAPIXELS)


def _told(image: Image.Image) -> Probe:
    width, height = image.size
    media_type = next(each for each, reader in _READERS.items() if isinstance(image, reader))
    return Probe(media_type=media_type, width=width, height=height, has_alpha=image.has_transparency_data)


def probe(path: Path, *, name: str, drawings: bool = False) -> Probe:
    """What the header tells, nothing decoded; a millisecond. With `drawings` it may be an SVG as well, which nothing
    else here opens.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `opened`.
    """
    if drawings:
        with path.open("rb") as file:
            head = file.read(HEAD)
        if kind(head[:12]) is None and (size := measured(head)) is not None:
            return Probe(media_type=SVG, width=size[0], height=size[1], has_alpha=True)
    with opened(path, name=name) as image:
        return _told(image)


async def check(path: Path, *, name: str) -> Probe:
    """As `probe`, after decoding it whole (of an animation, the first frame), so that cut files are found.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `opened`.
    """
    return await off_loop(PICTURES, _check, path, name)


def _check(path: Path, name: str) -> Probe:
    with opened(path, name=name) as image:
        told = _told(image)
        image.load()
        return told


async def as_reference(path: Path, out: Path, *, name: str) -> Probe:
    """Writes to `out` what the Images API takes: the same bytes, or, for GIF and moving pictures, the first frame as
    PNG; tells what is there now. What its camera held sideways is turned, for whatever is said of its size and places
    (a shape, a mask, a larger canvas) means the picture as one sees it.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `opened`.
        PictureFileTooLarge: `REFERENCE_LIMIT` bytes or more.
    """
    return await off_loop(PICTURES, _as_reference, path, out, name)


def _as_reference(path: Path, out: Path, name: str) -> Probe:
    with opened(path, name=name) as image:
        told = _told(image)
        moving = told.media_type == GIF or (told.media_type == WEBP and bool(getattr(image, "is_animated", False)))
        image.load()
        turned = upright(image)
        if moving:
            turned = turned.convert("RGBA" if told.has_alpha else "RGB")
            turned.save(out, "PNG")
            told = Probe(media_type=PNG, width=turned.width, height=turned.height, has_alpha=told.has_alpha)
        elif sideways(image):
            turned.save(out, image.format, **_AS_GOOD[told.media_type], icc_profile=image.info.get("icc_profile"))
            told = Probe(media_type=told.media_type, width=turned.width, height=turned.height, has_alpha=told.has_alpha)
        else:
            shutil.copyfile(path, out)
    if out.stat().st_size >= REFERENCE_LIMIT:
        out.unlink()
        raise PictureFileTooLarge(name=name, limit_mb=REFERENCE_LIMIT // 1_000_000)
    return told


def sideways(image: Image.Image) -> bool:
    """Whether its camera noted that it is to be turned or mirrored; one with a damaged note stays as it is."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1) in range(2, 9)
    except _DAMAGE:
        return False


def on_its_side(image: Image.Image) -> bool:
    """Whether the picture's width is its height once it is upright."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1) in range(5, 9)
    except _DAMAGE:
        return False


def upright(image: Image.Image) -> Image.Image:
    """The picture turned as its camera noted; one with a damaged note stays as it is."""
    try:
        return ImageOps.exif_transpose(image)
    except _DAMAGE:
        return image
