"""Pictures that go with a request, or that a style shows."""

from __future__ import annotations

from limner.domain.record import Record

PICTURES_LIMIT = 16
"""What the Images API takes with one request."""


class Reference(Record):
    """A picture to go by; its bytes are in the blob store."""

    blob: str
    media_type: str
    width: int
    height: int
    name: str = "reference"
    asset: str | None = None
    """The asset it is, when it came from the library: a parent of what is painted."""
