"""What there is to do here."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.options import Options
from limner.studio import Studio


class Help(Options):
    """What Limner can do, and how to ask for it."""


@action(Help, name="help", command=True, reply=Reply.PRIVATE)
async def help(asked: Asked[Help], studio: Studio) -> Card:
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text="Say what you see, and it is painted here."),
            *(Line(text=f"/{each.typed}: {each.help}") for each in studio.table.commands),
            Line(text=await studio.listens(asked.member.team, asked.place)),
            Line(
                role=Role.NOTE, text="A card's buttons work for everyone, at one's own cost; Delete is for its author."
            ),
        ),
        controls=(Controls(buttons=(Button(label="Gallery", action="gallery", private=True),)),),
    )
