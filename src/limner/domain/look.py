"""How a picture looks, in so few words that a million of them can be looked through."""

from __future__ import annotations

from collections.abc import Iterator

from limner.domain.colour import name_of
from limner.domain.record import Record

SAME = 7
"""Up to so many differing bits two pictures look the same: one of them scaled, packed anew, a little brighter. Within
these every one is found, see `near`."""

BITS, BANDS = 64, 4
_BAND = BITS // BANDS


class Look(Record):
    """A picture's colours and its likeness."""

    colours: tuple[str, ...]
    """Those that stand out, `#rrggbb`, the one with the largest share first."""
    likeness: str
    """Of `BITS` bits, in hexadecimal: those of two pictures that look alike differ in few."""

    @property
    def names(self) -> tuple[str, ...]:
        """What people call the colours."""
        return tuple(dict.fromkeys(name_of(each) for each in self.colours))


def apart(one: str, other: str) -> int:
    """In how many bits two likenesses differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def bands(likeness: str) -> tuple[str, ...]:
    """The parts of a likeness by which it is found, each with its place."""
    size = _BAND // 4
    return tuple(f"{place}{likeness[place * size : (place + 1) * size]}" for place in range(BANDS))


def near(likeness: str) -> Iterator[str]:
    """The bands that a likeness within `SAME` bits of this one has at least one of: of seven differing bits in four
    bands, one band has one or none."""
    for band in bands(likeness):
        place, value = band[0], int(band[1:], 16)
        yield band
        yield from (f"{place}{value ^ (1 << bit):0{_BAND // 4}x}" for bit in range(_BAND))
