"""What the team has made."""

from __future__ import annotations

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, Card, Controls, Line, Role, says
from limner.domain.options import Name, Options, option
from limner.domain.text import one_line, shorten
from limner.studio import Studio
from limner.studio.cards import picture_of

PAGE = 9


class Gallery(Options):
    """Look through what the team has made."""

    words: Name | None = option("Words to look for in the prompts", default=None)
    before: Name | None = option("Show what is older than this id", default=None, spoken=False)


def older(before: str, words: str | None) -> Button:
    """The button to the next page. It carries the words of the search, as many of them as go into its code: words that
    are not in Latin letters take up to twelve characters for each of theirs."""
    for end in range(len(words or ""), 0, -1):
        try:
            return Button(label="Older", action="gallery", options={"before": before, "words": (words or "")[:end]})
        except ValueError:
            continue
    return Button(label="Older", action="gallery", options={"before": before})


@action(Gallery, name="gallery", command=True, reply=Reply.PRIVATE)
async def gallery(asked: Asked[Gallery], studio: Studio) -> Card:
    said = asked.options
    found = await studio.newest(asked.member, limit=PAGE + 1, words=said.words, before=said.before)
    page, more = found[:PAGE], len(found) > PAGE
    if not page:
        nothing = f"Nothing here matches “{said.words}”." if said.words else "The gallery is empty."
        return says(f"{nothing} /imagine a red fox in snow makes a start.").evolve(private=True)
    title = f"Pictures with “{said.words}”" if said.words else "The newest pictures"
    pictures = tuple(
        picture_of(asset).evolve(caption=f"{asset.id} · {shorten(one_line(asset.prompt), 60)}") for asset in page
    )
    rows = [Controls(buttons=tuple(Button(label=each.id, action="open", target=each.id) for each in page))]
    if more:
        rows.append(Controls(buttons=(older(page[-1].id, said.words),)))
    return Card(
        private=True,
        small=True,
        lines=(
            Line(role=Role.TITLE, text=title),
            *(Line(role=Role.NOTE, text=each.caption or "") for each in pictures),
        ),
        pictures=pictures,
        sheet=await studio.board.sheet(page, labels=tuple(each.id for each in page)),
        controls=tuple(rows),
    )
