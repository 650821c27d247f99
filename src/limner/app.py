"""The front door: one Limner, with its studio, its couriers and its durable flow. Adapters know this and no more."""

from __future__ import annotations

from pathlib import Path

from limner.config import Settings
from limner.domain.action import Table
from limner.domain.ask import Ask
from limner.domain.card import Card, Form, Picture
from limner.domain.courier import Courier
from limner.domain.place import Address, Person, Place


class Limner:
    """What a platform talks to."""

    settings: Settings
    table: Table
    spool: Path
    """A folder for files on their way in, such as uploads; each is removed by whoever put it there."""

    def check(self, ask: Ask) -> Card | None:
        """A refusal when the ask's options cannot be, else None. Without any waiting, so it may precede the
        acknowledgement: a private answer can then be given where the platform fixes privacy with it."""
        raise NotImplementedError

    async def take(self, ask: Ask) -> Card | None:
        """Answers an ask and shows the answer at its address through the platform's courier.

        Never raises what a member could cause: troubles become private cards. None: this event was answered before.
        """
        raise NotImplementedError

    async def form(self, action: str, *, person: Person, place: Place, target: str | None = None) -> Form:
        """The form of an action, filled in from its target (a job, an asset, a note).

        Raises:
            NotFound: The target is not there, or not this team's.
        """
        raise NotImplementedError

    async def complete(self, source: str, typed: str, *, person: Person, place: Place) -> tuple[str, ...]:
        """At most 25 names that begin with or contain what is typed. `source`: see `Parameter.completes`."""
        raise NotImplementedError

    async def read(self, picture: Picture) -> bytes:
        """The bytes of a picture on a card, as they were made."""
        raise NotImplementedError

    async def preview(
        self,
        picture: Picture,
        *,
        longest: int,
        limit: int | None = None,
        formats: tuple[str, ...] = ("image/jpeg",),
    ) -> tuple[bytes, str]:
        """The picture made small: at most `longest` pixels either way and `limit` bytes, in the first of these formats
        that keeps its transparency. Gives bytes and media type."""
        raise NotImplementedError

    async def cards(self, place: Place, *, limit: int = 30) -> tuple[tuple[Address, Card], ...]:
        """The newest cards shown in a place, oldest first, as they stand now: a page's history."""
        raise NotImplementedError

    async def newest(self, place: Place, *, person: Person, limit: int = 24) -> tuple[Picture, ...]:
        """The newest pictures of the team's library."""
        raise NotImplementedError

    async def asset(self, id: str, *, place: Place, person: Person) -> Picture:
        """One picture of the team's library.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        raise NotImplementedError

    def courier(self, platform: str) -> Courier:
        """The courier of a platform."""
        raise NotImplementedError
