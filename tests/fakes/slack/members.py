"""Acting as a member, and seeing what a member sees."""

from __future__ import annotations

import time
from typing import Any

from tests.fakes.slack.server import Server, Unanswered
from tests.fakes.slack.workspace import APP, BOT_USER, TEAM, File, Message, ResponseURL

__all__ = ["FakeSlack", "Unanswered"]

VOICE_SHAPES: dict[str, dict[str, Any]] = {
    # The name says WebM and so does the type, and what is served is MP4.
    "webm": {"name": "audio_message.webm", "subtype": "slack_audio", "mimetype": "audio/webm", "filetype": "webm"},
    "mp4": {"name": "audio_message.mp4", "subtype": "slack_audio", "mimetype": "audio/mp4", "filetype": "mp4"},
    "video": {"name": "audio_message.mp4", "mimetype": "video/mp4", "filetype": "mp4"},
    "m4a": {"name": "audio_message.m4a", "subtype": "slack_audio", "mimetype": "audio/mp4", "filetype": "m4a"},
    "file": {"name": "recording.ogg", "mimetype": "audio/ogg", "filetype": "ogg"},
    # Announced by its id alone, as for apps in a channel shared with another company.
    "hidden": {"name": "audio_message.webm", "subtype": "slack_audio", "mimetype": "audio/webm", "filetype": "webm"},
}


