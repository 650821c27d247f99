"""What a workspace holds: channels, messages, files, views."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.patience import DEADLINE

TEAM = "T0LIMNER01"
BOT_USER = "U0LIMNERBOT"
BOT = "B0LIMNER01"
APP = "A0LIMNER01"

MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


class Refused(Exception):
    """An answer with `ok: false`."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass
class Channel:
    id: str
    name: str
    private: bool = False
    members: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    """Who is not in it; in public channels all others are."""
    direct: bool = False
    archived: bool = False


@dataclass
class Message:
    channel: str
    ts: str
    user: str | None
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    files: list[str] = field(default_factory=list)
    reader: str | None = None
    """The one who sees an ephemeral message."""
    revision: int = 0
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def by_bot(self) -> bool:
        return self.user == BOT_USER

    def told(self) -> dict[str, Any]:
        """As events and the Web API tell of it."""
        more = {"bot_id": BOT, "app_id": APP} if self.by_bot else {}
        thread = {"thread_ts": self.thread_ts} if self.thread_ts else {}
        return {
            "type": "message",
            "user": self.user,
            "text": self.text,
            "ts": self.ts,
            "blocks": self.blocks,
            **thread,
            **more,
        }


@dataclass
class File:
    id: str
    name: str
    data: bytes = b""
    length: int = 0
    alt: str | None = None
    title: str = ""
    user: str = BOT_USER
    uploaded: bool = False
    completed: bool = False
    polls_left: int = 0
    """How often `files.info` still answers without type and shares."""
    channels: dict[str, list[str]] = field(default_factory=dict)
    """Where it is shared: the messages' ts by channel."""
    deleted: bool = False
    shape: dict[str, Any] = field(default_factory=dict)
    """What it says of itself instead of what it is."""
    redirect: str | None = None

    @property
    def ready(self) -> bool:
        return self.completed and self.polls_left <= 0

    @property
    def mimetype(self) -> str:
        return next((kind for magic, kind in MAGIC.items() if self.data.startswith(magic)), "application/octet-stream")


@dataclass
class ResponseURL:
    """Where an interaction may be answered five times in thirty minutes."""

    url: str
    channel: str
    user: str
    thread: str | None = None
    source: Message | None = None
    """The message that a button was on; without one, the message that was posted by this address before."""
    pressed: bool = False
    """Whether it is a button's: what it replaces is the button's own message, whatever it posted meanwhile."""
    uses: int = 0
    expired: bool = False


class Workspace:
    """The state of it all."""

    def __init__(self) -> None:
        self._count = itertools.count(1)
        self.bot_token = "xoxb-limner-fake-token"
        self.app_token = "xapp-1-limner-fake-token"
        self.channels: dict[str, Channel] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self.enterprise: str | None = None
        """The Enterprise Grid that it belongs to."""
        self.closed_to_dms: set[str] = set()
        """Members who take no direct messages from apps."""
        self.messages: list[Message] = []
        self.files: dict[str, File] = {}
        self.uploads: dict[str, File] = {}
        self.views: dict[str, dict[str, Any]] = {}
        self.triggers: dict[str, float] = {}
        self.urls: dict[str, ResponseURL] = {}
        self.polls = 2
        """How often a new file is not ready yet when `files.info` is asked."""
        self.too_early = 0
        """How many messages with a picture are refused though their files say that they are ready."""
        self.trigger_life = DEADLINE
        for name, inside in (("general", True), ("random", False), ("secret", False)):
            self.channel(name, private=name == "secret", members={BOT_USER} if inside else set())

    def number(self) -> int:
        return next(self._count)

    def ts(self) -> str:
        return f"{int(time.time())}.{self.number():06d}"

    def channel(self, name: str, *, private: bool = False, members: set[str] | None = None) -> Channel:
        made = Channel(f"C0{name.upper()[:12]:0<8}", name, private, set(members or ()))
        self.channels[made.id] = made
        return made

    def member(self, name: str) -> str:
        """The id of a member; whose name begins with `admin` is one."""
        id = f"U0{name.upper().replace('-', '')}"
        if id not in self.users:
            profile = {"display_name": name, "real_name": name.title()}
            self.users[id] = {
                "id": id,
                "team_id": TEAM,
                "name": name,
                "profile": profile,
                "is_admin": name.startswith("admin"),
                "is_owner": False,
                "locale": "en-GB",
            }
            for channel in self.channels.values():
                if not channel.direct:
                    channel.members.add(id)
        return id

    def direct(self, user: str) -> Channel:
        """The direct messages between a member and the app."""
        id = f"D0{user[2:]}"
        if id not in self.channels:
            self.channels[id] = Channel(id, f"dm-{user}", private=True, members={user, BOT_USER}, direct=True)
        return self.channels[id]

    def place(self, said: str) -> Channel:
        """A channel by id or name."""
        named = said.removeprefix("#")
        found = self.channels.get(said) or next((each for each in self.channels.values() if each.name == named), None)
        if found is None:
            raise Refused("channel_not_found")
        return found

    def writable(self, said: str) -> Channel:
        """A channel that the bot may post in."""
        channel = self.place(said)
        if BOT_USER not in channel.members:
            raise Refused("channel_not_found" if channel.private else "not_in_channel")
        if channel.archived:
            raise Refused("is_archived")
        return channel

    def message(self, channel: str, ts: str) -> Message | None:
        return next((each for each in self.messages if each.channel == channel and each.ts == ts), None)

    def new_file(self, name: str, data: bytes, **more: Any) -> File:
        """A file as a member uploads it."""
        file = File(f"F0{self.number():08d}", name, data, len(data), uploaded=True, completed=True, **more)
        self.files[file.id] = file
        return file

    def check_blocks(self, blocks: list[dict[str, Any]], channel: Channel, reader: str | None = None) -> None:
        """Raises what Slack answers to blocks that it cannot show there."""
        if not isinstance(blocks, list) or len(blocks) > 50:
            raise Refused("invalid_blocks")
        pictures = [
            block["slack_file"]["id"] for block in blocks if block.get("type") == "image" and "slack_file" in block
        ]
        for id in pictures:
            file = self.files.get(id)
            if file is None or file.deleted or not file.ready or file.mimetype not in set(TYPES) - {"image/webp"}:
                raise Refused("invalid_blocks")
            seen_in = {channel.id, self.direct(reader).id} if reader else {channel.id}
            if not seen_in & set(file.channels):
                raise Refused("invalid_blocks")
        if pictures and self.too_early > 0:
            self.too_early -= 1
            raise Refused("invalid_blocks")

    def told(self, file: File, base: str) -> dict[str, Any]:
        """A file as `files.info` and events tell of it."""
        known = {
            "id": file.id,
            "name": file.name,
            "title": file.title or file.name,
            "size": len(file.data),
            "user": file.user,
        }
        if not file.ready:
            return {**known, "mimetype": "", "filetype": "", "shares": {}}
        url = f"{base}/files-pri/{TEAM}-{file.id}/download/{file.name}"
        shares: dict[str, Any] = {"public": {}, "private": {}}
        for channel, times in file.channels.items():
            kind = "private" if self.channels[channel].private else "public"
            shares[kind][channel] = [{"ts": each} for each in times]
        return {
            **known,
            "mimetype": file.mimetype,
            "filetype": TYPES.get(file.mimetype, "binary"),
            "url_private": url,
            "url_private_download": url,
            "shares": {kind: there for kind, there in shares.items() if there},
            **({"alt_txt": file.alt} if file.alt else {}),
            **file.shape,
        }
