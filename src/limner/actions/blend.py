"""Several pictures become one."""

from __future__ import annotations

import re
from typing import Annotated

from annotated_types import MaxLen
from pydantic import BeforeValidator, Field

from limner.actions.imagine import PaintOptions
from limner.domain.action import Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Pictures, Prompt, option
from limner.domain.place import Member
from limner.domain.reference import PICTURES_LIMIT
from limner.domain.request import Asset, Reference, Request
from limner.domain.text import clean
from limner.errors import TooFewPictures, TooManyPictures
from limner.studio import Studio
from limner.studio.cards import reference_of

FEWEST = 2
GUIDANCE = (
    "Blend the attached pictures into one new picture: bring their subjects together in one scene, with one light, one "
    "perspective and one style, so that it does not look put together. What it is to show, in these words:"
)
Ids = Annotated[str, BeforeValidator(lambda words: clean(str(words))), MaxLen(300)]


class Blend(PaintOptions):
    """Blend 2 to 16 pictures into one."""

    prompt: Prompt | None = option("What comes of them, if not simply all of it", default=None, kind="prose")  # type: ignore[assignment]
    pictures: Ids | None = option(
        "Ids of pictures in the library, such as a41f b7c2.3", default=None, completes="assets", spoken=False
    )
    references: Annotated[Pictures, Field(max_length=PICTURES_LIMIT)] = option("Pictures to blend", default=())

    @property
    def ids(self) -> tuple[str, ...]:
        """The pictures that are named, each once."""
        return tuple(dict.fromkeys(filter(None, re.split(r"[\s,;+&]+", self.pictures or ""))))

    def blended(
        self, studio: Studio, assets: tuple[Asset, ...], attached: tuple[Reference, ...], **more: str | None
    ) -> Request:
        """The request for a blend of these. What is made of a private picture is private.

        Raises:
            TooFewPictures, TooManyPictures: One alone, or more than go with a request.
        """
        references = (*(reference_of(each) for each in assets), *attached)
        _count(len(references))
        prompt = self.prompt or f"a blend of {len(references)} pictures"
        said = self.model_copy(update={"prompt": prompt})
        private = self.private or any(each.private for each in assets)
        told = _told([each.id for each in assets], len(attached))
        return said.request(studio, references, guidance=GUIDANCE, told=told, **more).evolve(private=private)

    async def wanted(
        self, studio: Studio, member: Member, *, target: str | None, references: tuple[Reference, ...], heard: str
    ) -> Request:
        """The request for what a voice note says."""
        return self.blended(studio, await found(self, studio, member, target), references, heard=heard)


def _count(pictures: int) -> None:
    if pictures < FEWEST:
        raise TooFewPictures()
    if pictures > PICTURES_LIMIT:
        raise TooManyPictures(count=pictures, limit=PICTURES_LIMIT)


def _told(ids: list[str], attached: int) -> str:
    own = [f"{attached} attached picture{'s' if attached > 1 else ''}"] if attached else []
    every = [*ids, *own]
    return "A blend of " + " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)


async def found(said: Blend, studio: Studio, member: Member, target: str | None) -> tuple[Asset, ...]:
    """The pictures of the library that are meant, the one that is answered first.

    Raises:
        NotFound: One of them is not there, or not this team's.
    """
    ids = (*((target,) if target else ()), *said.ids)
    if len(ids) > PICTURES_LIMIT:
        raise TooManyPictures(count=len(ids), limit=PICTURES_LIMIT)
    assets = [await studio.works.asset(id, member) for id in ids]
    return tuple({each.id: each for each in assets}.values())


@action(Blend, name="blend", command=True, voice=Spoken.USUAL, costs=True)
async def blend(asked: Asked[Blend], studio: Studio) -> Card:
    said, ask = asked.options, asked.ask
    assets = await found(said, studio, asked.member, ask.target)
    files = (*said.references, *ask.pictures)
    _count(len(assets) + len(files))  # before anything is fetched
    return await studio.paint(asked, said.blended(studio, assets, await studio.intake.pictures(asked.place, files)))
