"""Another wording for what a team's rules or the safety check declined."""

from __future__ import annotations

from limner.actions.imagine import PaintOptions
from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.place import Member
from limner.studio import Studio


class Reword(PaintOptions):
    """Put it in other words, then paint."""


async def declined(target: str, member: Member, studio: Studio) -> dict[str, str]:
    """The form's fields as the request had them."""
    return Reword.of((await studio.offers.refused(target, member)).request)


@action(Reword, name="reword", form=True, costs=True, fill=declined)
async def reword(asked: Asked[Reword], studio: Studio) -> Card:
    request = (await studio.offers.refused(asked.target, asked.member)).request
    # A form has room for some of the options: the others stay as they were.
    said = asked.options
    return await studio.paint(asked, request.evolve(**{**said.chosen(), "prompt": said.prompt}, heard=None))
