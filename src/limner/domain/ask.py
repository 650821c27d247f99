"""An ask: a platform's event in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from limner.domain.options import Options
from limner.domain.place import Address, Attachment, Member, Person, Place
from limner.domain.record import Record


class Ask(Record):
    """Who asks for what, where, answering what. Adapters make it; `Limner.take` answers it."""

    action: str
    """A name in the table of actions."""
    values: Mapping[str, Any] = {}
    """Options as they came: strings, numbers, attachments. The action's `Options` check them."""
    empty: tuple[str, ...] = ()
    """Options that a form showed and that were left, or made, empty."""
    person: Person
    place: Place
    event: str
    """The platform's id of this event, the same when it is delivered again: one event, one job, one card."""
    address: Address
    """Where the answer goes: a message that is there already, or a place to post one."""
    target: str | None = None
    """The asset or job that a button or a reply is about."""
    pressed: str | None = None
    """The platform's message id of the card whose button this is: two clicks in a row are one."""
    opened_from: str | None = None
    """The platform's message id of the card whose button opened the form that this is."""
    answers: str | None = None
    """The platform's message id that this replies to, in the same channel; `Limner.take` finds the card there. What is
    said in a thread answers that thread's newest picture without it."""
    pictures: tuple[Attachment, ...] = ()
    """Attached pictures, besides those in the options."""
    sound: Attachment | None = None
    addressed: bool = True
    """Whether it was meant for Limner; a voice note in a channel that it listens in is not."""
    given: Mapping[str, Any] = {}
    """Options that were chosen by hand beside a voice note; they stay as they are, whatever is heard."""
    speaker: str | None = None
    """The platform's id of whoever spoke the note; None: who asks."""
    heard: str | None = None
    """The words of the voice note that this ask was understood from."""
    words: str | None = None
    """Text beside a voice note, or the text of the message that a message command was used on."""


O_co = TypeVar("O_co", bound=Options, covariant=True)


class Pointed(Record):
    """A message that a member points at, by a command on it."""

    message: str
    """The platform's message id."""
    pictures: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asked(Generic[O_co]):
    """An ask whose member is known and whose options are checked: what an action's function gets."""

    ask: Ask
    member: Member
    options: O_co
    noted: Callable[[], None] = lambda: None
    """Called when what was asked is on record, so that it outlives this process: it may be acknowledged now."""

    @property
    def place(self) -> Place:
        return self.ask.place

    @property
    def target(self) -> str | None:
        return self.ask.target
