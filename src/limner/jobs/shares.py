"""What a call cost, and which model had how much of it."""

from __future__ import annotations

from dataclasses import dataclass

from limner.domain.money import Micros
from limner.domain.request import Job
from limner.engines import Painted
from limner.models import Purpose
from limner.models.roster import Roster
from limner.rules.prices import cost
from limner.store.attempts import Share


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A call's cost."""

    cost: Micros
    shares: tuple[Share, ...] = ()
    """Of several models, the one that paints first; none where it was alone."""


def bill(roster: Roster, job: Job, painted: Painted) -> Bill:
    """By what was counted. Where nobody counted the pictures, they cost what was estimated."""
    others = tuple(
        Share(model=each.model, cost=cost(roster.named(each.model, Purpose.CONVERSE), each.usage), usage=each.usage)
        for each in painted.others
    )
    led = sum(each.cost for each in others)
    if painted.usage is not None:
        own = cost(roster.named(job.model), painted.usage)
    else:
        own = Micros(max(0, job.estimate * len(painted.pictures) // job.request.count - led))
    shares = (Share(model=job.model, cost=own, usage=painted.usage), *others) if others else ()
    return Bill(cost=Micros(own + led), shares=shares)
