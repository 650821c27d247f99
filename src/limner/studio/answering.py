"""Answering aloud, whoever asked for that: what was understood of their notes, and that their pictures are done."""

from __future__ import annotations

import asyncio

import structlog

from limner.domain.card import Button, ButtonStyle, Card, Line, Role
from limner.domain.money import spell
from limner.domain.place import Address, Member, Place
from limner.domain.request import Asset, Job, JobState
from limner.domain.text import one_line, shorten
from limner.errors import Trouble
from limner.store import Store
from limner.studio.board import Board
from limner.studio.reading_aloud import UNSAID, ReadingAloud
from limner.unattended import unattended

log = structlog.get_logger(__name__)

SAID = 600
"""Characters of a card that are said."""
_LEFT_OUT = frozenset({Role.FOOTER, Role.NOTE, Role.HEARD})
UNDERSTOOD = ("Understood", "Heard in", "I go ahead", "Cancelled")
"""How the notes begin that are said too."""


class Answering:
    """Says aloud what stands on cards."""

    def __init__(self, *, store: Store, board: Board, aloud: ReadingAloud) -> None:
        self._store = store
        self._board = board
        self._aloud = aloud
        self._saying: set[asyncio.Task[None]] = set()

    async def wanted(self, member: Member, place: Place) -> bool:
        """Whether this member is answered aloud here."""
        return self._aloud.able(place) and (await self._store.people.preferences(member.id)).aloud

    async def aloud(self, card: Card, member: Member, place: Place, *, about: str | None = None) -> Card:
        """The card with what it says aloud, and what that cost, where this member wants it. `about`: the note that it
        answers. Where it cannot be said, the card stands, and says why."""
        if not (words := words_of(card)) or not await self.wanted(member, place):
            return card
        try:
            said = await self._aloud.read(words, member, place, about=about, name="limner-answer")
        except UNSAID as trouble:
            return card.evolve(lines=(*card.lines, Line(role=Role.NOTE, text=unsaid(trouble))))
        footer = Line(role=Role.FOOTER, text=f"said aloud for {spell(said.cost)}")
        return card.evolve(lines=(*card.lines, footer), sound=said.sound)

    def finished(self, job: Job, address: Address) -> None:
        """A job's last card stands at this address: it is said aloud soon, once, to a member who wants that."""
        task = asyncio.create_task(self._finish(job, address), name=f"say that {job.id} is done")
        self._saying.add(task)
        task.add_done_callback(self._saying.discard)

    async def _finish(self, job: Job, address: Address) -> None:
        with unattended("a job's end could not be said aloud", job=job.id):
            try:
                await self._say_finished(job, address)
            except Trouble as trouble:
                log.warning("a job's end could not be said aloud", job=job.id, why=trouble.sentence)

    async def _say_finished(self, job: Job, address: Address) -> None:
        member = Member(id=job.member, team=job.team, name=job.member_name)
        if job.cancelled_by or not await self.wanted(member, job.place):
            return
        if not await self._store.once.first(f"said:{job.id}"):
            return
        words = finished_words(job, await self._store.library.of_job(job.id))
        said = await self._aloud.read(words, member, job.place, about=job.id, name=f"limner-{job.id}-aloud")
        if (await self._store.jobs.change(job.id, sound=said.sound, said=said.cost)).deleted:
            for key in await self._store.spoken.forget((job.id,)):
                await self._store.blobs.delete(key)
            return
        await self._board.say(job.id, address)

    async def close(self, seconds: float) -> None:
        """Lets what is being said be said, for so long; a call that is cut off then stays possibly charged."""
        if not (saying := set(self._saying)):
            return
        _, late = await asyncio.wait(saying, timeout=seconds)
        for each in late:
            each.cancel()
        if late:
            await asyncio.wait(late)


def unsaid(trouble: Trouble) -> str:
    """Why words were not read aloud."""
    return f"It could not be read aloud: {trouble.sentence}"


def words_of(card: Card) -> str:
    """What a card says, as one would tell it."""
    told = [
        one_line(line.text).rstrip(".")
        for line in card.lines
        if line.role not in _LEFT_OUT or line.text.startswith(UNDERSTOOD)
    ]
    waits = [
        f"It waits for your word: {each.label}, about {spell(each.estimate)}"
        for row in card.controls
        for each in row.buttons
        if isinstance(each, Button) and each.style is ButtonStyle.PRIMARY and each.estimate
    ]
    said = [each for each in (*told, *waits) if each]
    return shorten(". ".join(said), SAID) + "." if said else ""


def finished_words(job: Job, pictures: tuple[Asset, ...]) -> str:
    """That a job has come to its end, and to which, in a sentence."""
    if job.state is JobState.ENDED or not pictures:
        return shorten(f"Your picture {job.id} was not painted. {job.trouble or ''}".strip(), SAID)
    what = "Your picture" if len(pictures) == 1 else f"Your {len(pictures)} pictures,"
    return f"{what} {job.id} {'is' if len(pictures) == 1 else 'are'} done: {shorten(one_line(pictures[0].seen), SAID)}"
