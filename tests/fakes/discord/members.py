"""Acting as a member of the stand-in: commands, buttons, forms, messages and voice notes, as Discord's own app sends
them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.fakes.discord.server import DIRECT_MESSAGES, GUILD_MESSAGES, MESSAGE_CONTENT, FakeDiscord, Interaction
from tests.fakes.discord.world import DM, EPHEMERAL, MANAGE_GUILD, ORDINARY, VOICE, File, Message

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
SUBCOMMAND, TEXT, WHOLE, SWITCH, ATTACHMENT = 1, 3, 4, 5, 11
TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "ogg": "audio/ogg", "mp3": "audio/mpeg"}
TYPES |= {"webm": "video/webm", "mp4": "video/mp4", "m4a": "audio/mp4", "wav": "audio/x-wav", "aac": "audio/aac"}


@dataclass
class Acting:
    """A member in a channel: `await Acting(fake, "ada").slash("imagine", prompt="a red fox")`."""

    fake: FakeDiscord
    name: str = "ada"
    channel: str | None = None
    direct: bool = False
    """Whether it happens in direct messages with the bot."""

    @property
    def user(self) -> dict[str, Any]:
        return self.fake.person(self.name)

    @property
    def where(self) -> str:
        return self.fake.dm(self.user) if self.direct else self.channel or self.fake.channel

    # ── interactions ────────────────────────────────────────────────────────────────────────────────────────

    async def slash(
        self, command: str, *, files: tuple[tuple[str, bytes], ...] = (), wait: bool = True, **values: Any
    ) -> Interaction:
        """Uses a slash command, such as `imagine` or `style save`; `files` fill its attachment options in order, those
        that are not named among the values with a name and bytes. Waits for the acknowledgement."""
        declared, data = self._typed(command)
        named = {name: self._attach(*value) for name, value in values.items() if isinstance(value, tuple)}
        values |= {name: file.id for name, file in named.items()}
        slots = [
            each["name"]
            for each in declared.get("options", ())
            if each["type"] == ATTACHMENT and each["name"] not in named
        ]
        attached = [self._attach(name, data) for name, data in files]
        assert len(attached) <= len(slots), f"/{command} takes {len(slots)} files"
        values |= dict(zip(slots, (file.id for file in attached), strict=False))
        options = [self._option(declared, name, value) for name, value in values.items()]
        missing = {each["name"] for each in declared.get("options", ()) if each.get("required")} - values.keys()
        assert not missing, f"Discord's app does not send /{command} without {missing}"
        return await self._send(COMMAND, {**data(options), **_resolved([*attached, *named.values()])}, wait=wait)

    async def complete(self, command: str, option: str, typed: str) -> list[str]:
        """What is offered while typing."""
        declared, data = self._typed(command)
        chosen = next(each for each in declared["options"] if each["name"] == option)
        assert chosen.get("autocomplete"), f"{option} completes nothing"
        options = [{"name": option, "type": chosen["type"], "value": typed, "focused": True}]
        sent = await self._send(AUTOCOMPLETE, data(options), wait=True)
        return [each["name"] for each in sent.data["choices"]]

    async def menu(self, label: str, message: Message) -> Interaction:
        """Uses a command on a message: Apps → label. The bot sees all of its target."""
        declared = self._declared(3, label)
        payload = message.payload(self.fake.guild_of(message.channel))
        data = {"id": declared["id"], "name": label, "type": 3, "target_id": message.id}
        return await self._send(COMMAND, {**data, "resolved": {"messages": {message.id: payload}}}, wait=True)

    async def press(
        self, message: Message, label: str, *, seen: list[dict[str, Any]] | None = None, wait: bool = True
    ) -> Interaction:
        """Presses the first button whose label starts so, or chooses such a choice; `seen` are the components as they
        were when the member looked, for one who presses late or twice."""
        assert message.private_to in {None, self.user["id"]}, "one cannot press what one does not see"
        looked = replace(message, components=message.components if seen is None else seen)
        for part in looked.parts:
            if part["type"] == 2 and part["label"].startswith(label) and "custom_id" in part:
                data = {"component_type": 2, "custom_id": part["custom_id"]}
                return await self._send(COMPONENT, data, source=message, looked=looked, wait=wait)
            for option in part.get("options", ()):
                if option["label"].startswith(label):
                    data = {"component_type": 3, "custom_id": part["custom_id"], "values": [option["value"]]}
                    return await self._send(COMPONENT, data, source=message, looked=looked, wait=wait)
        raise AssertionError(f"no {label!r} among {looked.buttons + looked.choices}")

    async def submit(
        self, opened: Interaction, *, files: tuple[tuple[str, bytes], ...] = (), **values: Any
    ) -> Interaction:
        """Fills a form that an interaction opened; what is not said stays as it was filled in."""
        attached = [self._attach(name, data) for name, data in files]
        parts: list[dict[str, Any]] = []
        for label in opened.modal["components"]:
            field = label["component"]
            answer = {"id": 1, "type": field["type"], "custom_id": field["custom_id"]}
            said = values.pop(field["custom_id"], None)
            match field["type"]:
                case 4:
                    answer["value"] = str(said) if said is not None else field.get("value") or ""
                    assert answer["value"] or not field.get("required", True), f"{field['custom_id']} is required"
                case 3:
                    usual = [each["value"] for each in field["options"] if each.get("default")]
                    answer["values"] = [str(said)] if said is not None else usual
                    assert set(answer["values"]) <= {each["value"] for each in field["options"]}
                case 19:
                    answer["values"] = [file.id for file in attached]
                case 23:
                    answer["value"] = bool(said if said is not None else field.get("default"))
            parts.append({"id": 1, "type": 18, "component": answer})
        assert not values, f"the form has no {set(values)}"
        data = {"custom_id": opened.modal["custom_id"], "components": parts, **_resolved(attached)}
        return await self._send(SUBMIT, data, source=opened.source, wait=True)

    def _declared(self, kind: int, name: str) -> dict[str, Any]:
        for command in self.fake.commands:
            if command.get("type", 1) == kind and command["name"] == name:
                return command
        raise AssertionError(f"{name!r} is not registered; {[each['name'] for each in self.fake.commands]} are")

    def _typed(self, command: str) -> tuple[dict[str, Any], Callable[[list[dict[str, Any]]], dict[str, Any]]]:
        """A command, or the one within a group, and how its options are sent."""
        name, _, word = command.partition(" ")
        whole = self._declared(1, name)
        groups = [each for each in whole.get("options", ()) if each["type"] == SUBCOMMAND]
        assert bool(groups) == bool(word), f"/{name} has {[each['name'] for each in groups]} in it"
        if not word:
            return whole, lambda options: {"id": whole["id"], "name": name, "type": 1, "options": options}
        inner = next(each for each in groups if each["name"] == word)

        def data(options: list[dict[str, Any]]) -> dict[str, Any]:
            within = {"name": word, "type": SUBCOMMAND, "options": options}
            return {"id": whole["id"], "name": name, "type": 1, "options": [within]}

        return inner, data

    def _option(self, declared: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
        option = next((each for each in declared.get("options", ()) if each["name"] == name), None)
        assert option is not None, f"/{declared['name']} has no option {name}"
        allowed = [each["value"] for each in option.get("choices", ())]
        assert not allowed or value in allowed, f"Discord's app offers only {allowed}"
        if option["type"] == WHOLE:
            assert option.get("min_value", value) <= value <= option.get("max_value", value)
        if option["type"] == TEXT:
            assert len(value) <= option.get("max_length", 6000)
        return {"name": name, "type": option["type"], "value": value}

    async def _send(
        self,
        kind: int,
        data: dict[str, Any],
        *,
        source: Message | None = None,
        looked: Message | None = None,
        wait: bool,
    ) -> Interaction:
        fake, channel, user = self.fake, self.where, self.user
        if source is not None:  # a button is pressed where it is
            channel = source.channel
        id = fake.ids.next()
        sent = Interaction(id=id, token=f"token-{id}", member=user, channel=channel, sent=fake.now(), source=source)
        fake.sent(sent)
        guild = fake.guild_of(channel)
        admin = MANAGE_GUILD if self.name in fake.admins else 0
        member = {**fake.membership(user), "permissions": str(ORDINARY | admin)}
        payload: dict[str, Any] = {
            "id": id,
            "application_id": fake.application,
            "type": kind,
            "token": sent.token,
            "version": 1,
            "data": data,
            "channel_id": channel,
            "channel": fake.channels[channel],
            "locale": "en-US",
            "app_permissions": str(ORDINARY),
            "entitlements": [],
            "authorizing_integration_owners": {"0": guild or "0"},
            "context": 0 if guild else 1,
            "attachment_size_limit": fake.room,
            **({"guild_id": guild, "guild": {"id": guild, "locale": "en-US", "features": []}} if guild else {}),
            **({"guild_locale": "en-US", "member": member} if guild else {"user": user}),
            **({"message": (looked or source).payload(guild)} if source is not None else {}),
        }
        await fake.dispatch("INTERACTION_CREATE", payload)
        if wait:
            await fake.until(lambda: sent.kind is not None)
        return sent

    # ── messages ────────────────────────────────────────────────────────────────────────────────────────────

    async def say(
        self,
        words: str = "",
        *,
        files: tuple[tuple[str, bytes], ...] = (),
        voice: bytes | None = None,
        seconds: float = 2.0,
        mention: bool = False,
        reply_to: Message | None = None,
        ping: bool = True,
        forwards: Message | None = None,
        names: tuple[str, ...] = (),
    ) -> Message:
        """Posts a message; `voice` makes it a voice message, which has no text and nothing else attached. `ping`: a
        reply names whom it answers, unless its member switches that off. `names`: members whom it mentions."""
        fake, channel = self.fake, reply_to.channel if reply_to is not None else self.where
        attached = [self._attach(name, data) for name, data in files]
        flags = 0
        if voice is not None:
            assert not words, "a voice message has no text"
            extra = {"duration_secs": seconds, "waveform": "AAAA"}
            attached = [fake.keep("voice-message.ogg", voice, channel, "audio/ogg", **extra)]
            flags = VOICE
        content = f"<@{fake.bot['id']}> {words}".strip() if mention else words
        pings = mention or (ping and reply_to is not None and reply_to.author is fake.bot)
        message = Message(
            id=fake.ids.next(),
            channel=channel,
            author=self.user,
            content=content,
            files=attached,
            flags=flags,
            mentions=[*([fake.bot] if pings else []), *(fake.person(each) for each in names)],
        )
        if reply_to is not None:
            message.reference = {"type": 0, "message_id": reply_to.id, "channel_id": channel}
        if forwards is not None:
            message.reference = {"type": 1, "message_id": forwards.id, "channel_id": forwards.channel}
            inner = forwards.payload(None)
            kept = ("content", "attachments", "embeds", "timestamp", "edited_timestamp", "flags", "type", "components")
            message.snapshots = [{"message": {key: inner[key] for key in kept}}]
        fake.messages[message.id] = message
        guild = fake.guild_of(channel)
        wanted = GUILD_MESSAGES if guild else DIRECT_MESSAGES
        if fake.intents & wanted:
            bare = not (fake.intents & MESSAGE_CONTENT or pings or fake.channels[channel]["type"] == DM)
            payload = message.payload(guild, bare=bare)
            if reply_to is not None:
                payload["referenced_message"] = reply_to.payload(guild, bare=bare)
            if guild:
                member = fake.membership(self.user)
                payload["member"] = {key: value for key, value in member.items() if key != "user"}
            await fake.dispatch("MESSAGE_CREATE", payload)
        return message

    def _attach(self, name: str, data: bytes) -> File:
        kind = TYPES.get(name.lower().rsplit(".", 1)[-1], "application/octet-stream")
        return self.fake.keep(name, data, self.where, kind)

    def sees(self) -> list[Message]:
        """The bot's messages that this member sees where they are."""
        return self.fake.seen_by(self.name, self.where)

    def private(self) -> list[Message]:
        """Those that nobody else sees."""
        return [each for each in self.sees() if each.flags & EPHEMERAL]


def _resolved(attached: list[File]) -> dict[str, Any]:
    return {"resolved": {"attachments": {file.id: file.payload() for file in attached}}} if attached else {}
