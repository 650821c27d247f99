"""What somebody looks for in the library."""

from __future__ import annotations

from datetime import datetime

from limner.domain.record import Record
from limner.domain.request import Asset

SHAPES = ("square", "wide", "tall")


class Wanted(Record):
    """Pictures that have all of this. Everything is a key that means one thing alone, as the studio found it out."""

    words: str | None = None
    member: str | None = None
    """Who made it; their id."""
    channel: str | None = None
    """Where it was asked for; `Place.key`."""
    model: str | None = None
    """Its API name."""
    style: str | None = None
    """`Style.key`."""
    shape: str | None = None
    colour: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment."""
    approved: bool = False
    saved: bool = False
    """By whoever asks."""
    collection: str | None = None
    """Its id."""
    tag: str | None = None
    """The team's id, and the tag's key."""
    like: str | None = None
    """A likeness, see `Look`: the most alike come first."""
    best: bool = False
    """Those that go best with the words come first, not the newest."""
    but: str | None = None
    """An asset that is left out: the one that the others are to be like."""

    @property
    def ranked(self) -> bool:
        """Whether it is not in the order of time."""
        return self.like is not None or (self.best and bool(self.words))


class Page(Record):
    """A page of what was found."""

    assets: tuple[Asset, ...] = ()
    places: tuple[int, ...] = ()
    """Theirs in the library: a next page can begin there, even when the picture is gone."""
    newer: bool = False
    """Whether there is something before it."""
    older: bool = False
    """Whether there is something after it."""
