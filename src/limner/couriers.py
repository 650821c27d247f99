"""The couriers of one Limner, by the platforms that they reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from limner.domain.courier import Courier
from limner.errors import Undeliverable

QUIET_PACE = 5.0
"""Seconds between two tellings where nobody can be told."""


class Couriers:
    """Finds the one that reaches a platform. Those of platforms that are opened later are added."""

    def __init__(self, couriers: Iterable[Courier] = ()) -> None:
        self._couriers = {each.platform: each for each in couriers}

    @property
    def by_platform(self) -> Mapping[str, Courier]:
        """Those that there are."""
        return MappingProxyType(self._couriers)

    def add(self, platform: str, courier: Courier) -> None:
        """One more."""
        self._couriers[platform] = courier

    def to(self, platform: str) -> Courier:
        """The courier of a platform.

        Raises:
            Undeliverable: This process does not reach it.
        """
        if platform not in self._couriers:
            raise Undeliverable(where=platform)
        return self._couriers[platform]

    def pace(self, platform: str) -> float:
        """Seconds between two edits of one card there."""
        return self._couriers[platform].pace if platform in self._couriers else QUIET_PACE
