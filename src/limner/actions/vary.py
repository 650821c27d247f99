"""Another one like this."""

from __future__ import annotations

from limner.domain.action import On, Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options, Strength, option
from limner.domain.request import Asset, Job, Request
from limner.studio import Studio
from limner.studio.cards import reference_of

GUIDANCE = {
    Strength.SUBTLE: "Paint a subtle variation of the attached picture: keep its subject, composition, colours and "
    "style, and change small details only. It was made from these words:",
    Strength.STRONG: "Paint a bold variation of the attached picture: keep its subject and mood, and find another "
    "composition, viewpoint and palette. It was made from these words:",
}


class Vary(Options):
    """Another one like this."""

    strength: Strength = option("How far from it", default=Strength.SUBTLE)


def varied(job: Job, asset: Asset, said: Vary) -> Request:
    """One picture by the same words, from this one."""
    return job.request.branch(
        count=1,
        references=(reference_of(asset),),
        mask=None,
        extend=None,
        guidance=GUIDANCE[said.strength],
        heard=None,
        told=f"A {said.strength} variation of {asset.id}",
    )


@action(
    Vary,
    name="vary",
    voice=Spoken.USUAL,
    button="Vary",
    presets={"Vary subtly": {"strength": "subtle"}, "Vary strongly": {"strength": "strong"}},
    on=On.PICTURE,
    needs="edit",
    costs=True,
    derive=varied,
)
async def vary(asked: Asked[Vary], studio: Studio) -> Card:
    job, asset = await studio.works.made(asked.target, asked.member)
    return await studio.paint(asked, varied(job, asset, asked.options))
