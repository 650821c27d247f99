"""Paint from one of the prompts that a picture was described by."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options, option
from limner.domain.request import Request
from limner.errors import NotFound
from limner.store.descriptions import Description
from limner.studio import Studio


class Use(Options):
    """Paint from this prompt."""

    number: Annotated[int, Field(ge=1, le=4)] = option("Which of the prompts")


def painted_from(description: Description, number: int, studio: Studio) -> Request:
    """What one of a description's prompts asks for: a picture of the same shape, otherwise as the host configured."""
    return Request(
        prompt=description.prompts[number - 1],
        shape=description.shape,
        quality=studio.settings.image.quality,
        private=description.private,
        told=f"From a description of {description.asset or 'a picture'}",
    )


@action(Use, name="use", costs=True)
async def use(asked: Asked[Use], studio: Studio) -> Card:
    number = asked.options.number
    description = await studio.describing.kept(asked.target, asked.member)
    if number > len(description.prompts):
        raise NotFound(what=f"prompt {number}")
    return await studio.paint(asked, painted_from(description, number, studio))
