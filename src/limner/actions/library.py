"""What can be done with a picture in the library: a menu of its own, for cards have little room."""

from __future__ import annotations

from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.options import Options
from limner.studio import Studio


class Library(Options):
    """Find what looks like this picture, and keep it in order."""


@action(Library, name="library", button="Library…", on=On.PICTURE, reply=Reply.PRIVATE)
async def library(asked: Asked[Library], studio: Studio) -> Card:
    asset = await studio.asset(asked.target, asked.member)
    buttons = (Button(label="More like this", action="alike", target=asset.id),)
    lines = (Line(role=Role.TITLE, text=f"{asset.id} in the library"), Line(role=Role.PROMPT, text=asset.prompt))
    return Card(private=True, lines=lines, controls=(Controls(buttons=buttons),))
