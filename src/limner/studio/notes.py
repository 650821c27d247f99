"""Notes that were heard, or could not be, and wait for their member's word."""

from __future__ import annotations

from limner.domain.place import Member
from limner.errors import NotYourNote, Refusal
from limner.store import Store
from limner.store.notes import Note, Recording
from limner.studio.intake import Intake

GONE = "That note is from another time. Please say it again, or type it with /imagine."


class Repeated(Exception):
    """This was answered before; nothing more is to be shown."""


class Notes:
    """Keeps them until their word is given."""

    def __init__(self, *, store: Store, intake: Intake) -> None:
        self._store = store
        self._intake = intake

    async def waiting(self, id: str | None, member: Member) -> Note:
        """A note that waits for its member's word.

        Raises:
            Refusal: It is there no longer.
            NotYourNote: Somebody else spoke it.
            Repeated: Its word was given already.
        """
        note = await self._store.notes.of_id(id or "", member.team)
        if note is None:
            raise Refusal(why=GONE)
        if note.member != member.id and not member.admin:
            raise NotYourNote()
        if note.ended:
            raise Repeated
        return note

    async def end(self, note: Note) -> None:
        """The note waits no more."""
        await self._store.notes.end(note.id)
        if note.action is None:  # its sound was there to be heard again
            await self._intake.forget_sound(note)

    async def claim(self, note: Note) -> bool:
        """True for exactly one caller: the one to do what the note asks for."""
        return await self._store.notes.end(note.id)

    async def unclaim(self, note: Note) -> None:
        """It could not be done: the note waits again."""
        await self._store.notes.reopen(note.id)

    async def recording(self, id: str | None, team: str) -> Recording | None:
        """The sound of a note, where the team keeps it."""
        note = await self._store.notes.of_id(id, team) if id else None
        return note.sound if note else None
