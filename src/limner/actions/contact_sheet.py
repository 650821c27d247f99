"""A contact sheet of a collection or of what a search finds, as PDF or PNG."""

from __future__ import annotations

from typing import Literal

from limner.actions.gallery import Find, sought
from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role, says
from limner.domain.options import option
from limner.domain.wanted import Wanted
from limner.store.collections import is_collection
from limner.store.searches import Search
from limner.studio import Studio
from limner.studio.contacts import MOST

BOXES = (
    "Where a box stands in a caption, this machine has no font for those letters; whoever hosts this Limner can "
    "install one, such as Noto Sans CJK."
)
SMALL = "Small copies without content credentials; Download has the originals."
MAKING = "Putting the contact sheet together…"


class ContactSheet(Find):
    """Put pictures on pages with captions, as a PDF or as PNGs to present."""

    sort: Literal["pdf", "png"] = option("A PDF, or PNGs (several pages as one ZIP)", default="pdf")


@action(ContactSheet, name="contact-sheet", command=True, reply=Reply.PRIVATE, meanwhile=MAKING, once=True)
async def contact_sheet(asked: Asked[ContactSheet], studio: Studio) -> Card:
    zone = await studio.budgets.zone(asked.member.team)
    search = await _meant(asked, studio)
    sheet = await studio.contacts.sheet(search, asked.member, asked.options.sort, zone)
    if sheet is None:
        return says("There is no picture to put on a contact sheet: nothing here is all of that.").evolve(private=True)
    many = sheet.pictures
    told = f"The contact sheet of {many} picture{'s' * (many != 1)}: {search.told}."
    rest = (f"There are more; these are the first {MOST}. Look for less, such as by --since, for the others.",)
    notes = (*(rest if sheet.more else ()), *((BOXES,) if sheet.boxes else ()), SMALL)
    return Card(
        private=True, lines=(Line(text=told), *(Line(role=Role.NOTE, text=each) for each in notes)), files=(sheet.file,)
    )


async def _meant(asked: Asked[ContactSheet], studio: Studio) -> Search:
    """What the button it was pressed on shows, a collection or a search; else what the options look for."""
    if (search := await studio.finder.kept(asked.target, asked.member)) is not None:
        return search
    if is_collection(asked.target):
        collection = await studio.collecting.get(asked.target, asked.member)
        return Search(wanted=Wanted(collection=collection.id), told=f"The collection {collection.name}")
    search, _ = await sought(asked, studio)
    return search
