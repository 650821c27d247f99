"""Sharing: from the words of a member to the place that they mean, here or on another platform of the same team, as far
as they may post there themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import structlog

from limner.domain.card import Card
from limner.domain.courier import Courier
from limner.domain.place import Address, Member, Place
from limner.domain.record import Record
from limner.domain.text import one_line, shorten
from limner.errors import AlreadyShared, NotKnownThere, PlatformTrouble, Undeliverable
from limner.store import Store
from limner.studio.board import Board

log = structlog.get_logger(__name__)

TWICE = timedelta(seconds=30)
"""Within this time the same picture is not shared with the same place and words once more."""
NAMED = 20
"""Channels of each other chat that are offered while typing."""
APPROVERS = 10
"""As many approvers are told by direct messages."""
ELSEWHERE = re.compile(r"\s*(discord|slack)\s*[:/ ]\s*(\S.*)", re.IGNORECASE | re.DOTALL)


class Aim(Record):
    """Where something goes."""

    place: Place
    name: str
    """As members read it."""
    direct: bool = False
    """To one person."""


class Sharing:
    """Finds places, and posts there."""

    def __init__(self, *, store: Store, board: Board, courier: Callable[[str], Courier]) -> None:
        self._store, self._board, self._courier = store, board, courier

    async def channel(self, words: str, near: Place, member: Member) -> Aim:
        """The channel that words name: of the same space, or (`slack:#marketing`) of another of the team's.

        Raises:
            Undeliverable: There is none, or it is closed to us.
            MayNotPost: It is closed to the member.
            NotKnownThere: It is elsewhere, and we do not know who the member is there.
        """
        elsewhere = ELSEWHERE.fullmatch(words)
        if elsewhere is None:
            return await self._in(words, near, member)
        platform, name = elsewhere[1].lower(), elsewhere[2]
        trouble: Undeliverable | None = None
        for space in await self._store.people.spaces(member.team, platform):
            place = Place(platform=platform, space=space, channel="")
            try:
                return await self._in(name, place, member)
            except Undeliverable as closed:
                trouble = closed
        raise trouble or Undeliverable(where=shorten(one_line(words), 60))

    async def _in(self, words: str, near: Place, member: Member) -> Aim:
        known = await self._store.people.called(member.id, near.platform)
        if known is None and near.channel == "":
            raise NotKnownThere(platform=near.platform.title())
        place, name = await self._courier(near.platform).find(words, near, by=known)
        return Aim(place=place, name=name if near.channel else f"{name} on {near.platform.title()}")

    async def person(self, whom: Member, near: Place) -> Aim:
        """The direct messages of a member: on the platform of `near` if they are there, else on another.

        Raises:
            Undeliverable: They take none, or are on no platform that has them.
        """
        trouble = Undeliverable(where=shorten(one_line(whom.name), 40))
        platforms = sorted({"discord", "slack"}, key=lambda each: each != near.platform)
        for platform in platforms:
            person = await self._store.people.called(whom.id, platform)
            for space in await self._store.people.spaces(whom.team, platform) if person else ():
                # A team may have several; what is pressed there is asked by whom the card's own one knows.
                known = await self._store.people.known(Place(platform=platform, space=space, channel=""), person or "")
                if known is None or known.id != whom.id:
                    continue
                try:
                    place = await self._courier(platform).direct(person or "", space)
                except PlatformTrouble as closed:
                    log.info("no direct messages", why=closed.sentence)
                    continue
                where = f"{whom.name}’s direct messages" + (
                    f" on {platform.title()}" if platform != near.platform else ""
                )
                return Aim(place=place, name=where, direct=True)
        raise trouble

    async def once(self, what: str, aim: Aim, member: Member) -> None:
        """Returns for exactly one of those who share the same with the same place in a short while.

        Raises:
            AlreadyShared: It was another.
        """
        if not await self._store.once.lately(f"share:{member.id}:{what}:{aim.place.path}", within=TWICE):
            raise AlreadyShared(what=what.partition(" ")[0], where=aim.name)

    async def post(self, aim: Aim, card: Card) -> None:
        """Posts a card there.

        Raises:
            Undeliverable: There is no way in.
        """
        await self._board.show(Address(place=aim.place, elsewhere=False), card)

    async def bring(self, card: Card, to: tuple[Member, ...], near: Place) -> int:
        """Posts a card to members directly, as far as they can be reached; to how many."""
        reached = 0
        for each in to[:APPROVERS]:
            try:
                await self.post(await self.person(each, near), card)
                reached += 1
            except PlatformTrouble as closed:
                log.info("not told directly", why=closed.sentence)
        return reached

    async def offered(self, member: Member, near: Place) -> tuple[str, ...]:
        """What can be named besides the channels of this space: those of the team's other chats, and people."""
        found: list[str] = []
        for platform in ("discord", "slack"):
            for space in await self._store.people.spaces(member.team, platform):
                if (platform, space) == (near.platform, near.team_space):
                    continue
                try:
                    names = await self._courier(platform).channels(space)
                except PlatformTrouble as away:
                    log.info("no channels to offer", why=away.sentence)
                    continue
                found += [f"{platform}:{name}" for name in names[:NAMED]]
        people = [f"@{each.name}" for each in await self._store.people.of_team(member.team) if each.id != member.id]
        return (*found, *people)
