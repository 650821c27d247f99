"""Counting down: what was heard goes ahead after a moment in which its member can still stop it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from limner.domain.ask import Asked
from limner.domain.card import Card, Line, Role, State
from limner.domain.options import Options
from limner.domain.place import Member, Place
from limner.errors import StoreTrouble
from limner.store import Store
from limner.store.countdowns import Countdown
from limner.store.notes import Note
from limner.studio.board import Board
from limner.unattended import unattended

GoAhead = Callable[[Countdown], Awaitable[None]]

LOOK = 5.0
"""Seconds between two looks at most: another process may have left something."""
LATER = 15.0
"""Seconds until the next look after one that broke off, as when the database did not answer."""
NOTING = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds to wait for the card of a note that a quick member mends already."""
PARTING = 2.0
"""Seconds that cards have to say at the end that they wait."""

_GOING = "I go ahead in "
HELD = "I wait for your word now, and no longer go ahead by myself."


class Counting:
    """Counts down."""

    def __init__(self, *, store: Store, board: Board, seconds: float) -> None:
        self._store = store
        self._board = board
        self.seconds = seconds
        """How long a note can still be stopped; 0: not at all."""
        self._wake = asyncio.Event()
        self._walking: asyncio.Task[None] | None = None
        self._going: set[asyncio.Task[None]] = set()
        self._holding: dict[str, asyncio.Task[None]] = {}
        """By note: its card is being told that it waits."""

    @property
    def going(self) -> str:
        """What the card of a note says that goes ahead."""
        return f"{_GOING}{self.seconds:g} seconds, unless you cancel it or fix the text."

    def start(self, platforms: Callable[[], Iterable[str]], go_ahead: GoAhead) -> None:
        """Begins to count; `go_ahead` carries out one whose moment has passed."""
        self._walking = asyncio.create_task(self._walk(tuple(platforms()), go_ahead), name="counting")

    async def stop(self) -> None:
        """Ends with that; what counts down goes ahead at the next start."""
        if self._walking is not None:
            self._walking.cancel()
            with suppress(asyncio.CancelledError):
                await self._walking
        if telling := set(self._holding.values()):
            _, late = await asyncio.wait(telling, timeout=PARTING)
            for task in late:
                task.cancel()

    def says(self, card: Card) -> bool:
        """Whether this is the card of a note that goes ahead."""
        return any(line.text == self.going for line in card.lines)

    async def begin(self, note: Note, asked: Asked[Options]) -> None:
        """Has a note go ahead after a moment."""
        due = datetime.now(UTC) + timedelta(seconds=self.seconds)
        ask = asked.ask.evolve(sound=None, pictures=(), pressed=None)
        channel = asked.place.path
        await self._store.countdowns.add(
            Countdown(note=note.id, channel=channel, member=asked.member.id, due=due, ask=ask)
        )
        self._wake.set()

    async def hold(self, note: str) -> None:
        """Has a note wait for its member's word after all. Its card says so soon (`told`)."""
        held = await self._store.countdowns.drop(note)
        if held is not None and note not in self._holding:
            self._holding[note] = task = asyncio.create_task(self._tell_held(held), name=f"held {note}")
            task.add_done_callback(lambda _: self._holding.pop(note, None))

    async def told(self, note: str) -> None:
        """Returns once the card of a note says that it waits, so that what comes of the note is shown after that."""
        if (telling := self._holding.get(note)) is not None:
            await asyncio.wait({telling})

    async def _tell_held(self, held: Countdown) -> None:
        """Puts the word that it waits in place of the one that it goes ahead."""
        address = held.ask.address
        for pause in NOTING:
            await asyncio.sleep(pause)
            card = await self._store.cards.shown(address)
            if card is not None and any(line.text.startswith(_GOING) for line in card.lines):
                lines = (each.evolve(text=HELD) if each.text.startswith(_GOING) else each for each in card.lines)
                await self._board.replace(address, card.evolve(lines=tuple(lines)))
                return

    async def cancel(self, place: Place, member: Member) -> Card | None:
        """Stops the member's newest note that counts down in a place; gives the card that stands in its place. None:
        there was none any longer."""
        found = await self._store.countdowns.newest(place.path, member.id)
        if found is None or not await self._store.notes.end(found.note):
            return None
        note = await self._store.notes.get(found.note, member.team)
        card = cancelled(note)
        await self._board.replace(found.ask.address, card)
        return card

    async def _walk(self, platforms: tuple[str, ...], go_ahead: GoAhead) -> None:
        while True:
            self._wake.clear()
            wait = LATER
            with unattended("a countdown broke off"), suppress(StoreTrouble):
                for each in await self._store.countdowns.due(platforms):
                    task = asyncio.create_task(self._go(each, go_ahead), name=f"note {each.note}")
                    self._going.add(task)
                    task.add_done_callback(self._going.discard)
                soonest = await self._store.countdowns.next(platforms)
                until = LOOK if soonest is None else (soonest - datetime.now(UTC)).total_seconds()
                wait = min(LOOK, max(0.0, until))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), wait)

    async def _go(self, countdown: Countdown, go_ahead: GoAhead) -> None:
        with unattended("a note could not go ahead", note=countdown.note):
            await go_ahead(countdown)
        with suppress(StoreTrouble):
            await self._store.countdowns.drop(countdown.note)


def cancelled(note: Note) -> Card:
    """What stands in place of a note that was not to be carried out."""
    return Card(
        state=State.GONE,
        lines=(Line(role=Role.HEARD, text=note.words), Line(role=Role.NOTE, text="Cancelled. Nothing was painted.")),
    )
