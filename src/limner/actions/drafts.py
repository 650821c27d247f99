"""One's own private drafts, newest first."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role, says
from limner.domain.options import Name, Options, option
from limner.domain.request import Asset
from limner.domain.text import one_line, shorten
from limner.studio import Studio
from limner.studio.cards import picture_of

PAGE = 9


class Drafts(Options):
    """Your private drafts, newest first, to go on with."""

    before: Name | None = option("Show what is older than this id", default=None, spoken=False)


@action(Drafts, name="drafts", command=True, reply=Reply.PRIVATE)
async def drafts(asked: Asked[Drafts], studio: Studio) -> Card:
    found = await studio.drafts.of(asked.member, limit=PAGE + 1, before=asked.options.before)
    page, more = found[:PAGE], len(found) > PAGE
    if not page:
        return says("You have no drafts. /imagine with the option private paints one for your eyes.").evolve(
            private=True
        )
    pictures = tuple(picture_of(asset).evolve(caption=_caption(asset)) for asset in page)
    rows = [
        Controls(buttons=tuple(Button(label=each.job, action="open", target=each.job, private=True) for each in page))
    ]
    if more:
        rows.append(Controls(buttons=(Button(label="Older", action="drafts", options={"before": page[-1].id}),)))
    return Card(
        private=True,
        small=True,
        lines=(
            Line(role=Role.TITLE, text="Your drafts"),
            *(Line(role=Role.NOTE, text=each.caption or "") for each in pictures),
        ),
        pictures=pictures,
        sheet=await studio.board.collages.sheet(page, labels=tuple(each.job for each in page)),
        controls=tuple(rows),
    )


def _caption(asset: Asset) -> str:
    several = " and others" if asset.id != asset.job else ""
    return f"{asset.job} · {shorten(one_line(asset.words), 60)}{several}"
