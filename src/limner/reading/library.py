"""The library as pages show it: the gallery, one picture, the collections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limner.actions.collection import buttons_of as collection_buttons
from limner.actions.details import PROVENANCE, Fact, known_of, public
from limner.actions.gallery import Gallery, sought
from limner.actions.library import requesting
from limner.domain.approval import told
from limner.domain.ask import Ask, Asked
from limner.domain.card import Controls, Picture
from limner.domain.collection import Collection
from limner.domain.lineage import Branch
from limner.domain.options import Parameter
from limner.domain.place import Address, Member, Person, Place
from limner.domain.record import Record
from limner.domain.text import one_line, shorten
from limner.domain.wanted import Page, Wanted
from limner.store import Store
from limner.store.searches import Search
from limner.studio import Studio
from limner.studio.cards import picture_of

SCREEN = 60
"""Pictures of one page of the gallery."""
COVERS = 4
"""Pictures that stand for a collection."""
NAMED = 120
"""Characters of a picture's words where many stand side by side."""
PLACED = frozenset({"before", "after", "file"})
"""What of the gallery's options is no filter."""


class Thumb(Record):
    """A picture among many."""

    picture: Picture
    words: str
    by: str
    """Its member's name."""
    saved: bool = False
    """By whoever looks."""


class Found(Record):
    """A page of the gallery."""

    told: str
    """What was looked for."""
    none: str
    """What is said where there is nothing."""
    thumbs: tuple[Thumb, ...] = ()
    older: str | None = None
    """Where the next page begins; None: this is the last one."""


class Shelf(Record):
    """A collection among others."""

    collection: Collection
    held: int
    """How many pictures it holds."""
    covers: tuple[Picture, ...] = ()


class Collected(Record):
    """A collection by itself."""

    collection: Collection
    found: Found
    controls: tuple[Controls, ...] = ()
    """What can be done with it."""


class Known(Record):
    """What there is to say of a picture."""

    picture: Picture
    words: str
    """What it shows, as it was asked for."""
    facts: tuple[Fact, ...]
    relatives: tuple[tuple[Branch, Picture], ...]
    """The tree that it stands in, itself too; none where it has no relatives."""
    controls: tuple[Controls, ...] = ()
    """The buttons of its card, and what else can be done with it."""
    saved: bool = False
    """By whoever looks."""
    approval: str | None = None
    """How its approval stands, in a sentence."""
    provenance: str
    """Whether the file says by itself where it comes from, in a sentence."""
    tags: tuple[str, ...] = ()
    collections: tuple[Collection, ...] = ()
    """Those that it is in."""


class LibraryReading:
    """Reads the library."""

    def __init__(self, *, store: Store, studio: Studio) -> None:
        self._store, self._studio = store, studio

    async def gallery(
        self, said: Mapping[str, str], *, person: Person, place: Place, before: str | None = None, limit: int = SCREEN
    ) -> Found:
        """A page of what the options of /gallery find, after the place `before`.

        Raises:
            BadOption: One of them means nothing here.
            NotFound: The picture that the others are to be like is not there.
        """
        asked = await self._asked("gallery", Gallery, said, person, place)
        search, none = await sought(asked, self._studio)
        page = await self._studio.finder.page(search, asked.member, limit=limit, before=before)
        return await self._found(search, page, none, asked.member)

    async def _found(self, search: Search, page: Page, none: str, member: Member) -> Found:
        saved = await self._store.saved.among(page.places, member.id) if page.places else frozenset()
        return Found(
            told=search.told,
            none=none,
            thumbs=tuple(
                Thumb(
                    picture=picture_of(each),
                    words=shorten(one_line(each.words), NAMED),
                    by=each.member_name,
                    saved=at in saved,
                )
                for each, at in zip(page.assets, page.places, strict=True)
            ),
            older=str(page.places[-1]) if page.older and page.places else None,
        )

    @property
    def filters(self) -> tuple[Parameter, ...]:
        """What the gallery can be filtered by."""
        return tuple(each for each in Gallery.parameters() if each.name not in PLACED)

    async def save(self, id: str, *, person: Person, place: Place) -> bool:
        """Saves a picture for whoever reads, or lets it go again; whether it is saved now.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        member = await self._member(person, place)
        return await self._studio.works.save(await self._studio.works.asset(id, member), member)

    async def known(self, id: str, *, person: Person, place: Place) -> Known:
        """All that is known of a picture.

        Raises:
            NotFound: It is not there, or not this team's.
        """
        studio, member = self._studio, await self._member(person, place)
        asset = await studio.works.asset(id, member)
        card = await studio.works.card(asset.id, member)
        approval = await studio.approving.of(asset)
        more = (*requesting(asset, approval), *(() if asset.private else (public(asset),)))
        facts = await known_of(asset, member, studio)
        return Known(
            picture=picture_of(asset),
            words=asset.words,
            facts=facts,
            relatives=tuple(
                (each, picture_of(each.asset)) for each in await studio.board.lineage((asset,), reader=member.id)
            ),
            controls=(*card.controls, *((Controls(buttons=more),) if more else ())),
            saved=await self._store.saved.holds(asset, member.id),
            approval=told(asset.id, approval) if approval else None,
            provenance=next(each.said for each in facts if each.name == PROVENANCE),
            tags=await studio.collecting.tags_on(asset),
            collections=await self._store.collections.holding(asset),
        )

    async def collections(self, *, person: Person, place: Place) -> tuple[Shelf, ...]:
        """The team's collections by name, each with the newest of its pictures that whoever reads may see."""
        member = await self._member(person, place)
        return tuple(
            [
                Shelf(collection=each, held=held, covers=await self._covers(each, member))
                for each, held in await self._studio.collecting.of(member)
            ]
        )

    async def _covers(self, collection: Collection, member: Member) -> tuple[Picture, ...]:
        search = Search(wanted=Wanted(collection=collection.id), told="")
        page = await self._studio.finder.page(search, member, limit=COVERS)
        return tuple(picture_of(each) for each in page.assets)

    async def collection(self, id: str, *, person: Person, place: Place, before: str | None = None) -> Collected:
        """A page of a collection, and what can be done with it.

        Raises:
            CollectionGone: It is not there, or not this team's.
            NotFound: What it is to begin after is not there.
        """
        studio, member = self._studio, await self._member(person, place)
        kept = await studio.collecting.get(id, member)
        search = Search(wanted=Wanted(collection=kept.id), told=kept.name)
        page = await studio.finder.page(search, member, limit=SCREEN, before=before)
        full, downloads = bool(page.assets), studio.archives.reachable(place)
        buttons = collection_buttons(kept, member, full=full, downloads=downloads)
        return Collected(
            collection=kept,
            found=await self._found(search, page, f"Nothing is in the collection {kept.name}.", member),
            controls=(Controls(buttons=buttons),) if buttons else (),
        )

    async def tags(self, *, person: Person, place: Place) -> tuple[tuple[str, int], ...]:
        """The tags that the team uses, each with how many pictures have it."""
        member = await self._member(person, place)
        return await self._store.collections.tagged(member.team, member.id)

    async def _member(self, person: Person, place: Place) -> Member:
        return await self._store.people.member(place, person)

    async def _asked(
        self, action: str, options: Any, said: Mapping[str, Any], person: Person, place: Place
    ) -> Asked[Any]:
        ask = Ask(action=action, person=person, place=place, event="", address=Address(place=place), values=said)
        return Asked(ask=ask, member=await self._member(person, place), options=options.read(said))
