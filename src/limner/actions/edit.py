"""Change a picture: one attached, or one of the library."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from limner.actions.imagine import SHAPES
from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Attachment, Background, Format, Name, Options, Pictures, Prompt, Quality, option
from limner.domain.request import Request
from limner.domain.shape import Shape
from limner.errors import BadOption
from limner.studio import Studio


class Edit(Options):
    """Change a picture with words."""

    prompt: Prompt = option("What should change?", kind="prose")
    picture: Name | None = option(
        "The id of a picture in the library, if none is attached", default=None, completes="assets", spoken=False
    )
    references: Annotated[Pictures, Field(max_length=16)] = option("The picture to change, and others to go by", default=())
    mask: Attachment | None = option("A PNG of the same size, transparent where it may change", default=None)
    shape: Shape | None = option("Its shape, if another one", default=None, choices=SHAPES)
    quality: Quality | None = option("How fine", default=None)
    count: Annotated[int, Field(ge=1, le=10)] = option("How many pictures", default=1, short="n")
    style: Name | None = option("A style to wear", default=None, completes="styles")
    background: Background = option("What is behind it", default=Background.AUTO)
    format: Format = option("The kind of file", default=Format.PNG)
    model: Name | None = option("Which model paints", default=None, completes="models", spoken=False)
    private: bool = option("Only you see it", default=False)


@action(Edit, name="edit", command=True, voice=True, costs=True)
async def edit(asked: Asked[Edit], studio: Studio) -> Card:
    said = asked.options
    attached = await studio.bring_in(asked, (*said.references, *asked.ask.pictures))
    named = said.picture or asked.target
    original = (studio.as_reference(await studio.asset(named, asked.member)),) if named else ()
    references = (*original, *attached)
    if not references:
        raise BadOption(name="picture", value="", why="attach the picture to change, or say its id")
    mask = await studio.bring_in_mask(asked, said.mask, references[0]) if said.mask else None
    return await studio.paint(
        asked,
        Request(
            prompt=said.prompt,
            shape=said.shape or studio.default_shape(references),
            quality=said.quality or studio.settings.image.quality,
            count=said.count,
            style=said.style,
            background=said.background,
            format=said.format,
            model=said.model,
            references=references,
            mask=mask,
            private=said.private,
            heard=asked.ask.heard,
            told=f"From {named}" if named else None,
        ),
    )
