"""A style with all that is known of it."""

from __future__ import annotations

from limner.actions.style import STYLE, card_of, meant
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Name, Options, option
from limner.studio import Studio


class ShowStyle(Options):
    """Show a style: its words, colours and pictures."""

    name: Name | None = option("Its name, such as spring", default=None, completes="styles")


@action(ShowStyle, name="style-show", command=True, group=STYLE, reply=Reply.PRIVATE)
async def style_show(asked: Asked[ShowStyle], studio: Studio) -> Card:
    return await card_of(await meant(asked.options.name, asked, studio), asked, studio)
