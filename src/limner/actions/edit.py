"""Change a picture: one attached, or one of the library."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from limner.actions.imagine import PaintOptions
from limner.domain.action import On, Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Name, OneFile, Pictures, Prompt, option
from limner.domain.place import Member
from limner.domain.request import Asset, Job, Request
from limner.domain.style import NONE
from limner.errors import BadOption
from limner.studio import Studio
from limner.studio.cards import reference_of
from limner.studio.subject import named_picture
from limner.studio.versions import next_version


class Edit(PaintOptions):
    """Change a picture with words."""

    prompt: Prompt = option("What should change?", kind="prose")
    references: Annotated[Pictures, Field(max_length=16)] = option(
        "The picture to change, and others to go by", default=()
    )
    picture: Name | None = named_picture()
    mask: OneFile | None = option("A PNG of the same size, transparent where it may change", default=None)


def filled(job: Job, asset: Asset, said: None) -> Request:
    """The request as its form is filled in: the last prompt, from the picture."""
    return next_version(job, asset, job.request.prompt)


async def last(target: str, member: Member, studio: Studio) -> dict[str, str]:
    """The form's fields as the picture was asked for."""
    return PaintOptions.of(filled(*await studio.works.made(target, member), None))


@action(
    Edit,
    name="edit",
    command=True,
    voice=Spoken.USUAL,
    button="Edit…",
    on=On.PICTURE,
    needs="edit",
    costs=True,
    derive=filled,
    form=True,
    fill=last,
    fields=("prompt", "references", "quality", "shape", "count", "style", "mask"),
)
async def edit(asked: Asked[Edit], studio: Studio) -> Card:
    said = asked.options
    named = said.picture or asked.target
    attached = await studio.intake.pictures(asked.place, (*said.references, *asked.ask.pictures))
    if named is None:
        if not attached:
            raise BadOption(name="picture", value="", why="attach the picture to change, or say its id")
        mask = await studio.intake.mask(said.mask, attached[0]) if said.mask else None
        return await studio.paint(asked, said.request(studio, attached, mask=mask))
    job, asset = await studio.works.made(named, asked.member)
    mask = await studio.intake.mask(said.mask, reference_of(asset)) if said.mask else None
    changes = said.chosen()
    if "style" in asked.ask.empty and job.request.style:  # it stood in the form, and was taken out
        changes["style"] = NONE
    request = next_version(job, asset, said.prompt, references=attached, mask=mask, **changes)
    return await studio.paint(asked, request)
