"""A picture's file once it is whole: under a name that says what it is."""

from __future__ import annotations

from pathlib import Path

from limner.engines import PictureFile
from limner.engines.endings import reaches_end
from limner.errors import BadFile, BadPicture
from limner.media.header import GIF, JPEG, PNG, SVG, WEBP
from limner.media.pictures import probe

SUFFIXES = {PNG: ".png", JPEG: ".jpg", WEBP: ".webp", GIF: ".gif", SVG: ".svg"}


def named(path: Path, folder: Path, number: int) -> PictureFile:
    """The file, probed, under a name that says what it is.

    Raises:
        BadPicture: It is no picture, or a part of one.
    """
    try:
        told = probe(path, name="the answer", drawings=True)
    except BadFile as problem:
        raise BadPicture() from problem
    if not reaches_end(path, told.media_type):
        raise BadPicture()
    kept = path.rename(folder / f"picture-{number}{SUFFIXES[told.media_type]}")
    return PictureFile(path=kept, media_type=told.media_type, width=told.width, height=told.height, name=kept.name)
