"""A picture's subject on its own: everything behind it is taken away."""

from __future__ import annotations

from typing import Any

from limner.domain.action import On, Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card
from limner.domain.options import Background, Format, Name, OneFile, Options, Prompt, option
from limner.domain.place import Member
from limner.domain.request import Asset, Job, Reference, Request
from limner.engines import SKETCH
from limner.errors import NoTransparency
from limner.models import Model, Purpose
from limner.studio import Studio
from limner.studio.subject import Subject, named_picture, own_picture, subject, subject_of
from limner.studio.versions import next_version

GUIDANCE = (
    "Cut out of the attached picture what it is of: keep that exactly as it is, with its edges, its colours and its "
    "light, and make everything around and behind it fully transparent, without a shadow, a halo or a ground. These "
    "words say what it is of:"
)
OF_ITS_OWN = "the subject of the picture"


class Cutout(Options):
    """Cut a picture's subject out: a transparent background."""

    prompt: Prompt | None = option("What to cut out, if it is not plain", default=None, kind="prose")
    picture: Name | None = named_picture()
    file: OneFile | None = own_picture()
    model: Name | None = option("Which model paints", default=None, completes="models", spoken=False)

    def cut(self, studio: Studio, meant: Subject, **more: str | None) -> Request:
        """The request for the picture that is meant, without what is behind its subject.

        Raises:
            NoTransparency: The model has none.
        """
        prompt = self.prompt or (meant.job.request.prompt if meant.job else OF_ITS_OWN)
        own = changes(meant.said, meant.job.request.format if meant.job else Format.PNG)
        model = {"model": self.model} if self.model else {}
        request = meant.becomes(studio, prompt, **{**own, **model, **more})
        _check(request, meant, studio)
        return request

    async def wanted(
        self, studio: Studio, member: Member, *, target: str | None, references: tuple[Reference, ...], heard: str
    ) -> Request:
        """The request for what a voice note says."""
        meant = await subject(studio, member, named=self.picture, attached=references, answers=target)
        return self.cut(studio, meant, heard=heard)


def changes(said: str, format: Format) -> dict[str, Any]:
    """What makes a request one for the same picture, cut out."""
    return {
        "background": Background.TRANSPARENT,
        "format": Format.WEBP if format is Format.WEBP else Format.PNG,
        "guidance": GUIDANCE,
        "told": f"Cut out of {said}",
    }


def clears(model: Model) -> bool:
    """Whether a model can take away what is behind something; the sketcher's transparent paper is for new pictures."""
    return model.edit and model.name != SKETCH and Background.TRANSPARENT in model.backgrounds


def _check(request: Request, meant: Subject, studio: Studio) -> None:
    model, _ = studio.desk.painter(request.model)
    if clears(model):
        return
    able = (
        [each for each in studio.desk.roster.alive(Purpose.PAINT) if clears(each)] if not studio.desk.sketches else []
    )
    if not able:
        raise NoTransparency(model=model.title, way_on="Please ask an admin for a model that can.")
    other = able[0]
    trouble = NoTransparency(model=model.title, way_on=f"{other.title} can: say it with the model {other.name}.")
    if meant.asset is not None:
        trouble.ways = (
            Button(
                label=f"With {other.title}",
                action="cutout",
                target=meant.asset.id,
                options={"model": other.name},
                estimate=studio.desk.estimate(request.evolve(model=other.name)) or None,
            ),
        )
    raise trouble


def cut_out(job: Job, asset: Asset, said: Cutout) -> Request:
    """The request by the picture's own words."""
    return next_version(job, asset, job.request.prompt, **changes(asset.id, job.request.format))


def offered(job: Job, asset: Asset, model: Model | None) -> bool:
    """Whether the model has transparent backgrounds."""
    return model is not None and clears(model)


@action(
    Cutout,
    name="cutout",
    command=True,
    voice=Spoken.USUAL,
    button="Cut out",
    on=On.PICTURE,
    offered=offered,
    costs=True,
    derive=cut_out,
)
async def cutout(asked: Asked[Cutout], studio: Studio) -> Card:
    said = asked.options
    meant = await subject_of(said, asked, studio)
    await studio.desk.ready()
    return await studio.paint(asked, said.cut(studio, meant))
