"""What things cost: estimates by the models' token tables before, the provider's own count after. Micro-dollars."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from math import ceil

from limner.domain.money import Micros, dollars
from limner.models import Model, Usage

CHARACTERS_PER_TOKEN = 2
"""Of prompts, cautiously: English has about four, Chinese and emoji have one or fewer; see `text_tokens`."""
PROMPT_OVERHEAD = 50
REFERENCE_TOKENS = 2_000
"""Input tokens assumed for one picture; the counts of the 2.x models are not published."""
PARTIAL_TOKENS = 100
"""Output tokens of one partial picture, by OpenAI's guide to image generation."""
AUTHOR_INPUT, AUTHOR_OUTPUT = 2_500, 5_000
"""Tokens assumed for writing one SVG; they are not published, and grow with what there is to draw."""
AUTHOR_PRICE = (3, 15)
"""US dollars per million of them, assumed: what a good model of OpenAI's costs that writes code."""
DEAREST_BASE = 96
"""The formula's base for the highest quality."""
REVISION_TOKENS = 1_500
"""What the model that leads a conversation writes: its thoughts, and the prompt in its own words."""
LEAD_OVERHEAD = 1_000
"""Limner's instructions, and the tool's description."""
TURN_TOKENS = 8_000
"""Input tokens assumed for the turns of a conversation that is gone on with, pictures included."""
SEEN_TOKENS = 3_000
"""Input tokens of one picture that the leading model is shown: the most for a detailed look."""
AUDIO_TOKENS_PER_SECOND = 10
HEARING_TEXT_TOKENS = 1_000
"""What goes with every note: Limner's own words."""
HEARING_ANSWER_TOKENS = 600
SPEAKING_TEXT_TOKENS = 100
"""What goes with words to be read: Limner's own."""
SPOKEN_CHARACTERS, SPOKEN_TOKENS_PER_SECOND = 8, 20
"""Characters that are said in a second at least (English has 14), and the tokens of a second of speech."""
LOOKING_TEXT_TOKENS = 1_800
"""What goes with a picture to be looked at: Limner's own words, the form of the answer, what it was made from."""
PATCH, PATCH_TOKENS = 32, 2
"""Of a picture to be looked at: the side of a square in pixels, and the tokens that one costs at most. OpenAI's guide
to images and vision has squares of 32 pixels, times a factor of each model between 1.2 and 1.7."""
MILLION = 1_000_000


def output_tokens(model: Model, width: int, height: int, quality: str) -> int:
    """Tokens of one picture: from the model's table, else by OpenAI's formula for the 2.x models (with base b,
    u = round(b · short/long), tokens = ceil(b · u · (2,000,000 + w·h) / 4,000,000)). Where neither is known, the
    formula's dearest base is assumed."""
    if (table := model.tokens.get(quality)) is not None:
        return table.get(f"{width}x{height}", max(table.values()))
    base = model.token_base.get(quality, DEAREST_BASE)
    units = round(base * min(width, height) / max(width, height))
    return ceil(base * units * (2_000_000 + width * height) / 4_000_000)


def estimate(
    model: Model,
    *,
    width: int,
    height: int,
    quality: str,
    count: int,
    prompt: str,
    references: int = 0,
    partials: int = 0,
) -> Micros:
    """What a request will cost, about; not below its cost where the model's tables are right. `width` and `height` are
    those of what is painted: of a GIF the sheet of all its frames."""
    return cost(
        model,
        Usage(
            text_in=PROMPT_OVERHEAD + text_tokens(prompt),
            image_in=references * REFERENCE_TOKENS,
            image_out=count * (output_tokens(model, width, height, quality) + partials * PARTIAL_TOKENS),
        ),
    )


def author_estimate() -> Micros:
    """What writing an SVG adds to the price of the picture that it is written after, about: OpenAI chooses the model,
    and tells which it was and what it counted with the answer."""
    return dollars(Decimal(AUTHOR_INPUT * AUTHOR_PRICE[0] + AUTHOR_OUTPUT * AUTHOR_PRICE[1]) / MILLION)


def lead_estimate(lead: Model, painter: Model, *, prompt: str, shown: int, continues: bool) -> Micros:
    """What leading a conversation adds to the price of one picture, about: the leading model's own tokens, and those of
    the longer prompt that it has the other paint."""
    before = TURN_TOKENS if continues else 0
    words = PROMPT_OVERHEAD + text_tokens(prompt)
    led = Usage(text_in=LEAD_OVERHEAD + words + shown * SEEN_TOKENS + before, text_out=REVISION_TOKENS + words)
    return Micros(cost(lead, led) + cost(painter, Usage(text_in=REVISION_TOKENS)))


def carrying(model: Model, pictures: int) -> Micros:
    """What so many pictures that go with a request cost, about."""
    return cost(model, Usage(image_in=pictures * REFERENCE_TOKENS))


def cost(model: Model, usage: Usage) -> Micros:
    """What these tokens, and this much sound, cost on this model, rounded up."""
    price = model.price
    counted = (
        (usage.text_in, price.text_in),
        (usage.text_cached, price.text_cached),
        (usage.text_written, price.text_in if price.text_written is None else price.text_written),
        (usage.image_in, price.image_in),
        (usage.image_cached, price.image_cached),
        (usage.audio_in, price.audio_in),
        (usage.text_out, price.text_out),
        (usage.image_out, price.image_out),
        (usage.audio_out, price.audio_out),
    )
    total = sum((tokens * _exactly(rate) for tokens, rate in counted if tokens), Decimal(0)) / MILLION
    if usage.audio_seconds:
        total += Decimal(str(usage.audio_seconds)) / 60 * Decimal(str(price.audio_minute))
    return dollars(total)


@cache
def _exactly(rate: float) -> Decimal:
    """A price as it is written in the catalogue."""
    return Decimal(str(rate))


def hearing_estimate(model: Model, seconds: float, *, beside: str = "") -> Micros:
    """What hearing a note of this length will cost, about; `beside`: the words that go with it, functions included."""
    return cost(
        model,
        Usage(
            audio_in=ceil(seconds * AUDIO_TOKENS_PER_SECOND),
            audio_seconds=seconds,
            text_in=HEARING_TEXT_TOKENS + PROMPT_OVERHEAD + text_tokens(beside),
            text_out=HEARING_ANSWER_TOKENS,
        ),
    )


def speaking_estimate(model: Model, words: str) -> Micros:
    """What it will cost to have words read aloud, about."""
    written = text_tokens(words)
    seconds = len(words) / SPOKEN_CHARACTERS + 1
    spoken = ceil(seconds * SPOKEN_TOKENS_PER_SECOND)
    return cost(model, Usage(text_in=SPEAKING_TEXT_TOKENS + written, text_out=written, audio_out=spoken))


def looking_estimate(model: Model, width: int, height: int, *, answer: int) -> Micros:
    """What looking at a picture of this size will cost, about; `answer`: the most tokens that it may be answered by."""
    patches = ceil(width / PATCH) * ceil(height / PATCH)
    return cost(model, Usage(text_in=LOOKING_TEXT_TOKENS + patches * PATCH_TOKENS, text_out=answer))


def worth(model: Model, limit: Micros) -> int:
    """The most tokens of text that go into a model for so much money."""
    return int(Decimal(limit) / Decimal(str(model.price.text_in))) if model.price.text_in else MILLION


def text_tokens(prompt: str) -> int:
    """At least as many as there are: bytes bound tokens from above for scripts that pack poorly."""
    ascii_only = len(prompt.encode()) == len(prompt)
    return len(prompt) // CHARACTERS_PER_TOKEN if ascii_only else len(prompt.encode())
