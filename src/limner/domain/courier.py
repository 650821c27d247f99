"""The two ports that a platform fills: the courier, which delivers by REST alone, and the platform, which listens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from limner.domain.card import Card
from limner.domain.place import Address, Attachment, Person, Place
from limner.domain.record import Record

if TYPE_CHECKING:
    from limner.app import Limner


class Finding(Record):
    """What a check found."""

    ok: bool
    what: str
    mend: str = ""
    """How to mend it."""


class Courier(Protocol):
    """Delivers cards and fetches attachments without a gateway connection, so that any process can."""

    platform: str
    pace: float
    """Seconds between two edits of one card while it forms: what the platform's limits allow."""
    plays: str | None
    """What its apps play of what is said aloud: `ogg` (Opus) or `mp3`; None: they play nothing by themselves."""
    listens: str
    """Where on this platform a voice note can be spoken to Limner, in words, such as "in any channel that I am in"."""

    async def show(self, address: Address, card: Card) -> Address:
        """Posts the card, or puts it in place of the one at the address; gives the address of what is now there, which
        may be another: a member's direct messages, where the place closed meanwhile.

        May be asked again for the same address, also by a process that does not know whether an earlier one was
        answered: a first card is posted once. What passes (a rate limit, a fault of the platform's) is waited for here,
        a minute or two. A card that is being painted is shown in one try on the message that is there or not at all,
        and its address is given as it was: the next one tells more, and the last one shall not wait behind it.

        Raises:
            Undeliverable: The place is gone or closed to us, and there was no other way to whoever asked.
            PlatformTrouble: The platform stays out of reach, or refuses this: it may be tried again later.
        """
        ...

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        """Writes the attachment's bytes to the file `into`.

        Raises:
            ForeignHost: It is not kept on the platform's own hosts; nothing was asked of that host, and no token sent.
            PictureFileTooLarge: More than `limit` bytes; stopped there.
            NotFetched: The platform would not give it, or gave a login page instead.
        """
        ...

    async def find(self, words: str, near: Place, *, by: str | None = None) -> tuple[Place, str]:
        """The place that a member's words name (`#marketing`, a pasted mention, an id) in the same space as `near`, and
        its name as members read it.

        Raises:
            Undeliverable: There is none in this space, or it is closed to us.
            MayNotPost: It is closed to the person `by`, by the platform's own id of theirs.
        """
        ...

    async def direct(self, person: str, space: str) -> Place:
        """A person's direct messages with us, by the platform's own id of theirs.

        Raises:
            Undeliverable: They take none, or this platform has none.
        """
        ...

    async def stands(self, person: str, space: str) -> Person | None:
        """What a person is in a space at this moment, by the platform's own id of theirs: their rights, for where
        nothing tells of them. None: they are no member of it, or no longer.

        Raises:
            PlatformTrouble: It cannot be had now.
        """
        ...

    async def channels(self, space: str) -> tuple[str, ...]:
        """Some names of channels of a space, as members type them, to be chosen from.

        Raises:
            PlatformTrouble: They cannot be had now.
        """
        ...

    async def close(self) -> None: ...


class Platform(Protocol):
    """What a package under `bots/` offers under the entry point group `limner.platforms`."""

    name: str

    def configured(self, settings: Any) -> bool:
        """Whether the configuration has what this platform needs."""
        ...

    def invitation(self, settings: Any) -> str:
        """What a host pastes on the platform's own side to let this Limner in: a manifest, an invite link."""
        ...

    async def check(self, settings: Any) -> tuple[Finding, ...]:
        """Whether the platform's own side is as it has to be: tokens, permissions. Shows nothing to anybody.

        Raises:
            Trouble: It is not, and says how to mend it.
        """
        ...

    async def open(self, limner: Limner) -> Courier:
        """The platform's courier, by REST alone."""
        ...

    async def serve(self, limner: Limner, courier: Courier) -> None:
        """Listens, turning events into asks, until cancelled; then closes its connections in order."""
        ...
