"""What was spent, and what is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.money import spell
from limner.domain.options import Options, option
from limner.studio import Studio
from limner.studio.accounts import Account, told
from limner.studio.budgets import Held


class Usage(Options):
    """What you have spent, and what is left of your budgets."""

    days: Annotated[int, Field(ge=7, le=30)] = option("How many days to look back on", default=14)
    team: bool = option("What all of the team have spent", default=False)


@action(Usage, name="usage", command=True, reply=Reply.PRIVATE)
async def usage(asked: Asked[Usage], studio: Studio) -> Card:
    said = asked.options
    account = await studio.accounts.of(asked.member, team=said.team)
    held = await studio.budgets.held(asked.member, asked.place)
    days = account.days[-said.days :]
    whose = "The team" if said.team else "You"
    title = f"{whose}: {spell(sum(amount for _, amount in days))} in {said.days} days"
    pictures = (await studio.accounts.plot(title, days),) if any(amount for _, amount in days) else ()
    lines = (*_amounts(account), *(told_left(each) for each in held if not said.team or each.cap.member is None))
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text=title),
            *(Line(text=each) for each in lines),
            Line(text=told(days)),
            Line(role=Role.FOOTER, text=f"Days begin at 0:00 ({account.zone.key})"),
        ),
        pictures=pictures,
    )


def _amounts(account: Account) -> Iterator[str]:
    yield f"Today {spell(account.today)}, this month {spell(account.this_month)}."
    if account.spending.reserved:
        yield f"{spell(account.spending.reserved)} of it is reserved for what waits or is being painted."
    if account.spending.unknown:
        yield f"{spell(account.spending.unknown)} of it is possibly charged: answers that were cut off on their way."


def told_left(held: Held) -> str:
    """What is left of a budget, in a sentence."""
    cap = held.cap
    whose = f"{cap.whose[0].upper()}{cap.whose[1:]} {cap.period} budget"
    left = f"{spell(held.left)} left" if held.left else "nothing left"
    return f"{whose}: {spell(held.spent)} of {spell(cap.limit)}, {left}. {cap.anew}"
