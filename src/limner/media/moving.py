"""Moving pictures made small: every frame of them, within what a platform takes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image, ImageSequence

from limner.media.header import GIF, WEBP

MOVES = frozenset({GIF, WEBP})
"""Kinds of files that can move."""
FRAMES = 64
"""What has more is shown still; models make 16 at most."""
MEGAPIXELS = 40
"""Of all frames together, as they are; what has more is shown still."""
TRIES = 5
_OPTIONS: dict[str, dict[str, Any]] = {
    GIF: {"format": "GIF", "disposal": 2},
    WEBP: {"format": "WEBP", "quality": 75, "method": 0},
}


def moving(image: Image.Image, media_type: str, longest: int, limit: int | None) -> bytes | None:
    """The picture with all of its frames, within `longest` pixels each way and `limit` bytes; None: it does not move,
    or is too long for this.

    Raises:
        OSError, ValueError and others: As Pillow does for damaged files.
    """
    count = getattr(image, "n_frames", 1)
    if not 1 < count <= FRAMES or image.width * image.height * count > MEGAPIXELS * 1_000_000:
        return None
    factor = min(1.0, longest / max(image.size))
    for _ in range(TRIES):
        size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
        data = _encoded(image, size, media_type)
        if limit is None or len(data) <= limit:
            return data
        factor *= min(0.8, max(0.25, (limit / len(data)) ** 0.5 * 0.9))
    return None


def _encoded(image: Image.Image, size: tuple[int, int], media_type: str) -> bytes:
    frames, times = [], []
    for frame in ImageSequence.Iterator(image):
        times.append(frame.info.get("duration", 100))
        whole = frame.convert("RGBA")
        frames.append(whole if whole.size == size else whole.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0))
    out = BytesIO()
    more = {"save_all": True, "append_images": frames[1:], "duration": times, "loop": image.info.get("loop", 0)}
    frames[0].save(out, **more, **_OPTIONS[media_type])
    return out.getvalue()
