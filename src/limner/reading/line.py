"""The queue as a page shows it."""

from __future__ import annotations

from limner.domain.card import Button
from limner.domain.place import Person, Place
from limner.domain.record import Record
from limner.domain.request import JobState, Priority
from limner.domain.text import one_line, shorten
from limner.store import Store
from limner.studio import Studio

PROMPT = 300


class Entry(Record):
    """A job in the line, as far as whoever reads may know of it."""

    job: str | None
    """Its id; None: it is another's private one."""
    says: str
    """What it waits for, or how long it has been painted."""
    prompt: str | None = None
    by: str | None = None
    count: int = 1
    painting: bool = False
    buttons: tuple[Button, ...] = ()


class Unshown(Record):
    """A job that is done and whose card could not be shown yet."""

    job: str
    by: str
    why: str
    show: Button


class LineReading:
    """Reads the queue."""

    def __init__(self, *, store: Store, studio: Studio) -> None:
        self._store, self._studio = store, studio

    async def of(self, *, person: Person, place: Place) -> tuple[tuple[Entry, ...], tuple[Unshown, ...]]:
        """What waits and is being painted, in order; and what could not be shown."""
        member = await self._store.people.member(place, person)
        entries: list[Entry] = []
        for each in await self._studio.line.of(member):
            job, painting = each.job, each.job.state is JobState.PAINTING
            buttons = [Button(label="Cancel", action="cancel", target=job.id)] if each.own else []
            if member.admin and job.state is JobState.ACCEPTED and job.priority is not Priority.FIRST:
                buttons.append(Button(label="First", action="first", target=job.id))
            if not each.open:
                entries.append(Entry(job=None, says=each.says, painting=painting, buttons=tuple(buttons)))
                continue
            entries.append(
                Entry(
                    job=job.id,
                    says=each.says,
                    prompt=shorten(one_line(job.request.prompt), PROMPT),
                    by=shorten(one_line(job.member_name), 40),
                    count=job.request.count,
                    painting=painting,
                    buttons=tuple(buttons),
                )
            )
        stuck = tuple(
            Unshown(
                job=each.job.id,
                by=shorten(one_line(each.job.member_name), 40),
                why=each.job.undelivered or "",
                show=Button(label="Show", action="open", target=each.job.id),
            )
            for each in await self._studio.line.stuck(member)
        )
        return tuple(entries), stuck
