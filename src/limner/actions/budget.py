"""What may be spent: shown and set by admins."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.budget import Budget, Scope, read_amount
from limner.domain.calendar import Period
from limner.domain.card import Card, Line, Role, says
from limner.domain.money import Micros, spell
from limner.domain.options import Name, Options, option
from limner.errors import BadOption, NotAdmin
from limner.store.audit import Decision, Verdict, What
from limner.store.budgets import Standing
from limner.studio import Studio
from limner.studio.budgets import HOST
from limner.studio.whom import whom

EACH = {Scope.EVERYONE, Scope.ROLE}
"""Budgets that each member has for themselves."""


class SetBudget(Options):
    """Show what may be spent, or set it (admins)."""

    amount: Name | None = option("Dollars, such as 5 or $5.50; none: no limit", default=None)
    scope: Scope | None = option("Whom it is for", default=None)
    who: Name | None = option("Which member, role or channel; here: this channel", default=None)
    period: Period = option("For each day, or for each month", default=Period.DAY)


@action(SetBudget, name="budget", command=True, reply=Reply.PRIVATE)
async def budget(asked: Asked[SetBudget], studio: Studio) -> Card:
    said, member = asked.options, asked.member
    if not member.admin:
        trouble = NotAdmin(verb="see and set budgets; /usage shows what is left of yours")
        raise await studio.warden.refused(member, trouble, What.BUDGET)
    if said.amount is None:
        if said.scope or said.who:
            raise BadOption(name="amount", value="", why="say how many dollars, or “none” for no limit")
        return await _all(asked, studio)
    amount = read_amount(said.amount)
    scope, key, name = await whom(said.scope, said.who, asked, studio)
    chosen = Budget(scope=scope, key=key, name=name, period=said.period, amount=amount or Micros(0), set_by=member.name)
    return await (_remove(chosen, asked, studio) if amount is None else _set(chosen, asked, studio))


async def _set(chosen: Budget, asked: Asked[SetBudget], studio: Studio) -> Card:
    told = f"{_named(chosen)} is {spell(chosen.amount)} now."
    standing = await studio.budgets.put(chosen, _decision(asked, told))
    lines = [told, *_meaning(standing, await studio.budgets.anew(asked.member.team, chosen.period))]
    for each in await studio.budgets.standing(asked.member.team):
        if each.budget.set_by == HOST and _bounds(each.budget, chosen):
            lower = spell(each.budget.amount)
            lines.append(f"The host's configuration allows {lower} and no more: the lower of both counts.")
    return _private(*lines)


def _bounds(host: Budget, chosen: Budget) -> bool:
    """Whether the host's budget is for the same, and leaves less."""
    same = host.scope is chosen.scope or (host.scope is Scope.EVERYONE and chosen.scope in {*EACH, Scope.MEMBER})
    return same and host.period is chosen.period and host.amount < chosen.amount


async def _remove(chosen: Budget, asked: Asked[SetBudget], studio: Studio) -> Card:
    told = f"{_named(chosen)} is gone."
    if not await studio.budgets.remove(chosen, _decision(asked, told)):
        return _private(f"{_named(chosen)} was not set, so there is nothing to remove.")
    return _private(told)


async def _all(asked: Asked[SetBudget], studio: Studio) -> Card:
    team = asked.member.team
    standing = await studio.budgets.standing(team)
    zone = await studio.budgets.zone(team)
    lines = [_stands(each) for each in standing] or ["There is no limit to what may be spent here."]
    how = "To set one, say an amount, whom it is for and the period; “none” as the amount removes it."
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text="Budgets"),
            *(Line(text=each) for each in lines),
            Line(role=Role.NOTE, text=how),
            Line(role=Role.FOOTER, text=f"Days and months begin at 0:00 ({zone.key})"),
        ),
    )


def _stands(standing: Standing) -> str:
    budget, spent = standing.budget, standing.spent
    host = " (set by the host)" if budget.set_by == HOST else ""
    if budget.scope in EACH:
        most = f"the most that one has spent {budget.period.now} is {spell(spent)}" if spent else "nothing spent yet"
        return f"{_named(budget)}{host}: {spell(budget.amount)} each; {most}."
    return f"{_named(budget)}{host}: {spell(spent)} of {spell(budget.amount)} spent {budget.period.now}."


def _meaning(standing: Standing, anew: str) -> list[str]:
    """What a budget comes to, where that may surprise."""
    budget, spent = standing.budget, standing.spent
    if not budget.amount:
        return ["Nothing that costs may be painted or heard; “none” as the amount would mean no limit."]
    if spent < budget.amount:
        return [] if budget.scope in EACH else [f"{spell(spent)} of it is spent {budget.period.now}."]
    if budget.scope in EACH:
        return [f"Somebody has spent {spell(spent)} {budget.period.now} already: nothing more for them until {anew}."]
    return [f"{spell(spent)} is spent {budget.period.now} already: nothing more until {anew}."]


def _named(budget: Budget) -> str:
    each = budget.period.each
    match budget.scope:
        case Scope.TEAM:
            return f"The team's {each} budget"
        case Scope.EVERYONE:
            return f"Everyone's own {each} budget"
        case Scope.ROLE:
            return f"The {each} budget for the role {budget.name.lstrip('@')}"
        case Scope.CHANNEL:
            return f"The {each} budget of {budget.name}"
        case Scope.MEMBER:
            return f"{budget.name}'s {each} budget"


def _decision(asked: Asked[SetBudget], why: str) -> Decision:
    member = asked.member
    return Decision(team=member.team, member=member.id, what=What.BUDGET, verdict=Verdict.DONE, why=why)


def _private(*lines: str) -> Card:
    return says(" ".join(lines)).evolve(private=True)
