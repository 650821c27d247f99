"""The stage of Slack: the real adapter, slack-bolt and slack-sdk against the stand-in."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import replace
from typing import Any, Self

from limner.app import Limner
from limner.domain.place import Person, Place
from limner_slack import platform as slack_platform
from limner_slack.cards import FOLLOWS_ID, PROGRESS_ID
from limner_slack.manifest import MAIN, commands
from tests.fakes.slack import FakeSlack, Message
from tests.fakes.slack.workspace import TEAM
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Seen
from tests.stages.door import Door, Guarded

HOME = "general"
SHOWING = (
    "chat.postMessage",
    "chat.update",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "files.info",
)
"""The calls by which cards are shown."""


class SlackStage:
    """Slack, with a workspace of three channels. What reached the stand-in conforms to Slack's description."""

    platform = "slack"

    def __init__(self, house: House, **slack: Any) -> None:
        self.fake = FakeSlack()
        self.fake.workspace.polls = 1  # a test waits no longer than it must to see that files are waited for
        self.elsewhere = "#random"
        self.limner: Limner
        self._house, self._section = house, slack
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self.raise_curtain()
        await self._open()
        return self

    async def raise_curtain(self) -> None:
        """Starts the stand-in."""
        await self.fake.__aenter__()
        for name in ("ada", "bob", "admin"):
            self.fake.workspace.member(name)

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        await self.fake.__aexit__()
        assert self.fake.breaches == []
        assert self.fake.unanswered == []

    async def open(self) -> Self:
        return await self.__aenter__()

    async def close(self) -> None:
        await self.__aexit__()

    def section(self) -> dict[str, Any]:
        """The configuration's section."""
        folder = self._house.folder
        folder.mkdir(parents=True, exist_ok=True)
        tokens = {"bot_token_file": folder / "slack-bot", "app_token_file": folder / "slack-app"}
        tokens["bot_token_file"].write_text(self.fake.bot_token)
        tokens["app_token_file"].write_text(self.fake.app_token)
        return {"api_base": self.fake.api_base, **tokens, **self._section}

    async def _open(self) -> None:
        await self.play(
            await self._stack.enter_async_context(self._house.open(platforms=(slack_platform,), slack=self.section()))
        )

    async def play(self, limner: Limner) -> None:
        """Lets a Limner listen here."""
        self.limner = limner
        self._door = Door(self.limner)
        serving = asyncio.create_task(self.limner.serve((Guarded(slack_platform, self._door),)))
        self._stack.push_async_callback(_stop, serving)
        await self.fake.until(lambda: serving.done() or len(self.fake.sockets) == 2)
        if serving.done():
            await serving

    async def restart(self) -> None:
        await self._stack.aclose()
        await self.fake.until(lambda: not self.fake.sockets)
        await self._open()

    @property
    def place(self) -> Place:
        return Place(platform="slack", space=TEAM, channel=self.fake.place(HOME, "ada"))

    @property
    def person(self) -> Person:
        return Person(id=self.fake.workspace.member("ada"), name="ada", locale="en-GB")

    # ── acting ──────────────────────────────────────────────────────────────────────────────────────────────

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
        """Slash commands take no files on Slack: with some, it is a mention."""
        typed = self._typed(name, values)
        before = self._now(member)
        action = self.limner.table[name]
        if spoken is not None:
            held = tuple(self.fake.workspace.new_file(file, data) for file, data in files)
            await self.fake.voice(spoken, words=f"@Limner {typed}", user=member, channel=HOME, pictures=held)
        elif files:
            held = tuple(self.fake.workspace.new_file(file, data) for file, data in files)
            word = "" if name == MAIN else f"{action.typed} "
            await self.fake.say(f"@Limner {word}{typed}", user=member, channel=HOME, files=held)
        else:
            own = {name: slash for slash, name in commands(self.limner.table, "/imagine").items()}
            first, _, second = action.typed.partition(" ")
            slash, word = (own[first], second) if first in own else ("/imagine", action.typed)
            await self.fake.slash(f"{word} {typed}".strip(), command=slash, user=member, channel=HOME)
        return await self._answered(member, before)

    def _typed(self, name: str, values: dict[str, Any]) -> str:
        """As a member types it: the first words free, the rest as flags."""
        free, flags = [], []
        for parameter in self.limner.table[name].parameters:
            value = values.get(parameter.name)
            if value is None:
                continue
            if parameter is self.limner.table[name].parameters[0] or parameter.required:
                free.append(str(value))
            elif value is True:
                flags.append(f"--{parameter.name}")
            else:
                flags.append(f'--{parameter.name} "{value}"')
        words = " ".join(free)
        if name == MAIN and not words.strip():
            flags.append("--standard")  # nothing at all would open the form
        return " ".join([words, *flags]).strip()

    async def press(self, seen: Seen, label: str, *, member: str = "ada") -> Seen:
        before = self._now(member)
        views = len(self.fake.workspace.views)
        message = self._message(seen)
        # What a member has before their eyes may be older than the message.
        shown = replace(message, blocks=seen.raw["blocks"])
        pressed = await self.fake.press(shown, label, user=member, source=message)
        return await self._handed_over(f"press:{pressed['trigger_id']}", seen, member, before, views)

    async def _handed_over(
        self, event: str, seen: Seen, member: str, before: dict[str, int], views: int | None = None
    ) -> Seen:
        """What answers an event, which may be to leave everything as it is; or a form; or what the adapter says by
        itself, without handing it over."""

        def answer() -> Seen | None:
            if event in self._door.answered:
                return self._changed(member, before, views) or self.seen(self._message(seen))
            return None if event in self._door.begun else self._changed(member, before, views, new=True)

        return await self.fake.until(answer)  # type: ignore[no-any-return]

    async def fill(
        self,
        seen: Seen,
        label: str,
        *,
        member: str = "ada",
        files: tuple[tuple[str, bytes], ...] = (),
        **values: Any,
    ) -> Seen:
        view = await self._form(seen, label, member)
        if files:
            slot = next(each["block_id"] for each in view["blocks"] if each["element"]["type"] == "file_input")
            held = [self.fake.workspace.new_file(name, data) for name, data in files]
            values[slot] = [self.fake.workspace.told(each, self.fake.base) for each in held]
        for name, value in values.items():
            if isinstance(value, tuple):
                values[name] = [self.fake.workspace.told(self.fake.workspace.new_file(*value), self.fake.base)]
        before = self._now(member)
        answer = await self.fake.submit(view, {name: _typed(value) for name, value in values.items()}, user=member)
        assert not answer, answer
        return await self._handed_over(f"form:{view['id']}", seen, member, before)

    async def filled(self, seen: Seen, label: str, *, member: str = "ada") -> dict[str, str]:
        view = await self._form(seen, label, member)
        said = {each["block_id"]: _filled(each["element"]) for each in view["blocks"]}
        return {name: value for name, value in said.items() if value}

    async def _form(self, seen: Seen, label: str, member: str) -> dict[str, Any]:
        opened = await self.press(seen, label, member=member)
        assert opened.raw.get("type") == "modal", f"{label} opens no form, but says: {opened.text}"
        return opened.raw

    async def reply(
        self,
        seen: Seen,
        words: str,
        *,
        member: str = "ada",
        files: tuple[tuple[str, bytes], ...] = (),
        mention: bool = False,
    ) -> Seen:
        before = self._now(member)
        held = tuple(self.fake.workspace.new_file(name, data) for name, data in files)
        said = f"@Limner {words}" if mention else words
        await self.fake.say(said, user=member, channel=HOME, thread=self._thread(seen), files=held)
        return await self._answered(member, before)

    async def voice(
        self,
        sound: bytes,
        *,
        name: str = "voice-message.ogg",
        words: str = "",
        member: str = "ada",
        answering: Seen | None = None,
    ) -> Seen:
        before = self._now(member)
        thread = self._thread(answering) if answering else None
        await self.fake.voice(sound, shape="webm", words=words, user=member, channel=HOME, thread=thread)
        return await self._answered(member, before)

    def _thread(self, seen: Seen) -> str:
        """The thread that a card is in, or has."""
        message = self._message(seen)
        return message.thread_ts or message.ts

    def _now(self, member: str) -> dict[str, int]:
        return {each.ts: each.revision for each in self._all(member)}

    def _all(self, member: str) -> list[Message]:
        return [card for channel in (HOME, "dm") for card in self.fake.cards(channel, by=member)]

    async def _answered(self, member: str, before: dict[str, int], views: int | None = None) -> Seen:
        return await self.fake.until(  # type: ignore[no-any-return]
            lambda: self._changed(member, before, views, new=True)
        )

    def _changed(
        self, member: str, before: dict[str, int], views: int | None = None, *, new: bool = False
    ) -> Seen | None:
        """The form that was opened since, or the message that was posted or (not with `new`) edited."""
        if views is not None and len(self.fake.workspace.views) > views:
            view = list(self.fake.workspace.views.values())[-1]
            return Seen(message=view["id"], text=view["title"]["text"], raw=view)
        home = self.fake.place(HOME, member)
        changed = [each for each in self._all(member) if before.get(each.ts) != each.revision]
        # Progress on other cards goes on meanwhile: a new message is the answer before a changed one is.
        changed.sort(key=lambda each: (each.ts in before, each.channel != home))
        return self.seen(changed[0]) if changed and not (new and changed[0].ts in before) else None

    # ── moods of the platform ───────────────────────────────────────────────────────────────────────────────

    def age(self) -> None:
        self.fake.workspace.urls.clear()

    def shut(self, *, directly: bool = False) -> None:
        """Archives the channel."""
        self.fake.workspace.channels[self.place.channel].archived = True
        if directly:
            self.fake.workspace.closed_to_dms.add(self.fake.workspace.member("ada"))

    def reopen(self) -> None:
        self.fake.workspace.channels[self.place.channel].archived = False
        self.fake.workspace.closed_to_dms.clear()

    def remove(self, seen: Seen) -> None:
        self.fake.workspace.messages.remove(self._message(seen))

    def limit(self, times: int) -> None:
        for method in SHOWING:
            self.fake.limit(method, times=times)

    def stumble(self, times: int, *, done: bool = False) -> None:
        for method in SHOWING:
            self.fake.stumble(method, 503, times=times, done=done)

    def holding(self, member: str) -> AbstractContextManager[None]:
        w = self.fake.workspace
        return self.fake.holding("chat.postMessage", w.direct(w.member(member)).id)

    async def direct(self, *, member: str = "ada") -> tuple[Seen, ...]:
        return await self.cards(member=member, place="dm")

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────────────────

    async def settled(self, seen: Seen, *, seconds: float = PATIENCE) -> Seen:
        message = self._message(seen)
        await self.fake.until(lambda: not _forming(message), seconds=seconds)
        if any(str(block.get("block_id", "")).startswith(FOLLOWS_ID) for block in message.blocks):
            message = await self.fake.until(lambda: self._following(message), seconds=seconds)
        return self.seen(message)

    def _following(self, message: Message) -> Message | None:
        """What was said to the same member alone after a message that cannot be edited."""
        later = self.fake.workspace.messages[self.fake.workspace.messages.index(message) + 1 :]
        there = (message.channel, message.reader)
        return next((each for each in later if (each.channel, each.reader) == there and not _forming(each)), None)

    async def cards(self, *, member: str = "ada", place: str | None = None) -> tuple[Seen, ...]:
        return tuple(self.seen(each) for each in self.fake.cards(place or HOME, by=member))

    async def sounds(self, seen: Seen, *, member: str = "ada") -> tuple[bytes, ...]:
        message = self._message(seen)
        files = self.fake.workspace.files
        if message.reader:
            every = [each for each in self.fake.workspace.messages if each.files]
            held = [files[id] for each in every for id in each.files]
        else:
            thread = message.thread_ts or message.ts
            answers = (each for each in self.fake.workspace.messages if each.thread_ts == thread)
            held = [files[id] for each in answers for id in each.files]
        return tuple(each.data for each in held if each.name.endswith(".mp3") and not each.deleted)

    def _message(self, seen: Seen) -> Message:
        return next(each for each in self.fake.workspace.messages if each.ts == seen.message)

    def seen(self, message: Message) -> Seen:
        """A message as a member sees it. To an ephemeral one belong the files that came with it by direct message."""
        names = {id: user["name"] for id, user in self.fake.workspace.users.items()}
        channel = self.fake.workspace.channels[message.channel]
        reader = message.reader or (next(iter(channel.members & set(names)), None) if channel.direct else None)
        return Seen(
            message=message.ts,
            text=self.fake.text(message),
            buttons=self.fake.buttons(message),
            alts=tuple(block["alt_text"] for block in self.fake.images(message)),
            pictures=self.fake.pictures(message) or self._beside(message),
            private_to=names.get(reader) if reader else None,
            raw={"blocks": message.blocks, "text": message.text, "ts": message.ts, "channel": message.channel},
        )

    def _beside(self, message: Message) -> tuple[bytes, ...]:
        if not message.reader:
            return ()
        w = self.fake.workspace
        direct, place = w.direct(message.reader), w.messages.index(message)
        before, after = (
            [each for each in some if each.channel == direct.id and each.files]
            for some in (w.messages[:place], w.messages[place:])  # what took the place of a waiting card came later
        )
        return tuple(w.files[id].data for each in before[-1:] or after[:1] for id in each.files)


def _typed(value: Any) -> Any:
    return value if isinstance(value, (list, bool)) else str(value)


def _filled(element: dict[str, Any]) -> str:
    """What a field of a form says before anybody touches it."""
    chosen = (element.get("initial_option") or {}).get("value") or element.get("initial_value")
    return str(chosen or ("true" if element.get("initial_options") else ""))


def _forming(message: Message) -> bool:
    return any(str(block.get("block_id", "")).startswith(PROGRESS_ID) for block in message.blocks)


async def _stop(serving: asyncio.Task[None]) -> None:
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
