"""The public links that there are, each to be withdrawn."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role, says
from limner.domain.options import Options, option
from limner.domain.publication import Publication
from limner.domain.text import one_line, shorten
from limner.studio import Studio

PAGE = 5
"""As many as a row of buttons has."""


class Links(Options):
    """See the public links that you have made, and withdraw them (admins: the team's)."""

    page: Annotated[int, Field(ge=1, le=200)] = option("Which page", default=1, spoken=False)


def withdrawal(publication: Publication, label: str) -> Button:
    """The button that ends a public link."""
    return Button(label=label, action="withdraw", target=publication.id, style=ButtonStyle.DANGER)


@action(Links, name="links", command=True, reply=Reply.PRIVATE)
async def links(asked: Asked[Links], studio: Studio) -> Card:
    every = await studio.publishing.living(asked.member)
    if not every:
        whose = "This team has" if asked.member.admin else "You have"
        return says(f"{whose} no public links. /publish makes one.").evolve(private=True)
    zone = await studio.budgets.zone(asked.member.team)
    first = (asked.options.page - 1) * PAGE
    page = every[first : first + PAGE]
    lines = []
    for each in page:
        until = f"until {each.expires.astimezone(zone):%d %B %Y}" if each.expires else "until it is withdrawn"
        by = f", by {shorten(one_line(each.member_name), 40)}" if each.member != asked.member.id else ""
        lines.append(Line(text=f"{each.asset}: public since {each.created.astimezone(zone):%d %B %Y}, {until}{by}."))
    rows = [Controls(buttons=tuple(withdrawal(each, f"Withdraw {each.asset}") for each in page))]
    if len(every) > first + PAGE:
        following = {"page": str(asked.options.page + 1)}
        rows.append(Controls(buttons=(Button(label="More", action="links", options=following),)))
    return Card(
        lines=(Line(role=Role.TITLE, text="Public links"), *lines),
        controls=tuple(row for row in rows if row.buttons),
        private=True,
    )
