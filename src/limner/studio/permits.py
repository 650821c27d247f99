"""Signed links: by them a member does one thing on the web page that a chat has no room for, without a sign-in."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from itsdangerous import BadSignature, URLSafeSerializer

from limner.config import Web
from limner.domain.ask import Asked
from limner.domain.card import Card, Picture, Role, State, says
from limner.domain.money import Micros
from limner.domain.options import Options
from limner.domain.permit import PAGE, Permit
from limner.domain.place import LOCAL, Place
from limner.domain.request import Asset, Job
from limner.errors import DeadLink, LinkOver, LinkTaken, LinkUsed, NoPage, NotFound
from limner.store import Store
from limner.studio.cards import picture_of

LIFE = timedelta(hours=1)
"""How long a link is good."""
SERVING = ("all", "web")
"""The roles of processes that have the page."""

log = structlog.get_logger(__name__)


class Permits:
    """Hands out links, and knows them again. The link is the permission: it is bound to the first browser that opens
    it, and what is bought by it is its member's."""

    def __init__(
        self,
        *,
        store: Store,
        web: Web | None,
        secret: bytes,
        card_of: Callable[[Job], Awaitable[Card]],
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._web, self._card_of, self._now = store, web, card_of, now
        self._serializer = URLSafeSerializer(secret, salt="limner.permit")

    def page(self, place: Place) -> str | None:
        """The web page's address for those in this place (empty: they look at it already); None where they cannot reach
        it."""
        if self._web is None:
            return None
        return "" if place.space == LOCAL or place.page_of is not None else self._web.base

    async def link(self, asked: Asked[Options], asset: Asset, *, action: str, estimate: Micros) -> str:
        """An address at which the asking member may use an action on this picture, once, within `LIFE`.

        The token is behind the `#`: browsers send that to no server, so it is in nobody's logs, and whoever looks at
        links in advance sees a page without a picture.

        Raises:
            NoPage: There is no page that they could open, or none just now.
        """
        base = self.page(asked.place)
        if base is None:
            raise NoPage(why="this Limner's web page cannot be reached from here")
        if not await self._store.workers.serving(*SERVING):
            raise NoPage(why="the web page is not there just now")
        permit = Permit(
            id=self._store.permits.new_id(),
            team=asked.member.team,
            member=asked.member.id,
            name=asked.member.name,
            asset=asset.id,
            ask=asked.ask.evolve(
                action=action,
                values={},
                target=asset.id,
                event="",
                pressed=None,
                # Its answer is a new card, for all, and comes when the token of this one is long dead.
                address=asked.ask.address.evolve(
                    message=None, token=None, expires=None, reader=asked.ask.address.reader if asset.private else None
                ),
            ),
            estimate=estimate,
            created=self._now(),
            expires=self._now() + LIFE,
        )
        permit = permit.evolve(ask=permit.ask.evolve(event=f"permit:{permit.id}"))
        await self._store.permits.add(permit)
        log.info("a link was handed out", permit=permit.id, asset=asset.id)
        return f"{base}{PAGE}#{self._serializer.dumps(permit.id)}"

    async def open(self, token: str, browser: str, *, member: str | None = None) -> Permit:
        """What a link permits to a browser, told apart by a word that nobody else knows, or to the `member` who is
        signed in there, by their id: to them it is good in each of their browsers, and to no other member in any.

        Raises:
            DeadLink: Nothing: it is none of ours, or another member's.
            LinkOver: Its time is over.
            LinkTaken: Another browser was first.
        """
        try:
            id = str(self._serializer.loads(token))
        except BadSignature as problem:
            raise DeadLink from problem
        digest = hashlib.sha256((f"member {member}" if member else browser).encode()).hexdigest()
        opened = await self._store.permits.open(id, digest, member=member)
        if opened is None and member is not None:
            raise DeadLink
        if opened is None or opened.permit.expires <= self._now():
            raise LinkOver
        if opened.browser != digest:
            raise LinkTaken
        return opened.permit

    async def picture(self, permit: Permit) -> Picture:
        """The picture that a permit is about.

        Raises:
            NotFound: It was deleted meanwhile.
            LinkUsed: The permit was used.
        """
        if await self._job(permit) is not None:
            raise LinkUsed
        asset = await self._store.library.get(permit.asset, permit.team)
        if asset.private and asset.member != permit.member:
            raise NotFound(what=permit.asset)
        return picture_of(asset)

    async def outcome(self, permit: Permit) -> Card | None:
        """What came of it, as a card; None: it was not used yet."""
        job = await self._job(permit)
        if job is None:
            return None
        if job.deleted:
            return says(f"{job.id} was deleted.", Role.NOTE).evolve(state=State.GONE, job=job.id)
        card = await self._card_of(job)
        if card.progress is None or job.started is None:
            return card
        return card.evolve(progress=card.progress.evolve(seconds=(self._now() - job.started).total_seconds()))

    async def _job(self, permit: Permit) -> Job | None:
        return await self._store.jobs.asked(permit.ask.event, permit.team)
