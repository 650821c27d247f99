"""Put a job before all others: an admin's word."""

from __future__ import annotations

from limner.actions.queue import listing
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.studio import Studio


class First(Options):
    """Paint this before all others."""


@action(First, name="first", reply=Reply.SAME)
async def first(asked: Asked[First], studio: Studio) -> Card:
    await studio.line.first(asked.target or "", asked.member)
    return await listing(asked.member, studio)
