"""What the API counts and bills, told apart from Limner's own tables, so that each checks the other."""

from __future__ import annotations

import math

CLASSIC = {
    "low": {"1024x1024": 272, "1024x1536": 408, "1536x1024": 400},
    "medium": {"1024x1024": 1056, "1024x1536": 1584, "1536x1024": 1568},
    "high": {"1024x1024": 4160, "1024x1536": 6240, "1536x1024": 6208},
}
SECOND = {"low": 16, "medium": 48, "high": 96}
THIRD = {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96}
RATES = {  # dollars per million tokens: text in, image in, image out
    "gpt-image-1.5": (5, 8, 32),
    "chatgpt-image-latest": (5, 8, 32),
    "gpt-image-1-mini": (2, 2.5, 8),
    "gpt-image-1": (5, 10, 40),
}
LATER = (5, 8, 30)
HEARING = {"text_in": 2.5, "audio_in": 32, "text_out": 10}
PARTIAL = 100
PER_PICTURE = 1_500
"""Input tokens of one reference picture."""


def qualities(model: str) -> tuple[str, ...]:
    """What the model takes, besides `auto`."""
    return tuple(THIRD) if model.startswith(("gpt-image-2.5", "gpt-image-2.6")) else tuple(SECOND)


def flexible(model: str) -> bool:
    """Whether it takes any size."""
    return model.startswith("gpt-image-2")


def painted(model: str, width: int, height: int, quality: str) -> int:
    """Output tokens of one picture."""
    quality = "high" if quality == "auto" else quality
    if not flexible(model):
        return CLASSIC[quality][f"{width}x{height}"]
    base = (THIRD if quality in THIRD and len(qualities(model)) > 3 else SECOND)[quality]
    other = round(base * min(width, height) / max(width, height))
    return math.ceil(base * other * (2_000_000 + width * height) / 4_000_000)


def words(prompt: str) -> int:
    """Input tokens of a prompt: English has one for about four characters, other scripts one for each."""
    plain = sum(1 for each in prompt if each.isascii())
    return plain // 4 + (len(prompt) - plain) + 9


def usage(prompt: str, pictures: int, output: int) -> dict[str, object]:
    """As the Images API tells it."""
    text, image = words(prompt), pictures * PER_PICTURE
    return {
        "input_tokens": text + image,
        "input_tokens_details": {"text_tokens": text, "image_tokens": image},
        "output_tokens": output,
        "total_tokens": text + image + output,
    }


def bill(model: str, prompt: str, pictures: int, output: int) -> int:
    """Micro-dollars."""
    text, image, out = RATES.get(model, LATER)
    return math.ceil(words(prompt) * text + pictures * PER_PICTURE * image + output * out)
