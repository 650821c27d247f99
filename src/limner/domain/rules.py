"""What a team allows: its own rules, set by its admins, besides the host's configuration."""

from __future__ import annotations

from limner.domain.record import Record


class TeamRules(Record):
    """A team's rules. As it begins: everything is allowed, and days are UTC's."""

    zone: str = "UTC"
    """The IANA time zone in which the team's days and months begin."""
    banned: tuple[str, ...] = ()
    """Words and phrases that no prompt may have."""
    channels: tuple[str, ...] = ()
    """Ids of the channels where members may ask; none: all of them."""
    roles: tuple[str, ...] = ()
    """Ids of the roles that may ask; none: everybody."""
    models: dict[str, tuple[str, ...]] = {}
    """Models that only some may ask for: the model's name, and the roles that may."""
    moderation: bool = True
    """Whether prompts are screened before they are painted."""
