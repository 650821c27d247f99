"""Paint a picture from words; the house's main errand."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from limner.domain.action import Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Background, Format, Name, OneFile, Options, Pictures, Prompt, Quality, option
from limner.domain.place import Member
from limner.domain.request import Reference, Request
from limner.domain.shape import NAMED, Shape
from limner.rules.frames import FEWEST, MOST_FRAMES
from limner.studio import Studio
from limner.studio.versions import next_version

KEPT_AS = {"duration": "frame_ms"}
"""Options that a request has by another name."""


class PaintOptions(Options):
    """What can be said about a picture."""

    prompt: Prompt = option("What do you see?", kind="prose")
    shape: Shape | None = option(
        "square, wide, tall, a ratio such as 16:9, or a size such as 1536x864", default=None, choices=tuple(NAMED)
    )
    quality: Quality | None = option("How fine, from a quick draft to the finest", default=None)
    count: Annotated[int, Field(ge=1, le=10)] = option("How many pictures", default=1, short="n")
    style: Name | None = option("A style to wear; none: not the channel's either", default=None, completes="styles")
    background: Background = option("What is behind it", default=Background.AUTO)
    format: Format = option("The kind of file", default=Format.PNG)
    frames: Annotated[int | None, Field(ge=FEWEST, le=MOST_FRAMES)] = option("How many frames of a gif", default=None)
    duration: Annotated[int | None, Field(ge=20, le=10_000)] = option(
        "Milliseconds that each frame of a gif is shown", default=None
    )
    model: Name | None = option("Which model paints", default=None, completes="models", spoken=False)
    engine: Name | None = option("Which engine paints", default=None, completes="engines", spoken=False)
    references: Annotated[Pictures, Field(max_length=16)] = option("A picture to go by", default=())
    private: bool = option("Only you see it", default=False)
    later: bool = option("Paint it when nobody else waits", default=False, spoken=False)

    def request(self, studio: Studio, references: tuple[Reference, ...], **more: Any) -> Request:
        """The request that these options make; what was left open is as the host configured it."""
        return Request(
            prompt=self.prompt,
            shape=self.shape or studio.desk.default_shape(references),
            quality=self.quality or studio.settings.image.quality,
            count=self.count,
            style=self.style,
            background=self.background,
            format=self.format,
            frames=self.frames,
            frame_ms=self.duration,
            model=self.model,
            engine=self.engine,
            references=references,
            private=self.private,
            later=self.later,
            **more,
        )

    def chosen(self) -> dict[str, Any]:
        """What was said of how to paint, besides the prompt and the pictures: what was left open is left out."""
        said = self.model_fields_set - {"prompt", "references"}
        return {
            KEPT_AS.get(name, name): getattr(self, name)
            for name in PaintOptions.model_fields
            if name in said and getattr(self, name) is not None
        }

    @classmethod
    def of(cls, request: Request) -> dict[str, str]:
        """A request as a form's fields have it, without its files; what was left open is left out."""
        kept = request.model_dump(mode="json")
        typed = {each.name: kept[KEPT_AS.get(each.name, each.name)] for each in cls.parameters() if not each.is_file}
        return {name: str(value) for name, value in typed.items() if value is not None}

    async def wanted(
        self, studio: Studio, member: Member, *, target: str | None, references: tuple[Reference, ...], heard: str
    ) -> Request:
        """The request for what a voice note says, of a picture or of none."""
        if target is None:
            return self.request(studio, references, heard=heard)
        job, asset = await studio.works.made(target, member)
        return next_version(job, asset, self.prompt, references=references, heard=heard, **self.chosen())

    @model_validator(mode="before")
    @classmethod
    def _moves(cls, said: Any) -> Any:
        """Whoever speaks of frames means a GIF."""
        if isinstance(said, dict) and not said.get("format") and (said.get("frames") or said.get("duration")):
            return {**said, "format": Format.GIF}
        return said


class Imagine(PaintOptions):
    """Paint a picture from words."""

    prompt: Prompt = option("What do you see?", kind="prose", default=None, unless="voice")
    voice: OneFile | None = option("A voice note that says what you see", default=None, kind="sound")


@action(Imagine, name="imagine", command=True, voice=Spoken.USUAL, costs=True)
async def imagine(asked: Asked[Imagine], studio: Studio) -> Card:
    said = asked.options
    attached = await studio.intake.pictures(asked.place, (*said.references, *asked.ask.pictures))
    return await studio.paint(asked, said.request(studio, attached))
