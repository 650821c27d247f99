"""What the team has made."""

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


class Gallery(Options):
    """Look through what the team has made."""

    words: Name | None = option("Words to look for in the prompts", default=None)
    saved: bool = option("Those alone that you have saved (☆)", default=False)
    before: Name | None = option("Show what is older than this id", default=None, spoken=False)


def older(before: str, words: str | None, *, saved: bool = False) -> Button:
    """The button to the next page. It carries the words of the search, as many of them as go into its code: words that
    are not in Latin letters take up to twelve characters for each of theirs."""
    options = {"before": before, **({"saved": "true"} if saved else {})}
    for end in range(len(words or ""), 0, -1):
        try:
            return Button(label="Older", action="gallery", options={**options, "words": (words or "")[:end]})
        except ValueError:
            continue
    return Button(label="Older", action="gallery", options=options)


def _nothing(said: Gallery) -> str:
    if said.words:
        return f"Nothing here matches “{said.words}”. /imagine a red fox in snow makes a start."
    if said.saved:
        return "You have saved nothing yet: the button Save under a picture does, for you alone."
    return "The gallery is empty. /imagine a red fox in snow makes a start."


def _opening(asset: Asset) -> Button:
    return Button(label=asset.id, action="open", target=asset.id, private=asset.private)


@action(Gallery, name="gallery", command=True, reply=Reply.PRIVATE)
async def gallery(asked: Asked[Gallery], studio: Studio) -> Card:
    said = asked.options
    found = await studio.newest(asked.member, limit=PAGE + 1, words=said.words, before=said.before, starred=said.saved)
    page, more = found[:PAGE], len(found) > PAGE
    if not page:
        return says(_nothing(said)).evolve(private=True)
    title = "What you have saved" if said.saved else "The newest pictures"
    title = f"{title} with “{said.words}”" if said.words else title
    pictures = tuple(
        picture_of(asset).evolve(caption=f"{asset.id} · {shorten(one_line(asset.words), 60)}") for asset in page
    )
    rows = [Controls(buttons=tuple(_opening(each) for each in page))]
    if more:
        rows.append(Controls(buttons=(older(page[-1].id, said.words, saved=said.saved),)))
    return Card(
        private=True,
        small=True,
        lines=(
            Line(role=Role.TITLE, text=title),
            *(Line(role=Role.NOTE, text=each.caption or "") for each in pictures),
        ),
        pictures=pictures,
        sheet=await studio.board.collages.sheet(page, labels=tuple(each.id for each in page)),
        controls=tuple(rows),
    )
