"""Forgetting: what is deleted goes from everywhere, at once or as soon as it can; what is old goes by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from limner.domain.card import Card, Line, Role
from limner.domain.place import Member
from limner.domain.request import Job
from limner.domain.rules import TeamRules
from limner.errors import StillOpen, StoreTrouble
from limner.store import Store
from limner.store.erasing import Doomed, gone
from limner.store.forgetting import Shared, Whole
from limner.studio.board import Board
from limner.unattended import unattended

log = structlog.get_logger(__name__)

PAUSE = 15.0
"""Seconds between two rounds."""
AGAIN = timedelta(seconds=30)
"""How long what could not be removed waits."""
GIVEN_UP = timedelta(days=7)
"""How long a card that is out of reach is tried; what the database and the store have is gone long since."""
ROUND = "forgetting"


class Forgetting:
    """Removes."""

    def __init__(self, *, store: Store, board: Board, keep_days: int | None, now: Callable[[], datetime]) -> None:
        """`keep_days`: how long pictures are kept where a team says nothing else."""
        self._store, self._board, self._keep_days, self._now = store, board, keep_days, now
        self._walking: tuple[asyncio.Task[None], ...] = ()
        self._wake = asyncio.Event()

    # ── deleting ────────────────────────────────────────────────────────────────────────────────────────────

    async def delete(self, job: Job) -> Card:
        """Removes a job, its pictures and its words from everywhere; gives the card that stands in its place, which
        tells what others have to do with it.

        Raises:
            StillOpen: It waits or is being painted.
        """
        told = told_of(await self._store.forgetting.shared(job.team, (job.id,), job.member))
        free = await self._store.library.delete(job)
        await self._cards(only=(job.id,), strips=await self._strips_of(job.id))
        await self._bytes(only=free)
        card = gone(job.id)
        return card.evolve(lines=(*card.lines, *(Line(role=Role.NOTE, text=each) for each in told)))

    async def _strips_of(self, job: str) -> tuple[str, ...]:
        return tuple(key for key in await self._store.forgetting.due(Doomed.STRIP) if key.endswith(f"/{job}"))

    # ── members ─────────────────────────────────────────────────────────────────────────────────────────────

    async def whole(self, member: Member) -> Whole:
        """All that a member has here."""
        return await self._store.forgetting.whole(member)

    async def forget(self, member: Member) -> None:
        """Forgets a member at once, and within a minute all that they have asked for.

        Raises:
            StillOpen: Something of theirs waits or is being painted.
        """
        self._board.underway.forget(await self._store.forgetting.forget(member))
        self._store.people.forget(member.id)
        log.info("a member is forgotten", member=member.id)
        self._wake.set()

    # ── age ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def rules(self, member: Member) -> TeamRules:
        """What the member's team has chosen."""
        return await self._store.rules.get(member.team)

    def days(self, rules: TeamRules) -> int | None:
        """How many days a team's pictures are kept; None: until they are deleted."""
        return self._keep_days if rules.keep_days is None else rules.keep_days or None

    async def count_aged(self, team: str, days: int, *, spare: bool) -> int:
        """How many pictures are older than that."""
        return await self._store.forgetting.count_aged(team, self._now() - timedelta(days=days), spare=spare)

    def hasten(self) -> None:
        """Has the next round begin now."""
        self._wake.set()

    async def _aged(self) -> None:
        for team, rules in await self._store.forgetting.retentions():
            days, after = self.days(rules), None
            while days is not None and (
                some := await self._store.forgetting.aged(
                    team, self._now() - timedelta(days=days), spare=rules.keep_chosen, after=after
                )
            ):
                after = some[-1]
                for _, id in some:
                    if job := await self._store.jobs.get(id):
                        with suppress(StillOpen):
                            await self._store.library.delete(job)
                log.info("pictures have come of age", team=team, jobs=len(some))
                await self._bytes()

    # ── what is still to go ─────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Begins to look now and then."""
        self._walking = (
            asyncio.create_task(self._walk(), name="forgetting"),
            asyncio.create_task(self._look(), name="looking again"),
            asyncio.create_task(self._settle(), name="settling"),
        )

    async def stop(self) -> None:
        """Ends with that; what is still to go goes after the next start."""
        for task in self._walking:
            task.cancel()
        await asyncio.gather(*self._walking, return_exceptions=True)

    async def _walk(self) -> None:
        while True:
            hastened = self._wake.is_set()
            self._wake.clear()
            with unattended("something could not be forgotten yet"):
                within = timedelta(seconds=PAUSE / 2)
                if hastened or await self._store.once.lately(ROUND, within=within):  # one of all processes does
                    await self.round()
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self._wake.wait()

    async def _look(self) -> None:
        """Takes those who were forgotten a moment ago, here or by another process, out of what has been shown since."""
        while True:
            with unattended("what came on record late could not be looked through yet"):
                for traces in (lately := await self._store.forgotten.lately()):
                    self._board.underway.forget(traces)
                if lately:
                    await self._store.forgotten.look_again()
                    self._wake.set()
            await asyncio.sleep(PAUSE)

    async def _settle(self) -> None:
        """Rids pictures of the marks of a team that they belong to no longer, which takes its time."""
        while True:
            with unattended("old marks could not be taken off yet"):
                for teams in await self._store.forgetting.due(Doomed.MARKS):
                    await self._store.unions.settle(teams)
            await asyncio.sleep(PAUSE)

    async def round(self) -> None:
        """Removes what is still to go: first from the store, then from the chats, where it takes longer."""
        for member in await self._store.forgetting.due(Doomed.MEMBER):
            while await self._store.forgetting.erase_some(member):
                await self._bytes()
            await self._store.forgetting.went(Doomed.MEMBER, member)
        await self._aged()
        await self._bytes()
        await self._cards()

    async def _bytes(self, only: Sequence[str] | None = None) -> None:
        for key in await self._store.forgetting.due(Doomed.BLOB, of=only):
            try:
                needed = bool(await self._store.library.named((key,)))
                removed = needed or await self._store.blobs.delete(key)
            except StoreTrouble as trouble:
                log.warning("bytes could not be removed yet", why=trouble.sentence)
                return
            await self._done(Doomed.BLOB, key, done=removed)

    async def _cards(self, only: Sequence[str] | None = None, strips: Sequence[str] | None = None) -> None:
        for key in await self._store.forgetting.due(Doomed.CARDS, of=only):
            down = await self._board.take_down(key)
            if down:
                await self._store.forgetting.taken_down(key)
            await self._done(Doomed.CARDS, key, done=down)
        for key in await self._store.forgetting.due(Doomed.CARD) if only is None else ():
            stands = await self._store.cards.numbered(int(key))
            await self._done(Doomed.CARD, key, done=stands is None or await self._board.replace(*stands))
        for key in await self._store.forgetting.due(Doomed.STRIP, of=strips):
            other, _, deleted = key.partition("/")
            await self._done(Doomed.STRIP, key, done=await self._board.take_off(other, deleted))

    async def _done(self, kind: Doomed, key: str, *, done: bool) -> None:
        if done:
            await self._store.forgetting.went(kind, key)
        else:
            await self._store.forgetting.later(kind, key, AGAIN, most=GIVEN_UP)


def told_of(shared: Shared) -> tuple[str, ...]:
    """What others have to do with what goes, in sentences."""
    told = []
    if shared.versions:
        told.append(f"{_many(shared.versions, 'picture')} that others made of it stay theirs.")
    if shared.collections:
        told.append(f"It is out of {_many(shared.collections, 'collection')}.")
    if shared.saved:
        told.append(f"Others had saved it {_many(shared.saved, 'time')}.")
    if shared.links:
        told.append(f"{_many(shared.links, 'public link')} to it lead nowhere any longer.")
    return tuple(told)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
