"""What the team has made, by whatever it is remembered by."""

from __future__ import annotations

from typing import Any, Literal

from limner.domain.action import Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Card
from limner.domain.options import Name, Options, option
from limner.domain.place import Attachment
from limner.domain.reference import Reference
from limner.domain.request import Asset
from limner.store.searches import Search
from limner.studio import Studio
from limner.studio.finder import NEWEST

Shape = Literal["square", "wide", "tall"]
Colour = Literal[
    "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "black", "grey", "white"
]


class Find(Options):
    """What pictures can be found by."""

    words: Name | None = option("Words to look for in the prompts", default=None)
    by: Name | None = option("Who made it: a member, or “me”", default=None, completes="members")
    channel: Name | None = option("Where it was made, such as #marketing, or “here”", default=None, completes="places")
    model: Name | None = option("The model that painted it", default=None, completes="models")
    style: Name | None = option("The style that it wears", default=None, completes="styles")
    shape: Shape | None = option("Its shape", default=None)
    colour: Colour | None = option("A colour that stands out in it", default=None)
    since: Name | None = option("Not before this day, such as 3 November or last week", default=None)
    until: Name | None = option("Not after this day", default=None)
    approved: bool = option("Those alone that were approved", default=False)
    saved: bool = option("Those alone that you have saved (☆)", default=False)
    collection: Name | None = option("The collection that it is in", default=None, completes="collections")
    tag: Name | None = option("A tag that it has", default=None, completes="tags")
    best: bool = option("What goes best with the words first, not the newest", default=False)
    like: Name | None = option("The id of a picture that it looks the same as", default=None, completes="assets")
    file: Attachment | None = option("A picture that it looks the same as", default=None)


class Gallery(Find):
    """Look through what the team has made."""

    before: Name | None = option("Show what is older than this id", default=None, spoken=False)
    after: Name | None = option("Show what is newer than this id", default=None, spoken=False)


@action(Gallery, name="gallery", command=True, reply=Reply.PRIVATE)
async def gallery(asked: Asked[Gallery], studio: Studio) -> Card:
    said, member = asked.options, asked.member
    if (search := await studio.finder.kept(asked.target, member)) is not None:
        return await studio.shelf.card(search, member, nothing=EMPTY, before=said.before, after=said.after)
    found = await find(asked, studio, before=said.before, after=said.after)
    return await studio.entrance.offer(found, member, asked.place)


async def find(asked: Asked[Any], studio: Studio, *, before: str | None = None, after: str | None = None) -> Card:
    """What the options find."""
    search, none = await sought(asked, studio)
    return await studio.shelf.card(search, asked.member, nothing=none, before=before, after=after)


async def sought(asked: Asked[Any], studio: Studio) -> tuple[Search, str]:
    """What the options look for, and what is said where there is none of it.

    Raises:
        BadOption: One of them means nothing here.
        NotFound: The picture that the others are to be like is not there.
    """
    said, member = asked.options, asked.member
    search = await studio.finder.search(said, asked, studio)
    attached = (*((said.file,) if said.file else ()), *asked.ask.pictures)
    if said.like:
        return await alike(await studio.works.asset(said.like, member), search, studio)
    if attached:
        (picture,) = await studio.intake.pictures(asked.place, attached[:1])
        return await alike(picture, search, studio)
    return search, EMPTY if search == NEWEST else _nothing(said)


async def alike(picture: Asset | Reference, search: Search, studio: Studio) -> tuple[Search, str]:
    """The search for pictures that look like this one, among those that are searched for."""
    own = picture.id if isinstance(picture, Asset) else None
    wanted = search.wanted.evolve(like=await studio.finder.likeness(picture), but=own)
    told = f"What looks like {own or 'your picture'}"
    none = f"No {'other ' if own else ''}picture here looks like {own or 'yours'}."
    if own:
        none += f" /show {own} has those that it was made from, and what was made of it."
    return Search(wanted=wanted, told=told), none


EMPTY = "The gallery is empty. /imagine a red fox in snow makes a start."


def _nothing(said: Find) -> str:
    others = said.model_dump(exclude_defaults=True).keys() - {"words", "best", "before", "after"}
    if said.words and not others:
        return f"Nothing here matches “{said.words}”. /imagine a red fox in snow makes a start."
    if others == {"saved"} and not said.words:
        return "You have saved nothing yet: the button Save under a picture does, for you alone."
    return "Nothing here is all of that. Leave something out, or look through /gallery."
