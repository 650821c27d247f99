"""Collections: pictures that a team keeps together, and what the commands about them share."""

from __future__ import annotations

from limner.domain.action import Group, Reply, action
from limner.domain.ask import Asked
from limner.domain.card import Button, ButtonStyle, Card, Controls, Line, Role, says
from limner.domain.collection import Collection, CollectionName
from limner.domain.options import Name, Options, option
from limner.domain.place import Member
from limner.domain.text import one_line, shorten
from limner.domain.wanted import Wanted
from limner.errors import BadOption
from limner.store.searches import Search
from limner.studio import Studio

COLLECTION = Group(
    name="collection", help="Keep pictures together, show and delete collections.", bare="collection-list"
)
LISTED = 40
"""Collections in the list; buttons for the first of them."""
BUTTONS = 20


class ListCollections(Options):
    """Show the team's collections."""


class ShowCollection(Options):
    """Show what is in a collection."""

    name: Name | None = option("Its name", default=None, completes="collections")


class AddToCollection(Options):
    """Put a picture into a collection; a new one is made by its name."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)
    name: CollectionName = option("The collection's name, such as spring launch", completes="collections")


class DropFromCollection(Options):
    """Take a picture out of a collection; it stays in the library."""

    picture: Name = option("Its id, such as a41f", completes="assets", subject=True)
    name: Name = option("The collection's name", completes="collections")


class DeleteCollection(Options):
    """Delete a collection; its pictures stay in the library."""

    name: Name | None = option("Its name", default=None, completes="collections")


@action(ListCollections, name="collection-list", command=True, group=COLLECTION, reply=Reply.PRIVATE)
async def collection_list(asked: Asked[ListCollections], studio: Studio) -> Card:
    every = await studio.collecting.of(asked.member)
    if not every:
        none = "There are no collections yet. Library… → Collect… under a picture makes one."
        return says(none).evolve(private=True)
    told = [
        f"{each.name} · {held} picture{'s' * (held != 1)} · by {shorten(one_line(each.made_by_name), 40)}"
        for each, held in every[:LISTED]
    ]
    more = [f"… and {len(every) - LISTED} more."] if len(every) > LISTED else []
    buttons = tuple(
        Button(label=shorten(each.name, 40), action="collection-show", target=each.id) for each, _ in every[:BUTTONS]
    )
    return Card(
        private=True,
        lines=(Line(role=Role.TITLE, text="Collections"), *(Line(text=each) for each in (*told, *more))),
        controls=(Controls(buttons=buttons),),
    )


@action(ShowCollection, name="collection-show", command=True, group=COLLECTION, reply=Reply.PRIVATE)
async def collection_show(asked: Asked[ShowCollection], studio: Studio) -> Card:
    return await shown(await meant(asked.options.name, asked, studio), asked, studio)


@action(AddToCollection, name="collection-add", command=True, group=COLLECTION, reply=Reply.PRIVATE, form=True)
async def collection_add(asked: Asked[AddToCollection], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.options.picture, asked.member)
    collection, added = await studio.collecting.add(asset, asked.options.name, asked.member)
    how = "is now in" if added else "was already in"
    show = Button(label="Show it", action="collection-show", target=collection.id)
    said = says(f"{asset.id} {how} the collection {collection.name}.")
    return said.evolve(private=True, controls=(Controls(buttons=(show,)),))


@action(DropFromCollection, name="collection-drop", command=True, group=COLLECTION, reply=Reply.PRIVATE)
async def collection_drop(asked: Asked[DropFromCollection], studio: Studio) -> Card:
    asset = await studio.works.asset(asked.options.picture, asked.member)
    collection = await studio.collecting.named(asked.options.name, asked.member)
    gone = await studio.collecting.drop(asset, collection)
    how = "is not in the collection {} any longer" if gone else "was not in the collection {}"
    return says(f"{asset.id} {how.format(collection.name)}.").evolve(private=True)


@action(DeleteCollection, name="collection-delete", command=True, group=COLLECTION, reply=Reply.PRIVATE, danger=True)
async def collection_delete(asked: Asked[DeleteCollection], studio: Studio) -> Card:
    collection = await meant(asked.options.name, asked, studio)
    await studio.collecting.delete(collection, asked.member)
    return says(f"The collection {collection.name} is gone. Its pictures are still in the library.").evolve(
        private=True
    )


async def meant(name: str | None, asked: Asked[Options], studio: Studio) -> Collection:
    """The collection that a name, or the button that was pressed, means.

    Raises:
        BadOption: Neither was given, or there is no such collection.
        CollectionGone: It is not there any longer.
    """
    if name is not None:
        return await studio.collecting.named(name, asked.member)
    if asked.target is None:
        raise BadOption(name="name", value="", why="say which; /collection list shows what there is")
    return await studio.collecting.get(asked.target, asked.member)


async def shown(collection: Collection, asked: Asked[Options], studio: Studio) -> Card:
    """What is in a collection, with what can be done with it."""
    member = asked.member
    search = Search(wanted=Wanted(collection=collection.id), told=f"The collection {collection.name}")
    none = f"Nothing is in the collection {collection.name}."
    card = await studio.shelf.card(search, member, nothing=none)
    full, downloads = bool(card.pictures), studio.archives.reachable(asked.place)
    buttons = buttons_of(collection, member, full=full, downloads=downloads)
    return card.evolve(controls=(*card.controls, Controls(buttons=buttons))) if buttons else card


def buttons_of(collection: Collection, member: Member, *, full: bool, downloads: bool) -> tuple[Button, ...]:
    """What a member can do with a collection. `full`: there are pictures in it; `downloads`: there is a page where the
    member can download them."""
    buttons: list[Button] = []
    if full and downloads:
        buttons.append(Button(label="Download all", action="collection-download", target=collection.id))
    if full:
        buttons.append(Button(label="Contact sheet", action="contact-sheet", target=collection.id))
    if collection.made_by == member.id or member.admin:
        label, danger = "Delete the collection", ButtonStyle.DANGER
        buttons.append(Button(label=label, action="collection-delete", target=collection.id, style=danger))
    return tuple(buttons)
