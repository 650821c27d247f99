"""What there is to do here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from limner.domain.action import Action, Reply, action
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
            Line(text=await studio.listening.says(asked.member.team, asked.place)),
            *(Line(text=each) for each in _told(studio.table.commands)),
            Line(
                role=Role.NOTE, text="A card's buttons work for everyone, at one's own cost; Delete is for its author."
            ),
        ),
        controls=(Controls(buttons=(Button(label="Gallery", action="gallery", private=True),)),),
    )


def _told(commands: Iterable[Action]) -> Iterator[str]:
    """A line for each command; those that share their first word share one, for a card holds only so many."""
    for group, some in groupby(commands, key=lambda each: each.group):
        if group is None:
            yield from (f"/{each.typed}: {each.help}" for each in some)
        else:
            yield f"/{group.name} {', '.join(each.typed.removeprefix(f'{group.name} ') for each in some)}: {group.help}"
