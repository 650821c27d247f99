"""The outer edge: work that Slack's events ask for, on its way by itself, with a sentence for whatever goes wrong."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Coroutine
from typing import Any

import structlog

from limner.domain.card import Card, Line, Role, State
from limner.domain.place import Address, Person
from limner.errors import Refusal, Trouble
from limner_slack.courier import SlackCourier
from limner_slack.people import People
from limner_slack.reading import Me

log = structlog.get_logger(__name__)

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
        task = asyncio.create_task(self._safely(self._for_ours(work, person, team, silently=silently), address))
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

    async def _safely(self, work: Awaitable[None], address: Address) -> None:
        """Whatever goes wrong, the member reads a sentence, and the log has the rest under the id that it quotes."""
        try:
            await work
        except Trouble as trouble:
            await self._tell(trouble, address)
        except Exception:  # the outer edge: a member must read a sentence, whatever it was
            ref = secrets.token_hex(4)
            log.exception("an event could not be answered", ref=ref)
            await self._tell(Trouble(ref=ref), address)

    async def _tell(self, trouble: Trouble, address: Address) -> None:
        card = Card(state=State.REFUSED, lines=(Line(role=Role.WARNING, text=trouble.sentence),), private=True)
        try:
            await self._courier.show(address.evolve(message=None) if address.reader else address, card)
        except Trouble as unreachable:
            log.warning("a member could not be told", why=unreachable.sentence)