class FakeSlack(Server):
    """The workspace with its members. Members and channels go by their names."""

    # ── acting ──────────────────────────────────────────────────────────────────────────────────────────────

    async def slash(
        self, text: str, *, command: str = "/imagine", user: str = "ada", channel: str = "general"
    ) -> dict[str, Any]:
        """Types a slash command; gives its payload, which `again` can deliver once more."""
        payload = {
            "token": "legacy",
            "team_id": TEAM,
            "api_app_id": APP,
            "command": command,
            "text": text,
            **self._from(user, channel),
            "user_id": self.workspace.member(user),
            "user_name": user,
            "channel_id": self.place(channel, user),
            "channel_name": channel,
        }
        await self.deliver("slash_commands", payload)
        return payload

    async def say(
        self,
        text: str,
        *,
        user: str = "ada",
        channel: str = "general",
        thread: str | None = None,
        files: tuple[File, ...] = (),
        subtype: str | None = None,
        **more: Any,
    ) -> list[dict[str, Any]]:
        """Writes a message, `@Limner` in it for a mention; gives the payloads of its events."""
        w = self.workspace
        id, place = w.member(user), self.place(channel, user)
        text = text.replace("@Limner", f"<@{BOT_USER}>")
        message = Message(place, w.ts(), id, text, thread_ts=thread, files=[each.id for each in files])
        w.messages.append(message)
        for file in files:
            file.channels.setdefault(place, []).append(message.ts)
        event = {**message.told(), "channel": place, "event_ts": message.ts, "team": TEAM, "user_team": TEAM, **more}
        if files:
            event["files"] = [self._told(each) for each in files]
            event["subtype"] = "file_share"
        if subtype:
            event["subtype"] = subtype
        root = next((each for each in w.messages if thread and each.channel == place and each.ts == thread), None)
        if root is not None:
            event["parent_user_id"] = root.user
        kind = "im" if w.channels[place].direct else "group" if w.channels[place].private else "channel"
        events: list[dict[str, Any]] = [{**event, "type": "message", "channel_type": kind}]
        if f"<@{BOT_USER}>" in text and kind != "im":
            events.append({**{key: value for key, value in event.items() if key != "subtype"}, "type": "app_mention"})
        return await self._happened(*events)

    async def joined(self, channel: str, *, user: str | None = None) -> dict[str, Any]:
        """Somebody comes into a channel; None: Limner itself, invited."""
        w = self.workspace
        who = w.member(user) if user else BOT_USER
        place = self.place(channel, "ada")
        told = {"type": "member_joined_channel", "user": who, "channel": place, "channel_type": "C", "team": TEAM}
        (payload,) = await self._happened({**told, "inviter": w.member("ada"), "event_ts": w.ts()})
        return payload

    async def changed(self, user: str, **more: Any) -> None:
        """Something about a member changes, and Slack says so."""
        w = self.workspace
        w.users[w.member(user)] |= more
        told = {"type": "user_change", "user": w.users[w.member(user)], "cache_ts": int(time.time())}
        await self._happened({**told, "event_ts": w.ts()})

    async def _happened(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        """Tells the application of events; gives their payloads."""
        payloads = [
            {
                "type": "event_callback",
                "team_id": TEAM,
                "api_app_id": APP,
                "event": each,
                "event_id": f"Ev{self.workspace.number():08d}",
                "event_time": int(time.time()),
                "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            }
            for each in events
        ]
        for payload in payloads:
            await self.deliver("events_api", payload)
        return payloads

    async def voice(
        self, sound: bytes, *, shape: str = "webm", words: str = "", pictures: tuple[File, ...] = (), **where: Any
    ) -> list[dict[str, Any]]:
        """Sends a voice clip in one of the shapes in which they arrive."""
        said = VOICE_SHAPES[shape]
        hidden = {"file_access": "check_file_info"} if shape == "hidden" else {}
        file = self.workspace.new_file(said["name"], sound, shape={**said, "duration_ms": 2500, **hidden})
        return await self.say(words, files=(file, *pictures), **where)

    async def shortcut(
        self, message: Message, callback: str = "limner:from-message", *, user: str = "ada"
    ) -> dict[str, Any]:
        """Uses a message shortcut."""
        told = {**message.told(), "text": message.text}
        if message.files:
            told["files"] = [self._told(self.workspace.files[each]) for each in message.files]
        payload = {
            "type": "message_action",
            "callback_id": callback,
            "message_ts": message.ts,
            "message": told,
            **self._interaction(user, message.channel, None),
        }
        await self.deliver("interactive", payload)
        return payload

    async def press(
        self, message: Message, label: str, *, user: str = "ada", source: Message | None = None
    ) -> dict[str, Any]:
        """Presses the first button of a message whose label starts so. `source`: the message itself, when what the
        member sees of it is older."""
        button, block = self._button(message, label)
        payload = {
            "type": "block_actions",
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": message.channel,
                "is_ephemeral": bool(message.reader),
                **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            },
            **self._interaction(user, message.channel, source or message),
            "actions": [
                {**button, "block_id": block.get("block_id", "b"), "type": "button", "action_ts": self.workspace.ts()}
            ],
        }
        if not message.reader:
            payload["message"] = message.told()
        await self.deliver("interactive", payload)
        return payload

    async def submit(self, view: dict[str, Any], values: dict[str, Any], *, user: str = "ada") -> Any:
        """Fills a form in and sends it off; gives the acknowledgement, in which errors stand."""
        state: dict[str, Any] = {}
        for block in view["blocks"]:
            if block.get("type") == "input":
                state[block["block_id"]] = {
                    block["element"]["action_id"]: _state(block["element"], values.get(block["block_id"]))
                }
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": self.workspace.member(user), "username": user, "name": user, "team_id": TEAM},
            "api_app_id": APP,
            "trigger_id": self._trigger(),
            "view": {**view, "state": {"values": state}},
        }
        return await self.deliver("interactive", payload)

    async def again(self, payload: dict[str, Any]) -> None:
        """Slack delivers the same event once more."""
        kind = "slash_commands" if "command" in payload else "events_api" if "event" in payload else "interactive"
        await self.deliver(kind, payload, retry=1)

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────────────────

    def seen(self, channel: str = "general", *, by: str = "ada", thread: str | None = None) -> list[Message]:
        """The bot's messages that this member sees in a channel (in a thread of it), oldest first."""
        place, id = self.place(channel, by), self.workspace.member(by)
        return [
            each
            for each in self.workspace.messages
            if each.channel == place
            and each.by_bot
            and each.reader in {None, id}
            and (thread is None or each.thread_ts == thread)
        ]

    def cards(self, channel: str = "general", *, by: str = "ada") -> list[Message]:
        """Those that are cards, not the files in their threads."""
        return [each for each in self.seen(channel, by=by) if not each.files]

    def place(self, channel: str, user: str) -> str:
        """A channel's id; `dm`: the member's direct messages with the app."""
        member = self.workspace.member(user)
        return self.workspace.direct(member).id if channel == "dm" else self.workspace.place(channel).id

    def text(self, message: Message) -> str:
        """All that can be read on it, one line each."""
        return "\n".join(_texts(message.blocks)) or message.text

    def buttons(self, message: Message) -> tuple[str, ...]:
        return tuple(each["text"]["text"] for each, _ in self._buttons(message))

    def images(self, message: Message) -> list[dict[str, Any]]:
        return [block for block in message.blocks if block.get("type") == "image"]

    def pictures(self, message: Message) -> tuple[bytes, ...]:
        """The bytes of the pictures inside the message."""
        return tuple(self.workspace.files[each["slack_file"]["id"]].data for each in self.images(message))

    def thread(self, message: Message) -> list[File]:
        """The files in its thread."""
        root = message.thread_ts or message.ts
        return [
            self.workspace.files[id]
            for each in self.workspace.messages
            if each.channel == message.channel and each.thread_ts == root
            for id in each.files
            if not self.workspace.files[id].deleted
        ]

    # ── payloads ────────────────────────────────────────────────────────────────────────────────────────────

    def _trigger(self) -> str:
        id = f"{self.workspace.number()}.{TEAM}"
        self.workspace.triggers[id] = time.monotonic()
        return id

    def _url(self, channel: str, user: str, source: Message | None) -> str:
        id = f"{self.workspace.number()}"
        url = f"{self.base}/actions/{TEAM}/{id}"
        thread = source.thread_ts if source else None
        self.workspace.urls[id] = ResponseURL(url, channel, user, thread, source, pressed=source is not None)
        return url

    def _from(self, user: str, channel: str) -> dict[str, Any]:
        place, id = self.place(channel, user), self.workspace.member(user)
        return {"response_url": self._url(place, id, None), "trigger_id": self._trigger()}

    def _interaction(self, user: str, channel: str, source: Message | None) -> dict[str, Any]:
        id = self.workspace.member(user)
        return {
            "team": {"id": TEAM, "domain": "fake"},
            "user": {"id": id, "username": user, "name": user, "team_id": TEAM},
            "api_app_id": APP,
            "channel": {"id": channel, "name": self.workspace.channels[channel].name},
            "response_url": self._url(channel, id, source),
            "trigger_id": self._trigger(),
        }

    def _told(self, file: File) -> dict[str, Any]:
        if file.shape.get("file_access") == "check_file_info":
            return {"id": file.id, "mode": "file_access", "file_access": "check_file_info"}
        told = self.workspace.told(file, self.base)
        if file.shape.get("subtype") == "slack_audio":
            told["url_private"] = told["url_private_download"] = str(told["url_private"]).rsplit(".", 1)[0] + ".mp4"
        return told

    def _buttons(self, message: Message) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [
            (each, block) for block in message.blocks if block.get("type") == "actions" for each in block["elements"]
        ]

    def _button(self, message: Message, label: str) -> tuple[dict[str, Any], dict[str, Any]]:
        for each, block in self._buttons(message):
            if each["text"]["text"].startswith(label):
                return each, block
        raise LookupError(f"no button “{label}” among {self.buttons(message)}")


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if not isinstance(value, dict) or value.get("type") in {"actions", "image"}:
        return []
    if isinstance(value.get("text"), str):
        return [value["text"]]
    return [text for key in ("text", "elements", "fields") for text in _texts(value.get(key))]


def _state(element: dict[str, Any], value: Any) -> dict[str, Any]:
    kind = element["type"]
    if kind == "checkboxes":
        return {"type": kind, "selected_options": element["options"] if value else []}
    if kind == "static_select":
        value = value if value is not None else (element.get("initial_option") or {}).get("value")
        chosen = next((each for each in element["options"] if each["value"] == value), None)
        return {"type": kind, "selected_option": chosen}
    if kind == "file_input":
        return {"type": kind, "files": value or []}
    return {"type": kind, "value": value if value is not None else element.get("initial_value")}
