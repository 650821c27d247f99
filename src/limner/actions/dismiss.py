"""Leave what was heard unpainted."""

from __future__ import annotations

from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role, State
from limner.domain.options import Options
from limner.studio import Studio


class Dismiss(Options):
    """Leave what was heard unpainted."""


@action(Dismiss, name="dismiss", button="Cancel", on=On.NOTE, reply=Reply.SAME)
async def dismiss(asked: Asked[Dismiss], studio: Studio) -> Card:
    note = await studio.hearing.note(asked.target, asked.member)
    await studio.hearing.end(note)
    return Card(
        state=State.GONE,
        lines=(Line(role=Role.HEARD, text=note.words), Line(role=Role.NOTE, text="Cancelled. Nothing was painted.")),
    )
