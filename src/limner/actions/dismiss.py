"""Leave what was heard unpainted."""

from __future__ import annotations

from limner.domain.action import On, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.studio import Repeated, Studio
from limner.studio.counting import cancelled


class Dismiss(Options):
    """Leave what was heard unpainted."""


@action(Dismiss, name="dismiss", button="Cancel", on=On.NOTE, reply=Reply.SAME)
async def dismiss(asked: Asked[Dismiss], studio: Studio) -> Card:
    note = await studio.notes.waiting(asked.target, asked.member)
    if not await studio.notes.claim(note):  # it is being painted, this very moment
        raise Repeated
    await studio.notes.end(note)
    await studio.counting.told(note.id)
    return cancelled(note)
