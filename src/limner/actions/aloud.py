"""A picture's description read aloud, for those who cannot see it."""

from __future__ import annotations

from typing import NamedTuple

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Line, Role, Sound
from limner.domain.money import Micros, spell
from limner.domain.options import Options
from limner.domain.request import Asset
from limner.errors import HearingNeedsKey, NotFound, OverBudget
from limner.store.audit import What
from limner.store.descriptions import Description
from limner.studio import Studio
from limner.studio.answering import unsaid
from limner.studio.desk import Desk
from limner.studio.reading_aloud import UNSAID

USUAL = "word " * 60
"""As long as descriptions are, of a picture that nobody has looked at yet."""


class Aloud(Options):
    """Have what is to be seen in a picture read to you."""


def button(target: str, words: str | None, asset: Asset | None, desk: Desk) -> tuple[Button, ...]:
    """Read aloud, with what it costs: words that are there, or else what somebody who looks will say. None where nobody
    can."""
    speaking = desk.speaking(words or USUAL)
    looking = Micros(0) if words else desk.looking(asset.width, asset.height, prompts=0) if asset else None
    if speaking is None or looking is None:
        return ()
    return (Button(label="Read aloud", action="aloud", target=target, estimate=Micros(speaking + looking) or None),)


async def may_read(asked: Asked[Aloud], studio: Studio) -> None:
    """Refuses where, or to whom, the team's rules give nothing, and where nobody can speak."""
    await studio.warden.enter(asked.member, asked.place, what=What.DESCRIBE)
    if not studio.desk.hears:
        raise HearingNeedsKey


@action(Aloud, name="aloud", reply=Reply.PRIVATE, costs=True, meanwhile="Reading it aloud…", before=may_read)
async def aloud(asked: Asked[Aloud], studio: Studio) -> Card:
    """Of a description that is there, or of a picture, which is looked at where nobody has yet."""
    looked = Micros(0)
    try:
        kept: Description | None = await studio.describing.kept(asked.target, asked.member)
    except NotFound:
        kept = None
    attached = kept is not None and kept.asset is None
    asset = None if attached else await studio.works.asset(kept.asset if kept else asked.target, asked.member)
    words = (kept.description or kept.prompts[0]) if kept else asset.description if asset else None
    if words is None and asset is not None:
        try:
            described = await studio.describing.see(asset, asked.member, asked.place)
        except OverBudget as trouble:
            raise await studio.warden.refused(asked.member, trouble, What.DESCRIBE) from None
        words, looked = described.seen.description, described.cost
    sound, told = await read(words or "", asset, asked, studio)
    what = asset.id if asset else "this picture"
    footer = [f"looked at for {spell(looked)}"] if looked else []
    spent = [said] if (said := await studio.board.spent(asked.member)) else []
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text=f"What is to be seen in {what}"),
            Line(text=words or ""),
            *(Line(role=Role.NOTE, text=each) for each in told.notes),
            Line(role=Role.FOOTER, text=" · ".join((*footer, *told.footer, *spent))),
        ),
        sound=sound,
    )


class Told(NamedTuple):
    """What a card says of the reading."""

    notes: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()


async def read(words: str, asset: Asset | None, asked: Asked[Options], studio: Studio) -> tuple[Sound | None, Told]:
    """What was seen in a picture read aloud. Where that fails, the text stands, and says why."""
    name = f"limner-{asset.id.replace('.', '-') if asset else 'picture'}-aloud"
    about = asset.job if asset else None
    try:
        said = await studio.aloud.read(words, asked.member, asked.place, about=about, name=name)
    except UNSAID as trouble:
        return None, Told(notes=(unsaid(trouble),))
    return said.sound, Told(footer=(f"read aloud in {said.sound.seconds:.0f} s for {spell(said.cost)}",))
