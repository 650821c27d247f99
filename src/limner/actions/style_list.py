"""The styles that there are, as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from limner.actions.style import STYLE
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role
from limner.domain.options import Options, option
from limner.domain.style import Style
from limner.domain.text import one_line, shorten
from limner.media.swatches import MOST as PAGE
from limner.rules.styles import called
from limner.studio import Studio

DRAWN = "The samples of those that come with Limner are drawn by hand; a team's own show their pictures and colours."
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
            *_lines(page, first + 1),
            Line(role=Role.NOTE, text=how),
            *((Line(role=Role.NOTE, text=DRAWN),) if any(each.ready for each in page) else ()),
            Line(role=Role.FOOTER, text=f"This channel wears {worn.name if worn else 'none'} · /style save adds one"),
        ),
        pictures=(await studio.styles.sheet(page, first=first + 1),) if page else (),
        controls=tuple(row for row in rows if row.buttons),
    )


def _lines(page: tuple[Style, ...], first: int) -> Iterator[Line]:
    """The team's own with their makers, and the names of those that come with Limner."""
    for number, style in enumerate(page, first):
        if not style.ready:
            words = f" · {style.before or style.after}" if style.before or style.after else ""
            yield Line(text=shorten(one_line(f"{number}. {style.name} · {called(style)}{words}"), SHORT))
    if ready := [each.name for each in page if each.ready]:
        yield Line(text=f"With Limner come {', '.join(ready[:-1])} and {ready[-1]}." if len(ready) > 1 else ready[0])
