"""Traces: by what a member was known who is forgotten."""

from __future__ import annotations

from datetime import datetime

from limner.domain.place import LOCAL, Address
from limner.domain.record import Record


class Traces(Record):
    """By what a member was known in a team."""

    team: str
    at: datetime
    """When they were forgotten."""
    names: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    """Platforms, and by which id each knew them."""
    spaces: tuple[tuple[str, str], ...]
    """Where the team is at home: platforms and spaces."""

    def within(self, address: Address) -> bool:
        """Whether a card there is the team's; others may call somebody else so."""
        place = address.place
        local = place.space == LOCAL and any(platform == LOCAL for platform, _ in self.spaces)
        return local or place.page_of == self.team or (place.platform, place.team_space) in self.spaces
