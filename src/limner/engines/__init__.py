"""Engines paint. One verb; OpenAI's Images API, its Responses API and the offline sketcher are peers.

A call that goes on at the provider when its process ends can be picked up there: an engine of that sort has two verbs
more (`Resumable`), and tells the provider's own name for the call (its handle) as soon as it knows it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from limner.models import Model, Tally, Usage
from limner.openai.limits import Allowance

IMAGES, RESPONSES, SKETCH = "openai", "responses", "sketch"
"""The engines there are, by the names that hosts and members use."""
LANES = {IMAGES: "openai", RESPONSES: "openai", SKETCH: "sketch"}
"""Whose limits each counts against: OpenAI counts an organisation's pictures whichever way they are asked for."""

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
    frames: int | None = None
    """Of a GIF."""
    frame_ms: int | None = None
    """Milliseconds for which each is shown; None: as the model likes."""
    references: tuple[PictureFile, ...] = ()
    mask: PictureFile | None = None
    """A PNG of the first reference's size, transparent where it may change."""
    continues: str | None = None
    """The handle of the call that the first reference came of: an engine that can, goes on from there, and needs that
    picture only where the provider has forgotten the call."""
    member: str = ""
    """A keyed hash of the member's id, for the provider's own safety system."""


@dataclass(frozen=True, kw_only=True)
class Painted:
    """What came back."""

    pictures: tuple[PictureFile, ...]
    usage: Usage | None = None
    """What the model that paints counted. None: the server did not say."""
    others: tuple[Tally, ...] = ()
    """What other models counted in the same call, such as the one that leads the conversation."""
    request_id: str | None = None
    revised_prompt: str | None = None
    allowance: Allowance | None = None
    """What the provider told of its limits, now; not kept."""


OnPartial = Callable[[PictureFile], Awaitable[None]]
"""Told of the picture so far; the file is gone when it returns."""
OnHandle = Callable[[str], Awaitable[None]]
"""Told of a call's handle, once, before anything else of its answer is read."""


async def unheard(handle: str) -> None:
    """Told of a handle, and keeps it nowhere."""


class Engine(Protocol):
    """Paints."""

    name: str

    async def paint(
        self, painting: Painting, folder: Path, on_partial: OnPartial, on_handle: OnHandle = unheard
    ) -> Painted:
        """The pictures as files in `folder`, complete and probed. Calls the provider once.

        Raises:
            ProviderTrouble: What the provider said; `NeverSent` alone promises that nothing reached it, and
                `OutcomeUnknown` that nobody knows. Its field `spent` is what was counted all the same: a `Painted`
                without pictures.
        """
        ...

    async def close(self) -> None: ...


@runtime_checkable
class Resumable(Engine, Protocol):
    """Paints by calls that go on at the provider, whatever becomes of the process that made them."""

    async def resume(self, handle: str, folder: Path, on_partial: OnPartial) -> Painted:
        """What comes of a call that was made before; none is made.

        Raises:
            ProviderTrouble: As for `paint`, about that call; `OutcomeUnknown` too when the provider knows it no longer
                or cannot be asked for long.
        """
        ...

    async def cancel(self, handle: str, folder: Path) -> Painted:
        """Ends a call at the provider; gives what came of it if it was quicker.

        Raises:
            ProviderTrouble: As for `resume`; it has no picture.
        """
        ...
