"""Words without a command, said to Limner: a request, or a change to the picture that they answer."""

from __future__ import annotations

import re
from dataclasses import replace

from limner.actions.imagine import Imagine, PaintOptions, imagine
from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.request import Asset, Job
from limner.errors import BadOption, NothingToChange
from limner.studio import Studio
from limner.studio.versions import next_version

_NUMBERED = re.compile(
    r"(?:#|no\.?\s*|number\s+|picture\s+)?(?P<number>\d{1,2})(?:\s*[:.)]|\s+[-–—])\s+(?P<words>\S.*)",
    re.IGNORECASE | re.DOTALL,
)


class Say(PaintOptions):
    """Paint from words, or change the picture that they answer."""


@action(Say, name="say", costs=True)
async def say(asked: Asked[Say], studio: Studio) -> Card:
    said = asked.options
    if asked.target is None:
        if asked.ask.answers is not None:
            raise NothingToChange
        return await imagine.run(replace(asked, options=Imagine.read(said.model_dump(exclude_unset=True))), studio)
    job = await studio.done(asked.target, asked.member)
    pictures = await studio.assets(job)
    if not pictures:
        raise NothingToChange
    asset, prompt, told = _meant(asked.target, job, pictures, said.prompt)
    attached = await studio.intake.pictures(asked.place, (*said.references, *asked.ask.pictures))
    return await studio.paint(asked, next_version(job, asset, prompt, references=attached, told=told, **said.chosen()))


def _meant(target: str, job: Job, pictures: tuple[Asset, ...], words: str) -> tuple[Asset, str, str | None]:
    """Which picture of a card the words are about, what is to become of it, and what to say of the choice. Of several
    it is the first, unless they begin with another's number: `2: make it blue`."""
    alone = next((each for each in pictures if each.id == target), None)
    if alone is not None:
        return alone, words, None
    numbered = _NUMBERED.fullmatch(words)
    if numbered is None:
        return pictures[0], words, f"This is the first of {len(pictures)}; “2: {_EXAMPLE}” is about the second"
    number = int(numbered["number"])
    asset = next((each for each in pictures if each.number == number), None)
    if asset is None:
        raise BadOption(name="picture", value=numbered["number"], why=f"{job.id} has {len(pictures)} of them")
    return asset, numbered["words"], f"This is picture {number} of {len(pictures)}"


_EXAMPLE = "make it darker"
