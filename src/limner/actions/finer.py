"""The same request in the next quality."""

from __future__ import annotations

from limner.domain.action import On, Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options, Quality
from limner.domain.request import Asset, Job, Request
from limner.models import Model
from limner.rules.abilities import API_QUALITY
from limner.studio import Studio


class Finer(Options):
    """The same request in the next quality."""


def above(quality: Quality) -> Quality:
    """The next quality; of the finest, itself."""
    ladder = list(Quality)
    return ladder[min(ladder.index(quality) + 1, len(ladder) - 1)]


def offered(job: Job, asset: Asset, model: Model | None) -> bool:
    """Whether the model has a finer quality."""
    finer = above(job.request.quality)
    return model is not None and finer is not job.request.quality and API_QUALITY[finer] in model.qualities


def in_next(job: Job, asset: Asset, said: Finer) -> Request:
    """One picture by the same words and from the same pictures, in the next quality."""
    quality = above(job.request.quality)
    return job.request.evolve(
        count=1,
        quality=quality,
        heard=None,
        later=False,
        private=asset.private,
        version_of=asset.id,
        told=f"{asset.id} once more, in {quality} quality",
    )


@action(
    Finer,
    name="finer",
    voice=Spoken.USUAL,
    button="Finer",
    on=On.PICTURE,
    offered=offered,
    costs=True,
    derive=in_next,
)
async def finer(asked: Asked[Finer], studio: Studio) -> Card:
    job, asset = await studio.works.made(asked.target, asked.member)
    return await studio.paint(asked, in_next(job, asset, asked.options))
