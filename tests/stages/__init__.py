"""Stages: one way to act as a member and to see what a member sees, on every platform.

A stage runs the real adapter against the platform's fake. Conversations are written once against `Stage` and played on
each (`tests/conversations/`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from limner.domain.place import Person, Place
from tests.patience import PATIENCE


@dataclass(frozen=True)
class Seen:
    """A card as a member sees it: what the platform was last told to show for one message."""

    message: str
    """The platform's message id."""
    text: str
    """All text on it, one line each, footers too; markup of the platform as it was sent."""
    buttons: tuple[str, ...] = ()
    """The labels, in order."""
    alts: tuple[str, ...] = ()
    """The alternative texts of the pictures on it."""
    pictures: tuple[bytes, ...] = ()
    """The bytes of the pictures on it, as the platform holds them."""
    private_to: str | None = None
    """The one member who sees it, if not all do."""
    raw: dict[str, Any] = field(default_factory=dict)
    """The message as the fake holds it."""


class Stage(Protocol):
    """A platform to act on. `member` is a name such as `ada`; the stage makes a person of it. `admin` is one too."""

    platform: str
    limner: Any
    place: Place
    """The channel that everything happens in."""
    person: Person
    """Ada."""
    elsewhere: str
    """Another channel of the same space, in the words a member would use for it."""

    async def command(
        self,
        name: str,
        /,
        *,
        member: str = "ada",
        files: tuple[tuple[str, bytes], ...] = (),
        spoken: bytes | None = None,
        **values: Any,
    ) -> Seen:
        """Uses a command as a member would type it there, with a voice note for its option or beside it; gives the
        first card that answers (by `settled` its end)."""
        ...

    async def press(self, seen: Seen, label: str, *, member: str = "ada") -> Seen:
        """Presses the first button whose label starts with this; gives the card that answers."""
        ...

    async def reply(
        self,
        seen: Seen,
        words: str,
        *,
        member: str = "ada",
        files: tuple[tuple[str, bytes], ...] = (),
        mention: bool = False,
    ) -> Seen:
        """Answers a card with words, as members do there (Discord: a reply; Slack: a message in its thread; the page:
        its “Say what should change”), with pictures or without; `mention` names Limner besides. Gives the card that
        comes of it."""
        ...

    async def fill(
        self,
        seen: Seen,
        label: str,
        *,
        member: str = "ada",
        files: tuple[tuple[str, bytes], ...] = (),
        **values: Any,
    ) -> Seen:
        """Presses a button that opens a form, fills that in and sends it; what is not said stays as it was filled in.
        `files` go into its first field for pictures, a value that is a file (name and bytes) into its own. Gives the
        card that answers."""
        ...

    async def filled(self, seen: Seen, label: str, *, member: str = "ada") -> dict[str, str]:
        """Presses a button that opens a form: what is filled in already, by the field's name."""
        ...

    async def voice(
        self,
        sound: bytes,
        *,
        name: str = "voice-message.ogg",
        words: str = "",
        member: str = "ada",
        answering: Seen | None = None,
    ) -> Seen:
        """Sends a voice note as this platform does; `answering` a card, as `reply`."""
        ...

    async def settled(self, seen: Seen, *, seconds: float = PATIENCE) -> Seen:
        """The same card, once it no longer changes: neither waiting nor painting."""
        ...

    async def cards(self, *, member: str = "ada", place: str | None = None) -> tuple[Seen, ...]:
        """Every card that this member sees in the channel (or in `place`, in a member's words), oldest first."""
        ...

    async def sounds(self, seen: Seen, *, member: str = "ada") -> tuple[bytes, ...]:
        """What was said aloud with this card, as the platform holds it: Discord's voice messages that answer it,
        Slack's clips in its thread, the player on the page."""
        ...

    def age(self) -> None:
        """As after a week: whatever the platform lends for a while (Discord's tokens, Slack's response addresses) has
        run out."""
        ...

    async def restart(self) -> None:
        """Stops Limner and starts it again on the same data and the same fake."""
        ...


class Chat(Stage, Protocol):
    """A platform that is somebody else's, and has its moods."""

    def shut(self, *, directly: bool = False) -> None:
        """Closes the channel to Limner, and (`directly`) Ada's direct messages too."""
        ...

    def reopen(self) -> None:
        """Takes that back."""
        ...

    def remove(self, seen: Seen) -> None:
        """A moderator deletes the message."""
        ...

    def limit(self, times: int) -> None:
        """Each kind of call that shows something meets the platform's rate limit so often."""
        ...

    def stumble(self, times: int, *, done: bool = False) -> None:
        """Each kind of call that shows something meets a fault of the platform's own so often; `done`: it is done all
        the same, and only the answer is lost."""
        ...

    def holding(self, member: str) -> AbstractContextManager[None]:
        """Shows what it is told to show in a member's direct messages, and does not say so until this ends."""
        ...

    async def direct(self, *, member: str = "ada") -> tuple[Seen, ...]:
        """The cards in a member's direct messages with Limner, oldest first."""
        ...
