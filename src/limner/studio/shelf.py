"""The shelf: a page of the library as a card."""

from __future__ import annotations

from limner.domain.card import Button, Card, Controls, Line, Picture, Role, says
from limner.domain.place import Member
from limner.domain.request import Asset
from limner.domain.text import one_line, shorten
from limner.domain.wanted import Page
from limner.store.searches import Search
from limner.studio.board import Board
from limner.studio.cards import picture_of
from limner.studio.finder import Finder

PAGE = 9


class Shelf:
    """Shows pages."""

    def __init__(self, *, finder: Finder, board: Board) -> None:
        self._finder, self._board = finder, board

    async def card(
        self, search: Search, member: Member, *, nothing: str, before: str | None = None, after: str | None = None
    ) -> Card:
        """A page of what a search finds, with buttons to the pages before and after it; where there is none, `nothing`.

        Raises:
            NotFound: The picture that it is to begin with is not there.
        """
        page = await self._finder.page(search, member, limit=PAGE, before=before, after=after)
        if not page.assets:
            return says(nothing if not (before or after) else "There is nothing more.").evolve(private=True)
        turning = await self._turning(search, page, member)
        pictures = tuple(_captioned(each) for each in page.assets)
        opening = tuple(
            Button(label=each.id, action="open", target=each.id, private=each.private) for each in page.assets
        )
        return Card(
            private=True,
            small=True,
            lines=(
                Line(role=Role.TITLE, text=search.told),
                *(Line(role=Role.NOTE, text=each.caption or "") for each in pictures),
            ),
            pictures=pictures,
            sheet=await self._board.collages.sheet(page.assets, labels=tuple(each.id for each in page.assets)),
            controls=(Controls(buttons=opening), *((Controls(buttons=turning),) if turning else ())),
        )

    async def _turning(self, search: Search, page: Page, member: Member) -> tuple[Button, ...]:
        if not (page.newer or page.older):
            return ()
        id = await self._finder.keep(search, member)
        earlier, later = ("Back", "More") if search.wanted.ranked else ("Newer", "Older")
        newer = Button(label=earlier, action="gallery", target=id, options={"after": str(page.places[0])})
        older = Button(label=later, action="gallery", target=id, options={"before": str(page.places[-1])})
        return (*((newer,) if page.newer else ()), *((older,) if page.older else ()))


def _captioned(asset: Asset) -> Picture:
    return picture_of(asset).evolve(caption=f"{asset.id} · {shorten(one_line(asset.words), 60)}")
