"""The end of the links to downloads that a member was given."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, says
from limner.domain.options import Options
from limner.studio import Studio

END = Button(label="End the link", action="end-downloads")
"""On each card with such a link."""


class EndDownloads(Options):
    """End the links to downloads that you were given."""


@action(EndDownloads, name="end-downloads", reply=Reply.PRIVATE)
async def end_downloads(asked: Asked[EndDownloads], studio: Studio) -> Card:
    await studio.archives.end(asked.member)
    return says("Your links to downloads lead nowhere any longer.").evolve(private=True)
