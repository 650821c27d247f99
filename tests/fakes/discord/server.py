"""A stand-in for Discord's REST API, gateway and CDN on the loopback, for the real discord.py to talk to.

It refuses what the real one refuses, keeps what it was told so that a test can look at it as a member would, and
checks each request against the official description where that is at hand.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests import contracts
from tests.fakes.chat import Chat
from tests.fakes.discord.world import (
    DM,
    EPHEMERAL,
    FILE_LIMIT,
    GUILD_TEXT,
    LOADING,
    MANAGE_GUILD,
    ORDINARY,
    PUBLIC_THREAD,
    REQUEST_LIMIT,
    SEND_MESSAGES,
    VOICE,
    File,
    Message,
    Refused,
    Snowflakes,
    take,
)
from tests.patience import DEADLINE

APPLICATION = "100000000000000010"
TOKEN = f"{base64.b64encode(APPLICATION.encode()).decode()}.fake.token"
NONCE_SECONDS = 120
OWN_DEADLINE = 3.0
"""Seconds that Discord gives, and those who check its rules."""
"""For so long a nonce is remembered ("the past few minutes")."""
API = "/api/v10"
SESSION = "s"
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15


@dataclass
class Call:
    """A request as it came."""

    method: str
    path: str
    body: dict[str, Any] | list[Any] | None
    files: tuple[File, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 0
    query: dict[str, str] = field(default_factory=dict)


@dataclass
class Interaction:
    """An interaction that was sent to the bot, and how it was answered."""

    id: str
    token: str
    member: dict[str, Any]
    channel: str
    sent: float
    source: Message | None = None
    kind: int | None = None
    """The callback's type; None while it is not acknowledged."""
    data: dict[str, Any] = field(default_factory=dict)
    acknowledged: float | None = None
    """When; `sent` and this are of the fake's clock."""
    original: Message | None = None
    shown: Message | None = None
    """The message that was last written by this interaction's token."""

    @property
    def told(self) -> dict[str, Any]:
        """As the messages that answer it tell of it."""
        return {"id": self.id, "type": 2, "user": self.member, "authorizing_integration_owners": {}}

    @property
    def modal(self) -> dict[str, Any]:
        assert self.kind == 9, f"no form was opened, but {self.kind}"
        return self.data


@dataclass
class Arranged:
    """An answer to give instead of doing what is asked."""

    method: str
    path: str
    status: int
    body: dict[str, Any] | str
    headers: dict[str, str]
    times: int
    done: bool = False
    """Whether what is asked is done all the same."""


CUT = 0
"""The status of an answer that never comes: the connection breaks instead."""


@dataclass
class Bucket:
    """A rate limit of one route: so many requests in so many seconds, apart for each channel or token."""

    method: str
    path: str
    limit: int
    seconds: float
    used: dict[str, list[float]] = field(default_factory=dict)


