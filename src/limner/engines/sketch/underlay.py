"""References: repainted as the ground of a sketch, and masks: what may change and what stays as it was."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageOps, UnidentifiedImageError

from limner.engines import PictureFile
from limner.errors import BadMask, DamagedPicture, NotAPicture, PictureTooLarge

PIXELS_AT_MOST = 64_000_000


def load(file: PictureFile) -> Image.Image:
    """A reference as RGBA, upright.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: The file is no picture that can be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(Path(file.path)) as picture:
                if picture.width * picture.height > PIXELS_AT_MOST:
                    raise PictureTooLarge(
                        name=file.name, width=picture.width, height=picture.height, limit=PIXELS_AT_MOST // 1_000_000
                    )
                return ImageOps.exif_transpose(picture).convert("RGBA")
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(name=file.name, width=file.width, height=file.height, limit=64) from error
    except UnidentifiedImageError as error:
        raise NotAPicture(name=file.name) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise DamagedPicture(name=file.name) from error


def fit(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture at this size: as it is where it fits, else cut to the new proportions about its middle."""
    if picture.size == size:
        return picture
    return ImageOps.fit(picture, size, method=Image.Resampling.BICUBIC)


def repaint(pictures: Sequence[Image.Image], size: tuple[int, int]) -> Image.Image:
    """The references in flat washes with pencilled edges; several stand side by side and flow into each other."""
    if len(pictures) == 1:
        return _washed(_on_paper(pictures[0]), size)
    sheet = Image.new("RGB", size)
    wide = size[0] / len(pictures)
    seam = max(2, round(wide * 0.35))
    for index, picture in enumerate(pictures):
        left = max(0, round(index * wide - seam / 2))
        part = (max(1, min(size[0], round((index + 1) * wide + seam / 2)) - left), size[1])
        mask = Image.new("L", part, 255)
        if index:
            mask.paste(Image.linear_gradient("L").rotate(90).resize((min(seam, part[0]), part[1])), (0, 0))
        sheet.paste(_washed(_on_paper(picture), part), (left, 0), mask)
    return sheet


def _on_paper(picture: Image.Image) -> Image.Image:
    paper = Image.new("RGBA", picture.size, (250, 246, 236, 255))
    return Image.alpha_composite(paper, picture).convert("RGB")


def _washed(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Repainted at a moderate size, which keeps the strokes broad and the work bounded."""
    scale = min(1.0, 720 / max(size))
    work = (max(3, round(size[0] * scale)), max(3, round(size[1] * scale)))
    small = ImageOps.fit(picture, work, method=Image.Resampling.BICUBIC)
    wash = ImageOps.posterize(small.filter(ImageFilter.MedianFilter(3)), 5).filter(ImageFilter.SMOOTH_MORE)
    wash = Image.blend(wash, small, 0.35)
    grey = small.convert("L").filter(ImageFilter.GaussianBlur(1.2))
    shifted = ImageChops.offset(grey, 1, 1)
    edges = ImageChops.difference(grey, shifted).point(lambda v: 255 - min(170, max(0, v - 5) * 9))
    edges.paste(255, (0, 0, work[0], 2))
    edges.paste(255, (0, 0, 2, work[1]))
    drawn = ImageChops.multiply(wash, Image.merge("RGB", (edges, edges, edges)))
    return drawn.resize(size, Image.Resampling.BICUBIC)


def changeable(mask: PictureFile, size: tuple[int, int]) -> Image.Image:
    """Where the mask is transparent, as 255; 0 elsewhere: hard-edged, so that what stays, stays exactly.

    Raises:
        BadMask: It has no transparent part at all.
    """
    alpha = load(mask).getchannel("A")
    if alpha.getextrema()[0] == 255:
        raise BadMask(name=mask.name, why="nothing in it is transparent")
    if alpha.size != size:
        alpha = ImageOps.fit(alpha, size, method=Image.Resampling.NEAREST)
    return alpha.point(lambda v: 255 if v < 128 else 0)
