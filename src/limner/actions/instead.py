"""What fits the budget, in place of what did not."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Options, Quality, option
from limner.studio import Studio


class Instead(Options):
    """Paint what fits the budget, in place of what did not."""

    quality: Quality = option("How fine")
    count: Annotated[int, Field(ge=1, le=10)] = option("How many pictures", default=1)
    private: bool = option("Only you see it", default=False)


@action(Instead, name="instead", costs=True)
async def instead(asked: Asked[Instead], studio: Studio) -> Card:
    said = asked.options
    refused = await studio.offers.refused(asked.target, asked.member)
    # Each of its buttons paints once, however often it is pressed.
    once = asked.ask.evolve(event=f"refused:{refused.id}:{said.quality}:{said.count}")
    request = refused.request.evolve(quality=said.quality, count=said.count)
    return await studio.paint(replace(asked, ask=once), request)
