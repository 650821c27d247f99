"""What can be done with a picture in the library: a menu of its own, for cards have little room."""

from __future__ import annotations

from limner.domain.action import On, Reply, action
from limner.domain.approval import Approval, Standing, told
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.options import Options
from limner.domain.request import Asset
from limner.studio import Studio


class Library(Options):
    """Find what looks like this picture, and keep it in order."""


@action(Library, name="library", button="Library…", on=On.PICTURE, reply=Reply.PRIVATE)
async def library(asked: Asked[Library], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.target, asked.member)
    approval = await studio.approving.of(asset)
    tags = await studio.collecting.tags_on(asset)
    buttons = (
        Button(label="More like this", action="alike", target=asset.id),
        Button(label="Collect…", action="collection-add", target=asset.id, form=True),
        Button(label="Tags…", action="tag", target=asset.id, form=True),
        *requesting(asset, approval),
    )
    lines = (
        Line(role=Role.TITLE, text=f"{asset.id} in the library"),
        Line(role=Role.PROMPT, text=asset.prompt),
        *((Line(role=Role.NOTE, text=f"Tagged {', '.join(tags)}."),) if tags else ()),
        *((Line(role=Role.NOTE, text=told(asset.id, approval)),) if approval else ()),
    )
    return Card(private=True, lines=lines, controls=(Controls(buttons=buttons),))


def requesting(asset: Asset, approval: Approval | None) -> tuple[Button, ...]:
    """The button that asks for a picture's approval, where that makes sense."""
    if asset.private or (approval is not None and approval.state is not Standing.CHANGE):
        return ()
    return (Button(label="Request approval", action="approval-request", target=asset.id),)
