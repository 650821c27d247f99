"""The dashboard: what was spent by day, member, channel and model, how long it took, how much of it was accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from limner.domain.calendar import spell_date
from limner.domain.money import Micros, spell
from limner.media.plot import scale
from limner.reading.spending import PERIODS, Share
from limner_web.pages.front import Front

USUAL = 14
WIDTH, HEIGHT, FLOOR, LEFT, TOP = 720, 220, 190, 56, 12
"""The plot, in its own units."""


@dataclass(frozen=True)
class Bar:
    """A day of the plot."""

    x: float
    y: float
    width: float
    height: float
    label: str
    """Below it; empty where there is no room."""
    day: str
    said: str


@dataclass(frozen=True)
class Plot:
    """The days as bars."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    """How high each line is, and what it says."""


class SpendingPage:
    """The endpoint."""

    def __init__(self, front: Front) -> None:
        self._front = front

    @property
    def routes(self) -> list[Route]:
        return [Route("/spending", self.page)]

    async def page(self, request: Request) -> Response:
        """The dashboard. Admins see their team's, and with `whose=me` their own."""
        person, place = self._front.viewer(request)
        said = request.query_params.get("days", "")
        days = int(said) if said in {str(each) for each in PERIODS} else USUAL
        team = request.query_params.get("whose") != "me"
        spent = await self._front.limner.reading.spending.of(days, team=team, person=person, place=place)
        return self._front.page(
            request,
            "spending.html",
            spent=spent,
            plot=_plot(spent.days),
            days=days,
            periods=PERIODS,
            parts=(
                ("By member", "members", _parts(spent.members)),
                ("By channel", "channels", _parts(spent.channels)),
                ("By model", "models", _parts(spent.models)),
            ),
            spell=spell,
            seconds=_seconds,
        )


def _plot(days: Sequence[tuple[date, Micros]]) -> Plot:
    most = max((amount for _, amount in days), default=0)
    ticks = scale(most)
    room = (WIDTH - LEFT) / len(days)
    every = 1 if len(days) <= 14 else 5

    def level(value: int) -> float:
        return round(FLOOR - (FLOOR - TOP) * value / ticks.top, 1)

    return Plot(
        bars=tuple(
            Bar(
                x=round(LEFT + number * room + room * 0.14, 1),
                y=level(amount),
                width=round(room * 0.72, 1),
                height=round(FLOOR - level(amount), 1),
                label=f"{day.day}" if (len(days) - 1 - number) % every == 0 else "",
                day=spell_date(day),
                said=spell(amount),
            )
            for number, (day, amount) in enumerate(days)
        ),
        ticks=tuple((level(each), spell(each)) for each in ticks.ticks) if most else ((level(0), spell(0)),),
    )


def _parts(shares: Sequence[Share]) -> tuple[tuple[Share, float], ...]:
    """Each with the length of its bar, of a hundred."""
    most = max((each.spent for each in shares), default=0)
    return tuple((each, round(100 * each.spent / most, 1) if most else 0) for each in shares)


def _seconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
