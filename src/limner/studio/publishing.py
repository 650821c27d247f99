"""Public links: whoever has one sees one picture, without a sign-in, until it is withdrawn or its time is over."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

import structlog

from limner.domain.card import Picture
from limner.domain.place import Member, Place
from limner.domain.publication import PUBLIC, Lasting, Publication
from limner.domain.request import Asset
from limner.errors import NoAddress, NotFound, NotYours, StillDraft
from limner.store import Store
from limner.store.audit import Verdict, What
from limner.studio.cards import picture_of
from limner.studio.warden import Warden

WORD_BYTES = 24
"""Of chance in a link: 192 bits."""
WORDS = 64
"""Characters of a word at most; a longer one is none of ours, and is not looked up."""

log = structlog.get_logger(__name__)


class Publishing:
    """Makes pictures public, and takes that back."""

    def __init__(
        self, *, store: Store, warden: Warden, page: Callable[[Place], str | None], now: Callable[[], datetime]
    ) -> None:
        """`page`: the web page's address for those in a place, None where they cannot reach it."""
        self._store, self._warden, self._page, self._now = store, warden, page, now

    async def publish(self, asset: Asset, member: Member, place: Place, lasting: Lasting) -> tuple[Publication, str]:
        """A new public link to a picture, with its address, which is told this once.

        Raises:
            StillDraft: All that is public is everybody's, and this is its author's alone.
            NoAddress: There is no page that others could open.
        """
        if asset.private:
            raise StillDraft(what=asset.id)
        base = self._page(place)
        if base is None:
            raise NoAddress
        made = self._now()
        publication = Publication(
            id=self._store.publications.new_id(),
            team=member.team,
            asset=asset.id,
            member=member.id,
            member_name=member.name,
            created=made,
            expires=made + lasting.life if lasting.life else None,
        )
        word = secrets.token_urlsafe(WORD_BYTES)
        await self._store.publications.add(publication, word)
        await self._warden.record(member, What.PUBLISH, Verdict.DONE, f"{publication.id}, {lasting}", job=asset.job)
        log.info("a picture was made public", publication=publication.id, asset=asset.id)
        return publication, f"{base}{PUBLIC}/{word}"

    async def withdraw(self, id: str, member: Member) -> Publication:
        """Ends a public link: its maker may, the maker of its picture, and admins.

        Raises:
            NotFound: There is no such link of this team.
            NotYours: It is somebody else's.
        """
        found = next((each for each in await self._store.publications.of_team(member.team) if each.id == id), None)
        if found is None:
            raise NotFound(what=id[:40])
        asset = await self._store.library.get(found.asset, member.team)
        if member.id not in {found.member, asset.member} and not member.admin:
            raise await self._warden.refused(member, NotYours(verb="withdraw"), What.PUBLISH, job=asset.job)
        await self._store.publications.withdraw(id, member.team)
        await self._warden.record(member, What.PUBLISH, Verdict.DONE, f"{id} withdrawn", job=asset.job)
        return found

    async def living(self, member: Member) -> tuple[Publication, ...]:
        """The public links that a member may withdraw as their maker; for admins the whole team's."""
        return await self._store.publications.of_team(member.team, member=None if member.admin else member.id)

    async def open(self, word: str) -> Picture:
        """The picture that a public link leads to.

        Raises:
            NotFound: None: there is no such link, or no longer; the two look the same.
        """
        found = await self._store.publications.open(word) if len(word) <= WORDS else None
        if found is None or found[1].private:
            raise NotFound(what="picture")
        return picture_of(found[1])
