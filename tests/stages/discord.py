"""The stage of Discord: the real adapter and the real discord.py against the stand-in."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AbstractContextManager, AsyncExitStack
from typing import Any, Self

from limner.app import Limner
from limner.domain.card import State
from limner.domain.place import Person, Place
from limner_discord import platform as discord_platform
from tests.fakes.discord import TOKEN, Acting, FakeDiscord, Interaction, Message
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Seen
from tests.stages.door import Door, Guarded

SHOWING = (("PATCH", r"/webhooks/.*"), ("POST", r"/channels/\d+/messages"), ("PATCH", r"/channels/\d+/messages/\d+"))
"""The calls by which cards are shown."""


class DiscordStage:
    """Discord, with a server of two channels. What reached the stand-in conforms to Discord's description."""

    platform = "discord"

    def __init__(self, house: House, **discord: Any) -> None:
        self.fake = FakeDiscord()
        self.elsewhere = "#marketing"
        self.limner: Limner
        self._house, self._section = house, discord
        self._stack = AsyncExitStack()
        self._answers: dict[str, Interaction] = {}
        self._opened: Interaction | None = None
        self._members: set[str] = set()

    async def __aenter__(self) -> Self:
        await self.raise_curtain()
        await self._open()
        return self

    async def raise_curtain(self) -> None:
        """Starts the stand-in."""
        self.fake.add_channel("marketing")
        self.fake.admins.add("admin")
        await self.fake.start()

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        await self.fake.close()
        assert self.fake.breaches == []

    def section(self) -> dict[str, Any]:
        """The configuration's section."""
        token = self._house.folder / "discord-token"
        token.parent.mkdir(parents=True, exist_ok=True)
        token.write_text(TOKEN)
        return {"api_base": self.fake.api_base, "token_file": token, **self._section}

    async def _open(self) -> None:
        await self.play(
            await self._stack.enter_async_context(
                self._house.open(platforms=(discord_platform,), discord=self.section())
            )
        )

    async def play(self, limner: Limner) -> None:
        """Lets a Limner listen here."""
        self.limner = limner
        self._door = Door(self.limner)
        serving = asyncio.create_task(self.limner.serve((Guarded(discord_platform, self._door),)))
        self._stack.push_async_callback(_stop, serving)
        await self.fake.until(lambda: serving.done() or self.fake.listening)
        if serving.done():
            await serving

    async def restart(self) -> None:
        await self._stack.aclose()
        await self._open()

    @property
    def place(self) -> Place:
        return Place(platform="discord", space=self.fake.guild, channel=self.fake.channel)

    @property
    def person(self) -> Person:
        return Person(id=self.fake.person("ada")["id"], name="Ada", locale="en-US")

    # ── acting ──────────────────────────────────────────────────────────────────────────────────────────────

    def act(self, member: str) -> Acting:
        self._members.add(member)
        return Acting(self.fake, member)

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
        voice = {} if spoken is None else {"voice": ("voice-message.ogg", spoken)}
        sent = await self.act(member).slash(self.limner.table[name].typed, files=files, **voice, **values)
        return await self._answered(sent)

    async def press(self, seen: Seen, label: str, *, member: str = "ada") -> Seen:
        message = self.fake.messages[seen.message]
        pressed = await self.act(member).press(message, label, seen=seen.raw["components"])
        return await self._answered(pressed)

    async def submit(self, *, member: str = "ada", files: tuple[tuple[str, bytes], ...] = (), **values: Any) -> Seen:
        """Sends the form that a button opened last; what is not said stays as it was filled in."""
        assert self._opened is not None, "no form is open"
        return await self._answered(await self.act(member).submit(self._opened, files=files, **values))

    async def fill(
        self,
        seen: Seen,
        label: str,
        *,
        member: str = "ada",
        files: tuple[tuple[str, bytes], ...] = (),
        **values: Any,
    ) -> Seen:
        opened = await self.press(seen, label, member=member)
        assert self._opened is not None, f"{label} opens no form, but says: {opened.text}"
        sent = await self.act(member).submit(self._opened, files=files, **values)
        self._opened = None
        return await self._answered(sent)

    async def filled(self, seen: Seen, label: str, *, member: str = "ada") -> dict[str, str]:
        opened = await self.press(seen, label, member=member)
        assert self._opened is not None, f"{label} opens no form, but says: {opened.text}"
        fields = [each["component"] for each in self._opened.modal["components"]]
        self._opened = None
        said = {each["custom_id"]: _filled(each) for each in fields}
        return {name: value for name, value in said.items() if value}

    async def reply(
        self,
        seen: Seen,
        words: str,
        *,
        member: str = "ada",
        files: tuple[tuple[str, bytes], ...] = (),
        mention: bool = False,
    ) -> Seen:
        answered = self.fake.messages[seen.message]
        said = await self.act(member).say(words, files=files, mention=mention, reply_to=answered)
        return self.seen(await self.fake.until(lambda: self._reply(said, member)))

    async def voice(
        self,
        sound: bytes,
        *,
        name: str = "voice-message.ogg",
        words: str = "",
        member: str = "ada",
        answering: Seen | None = None,
    ) -> Seen:
        acting = self.act(member)
        card = self.fake.messages[answering.message] if answering else None
        if words or not name.endswith(".ogg"):  # a voice message has no text beside it: this is a file
            said = await acting.say(words, files=((name, sound),), reply_to=card)
        else:
            said = await acting.say(voice=sound, reply_to=card)
        return self.seen(await self.fake.until(lambda: self._reply(said, member)))

    def _reply(self, said: Message, member: str) -> Message | None:
        """The bot's answer to a message: a reply, or a direct message when it is private."""
        direct = self.fake.dm(self.fake.person(member))
        for each in self.fake.messages.values():
            replies = each.reference is not None and str(each.reference["message_id"]) == said.id
            private = each.channel == direct and int(each.id) > int(said.id)
            if each.author is self.fake.bot and (replies or private):
                return each
        return None

    async def _answered(self, interaction: Interaction) -> Seen:
        if interaction.kind == 9:
            assert interaction.source is not None
            self._opened = interaction
            return Seen(message=interaction.source.id, text=interaction.data["title"], raw=interaction.data)
        source = interaction.source if interaction.kind == 6 else None
        await self.fake.until(lambda: interaction.shown or (source and interaction.id in self._door.answered))
        shown = interaction.shown or source
        assert shown is not None
        self._answers[shown.id] = interaction
        return self.seen(shown)

    # ── moods of the platform ───────────────────────────────────────────────────────────────────────────────

    def age(self) -> None:
        for sent in self.fake.interactions.values():
            sent.sent -= 7 * 24 * 3600

    def shut(self, *, directly: bool = False) -> None:
        """Closes the channel to the bot, and the tokens of earlier interactions with it, as after fifteen minutes."""
        self.fake.closed[self.fake.channel] = (403, 50001)
        self.age()
        if directly:
            self.fake.closed_to_dms.add(self.fake.person("ada")["id"])

    def reopen(self) -> None:
        self.fake.closed.clear()
        self.fake.closed_to_dms.clear()

    def remove(self, seen: Seen) -> None:
        del self.fake.messages[seen.message]

    def limit(self, times: int) -> None:
        for method, path in SHOWING:
            self.fake.limit(method, path, times=times)

    def stumble(self, times: int, *, done: bool = False) -> None:
        for method, path in SHOWING:
            self.fake.arrange(method, path, 503, times=times, done=done)

    def holding(self, member: str) -> AbstractContextManager[None]:
        return self.fake.holding("POST", f"/channels/{self.fake.dm(self.fake.person(member))}/messages")

    async def direct(self, *, member: str = "ada") -> tuple[Seen, ...]:
        where = self.fake.dm(self.fake.person(member))
        return tuple(self.seen(each) for each in self.fake.seen_by(member, where))

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────────────────

    async def settled(self, seen: Seen, *, seconds: float = PATIENCE) -> Seen:
        def still() -> Message | None:
            message = self.fake.messages.get(seen.message)
            answer = self._answers.get(seen.message)
            if message is None and answer is not None:
                message = answer.shown
            return message if message is not None and not _forming(message) else None

        return self.seen(await self.fake.until(still, seconds))

    async def cards(self, *, member: str = "ada", place: str | None = None) -> tuple[Seen, ...]:
        channels = {f"#{each['name']}": id for id, each in self.fake.channels.items()}
        where = channels[place] if place else self.fake.channel
        shown = [each for each in self.fake.seen_by(member, where) if not each.waiting and not each.spoken]
        return tuple(self.seen(each) for each in shown)

    async def sounds(self, seen: Seen, *, member: str = "ada") -> tuple[bytes, ...]:
        card = self.fake.messages[seen.message]
        every = self.fake.seen_by(member, card.channel)
        after = [each for each in every[every.index(card) + 1 :] if each.spoken]
        if card.private_to is None:
            after = [each for each in after if (each.reference or {}).get("message_id") == card.id]
        return tuple(each.files[0].data for each in after)

    def seen(self, message: Message) -> Seen:
        """A message as a member sees it."""
        reader = message.private_to
        if message.channel in self.fake.channels and "recipients" in self.fake.channels[message.channel]:
            reader = self.fake.channels[message.channel]["recipients"][0]["id"]
        names = {each["id"]: name for name, each in self.fake.people.items()}
        return Seen(
            message=message.id,
            text=message.text,
            buttons=message.buttons,
            alts=message.alts,
            pictures=message.pictures,
            private_to=names.get(reader) if reader else None,
            raw=message.payload(self.fake.guild_of(message.channel)),
        )


def _filled(field: dict[str, Any]) -> str:
    """What a field of a form says before anybody touches it."""
    chosen = [each["value"] for each in field.get("options", ()) if each.get("default")]
    return str(field.get("value") or field.get("default") or "".join(chosen) or "")


def _forming(message: Message) -> bool:
    from limner_discord.cards import ACCENTS

    accents = {part.get("accent_color") for part in message.parts if part["type"] == 17}
    return message.waiting or bool(accents & {ACCENTS[State.WAITING], ACCENTS[State.PAINTING]})


async def _stop(serving: asyncio.Task[None]) -> None:
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving
