"""Paint a picture from words; the house's main errand."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Background, Format, Name, Options, Pictures, Prompt, Quality, option
from limner.domain.request import Request
from limner.domain.shape import Shape
from limner.studio import Studio

SHAPES = ("square", "wide", "tall")


class Imagine(Options):
    """Paint a picture from words."""

    prompt: Prompt = option("What do you see?", kind="prose")
    shape: Shape | None = option(
        "Its shape: square, wide, tall, a ratio such as 16:9, or a size such as 1536x864", default=None, choices=SHAPES
    )
    quality: Quality | None = option("How fine, from a quick draft to the finest", default=None)
    count: Annotated[int, Field(ge=1, le=10)] = option("How many pictures", default=1, short="n")
    style: Name | None = option("A style to wear", default=None, completes="styles")
    background: Background = option("What is behind it", default=Background.AUTO)
    format: Format = option("The kind of file", default=Format.PNG)
    model: Name | None = option("Which model paints", default=None, completes="models", spoken=False)
    references: Annotated[Pictures, Field(max_length=16)] = option("A picture to go by", default=())
    private: bool = option("Only you see it", default=False)


@action(Imagine, name="imagine", command=True, voice=True, costs=True)
async def imagine(asked: Asked[Imagine], studio: Studio) -> Card:
    said = asked.options
    references = await studio.bring_in(asked, (*said.references, *asked.ask.pictures))
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
            private=said.private,
            heard=asked.ask.heard,
        ),
    )
