"""Describing a picture: looked at once, made small, its cost on the books whatever comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from limner.domain.money import Micros, spell
from limner.domain.place import Member, Place
from limner.domain.request import Asset, Reference
from limner.domain.shape import nearest
from limner.errors import (
    DamagedPicture,
    DescribingNeedsKey,
    NotDescribed,
    NotFound,
    WouldNotDescribe,
)
from limner.eyes import LOOKED_AT, Eye, Seen, View, answer_tokens
from limner.media.preview import preview
from limner.models import Model, Purpose
from limner.rules import prices
from limner.store import Store
from limner.store.descriptions import Description
from limner.studio.calling import Calling
from limner.studio.cards import reference_of
from limner.studio.desk import Desk

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Described:
    """What was seen, and what it cost."""

    seen: Seen
    model: Model
    cost: Micros


class Describing:
    """Looks at pictures for members."""

    def __init__(
        self,
        *,
        store: Store,
        desk: Desk,
        calling: Calling,
        eye: Callable[[], Awaitable[Eye | None]],
        sign: Callable[[str], str],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._desk = desk
        self._calling = calling
        self._eye = eye
        self._sign = sign
        self._now = now

    async def look(
        self,
        picture: Reference,
        member: Member,
        place: Place,
        *,
        prompts: int = 0,
        made_from: str | None = None,
        language: str | None = None,
    ) -> Described:
        """What is to be seen in a picture, at this member's cost: a description for somebody who cannot see it, and so
        many prompts besides. `language`: a BCP 47 tag; None: that of `made_from`, else English.

        Raises:
            DescribingNeedsKey: Nobody can look here.
            OverBudget: A cap has no room for it; nothing was asked.
            DamagedPicture: Its bytes are lost or damaged; nothing was asked.
            ProviderTrouble: The model failed, or its answer has nothing that can be used; `charged` says what that
                cost.
        """
        eye = await self._eye()
        if eye is None:
            raise DescribingNeedsKey
        data = await self._small(picture)
        scale = min(1.0, LOOKED_AT / max(picture.width, picture.height))
        view = View(
            data=data,
            width=max(1, round(picture.width * scale)),
            height=max(1, round(picture.height * scale)),
            prompts=prompts,
            language=language,
            made_from=made_from,
            member=self._sign(member.id),
        )
        answer = answer_tokens(view.prompts)
        seen, model, paid = await self._calling.make(
            lambda model: eye.look(view, model),
            model=self._desk.viewer,
            estimate=lambda model: prices.looking_estimate(model, view.width, view.height, answer=answer),
            purpose=Purpose.DESCRIBE,
            engine=eye.name,
            member=member,
            place=place,
            useless=lambda seen, paid: _useless(seen, view, paid),
        )
        log.info("looked", model=model.name, prompts=len(seen.prompts), declined=seen.declined, cost=paid)
        return Described(seen=seen, model=model, cost=paid)

    async def see(self, asset: Asset, member: Member, place: Place) -> Described:
        """What is to be seen in a picture of the library, in the language of its prompt; as `look`."""
        return await self.look(reference_of(asset), member, place, made_from=asset.prompt)

    def check(self) -> None:
        """Returns where pictures can be described.

        Raises:
            DescribingNeedsKey: Nobody can look here.
            BadOption, ModelGone: The configured model is none that can.
        """
        if not self._desk.keyed:
            raise DescribingNeedsKey
        self._desk.viewer()

    async def keep(self, described: Described, member: Member, picture: Reference, asset: Asset | None) -> Description:
        """The description, kept for whoever paints from it."""
        kept = Description(
            id=self._store.descriptions.new_id(),
            team=member.team,
            member=member.id,
            asset=asset.id if asset else None,
            shape=nearest(picture.width, picture.height),
            private=asset.private if asset else False,
            description=described.seen.description,
            prompts=described.seen.prompts,
            cost=described.cost,
            created=self._now(),
        )
        await self._store.descriptions.keep(kept)
        return kept

    async def kept(self, id: str | None, member: Member) -> Description:
        """A description that this member asked for.

        Raises:
            NotFound: It is not there any longer, or somebody else's.
        """
        description = await self._store.descriptions.get(id or "", member.team)
        if description.member != member.id:
            raise NotFound(what=description.id)
        return description

    async def _small(self, picture: Reference) -> bytes:
        try:
            source = self._store.blobs.local_path(picture.blob) or await self._store.blobs.read(picture.blob)
            data, _ = await preview(source, longest=LOOKED_AT, name=picture.name)
        except (NotFound, FileNotFoundError) as lost:
            raise DamagedPicture(name=picture.name) from lost
        return data


def _useless(seen: Seen, view: View, paid: Micros) -> NotDescribed | None:
    """Why an answer that was paid for is of no use."""
    if seen.prompts if view.prompts else seen.description:
        return None
    return (WouldNotDescribe if seen.declined else NotDescribed)(cost=spell(paid), paid=paid)
