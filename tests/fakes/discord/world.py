"""What the stand-in for Discord holds: people, channels, messages and the bytes of their attachments."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pybase64

EPOCH = 1_420_070_400_000
EPHEMERAL, LOADING, VOICE, LAYOUT = 1 << 6, 1 << 7, 1 << 13, 1 << 15
GUILD_TEXT, DM, PUBLIC_THREAD = 0, 1, 11
ADMINISTRATOR, MANAGE_GUILD = 1 << 3, 1 << 5
SEND_MESSAGES = 1 << 11
ORDINARY = (1 << 10) | (1 << 11) | (1 << 15) | (1 << 16) | (1 << 31) | (1 << 38)


class Refused(Exception):
    """What the real Discord answers instead of doing it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(f"{status} {code} {message}")


class Snowflakes:
    """Ids that carry the time, as the real ones do."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._count = now, itertools.count()

    def next(self) -> str:
        return str((int(self._now() * 1000) - EPOCH) << 22 | next(self._count) % 4096)


@dataclass
class File:
    """An attachment's bytes and what is told of it."""

    id: str
    name: str
    data: bytes
    description: str | None = None
    media_type: str = "application/octet-stream"
    url: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        described = {"description": self.description} if self.description else {}
        return {
            "id": self.id,
            "filename": self.name,
            "size": len(self.data),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.media_type,
            **described,
            **self.extra,
        }


