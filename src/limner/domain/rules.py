"""What a team allows: its own rules, set by its admins, besides the host's configuration."""

from __future__ import annotations

from limner.domain.listening import VoiceRules
from limner.domain.record import Record

EVERYWHERE = ""
"""In place of a channel: wherever the team is."""


class TeamRules(Record):
    """A team's rules. As it begins: everything is allowed, and days are UTC's."""

    zone: str = "UTC"
    """The IANA time zone in which the team's days and months begin."""
    banned: tuple[str, ...] = ()
    """Words and phrases that no prompt may have."""
    channels: tuple[str, ...] = ()
    """The channels where members may ask, as `Place.key`; none: all of them."""
    roles: tuple[str, ...] = ()
    """Ids of the roles that may ask; none: everybody."""
    models: dict[str, tuple[str, ...]] = {}
    """Models that only some may ask for: the model's name, and the roles that may."""
    moderation: bool = True
    """Whether prompts are screened before they are painted."""
    wears: dict[str, str] = {}
    """The styles that channels wear: each channel's `Place.key`, and the style's `key`."""
    paints_with: dict[str, str] = {}
    """The model that paints what names none: by a channel's `Place.key`, or `EVERYWHERE`."""
    voice: VoiceRules = VoiceRules()
    approvers: tuple[str, ...] = ()
    """Ids of the members who approve pictures; none: admins do."""
    keep_days: int | None = None
    """How many days pictures and requests are kept; 0: until they are deleted; None: as the host configured it."""
    keep_chosen: bool = True
    """Whether what is saved, collected, approved or public stays even so."""
    names: dict[str, str] = {}
    """What members call the channels and roles above, as it was when they were set."""


class Screening(Record):
    """What moderation says of a request."""

    flagged: bool
    categories: tuple[str, ...] = ()
    """The provider's names of what it saw."""
