"""More like this: the pictures that look the same."""

from __future__ import annotations

from limner.actions.gallery import alike
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options
from limner.studio import Studio
from limner.studio.finder import NEWEST


class Alike(Options):
    """Find the pictures that look like this one."""


@action(Alike, name="alike", reply=Reply.PRIVATE)
async def more_alike(asked: Asked[Alike], studio: Studio) -> Card:
    search, none = await alike(await studio.works.asset(asked.target, asked.member), NEWEST, studio)
    return await studio.shelf.card(search, asked.member, nothing=none)
