"""The host's caps as the ledger checks them. Days and months are UTC's."""

from __future__ import annotations

from datetime import datetime

from limner.config import Budget
from limner.domain.money import dollars, spell
from limner.domain.place import Member
from limner.store.ledger import Cap, Ledger


def day(now: datetime) -> datetime:
    """When the day began."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def caps(budget: Budget, member: Member, now: datetime) -> tuple[Cap, ...]:
    """Every cap that this member's next request has to pass."""
    today, month = day(now), day(now).replace(day=1)
    declared = (
        ("your", "daily", member.id, today, budget.member_daily),
        ("the team's", "daily", None, today, budget.team_daily),
        ("the team's", "monthly", None, month, budget.team_monthly),
    )
    return tuple(
        Cap(whose=whose, period=period, member=id, team=member.team, since=since, limit=dollars(limit))
        for whose, period, id, since, limit in declared
        if limit is not None
    )


async def spent(ledger: Ledger, budget: Budget, member: Member, now: datetime) -> str | None:
    """What the member has spent today, in words; None where nothing was and no cap says otherwise."""
    amount = await ledger.spent(team=member.team, member=member.id, since=day(now))
    if budget.member_daily:
        return f"you: {spell(amount)} of {spell(dollars(budget.member_daily))} today"
    return f"you: {spell(amount)} today" if amount else None
