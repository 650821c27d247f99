"""Find pictures again: /gallery by the name that people try first."""

from __future__ import annotations

from limner.actions.gallery import Find, find
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.studio import Studio


class SearchFor(Find):
    """Find pictures: by words and facts, or by a picture that looks the same."""


@action(SearchFor, name="search", command=True, reply=Reply.PRIVATE)
async def search(asked: Asked[SearchFor], studio: Studio) -> Card:
    return await find(asked, studio)
