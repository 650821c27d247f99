"""More of a picture than there is: wider, taller, or seen from further away."""

from __future__ import annotations

from typing import Any

from limner.domain.action import On, Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Background, Format, Name, OneFile, Options, Prompt, Quality, Towards, option
from limner.domain.place import Member
from limner.domain.request import Asset, Job, Reference, Request
from limner.models import Model
from limner.studio import Studio
from limner.studio.subject import Subject, named_picture, own_picture, subject, subject_of
from limner.studio.versions import next_version

GUIDANCE = (
    "The attached picture stands on a larger canvas, and the mask is transparent where the canvas is empty. Fill what "
    "is empty so that the picture goes on beyond its edges: the same scene, light, perspective and style, without a "
    "frame or a seam. Leave what is there as it is, and do not repeat it. The picture was made from these words:"
)
OF_ITS_OWN = "the scene of the picture, going on beyond its edges"
"""What is painted around a picture of which nobody has said anything."""
GROWN = {
    Towards.WIDER: "{}, wider",
    Towards.TALLER: "{}, taller",
    Towards.OUT: "{}, zoomed out",
    Towards.LEFT: "{}, with more on its left",
    Towards.RIGHT: "{}, with more on its right",
    Towards.UP: "{}, with more above it",
    Towards.DOWN: "{}, with more below it",
}


class Extend(Options):
    """Make more of a picture: wider, taller, zoomed out."""

    towards: Towards = option("Which way it grows", default=Towards.WIDER)
    prompt: Prompt | None = option("What is to be seen there, if not simply more of it", default=None, kind="prose")
    quality: Quality | None = option("How fine, if not as it was", default=None)
    picture: Name | None = named_picture()
    file: OneFile | None = own_picture()

    def grown(self, studio: Studio, meant: Subject, **more: str | None) -> Request:
        """The request for the picture that is meant, larger."""
        prompt = self.prompt or (meant.job.request.prompt if meant.job else OF_ITS_OWN)
        quality = {"quality": self.quality} if self.quality else {}
        return meant.becomes(studio, prompt, **{**changes(meant.said, self.towards), **quality, **more})

    async def wanted(
        self, studio: Studio, member: Member, *, target: str | None, references: tuple[Reference, ...], heard: str
    ) -> Request:
        """The request for what a voice note says."""
        meant = await subject(studio, member, named=self.picture, attached=references, answers=target)
        return self.grown(studio, meant, heard=heard)


def changes(said: str, towards: Towards) -> dict[str, Any]:
    """What makes a request one for the same picture, larger. Its own pixels are put back, which a format that loses
    something would undo."""
    return {
        "extend": towards,
        "guidance": GUIDANCE,
        "format": Format.PNG,
        "background": Background.AUTO,
        "told": GROWN[towards].format(said),
    }


def wider(job: Job, asset: Asset, said: None) -> Request:
    """The request as the form is filled in."""
    return next_version(job, asset, job.request.prompt, **changes(asset.id, Towards.WIDER))


def offered(job: Job, asset: Asset, model: Model | None) -> bool:
    """Whether the model takes the mask that says what is new."""
    return model is not None and model.mask


@action(
    Extend,
    name="extend",
    command=True,
    voice=Spoken.USUAL,
    button="Extend…",
    on=On.PICTURE,
    needs="edit",
    offered=offered,
    costs=True,
    derive=wider,
    form=True,
    fields=("towards", "prompt", "quality"),
)
async def extend(asked: Asked[Extend], studio: Studio) -> Card:
    said = asked.options
    meant = await subject_of(said, asked, studio)
    return await studio.paint(asked, said.grown(studio, meant))
