"""Who and where: teams, members, places in a chat, and the addresses of cards."""

from __future__ import annotations

from datetime import datetime

from limner.domain.record import Record

LOCAL = "local"
"""The space of this machine itself: the command line and the demo's page are one team."""

DIRECT = "dm-"
"""What the spaces of direct messages begin with that are of no server; their member's id follows."""

PAGE_OF = "team-"
"""What the spaces of teams' own pages begin with; the team's id follows."""


class Place(Record):
    """Where in a chat something was said."""

    platform: str
    """`discord`, `slack`, `web` or `cli`."""
    space: str
    """The Discord server, the Slack workspace, `local`, or `team-` and the id of the team whose page it is. A direct
    message on Discord: `dm-` and the member's id."""
    channel: str
    thread: str | None = None
    """Slack: the thread's `ts`. Discord: the thread's id, which the message that it was started on has too; a thread is
    a channel of its own besides."""
    parent: str | None = None
    """The channel that this one is a thread of, where threads are channels."""
    home: str | None = None
    """In direct messages of no server: the space of the team whose card is spoken of there, as is on record of that
    card. Never what an event says."""

    @property
    def key(self) -> str:
        """The channel in one word, the same for all of its threads."""
        return f"{self.platform}/{self.team_space}/{self.parent or self.channel}"

    @property
    def team_space(self) -> str:
        """The space by which the team is found."""
        return self.home or self.space

    @property
    def direct(self) -> bool:
        """Whether these are direct messages that belong to no server, and so to no team by themselves."""
        return self.space.startswith(DIRECT)

    @property
    def page_of(self) -> str | None:
        """The team whose own page this is a channel of; None: it is a chat's, or this machine's own."""
        return self.space.removeprefix(PAGE_OF) if self.platform == "web" and self.space.startswith(PAGE_OF) else None

    def of(self, message: str) -> str:
        """The channel that a message stands in which is spoken of here: what a thread hangs on is not in it where
        threads are channels."""
        return self.parent if self.parent is not None and message == self.thread else self.channel

    @property
    def path(self) -> str:
        """The same of this very channel, be it a thread of another."""
        return f"{self.platform}/{self.space}/{self.channel}"


class Person(Record):
    """A member as the platform tells of them; `studio` finds the member they are."""

    id: str
    """The platform's own id."""
    name: str
    admin: bool = False
    roles: tuple[str, ...] = ()
    """The platform's ids of the roles that they hold in this space."""
    locale: str | None = None
    """A BCP 47 tag; None where the platform does not tell."""


class Member(Record):
    """A member of one team."""

    id: str
    team: str
    name: str
    admin: bool = False
    roles: tuple[str, ...] = ()
    """Ids of the roles that they hold where they were met last."""
    locale: str = "en"


class Address(Record):
    """Where a card is, or will be. Enough for any process to edit it by REST.

    `token` is Discord's interaction token: good for fifteen minutes (`expires`), kept no longer than the job runs, and
    the only way to a message that its reader alone sees.
    """

    place: Place
    message: str | None = None
    """The platform's message id, once posted."""
    token: str | None = None
    expires: datetime | None = None
    reader: str | None = None
    """The platform id of the only one who sees this; None: everyone in the place."""
    elsewhere: bool = True
    """Whether the card may go to whoever asked directly, where the place is closed to us."""
    files: tuple[str, ...] = ()
    """Ids of files that the platform holds already (Slack), in the card's order: an upload cannot be repeated."""
    extra: dict[str, str] = {}
    """What the courier of this platform wants to remember besides; nothing else reads it."""


class Attachment(Record):
    """A file that a member attached, not fetched yet. Everything here is hearsay: the bytes decide what it is."""

    platform: str
    name: str
    url: str
    """Where the platform keeps it. Slack: `url_private_download`. Web and CLI: a `file:` URL of our own spool."""
    media_type: str | None = None
    size: int | None = None
    seconds: float | None = None
    id: str | None = None
    """The platform's id, for platforms that give the address only on asking."""

    @property
    def claims_sound(self) -> bool:
        """Whether its name or type says that it is sound; Slack's clips call themselves video."""
        kind = (self.media_type or "").split("/")[0]
        tail = self.name.lower().rsplit(".", 1)[-1]
        return (
            kind == "audio"
            or tail in {"ogg", "oga", "opus", "mp3", "m4a", "wav", "flac", "aac"}
            or (kind == "video" and self.name.lower().startswith("audio_message"))
        )
