"""Go ahead with what was heard."""

from __future__ import annotations

from limner.actions.carrying import carry_out
from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.studio import Studio


class Generate(Options):
    """Go ahead with what was heard."""


@action(Generate, name="generate", button="Generate", on=On.NOTE, reply=Reply.SAME, costs=True)
async def generate(asked: Asked[Generate], studio: Studio) -> Card:
    return await carry_out(await studio.notes.waiting(asked.target, asked.member), asked, studio)
