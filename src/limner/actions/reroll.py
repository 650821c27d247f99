"""The same request once more."""

from __future__ import annotations

from limner.domain.action import On, Spoken, action, public
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.domain.request import Asset, Job, Request
from limner.studio import Studio


class Reroll(Options):
    """The same request once more."""


def again(job: Job, asset: Asset | None, said: Options | None) -> Request:
    """The request as it was."""
    return job.request.evolve(heard=None)


@action(
    Reroll,
    name="reroll",
    voice=Spoken.USUAL,
    button="Reroll",
    on=On.JOB,
    offered=public,
    costs=True,
    derive=again,
)
async def reroll(asked: Asked[Reroll], studio: Studio) -> Card:
    job = await studio.works.job(asked.target, asked.member)
    return await studio.paint(asked, again(job, None, asked.options))
