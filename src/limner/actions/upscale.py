"""A picture with more pixels, and no more detail than it has."""

from __future__ import annotations

from typing import Literal

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.options import Name, Options, option
from limner.domain.request import Asset
from limner.errors import BadOption
from limner.studio import Studio

HONEST = "Upscaled by resampling, no new detail: {width}×{height}. The original stays as it is; Download has it."


class Upscale(Options):
    """Download a picture larger: resampled, no new detail."""

    picture: Name | None = option("Its id, such as a41f", default=None, completes="assets", subject=True)
    factor: Literal["2", "4"] = option("How many times as wide and as high", default="2")


async def may_upscale(asked: Asked[Upscale], studio: Studio) -> None:
    """Refuses what is not there, or would be too large."""
    studio.enlarging.check(await _meant(asked, studio), int(asked.options.factor))


@action(
    Upscale,
    name="upscale",
    command=True,
    reply=Reply.PRIVATE,
    once=True,
    meanwhile="Resampling it…",
    before=may_upscale,
)
async def upscale(asked: Asked[Upscale], studio: Studio) -> Card:
    made = await studio.enlarging.of(await _meant(asked, studio), int(asked.options.factor))
    return Card(
        private=True,
        lines=(Line(role=Role.NOTE, text=HONEST.format(width=made.width, height=made.height)),),
        files=(made,),
    )


async def _meant(asked: Asked[Upscale], studio: Studio) -> Asset:
    named = asked.options.picture or asked.target
    if named is None:
        raise BadOption(name="picture", value="", why="say its id, or answer one of mine")
    return await studio.works.asset(named, asked.member)
