"""What still fits: the same request with less, for a member whose budget has no room for all of it."""

from __future__ import annotations

from dataclasses import dataclass

from limner.domain.money import Micros
from limner.domain.options import Quality
from limner.domain.request import Request
from limner.errors import Trouble
from limner.studio.desk import Desk


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A way on."""

    label: str
    quality: Quality
    count: int
    estimate: Micros


def offers(request: Request, room: int, desk: Desk) -> tuple[Offer, ...]:
    """At most two ways to stay within `room` micro-dollars: the finest lower quality, and as many pictures as fit; else
    both at once. The style, the pictures to go by and everything else stay as they were."""
    lower = [each for each in reversed(Quality) if _rank(each) < _rank(request.quality)]
    fewer = range(request.count - 1, 0, -1)
    ways = (
        [(quality, request.count, f"Use {quality} quality") for quality in lower],
        [(request.quality, count, f"Paint {_pictures(count)}") for count in fewer],
    )
    both = [(quality, count, f"Paint {_pictures(count)} in {quality}") for quality in lower for count in fewer]
    found = (_first(request, room, desk, way) for way in ways)
    return tuple(each for each in found if each) or tuple(filter(None, (_first(request, room, desk, both),)))


def _first(request: Request, room: int, desk: Desk, ways: list[tuple[Quality, int, str]]) -> Offer | None:
    for quality, count, label in ways:
        try:
            estimate = desk.estimate(request.evolve(quality=quality, count=count))
        except Trouble:  # not with this model
            continue
        if estimate <= room:
            return Offer(label=label, quality=quality, count=count, estimate=estimate)
    return None


def _rank(quality: Quality) -> int:
    return list(Quality).index(quality)


def _pictures(count: int) -> str:
    return "one only" if count == 1 else f"{count} only"
