"""Words without a command, said to Limner: a request, or a change to the picture that they answer."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

from limner.actions.imagine import Imagine, PaintOptions, imagine
from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.place import Member
from limner.domain.request import Asset
from limner.errors import BadOption, NotFound, NothingToChange
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
    job = await studio.works.done(asked.target, asked.member)
    meant, prompt, told = await _meant(asked.target, await studio.works.of(job), said.prompt, asked.member, studio)
    attached = await studio.intake.pictures(asked.place, (*said.references, *asked.ask.pictures))
    request = next_version(
        await studio.works.job(meant.job, asked.member), meant, prompt, references=attached, told=told, **said.chosen()
    )
    return await studio.paint(asked, request)


async def _meant(
    target: str, shown: tuple[Asset, ...], words: str, member: Member, studio: Studio
) -> tuple[Asset, str, str | None]:
    """Which picture the words are about that answer these, what is to become of it, and what to say of the choice. Of
    several it is the first, unless the words begin with another's number: `2: make it blue`. A number counts those
    that were made together, also when one of them, or what became of it, is answered."""
    if not shown:
        raise NothingToChange
    alone = next((each for each in shown if each.id == target), None)
    numbered = _NUMBERED.fullmatch(words)
    together = shown
    if numbered and len(shown) == 1 and shown[0].origin:
        with suppress(NotFound):
            together = await studio.works.of(await studio.works.job(shown[0].origin, member))
    if numbered and len(together) > 1:
        number = int(numbered["number"])
        asset = next((each for each in together if each.number == number), None)
        if asset is None:
            raise BadOption(
                name="picture", value=numbered["number"], why=f"{together[0].job} has {len(together)} of them"
            )
        return asset, numbered["words"], f"This is picture {number} of {len(together)}"
    if alone is not None or len(shown) == 1:
        return alone or shown[0], words, None
    return shown[0], words, f"This is the first of {len(shown)}; “2: make it darker” is about the second"
