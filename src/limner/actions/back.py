"""Back to the version before."""

from __future__ import annotations

from limner.domain.action import On, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.domain.request import Asset, Job
from limner.errors import NotFound
from limner.studio import Studio


class Back(Options):
    """Bring the version before up again, with its buttons."""


def called(job: Job, asset: Asset) -> str:
    """What its button is called."""
    return f"Back to v{asset.version - 1}"


@action(
    Back,
    name="back",
    button="Back",
    named=called,
    on=On.PICTURE,
    offered=lambda job, asset, model: asset.version_of is not None,
)
async def back(asked: Asked[Back], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.target, asked.member)
    if asset.version_of is None:
        raise NotFound(what=f"version before {asset.id}")
    return await studio.works.card(asset.version_of, asked.member)
