"""All that is a member's own, in one file, from the web page."""

from __future__ import annotations

from limner.actions.end_downloads import END
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Controls, Line, Link, Role
from limner.domain.options import Options
from limner.studio import Studio


class Export(Options):
    """Get all that is yours here: pictures, requests, voice notes, what it cost, in one file."""


@action(Export, name="export", command=True, reply=Reply.PRIVATE)
async def export(asked: Asked[Export], studio: Studio) -> Card:
    url = await studio.archives.link(None, asked.member, asked.place)
    return Card(
        lines=(
            Line(text="All that is yours here: your pictures, byte for byte, and what is on record of you, as JSON."),
            Line(
                role=Role.NOTE,
                text="The link is good for an hour, and for you alone: whoever has it has all of it. It ends before "
                "when you end it, sign out everywhere (/sessions) or have yourself forgotten.",
            ),
        ),
        controls=(Controls(buttons=(Link(label="Open the download", url=url, at_once=True), END)),),
        private=True,
    )
