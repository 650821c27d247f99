"""What still fits: the same request with less, for a member whose budget has no room for all of it."""

from __future__ import annotations

from dataclasses import dataclass

from limner.domain.card import Button, ButtonStyle
from limner.domain.money import Micros, spell
from limner.domain.options import Quality
from limner.domain.place import Member
from limner.domain.request import Request
from limner.errors import NotFound, NotYourRequest, OverBudget, Refusal, Trouble
from limner.store import Store
from limner.store.refused import RefusedRequest
from limner.studio.desk import Desk


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A way on."""

    label: str
    quality: Quality
    count: int
    estimate: Micros


class Offers:
    """Refused requests, kept for what is offered in their place."""

    def __init__(self, *, store: Store, desk: Desk) -> None:
        self._store, self._desk = store, desk

    async def beside(self, trouble: OverBudget, member: Member, request: Request) -> OverBudget:
        """The refusal with a button for what still fits, and the request kept for it."""
        fitting = offers(request, trouble.fields["room"], self._desk)
        if not fitting:
            return trouble
        refused = await self._store.refused.add(team=member.team, member=member.id, request=request)
        said = " or ".join(f"{each.label[0].lower()}{each.label[1:]} ({spell(each.estimate)})" for each in fitting)
        offering = OverBudget(**{**trouble.fields, "way_on": f"What fits: {said}. {trouble.fields['way_on']}"})
        private = {"private": "true"} if request.private else {}
        offering.ways = tuple(
            Button(
                label=each.label,
                action="instead",
                target=refused.id,
                options={"quality": str(each.quality), "count": str(each.count), **private},
                estimate=each.estimate or None,
                style=ButtonStyle.PRIMARY if each is fitting[0] else ButtonStyle.PLAIN,
            )
            for each in fitting
        )
        return offering

    async def refused(self, id: str | None, member: Member) -> RefusedRequest:
        """A request of this member's that was refused and may be asked for otherwise.

        Raises:
            Refusal: It is there no longer.
            NotYourRequest: Somebody else asked for it.
        """
        try:
            refused = await self._store.refused.get(id or "", member.team)
        except NotFound as problem:
            raise Refusal(why="That offer is from another time. Please ask again with /imagine.") from problem
        if refused.member != member.id:
            raise NotYourRequest
        return refused


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
