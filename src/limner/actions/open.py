"""Bring a picture up from a list of them: Show as a button."""

from __future__ import annotations

from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.studio import Studio


class Open(Options):
    """Bring this picture up with its buttons."""


@action(Open, name="open")
async def open_(asked: Asked[Open], studio: Studio) -> Card:
    return await studio.works.card(asked.target, asked.member)
