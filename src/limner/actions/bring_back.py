"""A draft that was put away, in its place again."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.studio import Studio


class BringBack(Options):
    """Bring this draft up again."""


@action(BringBack, name="bring-back", reply=Reply.SAME)
async def bring_back(asked: Asked[BringBack], studio: Studio) -> Card:
    job = await studio.works.done(asked.target, asked.member)
    return await studio.board.card_of(job) if job.request.private else await studio.drafts.sent(job)
