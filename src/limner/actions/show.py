"""Bring a picture up again, with live buttons."""

from __future__ import annotations

from limner.domain.action import Spoken, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Name, Options, option
from limner.studio import Studio


class Show(Options):
    """Bring a picture up again, with its buttons."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)


@action(Show, name="show", command=True, voice=Spoken.AT_ONCE)
async def show(asked: Asked[Show], studio: Studio) -> Card:
    return await studio.works.card_with_lineage(asked.options.picture, asked.member)
