"""End a public link."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, says
from limner.domain.options import Options
from limner.studio import Studio


class Withdraw(Options):
    """End this public link: it leads nowhere from now on."""


@action(Withdraw, name="withdraw", reply=Reply.PRIVATE)
async def withdraw(asked: Asked[Withdraw], studio: Studio) -> Card:
    gone = await studio.publishing.withdraw(asked.target or "", asked.member)
    return says(f"Withdrawn: that link to {gone.asset} leads nowhere any longer.").evolve(private=True)
