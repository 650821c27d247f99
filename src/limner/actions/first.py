"""Put a job before all others: an admin's word."""

from __future__ import annotations

from limner.actions.queue import listing
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.store.audit import Verdict, What
from limner.studio import Studio


class First(Options):
    """Paint this before all others."""


@action(First, name="first", reply=Reply.SAME)
async def first(asked: Asked[First], studio: Studio) -> Card:
    job = await studio.line.first(asked.target or "", asked.member)
    await studio.warden.record(asked.member, What.FIRST, Verdict.DONE, f"asked for by {job.member_name}", job=job.id)
    return await listing(asked.member, studio)
