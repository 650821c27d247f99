"""Which models are at work, until when, and what they cost."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role
from limner.domain.options import Options
from limner.studio import Studio


class Status(Options):
    """Which models are at work, until when, and what was spent."""


@action(Status, name="status", command=True, reply=Reply.PRIVATE)
async def status(asked: Asked[Status], studio: Studio) -> Card:
    await studio.desk.ready()
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text="Models at work"),
            *(Line(text=each) for each in studio.desk.models_at_work()),
            Line(role=Role.FOOTER, text=await studio.board.spent(asked.member) or "you: nothing spent today"),
        ),
    )
