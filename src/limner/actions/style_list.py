"""The styles that there are, as a sheet."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from limner.actions.style import STYLE
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.options import Options, option
from limner.domain.style import Style
from limner.domain.text import shorten
from limner.studio import Studio

PAGE = 12
SHORT = 90
"""Characters that tell of a style in the list."""


class ListStyles(Options):
    """See the styles that there are: the team's own, and those that come with Limner."""

    page: Annotated[int, Field(ge=1, le=50)] = option("Which page", default=1, spoken=False)


@action(ListStyles, name="style-list", command=True, group=STYLE, reply=Reply.PRIVATE)
async def style_list(asked: Asked[ListStyles], studio: Studio) -> Card:
    every = await studio.styles.of(asked.member)
    first = (asked.options.page - 1) * PAGE
    page, more = every[first : first + PAGE], len(every) > first + PAGE
    worn = await studio.styles.worn_in(asked.place, asked.member)
    rows = [Controls(buttons=tuple(Button(label=each.name, action="style-show", target=each.id) for each in page))]
    if more:
        following = {"page": str(asked.options.page + 1)}
        rows.append(Controls(buttons=(Button(label="More", action="style-list", options=following),)))
    how = (
        "Wear one with --style and its name, or in a whole channel with /style use. Attach a sketch or a wireframe "
        "besides, and it becomes the finished picture."
    )
    return Card(
        private=True,
        lines=(
            Line(role=Role.TITLE, text="Styles"),
            *(Line(text=_line(each)) for each in page),
            Line(role=Role.NOTE, text=how),
            Line(role=Role.FOOTER, text=f"This channel wears {worn.name if worn else 'none'} · /style save adds one"),
        ),
        controls=tuple(row for row in rows if row.buttons),
    )


def _line(style: Style) -> str:
    whose = style.title if style.ready else f"by {style.made_by_name}"
    words = style.before.rstrip(":") or style.after
    return shorten(f"{style.name} · {whose}" + (f" · {words}" if words else ""), SHORT)