class FakeDiscord(Chat):
    """The stand-in. `breaches` stays empty as long as the bot keeps to the official description."""

    def __init__(self, *, intents_granted: bool = True, application_flags: int = 1 << 18 | 1 << 19) -> None:
        super().__init__()
        self.intents_granted = intents_granted
        self.application_flags = application_flags
        self.offset = 0.0
        self.ids = Snowflakes(time.time)
        self.application = APPLICATION
        self.bot = {**person(self.application, "limner"), "bot": True}
        self.guild = self.ids.next()
        self.people: dict[str, dict[str, Any]] = {}
        self.admins: set[str] = set()
        self.artists: set[str] = set()
        """The names of those who hold the role `artists`, which permits nothing by itself."""
        self.left: set[str] = set()
        """The names of those who have left the server."""
        self.channels: dict[str, dict[str, Any]] = {}
        self.channel = self.add_channel("art")
        self.closed: dict[str, tuple[int, int]] = {}
        """Channels that the bot may not use: status and code."""
        self.voiceless: set[str] = set()
        """Channels in which the bot may not send voice messages."""
        self.closed_to_dms: set[str] = set()
        self.messages: dict[str, Message] = {}
        self.files: dict[str, File] = {}
        self.commands: list[dict[str, Any]] = []
        self.interactions: dict[str, Interaction] = {}
        self.calls: list[Call] = []
        self.breaches: list[str] = []
        self.arranged: list[Arranged] = []
        self.intents = 0
        self.sockets: list[web.WebSocketResponse] = []
        self.buckets: list[Bucket] = []
        self.room = FILE_LIMIT
        """Bytes that a file may have where an interaction allows it (`attachment_size_limit`)."""
        self._nonces: dict[str, tuple[float, Message]] = {}
        self._dispatched: list[dict[str, Any]] = []
        self.overlap = 0
        """How many events that a bot knows already are said again when it resumes."""
        self.resumed = 0
        """How often a session was resumed."""
        self._checker = contracts.validator("discord").Sequence() if contracts.PRESENT else None
        self._runner: web.AppRunner | None = None
        self.origin = ""

    # ── life ────────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> FakeDiscord:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/ws", self._gateway)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._cdn)
        app.router.add_route("*", API + "/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.origin = f"http://127.0.0.1:{port}"
        return self

    async def close(self) -> None:
        for socket in self.sockets:
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_base(self) -> str:
        return self.origin + API

    @property
    def listening(self) -> bool:
        """Whether a bot is connected and was told of the server."""
        return any(not socket.closed for socket in self.sockets)

    def now(self) -> float:
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Lets time pass for tokens and deadlines."""
        self.offset += seconds

    def arrange(
        self,
        method: str,
        path: str,
        status: int,
        body: dict[str, Any] | str | None = None,
        headers: dict[str, str] | None = None,
        times: int = 1,
        *,
        done: bool = False,
    ) -> None:
        """Answers the next such requests so; `path` is a regular expression after `/api/v10`."""
        self.arranged.append(Arranged(method, path, status, body or {}, headers or {}, times, done))

    def limit(self, method: str, path: str, seconds: float = 0.05, times: int = 1, *, everywhere: bool = False) -> None:
        """Answers the next such requests with 429, as Discord does; `everywhere`: by the limit of all routes."""
        body = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
        headers = {"Via": "1.1 google", "Retry-After": str(seconds)}
        self.arrange(
            method, path, 429, body, {**headers, **({"X-RateLimit-Global": "true"} if everywhere else {})}, times
        )

    def ban(self, method: str, path: str, seconds: int = 0, times: int = 1) -> None:
        """Answers the next such requests with 429 from what stands before Discord's servers: no JSON, no `Via`."""
        self.arrange(method, path, 429, "error code: 1015", {"Retry-After": str(seconds)}, times)

    def cut(self, method: str, path: str, times: int = 1, *, done: bool = False) -> None:
        """Breaks the connection at the next such requests; `done`: after they were carried out."""
        self.arrange(method, path, CUT, times=times, done=done)

    def bucket(self, method: str, path: str, limit: int, seconds: float) -> Bucket:
        """Keeps these requests to a rate limit, and tells of it in headers, as Discord does."""
        made = Bucket(method, path, limit, seconds)
        self.buckets.append(made)
        return made

    def delete_channel(self, id: str) -> None:
        """Deletes a channel or thread with what is in it."""
        del self.channels[id]
        self.messages = {key: each for key, each in self.messages.items() if each.channel != id}

    def paths(self, method: str = "") -> list[str]:
        return [f"{call.method} {call.path}" for call in self.calls if method in {"", call.method}]

    # ── people and places ───────────────────────────────────────────────────────────────────────────────────

    def person(self, name: str) -> dict[str, Any]:
        if name not in self.people:
            self.people[name] = person(self.ids.next(), name)
        return self.people[name]

    def add_channel(self, name: str, *, recipient: dict[str, Any] | None = None) -> str:
        id = self.ids.next()
        shared = {"id": id, "name": name, "flags": 0, "last_message_id": None}
        if recipient is None:
            more = {"type": GUILD_TEXT, "position": 0, "permission_overwrites": [], "nsfw": False, "parent_id": None}
            self.channels[id] = {**shared, **more, "guild_id": self.guild, "permissions": str(ORDINARY)}
        else:
            self.channels[id] = {**shared, "type": DM, "recipients": [recipient]}
        return id

    async def add_thread(self, name: str, parent: str, *, on: Message | None = None) -> str:
        """A public thread of a channel; one that is started on a message has the message's id."""
        id = on.id if on is not None else self.ids.next()
        told = {"archived": False, "auto_archive_duration": 1440, "locked": False}
        self.channels[id] = {
            "id": id,
            "name": name,
            "type": PUBLIC_THREAD,
            "flags": 0,
            "last_message_id": None,
            "parent_id": parent,
            "owner_id": self.bot["id"],
            "guild_id": self.guild,
            "permissions": str(ORDINARY),
            "message_count": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "thread_metadata": {**told, "archive_timestamp": "2026-01-01T00:00:00+00:00"},
        }
        await self.dispatch("THREAD_CREATE", self.channels[id])
        return id

    def dm(self, member: dict[str, Any]) -> str:
        """The channel of direct messages with a member."""
        for id, channel in self.channels.items():
            if channel["type"] == DM and channel["recipients"][0]["id"] == member["id"]:
                return id
        return self.add_channel("", recipient=member)

    def guild_of(self, channel: str) -> str | None:
        return self.channels[channel].get("guild_id")

    def seen_by(self, name: str, channel: str | None = None) -> list[Message]:
        """The bot's messages that a member sees in a channel, oldest first."""
        member, where = self.person(name)["id"], channel or self.channel
        return [
            each
            for each in self.messages.values()
            if each.channel == where and each.author is self.bot and each.private_to in {None, member}
        ]

    def keep(self, name: str, data: bytes, channel: str, media_type: str, **extra: Any) -> File:
        """Keeps a file on the CDN."""
        file = File(id=self.ids.next(), name=name, data=data, media_type=media_type, extra=extra)
        file.url = f"{self.origin}/attachments/{channel}/{file.id}/{name}?ex=1&is=2&hm=3"
        self.files[file.id] = file
        return file

    # ── the gateway ─────────────────────────────────────────────────────────────────────────────────────────

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            said = json.loads(frame.data)
            match said["op"]:
                case 1:
                    await socket.send_json({"op": 11})
                case 2 if said["d"]["token"] != TOKEN:
                    await socket.close(code=4004)
                case 2 if said["d"]["intents"] & MESSAGE_CONTENT and not self.intents_granted:
                    await socket.close(code=4014)
                case 2:
                    await self._ready(socket, said["d"]["intents"])
                case 6 if said["d"]["token"] != TOKEN:
                    await socket.close(code=4004)
                case 6 if said["d"]["session_id"] != SESSION:
                    await socket.send_json({"op": 9, "d": False})
                case 6:
                    await self._resume(socket, said["d"]["seq"])
        if socket in self.sockets:
            self.sockets.remove(socket)
        return socket

    async def _resume(self, socket: web.WebSocketResponse, known: int) -> None:
        """Says again what the bot does not know yet, or may not know."""
        missed = [each for each in self._dispatched if each["s"] > known - self.overlap]
        for each in missed:
            await socket.send_json(each)
        self.sockets.append(socket)
        self.resumed += 1
        await self.dispatch("RESUMED", {})
        self._changed.set()

    async def hang_up(self) -> None:
        """Breaks the gateway's connections off, as Discord does now and then; what happens meanwhile is said when the
        bot has resumed."""
        for socket in [*self.sockets]:
            self.sockets.remove(socket)
            await socket.close(code=4000)

    async def _ready(self, socket: web.WebSocketResponse, intents: int) -> None:
        self.intents = intents
        self.sockets.append(socket)
        await self.dispatch(
            "READY",
            {
                "v": 10,
                "user": self.bot,
                "guilds": [{"id": self.guild, "unavailable": True}],
                "session_id": SESSION,
                "resume_gateway_url": self.origin.replace("http", "ws") + "/ws",
                "application": {"id": self.application, "flags": self.application_flags},
                "shard": [0, 1],
            },
        )
        await self.dispatch("GUILD_CREATE", {**self._told(self.guild), "unavailable": False})
        self._changed.set()

    async def invited(self, *channels: str, system: str | None = None, closed: tuple[str, ...] = ()) -> str:
        """Somebody lets the bot into a server with these channels, `system` among them being the one for such news, and
        those that are closed to the bot; gives the server's id."""
        guild = self.ids.next()
        made = {name: self.add_channel(name) for name in channels}
        for place, (name, id) in enumerate(made.items()):
            self.channels[id] |= {"guild_id": guild, "position": place}
            if name in closed:
                denied = {"id": guild, "type": 0, "allow": "0", "deny": str(SEND_MESSAGES)}
                self.channels[id]["permission_overwrites"] = [denied]
                self.closed[id] = (403, 50001)
        await self.dispatch("GUILD_CREATE", {**self._told(guild), "system_channel_id": made.get(system or "")})
        return guild

    def _told(self, guild: str) -> dict[str, Any]:
        """A server as the gateway tells of it."""
        everyone = {"id": guild, "name": "@everyone", "permissions": str(ORDINARY), "position": 0, "color": 0}
        staff = {"id": str(int(guild) + 1), "name": "staff", "permissions": str(MANAGE_GUILD), "position": 1}
        artists = {"id": str(int(guild) + 2), "name": "artists", "permissions": "0", "position": 2}
        role = {"hoist": False, "managed": False, "mentionable": False, "flags": 0, "color": 0}
        role |= {"colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}}
        own = [each for each in self.channels.values() if each.get("guild_id") == guild]
        return {
            "id": guild,
            "name": "Studio",
            "owner_id": "1",
            "roles": [{**role, **everyone}, {**role, **staff}, {**role, **artists}],
            "emojis": [],
            "stickers": [],
            "features": [],
            "channels": [each for each in own if each["type"] == GUILD_TEXT],
            "threads": [each for each in own if each["type"] == PUBLIC_THREAD],
            "members": [self.membership(self.bot)],
            "member_count": 3,
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "large": False,
            "preferred_locale": "en-US",
        }

    @property
    def artists_role(self) -> str:
        """The id of the role `artists`."""
        return str(int(self.guild) + 2)

    def membership(self, user: dict[str, Any]) -> dict[str, Any]:
        held = [str(int(self.guild) + 1)] if user["username"] in self.admins else []
        held += [self.artists_role] if user["username"] in self.artists else []
        return {
            "user": user,
            "nick": None,
            "roles": held,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
        }

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        said = {"op": 0, "t": event, "s": len(self._dispatched) + 1, "d": data}
        self._dispatched.append(said)
        for socket in self.sockets:
            if not socket.closed:
                await socket.send_json(said)

    # ── the CDN ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _cdn(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(Call("GET", request.path, None, headers=dict(request.headers)))
        for each in self.arranged:
            if each.times and re.fullmatch(each.path, request.path):
                each.times -= 1
                return web.Response(status=each.status, headers=each.headers, text=json.dumps(each.body))
        file = self.files.get(request.match_info["id"])
        if file is None:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=file.data, content_type=file.media_type)

    # ── REST ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _rest(self, request: web.Request) -> web.Response:
        raw = await request.read()
        path = "/" + request.match_info["path"]
        found = contracts.breaches("discord", request.method, API + path, request.headers, raw, request.query_string)
        self.breaches += [f"{request.method} {path}: {each}" for each in found]
        if self._checker is not None:
            late = self._checker.seen(request.method, API + path, self.now())
            self.breaches += [f"{each.where}: {each.message}" for each in late]
        body, files = self._read(request, raw)
        call = Call(request.method, path, body, tuple(files), dict(request.headers), query=dict(request.query))
        self.calls.append(call)
        status, answer, headers = await self._answer(call, len(raw))
        call.status = status
        self._changed.set()
        await self._held_back(request.method, path)
        if status == CUT:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if isinstance(answer, str):
            return web.Response(status=status, headers=headers, text=answer)
        if answer is None:
            return web.Response(status=status, headers=headers)
        # Exactly this type, without a charset: discord.py takes anything else for text.
        headers = {**headers, "Content-Type": "application/json"}
        return web.Response(body=json.dumps(answer).encode(), status=status, headers=headers)

    def _read(self, request: web.Request, raw: bytes) -> tuple[Any, list[File]]:
        if not raw:
            return None, []
        if not request.content_type.startswith("multipart/"):
            return json.loads(raw), []
        boundary = re.search(r'boundary="?([^";]+)', request.headers["Content-Type"])
        assert boundary
        body, files = None, []
        for part in (b"\r\n" + raw).split(b"\r\n--" + boundary[1].encode())[1:-1]:
            head, _, data = part.lstrip(b"\r\n").partition(b"\r\n\r\n")
            name = re.search(rb'name="([^"]*)"', head)
            filename = re.search(rb'filename="([^"]*)"', head)
            if name and name[1] == b"payload_json":
                body = json.loads(data)
            elif filename:
                kind = {b"\x89PNG": "image/png", b"\xff\xd8\xff\xe0": "image/jpeg", b"RIFF": "image/webp"}
                said = re.search(rb"Content-Type: (audio/[a-z]+)", head)  # of sounds Discord believes what it is told
                told = said[1].decode() if said else kind.get(data[:4], "application/octet-stream")
                files.append(self.keep(filename[1].decode(), data, "0", told))
        return body, files

    async def _answer(self, call: Call, size: int) -> tuple[int, Any, dict[str, str]]:
        for each in self.arranged:
            if each.times and each.method == call.method and re.fullmatch(each.path, call.path):
                each.times -= 1
                if each.done:
                    await self._do(call, size)
                return each.status, each.body, each.headers
        for bucket in self.buckets:
            if bucket.method == call.method and re.fullmatch(bucket.path, call.path):
                return await self._within(bucket, call, size)
        return await self._do(call, size)

    async def _within(self, bucket: Bucket, call: Call, size: int) -> tuple[int, Any, dict[str, str]]:
        now = time.monotonic()
        used = bucket.used.setdefault("/".join(call.path.split("/")[1 : 4 if "webhooks" in call.path else 3]), [])
        used[:] = [each for each in used if now - each < bucket.seconds]
        reset = bucket.seconds - (now - used[0]) if used else bucket.seconds
        headers = {"X-RateLimit-Limit": str(bucket.limit), "X-RateLimit-Bucket": f"b{self.buckets.index(bucket)}"}
        headers |= {"X-RateLimit-Reset-After": f"{reset:.3f}", "X-RateLimit-Reset": f"{time.time() + reset:.3f}"}
        if len(used) >= bucket.limit:
            body = {"message": "You are being rate limited.", "retry_after": reset, "global": False}
            headers |= {"Via": "1.1 google", "Retry-After": f"{reset:.3f}", "X-RateLimit-Remaining": "0"}
            return 429, body, headers
        used.append(now)
        status, answer, more = await self._do(call, size)
        return status, answer, {**headers, "X-RateLimit-Remaining": str(bucket.limit - len(used)), **more}

    async def _do(self, call: Call, size: int) -> tuple[int, Any, dict[str, str]]:
        try:
            if size > max(REQUEST_LIMIT, self.room + 64 * 1024):
                raise Refused(413, 40005, "Request entity too large")
            public = re.match(r"/(webhooks|interactions)/", call.path)
            if not public and call.headers.get("Authorization") != f"Bot {TOKEN}":
                raise Refused(401, 0, "401: Unauthorized")
            for method, pattern, handle in _ROUTES:
                match = re.fullmatch(pattern, call.path)
                if match and method == call.method:
                    answer = await handle(self, call, *match.groups())
                    return (204, None, {}) if answer is None else (200, answer, {})
            raise Refused(404, 0, "404: Not Found")
        except Refused as refused:
            return refused.status, {"code": refused.code, "message": refused.message}, {}

    async def _me(self, call: Call) -> Any:
        return self.bot

    async def _application(self, call: Call) -> Any:
        flags = {"flags": self.application_flags, "bot_public": True, "bot_require_code_grant": False}
        about = {"id": self.application, "name": "Limner", "icon": None, "description": "", "verify_key": "0" * 64}
        return {**about, **flags, "owner": person("1", "host"), "summary": "", "team": None}

    async def _gateway_url(self, call: Call) -> Any:
        limits = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        return {"url": self.origin.replace("http", "ws") + "/ws", "shards": 1, "session_start_limit": limits}

    async def _commands(self, call: Call, application: str) -> Any:
        return self.commands

    async def _put_commands(self, call: Call, application: str) -> Any:
        assert isinstance(call.body, list)
        given = {"application_id": self.application, "version": self.ids.next(), "default_member_permissions": None}
        self.commands = [{"description": "", **each, **given, "id": self.ids.next()} for each in call.body]
        return self.commands

    # ── interactions ────────────────────────────────────────────────────────────────────────────────────────

    def sent(self, interaction: Interaction) -> None:
        self.interactions[interaction.token] = interaction
        if self._checker is not None:
            self._checker.note(interaction.token, interaction.sent + DEADLINE - OWN_DEADLINE)

    async def _callback(self, call: Call, id: str, token: str) -> Any:
        interaction = self.interactions.get(token)
        if (
            interaction is None
            or interaction.id != id
            or (interaction.kind is None and self.now() - interaction.sent > DEADLINE)
        ):
            raise Refused(404, 10062, "Unknown interaction")
        if interaction.kind is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        assert isinstance(call.body, dict)
        kind, data = call.body["type"], call.body.get("data") or {}
        message = None
        if kind in {4, 5}:
            private = data.get("flags", 0) & EPHEMERAL
            message = self._new(
                interaction.channel, LOADING if kind == 5 else 0, interaction.member if private else None
            )
            message.interaction = interaction.told
            if kind == 4:
                take(message, data, list(call.files))
        elif kind in {6, 7}:
            if interaction.source is None:
                raise Refused(400, 50035, "Invalid Form Body: nothing to update")
            message = interaction.source
            if kind == 7:
                take(message, data, list(call.files))
        interaction.kind, interaction.data, interaction.original = kind, data, message
        interaction.acknowledged = self.now()
        interaction.shown = message if kind in {4, 7} else None
        if message is not None:
            self.messages[message.id] = message
        told = {"id": id, "type": 2, "activity_instance_id": None}
        told |= {"response_message_id": message.id, "response_message_loading": kind == 5} if message else {}
        shown = message.payload(self.guild_of(message.channel)) if message and kind != 6 else None
        return {"interaction": told, **({"resource": {"type": kind, "message": shown}} if shown else {})}

    def _new(self, channel: str, flags: int, private_to: dict[str, Any] | None) -> Message:
        private = EPHEMERAL if private_to else 0
        owner = private_to["id"] if private_to else None
        return Message(id=self.ids.next(), channel=channel, author=self.bot, flags=flags | private, private_to=owner)

    def _live(self, token: str) -> Interaction:
        interaction = self.interactions.get(token)
        if interaction is None:
            raise Refused(404, 10015, "Unknown Webhook")
        if self.now() - interaction.sent > 900:
            raise Refused(401, 50027, "Invalid Webhook Token")
        if interaction.kind is None:
            raise Refused(404, 10015, "Unknown Webhook")
        if interaction.channel not in self.channels:
            raise Refused(404, 10003, "Unknown Channel")
        return interaction

    def _followed(self, token: str, id: str) -> Message:
        interaction = self._live(token)
        message = interaction.original if id == "@original" else self.messages.get(id)
        if message is None or message.id not in self.messages or message.author is not self.bot:
            raise Refused(404, 10008, "Unknown Message")
        return message

    async def _edit_followed(self, call: Call, application: str, token: str, id: str) -> Any:
        message = self._followed(token, id)
        assert isinstance(call.body, dict)
        take(message, call.body, list(call.files), self.room)
        self.interactions[token].shown = message
        return message.payload(self.guild_of(message.channel))

    async def _get_followed(self, call: Call, application: str, token: str, id: str) -> Any:
        message = self._followed(token, id)
        return message.payload(self.guild_of(message.channel))

    async def _delete_followed(self, call: Call, application: str, token: str, id: str) -> None:
        del self.messages[self._followed(token, id).id]

    async def _follow_up(self, call: Call, application: str, token: str) -> Any:
        interaction = self._live(token)
        assert isinstance(call.body, dict)
        original = interaction.original
        if original is not None and original.waiting and original.id in self.messages and interaction.kind == 5:
            message = original  # the first follow-up to a deferral takes its place, with the deferral's privacy
        else:
            private = (call.body.get("flags") or 0) & EPHEMERAL
            message = self._new(interaction.channel, 0, interaction.member if private else None)
            message.interaction = interaction.told
        take(message, call.body, list(call.files), self.room)
        self.messages[message.id] = message
        interaction.shown = message
        return message.payload(self.guild_of(message.channel))

    # ── channels ────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, channel: str) -> dict[str, Any]:
        if channel not in self.channels:
            raise Refused(404, 10003, "Unknown Channel")
        if channel in self.closed:
            raise Refused(*self.closed[channel], "Missing Access")
        found = self.channels[channel]
        if found["type"] == DM and found["recipients"][0]["id"] in self.closed_to_dms:
            raise Refused(403, 50007, "Cannot send messages to this user")
        return found

    async def _get_channel(self, call: Call, channel: str) -> Any:
        return self._open(channel)

    async def _guild_channels(self, call: Call, guild: str) -> Any:
        if guild != self.guild:
            raise Refused(404, 10004, "Unknown Guild")
        return [each for each in self.channels.values() if each["type"] == GUILD_TEXT]

    async def _guild(self, call: Call, guild: str) -> Any:
        if guild != self.guild:
            raise Refused(404, 10004, "Unknown Guild")
        return self._told(guild)

    async def _guild_member(self, call: Call, guild: str, user: str) -> Any:
        known = next((each for each in (self.bot, *self.people.values()) if each["id"] == user), None)
        if guild != self.guild or known is None or known["username"] in self.left:
            raise Refused(404, 10007, "Unknown Member")
        return self.membership(known)

    async def _post(self, call: Call, channel: str) -> Any:
        self._open(channel)
        assert isinstance(call.body, dict)
        nonce = call.body.get("nonce") if call.body.get("enforce_nonce") else None
        if nonce and nonce in self._nonces and self.now() - self._nonces[nonce][0] < NONCE_SECONDS:
            earlier = self._nonces[nonce][1]  # whatever its channel: a nonce is the author's
            return earlier.payload(self.guild_of(earlier.channel))
        if channel in self.voiceless and (call.body.get("flags") or 0) & VOICE:
            raise Refused(403, 50173, "You cannot send voice messages in this channel.")
        message = self._new(channel, 0, None)
        replied = call.body.get("message_reference")
        if replied:
            message.reference = {"type": 0, "channel_id": channel, "message_id": str(replied["message_id"])}
        take(message, call.body, list(call.files))
        self.messages[message.id] = message
        if nonce:
            self._nonces[nonce] = self.now(), message
        payload = message.payload(self.guild_of(channel))
        await self.dispatch("MESSAGE_CREATE", payload)
        return payload

    def _message(self, channel: str, id: str) -> Message:
        self._open(channel)
        message = self.messages.get(id)
        # Ephemeral messages are not there for those who come by the channel.
        if message is None or message.channel != channel or message.private_to is not None:
            raise Refused(404, 10008, "Unknown Message")
        return message

    async def _history(self, call: Call, channel: str) -> Any:
        self._open(channel)
        after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise Refused(400, 50035, "Invalid Form Body: limit")
        there = [each for each in self.messages.values() if each.channel == channel and each.private_to is None]
        later = sorted((each for each in there if int(each.id) > after), key=lambda each: int(each.id))
        part = later[:limit] if after else later[-limit:]
        return [each.payload(self.guild_of(channel)) for each in reversed(part)]

    async def _get_message(self, call: Call, channel: str, id: str) -> Any:
        return self._message(channel, id).payload(self.guild_of(channel))

    async def _edit(self, call: Call, channel: str, id: str) -> Any:
        message = self._message(channel, id)
        if message.author is not self.bot:
            raise Refused(403, 50005, "Cannot edit a message authored by another user")
        assert isinstance(call.body, dict)
        take(message, call.body, list(call.files))
        return message.payload(self.guild_of(channel))

    async def _delete(self, call: Call, channel: str, id: str) -> None:
        del self.messages[self._message(channel, id).id]

    async def _typing(self, call: Call, channel: str) -> None:
        self._open(channel)

    async def _open_dm(self, call: Call) -> Any:
        assert isinstance(call.body, dict)
        wanted = str(call.body["recipient_id"])
        for each in self.people.values():
            if each["id"] == wanted:
                return self.channels[self.dm(each)]
        raise Refused(400, 50033, "Invalid Recipient(s)")


def person(id: str, name: str) -> dict[str, Any]:
    return {
        "id": id,
        "username": name,
        "global_name": name.capitalize(),
        "discriminator": "0",
        "avatar": None,
        "public_flags": 0,
        "bot": False,
    }


_ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", r"/users/@me", FakeDiscord._me),
    ("GET", r"/oauth2/applications/@me", FakeDiscord._application),
    ("GET", r"/gateway(?:/bot)?", FakeDiscord._gateway_url),
    ("GET", r"/applications/(\d+)/commands", FakeDiscord._commands),
    ("PUT", r"/applications/(\d+)/commands", FakeDiscord._put_commands),
    ("POST", r"/interactions/(\d+)/([^/]+)/callback", FakeDiscord._callback),
    ("POST", r"/webhooks/(\d+)/([^/]+)", FakeDiscord._follow_up),
    ("GET", r"/webhooks/(\d+)/([^/]+)/messages/([^/]+)", FakeDiscord._get_followed),
    ("PATCH", r"/webhooks/(\d+)/([^/]+)/messages/([^/]+)", FakeDiscord._edit_followed),
    ("DELETE", r"/webhooks/(\d+)/([^/]+)/messages/([^/]+)", FakeDiscord._delete_followed),
    ("GET", r"/guilds/(\d+)", FakeDiscord._guild),
    ("GET", r"/guilds/(\d+)/members/(\d+)", FakeDiscord._guild_member),
    ("GET", r"/guilds/(\d+)/channels", FakeDiscord._guild_channels),
    ("GET", r"/channels/(\d+)", FakeDiscord._get_channel),
    ("POST", r"/channels/(\d+)/messages", FakeDiscord._post),
    ("GET", r"/channels/(\d+)/messages", FakeDiscord._history),
    ("GET", r"/channels/(\d+)/messages/(\d+)", FakeDiscord._get_message),
    ("PATCH", r"/channels/(\d+)/messages/(\d+)", FakeDiscord._edit),
    ("DELETE", r"/channels/(\d+)/messages/(\d+)", FakeDiscord._delete),
    ("POST", r"/channels/(\d+)/typing", FakeDiscord._typing),
    ("POST", r"/users/@me/channels", FakeDiscord._open_dm),
]
