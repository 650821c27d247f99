"""Make a private draft everybody's: once, where it was asked for, with its author's name."""

from __future__ import annotations

from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.domain.place import Address
from limner.studio import Studio


class Send(Options):
    """Post this private draft where it was asked for, with your name."""


@action(Send, name="send", button="Send", primary=True, on=On.DRAFT, reply=Reply.SAME)
async def send(asked: Asked[Send], studio: Studio) -> Card:
    job = await studio.works.job(asked.target, asked.member)
    if job.request.private:
        address = Address(place=job.place, extra=asked.ask.address.extra, elsewhere=False)
        job = await studio.drafts.send(job, asked.member, address)
    return await studio.drafts.sent(job)
