"""Versions: the request for what a picture becomes."""

from __future__ import annotations

from typing import Any

from limner.domain.request import Asset, Job, Reference, Request
from limner.studio.cards import reference_of


def next_version(
    job: Job, asset: Asset, prompt: str, *, references: tuple[Reference, ...] = (), **changes: Any
) -> Request:
    """The request for a picture's next version: one picture, from it and what goes with it, of its own size, and for
    the rest (quality, style, background, format, model, privacy) as it was made itself, but for these changes."""
    own: dict[str, Any] = {
        "prompt": prompt,
        "shape": f"{asset.width}x{asset.height}",
        "count": 1,
        "references": (reference_of(asset), *references),
        "mask": None,
        "extend": None,
        "heard": None,
        "guidance": None,
        "later": False,
        "told": None,
        "private": asset.private,
        "version_of": asset.id,
    }
    if "style" in changes:
        own["wearing"] = None  # nobody has looked yet what that is
    return job.request.evolve(**{**own, **changes})