@dataclass
class Message:
    """A message as Discord holds it."""

    id: str
    channel: str
    author: dict[str, Any]
    content: str = ""
    components: list[dict[str, Any]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    flags: int = 0
    private_to: str | None = None
    """The id of the one member who sees it."""
    reference: dict[str, Any] | None = None
    mentions: list[dict[str, Any]] = field(default_factory=list)
    snapshots: list[dict[str, Any]] = field(default_factory=list)
    edits: int = 0
    interaction: dict[str, Any] | None = None
    """The interaction that it answers, as Discord tells of it."""

    @property
    def parts(self) -> tuple[dict[str, Any], ...]:
        """All components, nested ones too."""
        return tuple(walk(self.components))

    @property
    def text(self) -> str:
        """Everything written on it."""
        said = [self.content, *(part["content"] for part in self.parts if part["type"] == 10)]
        return "\n".join(filter(None, said))

    @property
    def buttons(self) -> tuple[str, ...]:
        return tuple(part["label"] for part in self.parts if part["type"] == 2)

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(each["label"] for part in self.parts if part["type"] == 3 for each in part["options"])

    @property
    def alts(self) -> tuple[str, ...]:
        return tuple(item.get("description") or "" for part in self.parts for item in part.get("items", ()))

    @property
    def pictures(self) -> tuple[bytes, ...]:
        return tuple(file.data for file in self.files)

    @property
    def spoken(self) -> bool:
        """Whether it is a voice message."""
        return bool(self.flags & VOICE)

    @property
    def waiting(self) -> bool:
        """Whether it is still "Limner is thinking…"."""
        return bool(self.flags & LOADING)

    def payload(self, guild: str | None, *, bare: bool = False) -> dict[str, Any]:
        """As the gateway and the REST API give it; `bare` without what the Message Content intent guards."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(((int(self.id) >> 22) + EPOCH) / 1000))
        return {
            "id": self.id,
            "channel_id": self.channel,
            **({"guild_id": guild} if guild else {}),
            "author": self.author,
            "content": "" if bare else self.content,
            "timestamp": stamp,
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": self.mentions,
            "mention_roles": [],
            "attachments": [] if bare else [file.payload() for file in self.files],
            "embeds": [],
            "components": [] if bare else self.components,
            "pinned": False,
            "type": 19 if self.reference and not self.snapshots else 0,
            "flags": self.flags,
            **({"interaction_metadata": self.interaction} if self.interaction else {}),
            **({"message_reference": self.reference} if self.reference else {}),
            **({"message_snapshots": [] if bare else self.snapshots} if self.snapshots else {}),
        }


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in components:
        yield each
        yield from walk(each.get("components", []))
        yield from walk([each["component"]] if isinstance(each.get("component"), dict) else [])


FILE_LIMIT, REQUEST_LIMIT = 10 * 1024 * 1024, 25 * 1024 * 1024


def _voiced(payload: dict[str, Any], files: list[File]) -> None:
    """Refuses what is no voice message ("Voice Messages", and the JSON error codes 50159 to 50161)."""
    if any(payload.get(name) for name in ("content", "embeds", "components", "sticker_ids", "poll")):
        raise Refused(400, 50159, "Voice messages do not support additional content.")
    if len(files) != 1 or not files[0].media_type.startswith("audio/"):
        raise Refused(400, 50160, "Voice messages must have a single audio attachment.")
    (told,) = payload.get("attachments") or ({},)
    seconds, drawn = told.get("duration_secs"), told.get("waveform")
    if not seconds or drawn is None:
        raise Refused(400, 50161, "Voice messages must have supporting metadata.")
    if not 1 <= len(pybase64.b64decode(drawn, validate=True)) <= 256:
        raise Refused(400, 50161, "Voice messages must have supporting metadata.")
    files[0].extra |= {"duration_secs": seconds, "waveform": drawn}


def take(message: Message, payload: dict[str, Any], files: list[File], room: int = FILE_LIMIT) -> None:
    """Puts what a bot sent into a message, or refuses it as the real Discord does; `room`: bytes of a file at most."""
    flags = payload.get("flags") or 0
    if message.flags & VOICE:
        raise Refused(400, 50162, "Voice messages cannot be edited.")
    if flags & VOICE:
        _voiced(payload, files)
    if message.flags & LAYOUT and message.components:
        flags |= LAYOUT
    components = payload.get("components", message.components)
    if any(len(file.data) > room for file in files):
        raise Refused(413, 40005, "Request entity too large")
    kept = message.files
    if "attachments" in payload:
        named = {str(each["id"]): each for each in payload["attachments"]}
        kept = [file for file in message.files if file.id in named]
        for number, file in enumerate(files):
            file.description = named.get(str(number), {}).get("description")
    every = [*kept, *files]
    if len(every) > 10:
        raise Refused(400, 50035, "Invalid Form Body: at most 10 attachments")
    parts = list(walk(components))
    if flags & LAYOUT:
        if payload.get("content") or payload.get("embeds"):
            raise Refused(400, 50035, "Invalid Form Body: content or embeds beside IS_COMPONENTS_V2")
        if not parts:
            raise Refused(400, 50006, "Cannot send an empty message")
    elif any(part["type"] > 8 for part in parts):
        raise Refused(400, 50035, "Invalid Form Body: components V2 without IS_COMPONENTS_V2")
    if len(parts) > 40 or sum(len(part["content"]) for part in parts if part["type"] == 10) > 4000:
        raise Refused(400, 50035, "Invalid Form Body: too many components or characters")
    codes = [part["custom_id"] for part in parts if part.get("custom_id")]
    if len(codes) != len(set(codes)):
        raise Refused(400, 50035, "Invalid Form Body: COMPONENT_CUSTOM_ID_DUPLICATED")
    if not (payload.get("content") or payload.get("embeds") or parts or every):
        raise Refused(400, 50006, "Cannot send an empty message")
    message.components = _resolved(components, {file.name: file for file in every})
    message.files = every
    message.flags = (message.flags & ~LOADING) | (flags & (LAYOUT | VOICE))
    message.content = payload.get("content", message.content) or ""
    message.edits += 1


def _resolved(components: list[dict[str, Any]], files: dict[str, File]) -> list[dict[str, Any]]:
    """The components with ids, and `attachment://` put into addresses."""
    count = itertools.count(1)

    def media(given: dict[str, Any]) -> dict[str, Any]:
        url = given["url"]
        if url.startswith("attachment://"):
            name = url.removeprefix("attachment://")
            if name not in files:
                raise Refused(400, 50035, f"Invalid Form Body: no attachment {name}")
            file = files[name]
            size = {"width": 64, "height": 64, "content_type": file.media_type, "attachment_id": file.id}
            return {"url": file.url, "proxy_url": file.url, **size}
        return given

    def one(part: dict[str, Any]) -> dict[str, Any]:
        put = {"id": next(count), **part}
        if "components" in part:
            put["components"] = [one(each) for each in part["components"]]
        if "items" in part:
            put["items"] = [{"spoiler": False, **item, "media": media(item["media"])} for item in part["items"]]
        if "file" in part:
            put["file"] = media(part["file"])
            put |= {"name": "", "size": 0}
        return put

    return [one(part) for part in components]
