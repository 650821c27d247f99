"""Have a note heard once more that could not be heard: never by itself, for it may cost again."""

from __future__ import annotations

from limner.actions.listen import told
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.studio import Studio


class HearAgain(Options):
    """Have this note heard once more."""


async def may_hear(asked: Asked[HearAgain], studio: Studio) -> None:
    """Refuses a note that is somebody else's, or is not to be heard."""
    await studio.notes.waiting(asked.target, asked.member)
    await studio.listening.admit(asked)


@action(HearAgain, name="hear-again", reply=Reply.SAME, meanwhile="Listening once more…", before=may_hear)
async def hear_again(asked: Asked[HearAgain], studio: Studio) -> Card:
    note = await studio.notes.waiting(asked.target, asked.member)
    return await told(asked, studio, studio.hearing.hear_again(asked, note))
