"""A picture on a larger canvas: grown for a model to paint what is new, and put back over what the model painted.

A model repaints what it was told to keep, nearly as it was. So what it gives is only used where there was nothing:
the picture's own pixels are laid over it again, exactly as they were but for a seam in which the two flow into each
other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

from limner.errors import DamagedPicture
from limner.media.offloop import PICTURES, off_loop
from limner.media.pictures import opened, upright

SEAM = 24
"""Pixels within the picture's own edges, towards what is new, in which it flows into what was painted."""
SEAM_SHARE = 8
"""No seam takes more than this fraction of a side."""
OFF = 0.02
"""How far the proportions of what a model gave may be off those of the canvas: some round a size by themselves."""
_PROFILE_LIMIT = 16_384
"""Bytes of a colour profile that goes along; Display P3 has 536."""


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """Where a picture stands on a larger canvas. Pixels."""

    width: int
    height: int
    left: int
    top: int
    across: int
    """The picture's own width there; less than it has where it had to be scaled down."""
    down: int

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def right(self) -> int:
        """The first column right of the picture."""
        return self.left + self.across

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.top + self.down

    @property
    def seam(self) -> int:
        """How wide the seam is."""
        return min(SEAM, self.across // SEAM_SHARE, self.down // SEAM_SHARE)


async def grow(picture: Path, canvas: Canvas, *, into: Path, mask: Path, name: str) -> None:
    """Writes the picture on its canvas, transparent where it is new, and the mask: a PNG of the same size, transparent
    exactly there.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`.
    """
    await off_loop(PICTURES, _grow, picture, canvas, into, mask, name)


def _grow(picture: Path, canvas: Canvas, into: Path, mask: Path, name: str) -> None:
    placed, profile = _placed(picture, canvas, name)
    grown = Image.new("RGBA", canvas.size)
    grown.paste(placed.convert("RGBA"), (canvas.left, canvas.top))
    grown.save(into, "PNG", compress_level=2, icc_profile=profile)
    kept = Image.new("RGBA", canvas.size)
    kept.paste((0, 0, 0, 255), (canvas.left, canvas.top, canvas.right, canvas.bottom))
    kept.save(mask, "PNG")


async def put_back(picture: Path, painted: Path, canvas: Canvas, *, into: Path, name: str) -> None:
    """Writes what was painted on the canvas as a PNG, with the picture's own pixels over it.

    Raises:
        NotAPicture, DamagedPicture, PictureTooLarge: As `limner.media.pictures.opened`; also when what was painted has
            other proportions than the canvas.
    """
    await off_loop(PICTURES, _put_back, picture, painted, canvas, into, name)


def _put_back(picture: Path, painted: Path, canvas: Canvas, into: Path, name: str) -> None:
    placed, profile = _placed(picture, canvas, name)
    with opened(painted, name=name) as answer:
        if abs(answer.width / answer.height / (canvas.width / canvas.height) - 1) > OFF:
            raise DamagedPicture(name=name)
        ground = _plain(answer)
    if ground.size != canvas.size:
        ground = ground.resize(canvas.size, Image.Resampling.LANCZOS)
    if "RGBA" in {ground.mode, placed.mode}:
        ground, placed = ground.convert("RGBA"), placed.convert("RGBA")
    ground.paste(placed, (canvas.left, canvas.top), feather(canvas))
    ground.info = {}
    ground.save(into, "PNG", compress_level=3, icc_profile=profile)


def feather(canvas: Canvas) -> Image.Image:
    """How much of the picture's own pixels is seen, from 0 to 255 (all): less within the seam, and only on those sides
    that have something new beside them."""
    across = _ramp(canvas.across, canvas.seam, canvas.left > 0, canvas.right < canvas.width)
    down = _ramp(canvas.down, canvas.seam, canvas.top > 0, canvas.bottom < canvas.height)
    size = (canvas.across, canvas.down)
    return ImageChops.multiply(across.resize(size), down.transpose(Image.Transpose.ROTATE_270).resize(size))


def _ramp(length: int, seam: int, first: bool, last: bool) -> Image.Image:
    """One row that rises from its ends as far as these are seams."""
    levels = bytearray(b"\xff" * length)
    for step in range(seam):
        level = round(255 * (step + 1) / (seam + 1))
        if first:
            levels[step] = level
        if last:
            levels[length - 1 - step] = level
    return Image.frombytes("L", (length, 1), bytes(levels))


def _placed(picture: Path, canvas: Canvas, name: str) -> tuple[Image.Image, bytes | None]:
    """The picture's own pixels as they stand on the canvas, and what its colours are measured by."""
    with opened(picture, name=name) as image:
        profile = image.info.get("icc_profile")
        whole = _plain(upright(image))
    if whole.size != (canvas.across, canvas.down):
        whole = whole.resize((canvas.across, canvas.down), Image.Resampling.LANCZOS)
    keep = isinstance(profile, bytes) and len(profile) <= _PROFILE_LIMIT
    return whole, profile if keep else None


def _plain(image: Image.Image) -> Image.Image:
    """RGB, or RGBA when something in it may be transparent."""
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
