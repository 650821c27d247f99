"""The outer edge: work that Slack's events ask for, on its way by itself, with a sentence for whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from limner.domain.place import Address, Person
from limner.edge import guarded
from limner.errors import Refusal
from limner_slack.courier import SlackCourier
from limner_slack.people import People
from limner_slack.reading import Me

CLOSING_SECONDS = 10
ACKNOWLEDGE_SECONDS = 1.0
"""How long a member who typed a command waits at most to see that it arrived. Slack itself waits for three seconds."""


class Work:
    """What was set out to be done for a person; `noted` is to be set once it is on record."""

    def __init__(self, noted: asyncio.Event, task: asyncio.Task[None]) -> None:
        self._noted = noted
        self._task = task

    async def noted(self, seconds: float) -> None:
        """Returns when it is on record, or done, or after so long."""
        waiting = asyncio.create_task(self._noted.wait())
        await asyncio.wait({waiting, self._task}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    def when_over(self, tell: Callable[[], object]) -> None:
        """Has somebody told when nothing more is being done."""
        self._task.add_done_callback(lambda _: tell())

    async def acknowledged(self, ack: Any) -> None:
        """Acknowledges when it is on record: if this process dies before, the member hears of it from Slack. Slack
        waits for three seconds, so whatever takes longer is acknowledged before."""
        await self.noted(ACKNOWLEDGE_SECONDS)
        await ack()


class Edge:
    """Does what people of this workspace ask for."""

    def __init__(self, courier: SlackCourier, people: People, me: Me) -> None:
        self._courier = courier
        self._people = people
        self._me = me
        self._running: set[asyncio.Task[None]] = set()

    def start(
        self,
        work: Coroutine[Any, Any, None],
        address: Address,
        person: Person,
        team: str | None,
        *,
        noted: asyncio.Event | None = None,
        silently: bool = False,
    ) -> Work:
        """Sets out to do what a person asks for; people of other companies are told that it is not theirs, or let
        alone (`silently`)."""
        task = asyncio.create_task(self._answer(self._for_ours(work, person, team, silently=silently), address))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return Work(noted or asyncio.Event(), task)

    async def close(self) -> None:
        """Lets what was acknowledged be handed over, for a few seconds."""
        if self._running:
            await asyncio.wait(self._running, timeout=CLOSING_SECONDS)
        left = tuple(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _for_ours(
        self, work: Coroutine[Any, Any, None], person: Person, team: str | None, *, silently: bool
    ) -> None:
        if await self._is_ours(person, team):
            await work
            return
        work.close()
        if not silently:
            raise Refusal(why="This Limner serves another workspace than yours.")

    async def _is_ours(self, person: Person, team: str | None) -> bool:
        """Whether somebody is of our workspace, or of our Enterprise Grid."""
        if self._me.is_with(team):
            return True
        return self._me.enterprise is not None and await self._people.enterprise(person.id) == self._me.enterprise

    async def _answer(self, work: Awaitable[None], address: Address) -> None:
        beside = address.evolve(message=None) if address.reader else address
        await guarded(work, lambda card: self._courier.show(beside, card), about="Slack")
