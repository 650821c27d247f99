"""Have a channel wear a style."""

from __future__ import annotations

from limner.actions.style import STYLE, meant, pressed
from limner.domain.action import action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.options import Name, Options, option
from limner.domain.style import NONE, fold
from limner.studio import Studio


class UseStyle(Options):
    """Have this channel wear a style: all that is painted here is painted in it."""

    name: Name | None = option("Its name; none: it wears none any longer", default=None, completes="styles")


@action(UseStyle, name="style-use", command=True, group=STYLE)
async def style_use(asked: Asked[UseStyle], studio: Studio) -> Card:
    said, member = asked.options.name, asked.member
    if said is None and await pressed(asked, studio) is None:
        return await _told(asked, studio)
    if said is not None and fold(said) == NONE:
        await studio.styles.use(None, member, asked.place)
        return Card(
            lines=(
                Line(text="This channel wears no style any longer."),
                Line(role=Role.FOOTER, text=f"by {member.name}"),
            )
        )
    style = await meant(said, asked, studio)
    await studio.styles.use(style, member, asked.place)
    return Card(
        lines=(
            Line(role=Role.TITLE, text=f"This channel wears the style {style.name}"),
            Line(text="All that is painted here is painted in it, unless a request names another, or --style none."),
            Line(role=Role.FOOTER, text=f"by {member.name} · /style use none takes it off"),
        ),
        controls=(Controls(buttons=(Button(label="Show it", action="style-show", target=style.id),)),),
    )


async def _told(asked: Asked[UseStyle], studio: Studio) -> Card:
    worn = await studio.styles.worn_in(asked.place, asked.member)
    told = f"This channel wears the style {worn.name}." if worn else "This channel wears no style."
    way_on = "/style use with a name puts one on, /style list shows what there is."
    return Card(private=True, lines=(Line(text=told), Line(role=Role.NOTE, text=way_on)))
