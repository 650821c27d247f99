"""Another draft in place of a draft: by other words."""

from __future__ import annotations

from limner.actions.imagine import PaintOptions
from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.place import Member
from limner.domain.request import Asset, Job, Request
from limner.studio import Studio


class Redraft(PaintOptions):
    """Change the words, and paint another draft in place of this one."""


def redrafted(job: Job, asset: Asset | None, said: None) -> Request:
    """The request as its form is filled in."""
    return job.request.evolve(heard=None)


async def last(target: str, member: Member, studio: Studio) -> dict[str, str]:
    """The form's fields as the draft was asked for."""
    return Redraft.of((await studio.works.job(target, member)).request)


@action(
    Redraft,
    name="redraft",
    button="Edit prompt…",
    on=On.DRAFT,
    reply=Reply.SAME,
    costs=True,
    derive=redrafted,
    form=True,
    fill=last,
    fields=("prompt", "quality", "shape", "count", "style"),
)
async def redraft(asked: Asked[Redraft], studio: Studio) -> Card:
    job = await studio.works.job(asked.target, asked.member)
    request = redrafted(job, None, None).evolve(**{**asked.options.chosen(), "prompt": asked.options.prompt})
    attached = await studio.intake.pictures(asked.place, asked.options.references)
    return await studio.paint(asked, request.evolve(private=True, references=(*request.references, *attached)))
