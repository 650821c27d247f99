"""Forget a style."""

from __future__ import annotations

from limner.actions.style import STYLE, meant
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, says
from limner.domain.options import Name, Options, option
from limner.studio import Studio


class RemoveStyle(Options):
    """Remove a style of the team's; what was painted in it stays."""

    name: Name | None = option("Its name, such as spring", default=None, completes="styles")


@action(RemoveStyle, name="style-remove", command=True, group=STYLE, reply=Reply.PRIVATE, danger=True)
async def style_remove(asked: Asked[RemoveStyle], studio: Studio) -> Card:
    style = await meant(asked.options.name, asked, studio)
    await studio.styles.remove(style.name, asked.member)
    told = f"The style {style.name} is gone. What was painted in it stays, and Reroll still paints in it."
    return says(told).evolve(private=True)
