"""The Web API's methods, as far as this app calls them; each refuses what the real one refuses."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from tests import contracts
from tests.fakes.slack.workspace import BOT, BOT_USER, TEAM, File, Message, Refused, Workspace

Arguments = dict[str, Any]


class Methods:
    """`call` answers a method by its name."""

    def __init__(self, workspace: Workspace, base: Callable[[], str]) -> None:
        self._w = workspace
        self._base = base

    def call(self, method: str, given: Arguments) -> dict[str, Any]:
        answer = getattr(self, method.replace(".", "_"), None)
        if answer is None or method.startswith("_") or "." not in method:
            raise Refused("unknown_method")
        return dict(answer(given))

    # ── the app ─────────────────────────────────────────────────────────────────────────────────────────────

    def auth_test(self, given: Arguments) -> dict[str, Any]:
        return {
            "url": "https://fake.slack.com/",
            "team": "Fake",
            "user": "limner",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            **({"enterprise_id": self._w.enterprise} if self._w.enterprise else {}),
        }

    def users_info(self, given: Arguments) -> dict[str, Any]:
        user = self._w.users.get(given["user"])
        if user is None:
            raise Refused("user_not_found")
        return {"user": user}

    # ── messages ────────────────────────────────────────────────────────────────────────────────────────────

    def chat_postMessage(self, given: Arguments) -> dict[str, Any]:
        channel = self._w.writable(given["channel"])
        blocks = _blocks(given)
        self._w.check_blocks(blocks, channel)
        if not given.get("text") and not blocks:
            raise Refused("no_text")
        if given.get("thread_ts") and self._w.message(channel.id, given["thread_ts"]) is None:
            raise Refused("thread_not_found")
        message = Message(
            channel.id, self._w.ts(), BOT_USER, given.get("text", ""), blocks, given.get("thread_ts"), raw=given
        )
        self._w.messages.append(message)
        return {"channel": channel.id, "ts": message.ts, "message": message.told()}

    def chat_postEphemeral(self, given: Arguments) -> dict[str, Any]:
        channel = self._w.writable(given["channel"])
        if given["user"] not in channel.members:
            raise Refused("user_not_in_channel")
        blocks = _blocks(given)
        self._w.check_blocks(blocks, channel, given["user"])
        message = Message(
            channel.id,
            self._w.ts(),
            BOT_USER,
            given.get("text", ""),
            blocks,
            given.get("thread_ts"),
            reader=given["user"],
            raw=given,
        )
        self._w.messages.append(message)
        return {"message_ts": message.ts}

    def chat_update(self, given: Arguments) -> dict[str, Any]:
        channel = self._w.writable(given["channel"])
        message = self._w.message(channel.id, given["ts"])
        if message is None or message.reader:
            raise Refused("message_not_found")
        if not message.by_bot:
            raise Refused("cant_update_message")
        blocks = _blocks(given)
        self._w.check_blocks(blocks, channel)
        message.text, message.blocks, message.raw = given.get("text", ""), blocks, given
        message.revision += 1
        return {"channel": channel.id, "ts": message.ts, "text": message.text}

    # ── conversations ───────────────────────────────────────────────────────────────────────────────────────

    def conversations_open(self, given: Arguments) -> dict[str, Any]:
        if given.get("users") not in self._w.users:
            raise Refused("user_not_found")
        if given["users"] in self._w.closed_to_dms:
            raise Refused("cannot_dm_bot")
        return {"channel": {"id": self._w.direct(given["users"]).id}}

    def conversations_join(self, given: Arguments) -> dict[str, Any]:
        channel = self._w.place(given["channel"])
        if channel.private:
            raise Refused("method_not_supported_for_channel_type")
        channel.members.add(BOT_USER)
        return {"channel": {"id": channel.id}}

    def conversations_info(self, given: Arguments) -> dict[str, Any]:
        channel = self._w.place(given["channel"])
        if channel.private and BOT_USER not in channel.members:
            raise Refused("channel_not_found")
        return {"channel": {"id": channel.id, "name": channel.name, "is_archived": channel.archived}}

    def conversations_members(self, given: Arguments) -> dict[str, Any]:
        channel = self._w.place(given["channel"])
        if channel.private and BOT_USER not in channel.members:
            raise Refused("channel_not_found")
        there = sorted({*(self._w.users if not channel.private else ()), *channel.members} - channel.left)
        at = int(given.get("cursor") or 0)
        following = str(at + 2) if at + 2 < len(there) else ""
        return {"members": there[at : at + 2], "response_metadata": {"next_cursor": following}}

    def conversations_list(self, given: Arguments) -> dict[str, Any]:
        listed = [
            {"id": each.id, "name": each.name, "is_archived": each.archived}
            for each in self._w.channels.values()
            if not each.direct and (not each.private or BOT_USER in each.members)
        ]
        at = int(given.get("cursor") or 0)
        following = str(at + 2) if at + 2 < len(listed) else ""
        return {"channels": listed[at : at + 2], "response_metadata": {"next_cursor": following}}

    def conversations_history(self, given: Arguments) -> dict[str, Any]:
        channel = self._w.writable(given["channel"])
        there = [
            each for each in self._w.messages if each.channel == channel.id and not each.thread_ts and not each.reader
        ]
        later = [each for each in there if each.ts > given.get("oldest", "0")]
        return self._page([self._full(each) for each in reversed(later)], given)

    def conversations_replies(self, given: Arguments) -> dict[str, Any]:
        channel = self._w.writable(given["channel"])
        there = [
            each
            for each in self._w.messages
            if each.channel == channel.id and given["ts"] in {each.ts, each.thread_ts} and not each.reader
        ]
        if not there:
            raise Refused("thread_not_found")
        oldest, inclusive = given.get("oldest", "0"), given.get("inclusive") in {True, "1", "true"}
        # The parent comes along always, and the page begins at the thread's oldest end.
        later = [
            each for each in there if each.ts == given["ts"] or each.ts > oldest or (inclusive and each.ts == oldest)
        ]
        return self._page([self._full(each) for each in later], given)

    def _page(self, messages: list[dict[str, Any]], given: Arguments) -> dict[str, Any]:
        at, limit = int(given.get("cursor") or 0), min(int(given.get("limit", 100)), 999)
        following = str(at + limit) if at + limit < len(messages) else ""
        return {"messages": messages[at : at + limit], "response_metadata": {"next_cursor": following}}

    def _full(self, message: Message) -> dict[str, Any]:
        files = [
            self._w.told(self._w.files[each], self._base()) for each in message.files if not self._w.files[each].deleted
        ]
        return {**message.told(), **({"files": files} if files else {})}

    # ── files ───────────────────────────────────────────────────────────────────────────────────────────────

    def files_getUploadURLExternal(self, given: Arguments) -> dict[str, Any]:
        file = File(
            f"F0{self._w.number():08d}",
            given["filename"],
            length=int(given["length"]),
            alt=given.get("alt_txt"),
            polls_left=self._w.polls,
        )
        self._w.uploads[file.id] = file
        return {"upload_url": f"{self._base()}/upload/v1/{file.id}", "file_id": file.id}

    def files_completeUploadExternal(self, given: Arguments) -> dict[str, Any]:
        asked = json.loads(given["files"])
        files = [self._w.uploads.get(each["id"]) for each in asked]
        if not files or any(file is None or not file.uploaded or file.completed for file in files):
            raise Refused("file_not_found")
        channel = self._w.writable(given["channel_id"]) if given.get("channel_id") else None
        if given.get("thread_ts") and channel and self._w.message(channel.id, given["thread_ts"]) is None:
            raise Refused("thread_not_found")
        known: list[File] = [file for file in files if file is not None]
        for file, each in zip(known, asked, strict=True):
            file.completed, file.title = True, each.get("title") or file.name
            self._w.files[file.id] = file
        if channel:
            ids = [file.id for file in known]
            message = Message(
                channel.id,
                self._w.ts(),
                BOT_USER,
                given.get("initial_comment") or "",
                [],
                given.get("thread_ts"),
                files=ids,
            )
            self._w.messages.append(message)
            for file in known:
                file.channels.setdefault(channel.id, []).append(message.ts)
        return {"files": [{"id": file.id, "title": file.title} for file in known]}

    def files_info(self, given: Arguments) -> dict[str, Any]:
        file = self._w.files.get(given["file"])
        if file is None or file.deleted:
            raise Refused("file_not_found")
        told = self._w.told(file, self._base())
        file.polls_left -= 1
        return {"file": {**told, "file_access": "visible"} if "file_access" in told else told}

    def files_delete(self, given: Arguments) -> dict[str, Any]:
        file = self._w.files.get(given["file"])
        if file is None or file.deleted:
            raise Refused("file_not_found")
        file.deleted = True
        return {}

    # ── views ───────────────────────────────────────────────────────────────────────────────────────────────

    def views_open(self, given: Arguments) -> dict[str, Any]:
        born = self._w.triggers.pop(given.get("trigger_id", ""), None)
        if born is None:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() - born > self._w.trigger_life:
            raise Refused("expired_trigger_id")
        view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
        if contracts.PRESENT:
            found = [each for each in contracts.validator("slack").check_view(view) if each.level == "error"]
            if found:
                raise Refused("invalid_arguments", response_metadata={"messages": [str(each) for each in found]})
        made = {**view, "id": f"V0{self._w.number():08d}", "team_id": TEAM, "state": {"values": {}}}
        self._w.views[made["id"]] = made
        return {"view": made}


def _blocks(given: Arguments) -> list[dict[str, Any]]:
    blocks = given.get("blocks") or []
    return json.loads(blocks) if isinstance(blocks, str) else blocks
