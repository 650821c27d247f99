"""Requests as asks: read, handed over, answered in the background. Nothing is decided here."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
from collections.abc import Mapping
from typing import Any

from limner.app import Limner
from limner.domain.action import Reply
from limner.domain.ask import Ask
from limner.domain.card import Card, Form, Press
from limner.domain.place import Address, Place
from limner.ears.samples import samples
from limner.edge import guarded, refusal
from limner.errors import NotFound, NotSound, Refusal, Trouble
from limner_web import forms
from limner_web.courier import WebCourier
from limner_web.uploads import Submission, Upload
from limner_web.viewer import Viewer

STALE = "That button is from before an update and no longer works. /show brings the card up with new ones."

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_MESSAGE = re.compile(r"m[0-9a-f]{12}")


class Inbox:
    """Turns what browsers post into asks. `running` are those that are being answered."""

    def __init__(self, limner: Limner, courier: WebCourier) -> None:
        self._limner, self._courier = limner, courier
        self.running: set[asyncio.Task[Any]] = set()

    # Each of these gives the refusal that the asking browser alone is to see, or None: the answer comes by itself.

    def typed(self, posted: Submission, viewer: Viewer) -> Card | None:
        """What was typed into the composer."""
        try:
            action, values = forms.typed(self._limner.table, posted.fields.get("words", ""), posted.fields)
            pictures, answers = posted.attachments("pictures"), _message(posted, "answers")
            return self._take(posted, viewer, action.name, values=values, pictures=pictures, answers=answers)
        except Trouble as trouble:
            return refusal(trouble)

    def voice(self, posted: Submission, viewer: Viewer) -> Card | None:
        """A voice note, with whatever words, options and pictures are beside it."""
        try:
            notes = posted.attachments("note")
            if len(notes) != 1:
                raise NotSound(name="voice note")
            values = {**forms.beside(self._limner.table, posted.fields), "voice": notes[0]}
            more: dict[str, Any] = {"pictures": posted.attachments("pictures"), "answers": _message(posted, "answers")}
            return self._take(posted, viewer, forms.MAIN, values=values, **more)
        except Trouble as trouble:
            return refusal(trouble)

    def sample(self, posted: Submission, viewer: Viewer) -> Card | None:
        """One of the bundled voice notes."""
        try:
            name = posted.fields.get("sample", "")
            sample = next((each for each in samples() if each.name == name), None)
            if sample is None:
                raise NotFound(what=name[:40])
            # The courier hands out files of the spool alone.
            path = self._limner.spool / f"sample-{secrets.token_hex(12)}"
            shutil.copyfile(sample.path, path)
            file = Upload(
                slot="note", path=path, name=sample.path.name, media_type="audio/ogg", size=path.stat().st_size
            )
            posted.files.append(file)
            return self._take(posted, viewer, "listen", sound=file.attachment)
        except Trouble as trouble:
            return refusal(trouble)

    async def press(self, posted: Submission, viewer: Viewer) -> Card | Form | None:
        """A button; one that opens a form gives the form."""
        try:
            press = self._read(posted)
            if press.form:
                return await self._limner.forms.of(
                    press.action, person=viewer.person, place=_place(posted, viewer), target=press.target
                )
            message = posted.fields.get("message") or None
            return self._pressed(posted, viewer, press, press.options, pressed=message)
        except Trouble as trouble:
            return refusal(trouble)

    def submit(self, posted: Submission, viewer: Viewer) -> Card | None:
        """A form that was filled in."""
        try:
            press = self._read(posted)
            action = self._limner.table[press.action]
            values: dict[str, Any] = {**press.options, **forms.filled(action, posted.fields, forms.FIELD)}
            for slot in action.file_slots():
                files = posted.attachments(forms.FIELD + slot.name)
                if files:
                    values[slot.name] = files
            empty = tuple(each.name for each in action.parameters if each.name not in values)
            return self._pressed(posted, viewer, press, values, empty=empty)
        except Trouble as trouble:
            return refusal(trouble)

    def grave(self, posted: Submission) -> str | None:
        """What a button does that cannot be undone, in a sentence; None: it is another's."""
        press = Press.read(posted.fields.get("code", ""))
        action = self._limner.table.get(press.action) if press is not None else None
        return action.help if action is not None and action.danger else None

    def _read(self, posted: Submission) -> Press:
        press = Press.read(posted.fields.get("code", ""))
        if press is None or self._limner.table.get(press.action) is None:
            raise Refusal(why=STALE)
        return press

    def _pressed(
        self, posted: Submission, viewer: Viewer, press: Press, values: Mapping[str, Any], **more: Any
    ) -> Card | None:
        same = self._limner.table[press.action].reply is Reply.SAME
        return self._take(
            posted,
            viewer,
            press.action,
            values=values,
            target=press.target,
            message=_message(posted, "message") if same else None,
            **more,
        )

    def _take(
        self, posted: Submission, viewer: Viewer, action: str, *, message: str | None = None, **more: Any
    ) -> Card | None:
        """Checks an ask and sets out to answer it, after which its files are gone."""
        if posted.trouble is not None:
            raise posted.trouble
        place = _place(posted, viewer)
        event = posted.fields.get("event", "")
        if not _ID.fullmatch(event):
            event = secrets.token_hex(8)
        ask = Ask(
            action=action,
            person=viewer.person,
            place=place,
            event=event,
            address=Address(place=place, message=message, extra={"window": viewer.window, "person": viewer.person.id}),
            **more,
        )
        refused = self._limner.check(ask)
        if refused is None:
            task = asyncio.create_task(self._answer(ask, posted, viewer), name=f"web {action}")
            self.running.add(task)
            task.add_done_callback(self.running.discard)
        return refused

    async def _answer(self, ask: Ask, posted: Submission, viewer: Viewer) -> None:
        beside = ask.address.evolve(message=None)
        try:
            await guarded(self._limner.take(ask), lambda card: self._courier.show(beside, card), about="the page")
        finally:
            posted.discard()
            self._courier.answered(viewer, ask.event)

    async def rest(self, seconds: float) -> None:
        """Waits for what is being answered, so long; Limner itself goes on with what takes longer."""
        if self.running:
            await asyncio.wait(self.running, timeout=seconds)


def _message(posted: Submission, field: str) -> str | None:
    """The message that a field names; None: none that could be."""
    said = posted.fields.get(field, "")
    return said if _MESSAGE.fullmatch(said) else None


def _place(posted: Submission, viewer: Viewer) -> Place:
    return viewer.place(posted.fields.get("channel", ""))
