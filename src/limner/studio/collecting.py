"""Collecting: pictures put in order by those who use them, in collections and by tags."""

from __future__ import annotations

import difflib

from limner.domain.collection import Collection, read_tags
from limner.domain.place import Member
from limner.domain.request import Asset
from limner.domain.style import fold
from limner.domain.text import one_line, shorten
from limner.errors import BadOption, NotYourCollection
from limner.store import Store
from limner.store.audit import Verdict, What
from limner.studio.warden import Warden, decision


class Collecting:
    """Puts in order."""

    def __init__(self, *, store: Store, warden: Warden) -> None:
        self._store, self._warden = store, warden

    async def of(self, member: Member) -> tuple[tuple[Collection, int], ...]:
        """The team's collections by name, each with how many pictures it holds."""
        return await self._store.collections.of(member.team)

    async def get(self, id: str | None, member: Member) -> Collection:
        """The team's collection of this id, as buttons name it.

        Raises:
            CollectionGone: It is not there any longer.
        """
        return await self._store.collections.get(id, member.team)

    async def named(self, name: str, member: Member, *, option: str = "name") -> Collection:
        """The team's collection of this name.

        Raises:
            BadOption: There is none; the nearest is said.
        """
        found = await self._store.collections.named(fold(name), member.team)
        if found is None:
            names = {each.key: each.name for each, _ in await self.of(member)}
            near = difflib.get_close_matches(fold(name), names, n=1)
            hint = f"did you mean {names[near[0]]}?" if near else "/collection list shows what there is"
            why = f"there is no such collection; {hint}"
            raise BadOption(name=option, value=shorten(one_line(name), 40), why=why)
        return found

    async def add(self, asset: Asset, name: str, member: Member) -> tuple[Collection, bool]:
        """Puts a picture into a collection, which is made where there is none; gives it, and whether the picture is new
        in it.

        Raises:
            BannedTerm: The name has what the team leaves out.
            NotFound: The picture was deleted.
            BadOption: There are too many.
        """
        await self._warden.utter(member, name, What.COLLECT, job=asset.job)
        wanted = Collection(name=name, made_by=member.id, made_by_name=member.name)
        return await self._store.collections.add(asset, wanted, member.team)

    async def drop(self, asset: Asset, collection: Collection) -> bool:
        """Takes a picture out; False: it was not in it."""
        return await self._store.collections.drop(asset, collection)

    async def delete(self, collection: Collection, member: Member) -> None:
        """Forgets a collection; its pictures stay.

        Raises:
            NotYourCollection: Somebody else made it, and the member is no admin.
            CollectionGone: It is not there any longer.
        """

        def allow(known: Collection) -> None:
            if known.made_by != member.id and not member.admin:
                raise NotYourCollection(name=known.name, who=known.made_by_name)

        why = f"deleted the collection {collection.name}"
        decided = decision(member, What.COLLECT, Verdict.DONE, why)
        await self._store.collections.remove(collection.id, member.team, allow, decided)

    async def tag(self, asset: Asset, words: str, member: Member, *, remove: bool = False) -> tuple[str, ...]:
        """Puts tags on a picture, with commas between them, or takes them off; gives those that are on it then.

        Raises:
            BannedTerm: They have what the team leaves out.
            BadOption: There is none, or too many.
        """
        named = read_tags(words)
        if not remove:
            await self._warden.utter(member, words, What.COLLECT, job=asset.job)
        return await self._store.collections.tag(asset, member.team, named, remove=remove)

    async def tags_on(self, asset: Asset) -> tuple[str, ...]:
        """A picture's tags."""
        return await self._store.collections.tags_on(asset)

    async def tags_of(self, member: Member) -> tuple[str, ...]:
        """The tags that the team uses."""
        return await self._store.collections.tags_of(member.team)
