"""Another draft in place of a draft: the same request once more."""

from __future__ import annotations

from limner.actions.reroll import again
from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.studio import Studio


class Shuffle(Options):
    """The same once more, as a private draft in place of this one."""


@action(Shuffle, name="shuffle", button="Shuffle", on=On.DRAFT, reply=Reply.SAME, costs=True, derive=again)
async def shuffle(asked: Asked[Shuffle], studio: Studio) -> Card:
    job = await studio.works.job(asked.target, asked.member)
    return await studio.paint(asked, again(job, None, asked.options))
