"""What a card says of a job that waits: its place in the queue and about how long, or what holds everything up."""

from __future__ import annotations

import math
from datetime import datetime

from limner.store.places import Place

WAITING = "Waiting"


def waits(place: Place, *, pace: float | None, now: datetime) -> str:
    """The words for a place. `pace`: seconds that a painting takes of late, None where nobody knows."""
    if place.until is not None:
        return holds_up(place.why, (place.until - now).total_seconds())
    beyond = place.jobs + place.running + 1 - place.concurrency
    by_minute = max((place.asked - now).total_seconds(), 0.0)
    if beyond <= 0 and not by_minute:
        return WAITING
    line = "Next in line" if place.jobs == 0 else f"{ordinal(place.jobs + 1)} in line"
    by_calls = None if pace is None else pace * max(beyond, 0) / place.concurrency
    if by_calls is None and beyond > 0:
        return line
    return f"{line}, about {spell_wait(max(by_calls or 0.0, by_minute))}"


def holds_up(why: str | None, seconds: float) -> str:
    """The words for a provider that takes nothing just now."""
    return f"{why or 'It could not be painted yet'}; it goes on in about {spell_wait(seconds)}"


def spell_wait(seconds: float) -> str:
    """A time to wait, as coarse as such a guess is: `5 s`, `40 s`, `2 min`, `1.5 h`."""
    if seconds <= 10:
        return "5 s" if seconds <= 5 else "10 s"
    if seconds <= 55:
        return f"{math.ceil(seconds / 10) * 10} s"
    minutes = math.ceil(seconds / 60)
    if minutes <= 90:
        return f"{minutes if minutes <= 10 else math.ceil(minutes / 5) * 5} min"
    return f"{math.ceil(minutes / 30) / 2:g} h"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    suffix = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
