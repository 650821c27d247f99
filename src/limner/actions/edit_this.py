"""Change the picture of any message: one of the library's by its card, or one that somebody attached."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from limner.actions.edit import last
from limner.actions.imagine import PaintOptions
from limner.actions.say import Say, say
from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Pictures, Prompt, option
from limner.domain.place import Member
from limner.errors import NothingToChange
from limner.studio import Studio


class EditThis(PaintOptions):
    """Change the picture of this message."""

    prompt: Prompt = option("What should change?", kind="prose")
    references: Annotated[Pictures, Field(max_length=16)] = option("Other pictures to go by", default=())


async def filled(target: str, member: Member, studio: Studio) -> dict[str, str]:
    """The form's fields as a picture of the library was asked for; of any other nothing is known."""
    if await studio.intake.held(target, member) is not None:
        return {}
    return {name: value for name, value in (await last(target, member, studio)).items() if name != "prompt"}


@action(
    EditThis,
    name="edit-this",
    menu="Edit this picture",
    costs=True,
    form=True,
    fill=filled,
    fields=("prompt", "references", "quality", "shape", "count", "style"),
)
async def edit_this(asked: Asked[EditThis], studio: Studio) -> Card:
    said = asked.options
    if asked.target is None:
        raise NothingToChange
    hold = await studio.intake.held(asked.target, asked.member)
    if hold is None:
        return await say.run(replace(asked, options=Say.read(said.model_dump(exclude_unset=True))), studio)
    pictures = await studio.intake.pictures(asked.place, (*hold.pictures, *said.references))
    return await studio.paint(asked, said.request(studio, pictures))
