"""Models are data: what each can do, what it costs, when it ends and what follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from limner.domain.record import Record


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens, as the provider counted them. The `*_in` counts leave out what is counted as cached or written."""

    text_in: int = 0
    text_cached: int = 0
    text_written: int = 0
    """Into the provider's cache, by models that bill that; not among `text_in`."""
    image_in: int = 0
    image_cached: int = 0
    audio_in: int = 0
    text_out: int = 0
    image_out: int = 0
    audio_out: int = 0
    audio_seconds: float = 0
    """Of sound, for models that are billed by its length."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What one model counted of a call in which it was not alone."""

    model: str
    """Its API name."""
    usage: Usage


class Purpose(StrEnum):
    PAINT = "paint"
    HEAR = "hear"
    """Listens and understands."""
    TRANSCRIBE = "transcribe"
    """Writes down what was said, and no more."""
    CONVERSE = "converse"
    """Reads words and pictures, answers in words, and has others paint by calling tools."""
    SPEAK = "speak"
    """What a call is for: models that hear can read aloud."""
    DESCRIBE = "describe"
    """What a call is for: models that converse can look at a picture."""


class Price(Record):
    """US dollars per million tokens."""

    text_in: float = 0
    text_cached: float = 0
    text_written: float | None = None
    """None: as `text_in`."""
    image_in: float = 0
    image_cached: float = 0
    audio_in: float = 0
    text_out: float = 0
    image_out: float = 0
    audio_out: float = 0
    audio_minute: float = 0
    """US dollars for a minute of sound."""


class Model(Record):
    """One model of the catalogue."""

    name: str
    """As the API knows it."""
    title: str
    """As people say it: "GPT Image 1"."""
    purpose: Purpose
    ends: date | None = None
    """The day on which the provider shuts it down."""
    successor: str | None = None
    """The name of the model that takes over then."""
    price: Price = Price()

    edit: bool = True
    """Takes reference pictures."""
    mask: bool = True
    examples: bool = True
    """Tells pictures that show a style from those that are to be changed."""
    references: int = 16
    """The most pictures that go with one request."""
    count: int = 10
    """The most pictures that come of one request."""
    qualities: tuple[str, ...] = ("low", "medium", "high")
    sizes: tuple[str, ...] = ("1024x1024", "1536x1024", "1024x1536")
    """The sizes there are; `flexible` models take others too."""
    flexible: bool = False
    """Any size in steps of 16 pixels, from 1:3 to 3:1, 655,360 to 8,294,400 pixels, at most 3840x2160 either way
    round."""
    backgrounds: tuple[str, ...] = ("auto", "opaque", "transparent")
    formats: tuple[str, ...] = ("png", "jpeg", "webp")
    """The kinds of file that it makes; `gif` and `svg` are for accounts that OpenAI lets have them."""
    svg_author: str | None = None
    """The model that writes SVG, for accounts that have to name one; None: OpenAI chooses."""
    partials: int = 3
    """The most partial pictures that it streams."""
    context: int = 100_000
    """Tokens of text that a model which listens or converses has room for beside everything else: less than all of its
    context, which sound and answers share."""
    tokens: dict[str, dict[str, int]] = {}
    """Output tokens by quality and size, where there is a table."""
    token_base: dict[str, int] = {}
    """Output tokens by formula: the base for each quality, where there is one."""
    effort: str | None = None
    """How much a reasoning model is to think (`reasoning_effort`); None: it is not asked."""
