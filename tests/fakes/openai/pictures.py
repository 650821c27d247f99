"""Pictures of any size, quickly: one colour from the prompt, another frame for each number."""

from __future__ import annotations

import io
import random
from functools import lru_cache
from hashlib import sha256

from PIL import Image


def colour(prompt: str) -> tuple[int, int, int]:
    """The colour that a picture of this prompt has in its middle."""
    red, green, blue = sha256(prompt.encode()).digest()[:3]
    return red, green, blue


@lru_cache(maxsize=48)
def paint(
    prompt: str,
    width: int,
    height: int,
    *,
    format: str = "png",
    transparent: bool = False,
    number: int = 0,
    weight: int = 0,
) -> bytes:
    """A picture file; `weight` fills it with noise to about so many bytes (of PNG)."""
    middle = colour(prompt)
    frame = (40 * number % 256, 90, 160, 0 if transparent else 255)
    image = Image.new("RGBA", (width, height), frame)
    image.paste((*middle, 255), (width // 8, height // 8, width - width // 8, height - height // 8))
    if not transparent:
        image = image.convert("RGB")
    if weight:
        rows = min(height, max(1, weight // (width * 3)))
        noise = random.Random(number).randbytes(width * rows * 3)
        image.paste(Image.frombytes("RGB", (width, rows), noise), (0, 0))
    out = io.BytesIO()
    match format:
        case "jpeg":
            image.convert("RGB").save(out, "JPEG", quality=80)
        case "webp":
            image.save(out, "WEBP", quality=60, method=0)
        case _:
            image.save(out, "PNG", compress_level=1)
    return out.getvalue()
