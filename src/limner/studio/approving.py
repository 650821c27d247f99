"""Approving: who decides, what was decided, and every card that shows the picture says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from limner.domain.approval import Approval, Standing
from limner.domain.card import Controls, State
from limner.domain.place import Member
from limner.domain.request import Asset
from limner.errors import NotApprover
from limner.store import Store
from limner.store.audit import Decision, Verdict, What
from limner.studio.board import Board
from limner.studio.cards import telling
from limner.studio.warden import Warden, decision

Settle = Callable[[Asset, Approval, Decision], Awaitable[tuple[Approval, bool]]]


class Approving:
    """Asks and decides."""

    def __init__(self, *, store: Store, board: Board, warden: Warden, now: Callable[[], datetime]) -> None:
        self._store, self._board, self._warden, self._now = store, board, warden, now

    async def of(self, asset: Asset) -> Approval | None:
        """How a picture's approval stands; None: nobody has asked for it."""
        return (await self._store.approvals.of((asset,))).get(asset.id)

    async def approvers(self, member: Member) -> tuple[Member, ...]:
        """Who decides: those who are named, or the admins when nobody is."""
        named = (await self._store.rules.get(member.team)).approvers
        everybody = await self._store.people.of_team(member.team)
        return tuple(each for each in everybody if (each.id in named if named else each.admin))

    async def ask(self, asset: Asset, member: Member) -> tuple[Approval, bool]:
        """Asks for a picture's approval; gives how it stands, and whether it was asked for now."""
        asked = Approval(asked_by=member.name, asker=member.id, asked=self._now())
        return await self._settled(asset, asked, member, "asked for approval", self._store.approvals.ask)

    async def decide(
        self, asset: Asset, member: Member, *, words: str | None = None, then: Controls | None = None
    ) -> tuple[Approval, bool]:
        """Approves a picture, or asks with words for a change; gives what stands, and whether this was the decision.
        `then`: what every card that asks for the decision offers in place of that.

        Raises:
            NotApprover: Others decide.
            BannedTerm: The words have what the team leaves out.
        """
        named = (await self._store.rules.get(member.team)).approvers
        if not (member.id in named if named else member.admin):
            who = "those whom /approval approvers names" if named else "admins"
            raise await self._warden.refused(member, NotApprover(who=who), What.APPROVE, job=asset.job)
        if words:
            await self._warden.utter(member, words, What.APPROVE, job=asset.job)
        before = await self.of(asset)
        decided = Approval(
            state=Standing.CHANGE if words else Standing.APPROVED,
            asked_by=before.asked_by if before else member.name,
            asker=before.asker if before else member.id,
            asked=before.asked if before else self._now(),
            decided_by=member.name,
            decider=member.id,
            decided=self._now(),
            words=words,
        )
        why = "asked for a change" if words else "approved"
        return await self._settled(asset, decided, member, why, self._store.approvals.decide, then)

    async def _settled(
        self,
        asset: Asset,
        wanted: Approval,
        member: Member,
        why: str,
        settle: Settle,
        then: Controls | None = None,
    ) -> tuple[Approval, bool]:
        done = decision(member, What.APPROVE, Verdict.DONE, f"{why} ({asset.id})", job=asset.job)
        stands, first = await settle(asset, wanted, done)
        if first:
            await self._tell(asset, stands, then)
        return stands, first

    async def _tell(self, asset: Asset, approval: Approval, then: Controls | None) -> None:
        """Says on every card that shows the picture how its approval stands."""
        for address, card in await self._store.cards.of_job(asset.job):
            if card.state is State.DONE and any(each.asset == asset.id for each in card.pictures):
                await self._board.replace(address, telling(card, asset.id, approval, then))
