"""Engines paint. One verb; OpenAI's Images API and the offline sketcher are peers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from limner.models import Model, Usage
from limner.openai.limits import Allowance

PARTIALS = 2
"""The most partial pictures that are asked of a model that streams; each costs a little."""


@dataclass(frozen=True, kw_only=True)
class PictureFile:
    """A picture as a file: an engine's input, or its output in the folder it was given."""

    path: Path
    media_type: str
    width: int
    height: int
    name: str = "picture"


@dataclass(frozen=True, kw_only=True)
class Painting:
    """What to paint, resolved: every value is one that the model takes."""

    model: Model
    prompt: str
    said: str | None = None
    """What of it the member said, for an engine that takes every word for a thing; None: all of it."""
    width: int
    height: int
    quality: str
    """The API's word: low, medium, high, xhigh, max."""
    count: int = 1
    background: str = "auto"
    format: str = "png"
    references: tuple[PictureFile, ...] = ()
    mask: PictureFile | None = None
    """A PNG of the first reference's size, transparent where it may change."""
    member: str = ""
    """A keyed hash of the member's id, for the provider's own safety system."""


@dataclass(frozen=True, kw_only=True)
class Painted:
    """What came back."""

    pictures: tuple[PictureFile, ...]
    usage: Usage | None = None
    """None: the server did not say."""
    request_id: str | None = None
    revised_prompt: str | None = None
    allowance: Allowance | None = None
    """What the provider told of its limits, now; not kept."""


OnPartial = Callable[[PictureFile], Awaitable[None]]
"""Told of the picture so far; the file is gone when it returns."""


class Engine(Protocol):
    """Paints."""

    name: str

    async def paint(self, painting: Painting, folder: Path, on_partial: OnPartial) -> Painted:
        """The pictures as files in `folder`, complete and probed. Calls the provider once.

        Raises:
            ProviderTrouble: What the provider said; `NeverSent` alone promises that nothing reached it, and
                `OutcomeUnknown` that nobody knows.
        """
        ...

    async def close(self) -> None: ...
