"""Discord's events as asks: read, acknowledge, hand over. Nothing is decided here.

Nothing that waits comes before the acknowledgement, for which Discord gives three seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

import discord
import structlog

from limner.domain.action import Action, Reply
from limner.domain.ask import Ask, Pointed
from limner.domain.card import Card, Press, says
from limner.domain.courier import Courier
from limner.domain.place import Address
from limner.domain.words import read_words
from limner.edge import guarded
from limner.errors import Trouble
from limner_discord import forms
from limner_discord.cards import render
from limner_discord.reading import (
    address_of,
    channels_of,
    files_of,
    is_addressed,
    names_others,
    person_of,
    place_of,
    replied_to,
    replies_to,
    reply_address,
    video_of,
    words_of,
)

if TYPE_CHECKING:
    from limner.app import Limner

FORM_SECONDS = 2.0
"""A form has to open within Discord's three seconds, for it cannot be deferred."""
STALE = "That button is from before an update and no longer works. /show brings the card up with new ones."
STALE_COMMAND = "That command has just changed. Reload Discord (Ctrl+R) and use it again."
SLOW = "That took longer than Discord waits for a form. Please press it again."

COMPLETIONS = 25
"""The most names offered while typing."""

log = structlog.get_logger(__name__)


class Turnstile:
    """Lets acknowledgements go first: in a rush, the work that they announce waits until they are on their way."""

    LONGEST = 1.0
    """Seconds that work waits at most."""

    def __init__(self) -> None:
        self._sending = 0
        self._clear = asyncio.Event()
        self._clear.set()

    @contextlib.asynccontextmanager
    async def first(self) -> AsyncIterator[None]:
        self._sending += 1
        self._clear.clear()
        try:
            yield
        finally:
            self._sending -= 1
            if not self._sending:
                self._clear.set()

    async def then(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.LONGEST):
                await self._clear.wait()


class Inbox:
    """Turns events into asks. `running` are those that are being answered."""

    def __init__(self, limner: Limner, courier: Courier) -> None:
        self._limner, self._courier = limner, courier
        self._turnstile = Turnstile()
        self.running: set[asyncio.Task[Any]] = set()

    # ── interactions ────────────────────────────────────────────────────────────────────────────────────────

    async def command(self, interaction: discord.Interaction, action: Action, values: Mapping[str, Any]) -> None:
        """A slash command."""
        await self._answer(interaction, action, values=values)

    async def menu(self, interaction: discord.Interaction, action: Action, message: discord.Message) -> None:
        """A command on a message."""
        pictures, sound = files_of(message)
        if action.form:
            press = Press(action=action.name, target=None, options={}, form=True)
            pointed = Pointed(message=str(message.id), pictures=pictures)
            await self._guard(self._open(interaction, press, of=pointed), self._teller(interaction, None))
            return
        bot = interaction.client.user
        words = words_of(message, bot.id if bot else None)
        if not words and not pictures:
            sound = sound or video_of(message)
        await self._answer(
            interaction,
            action,
            pictures=pictures,
            sound=sound,
            speaker=str(message.author.id),
            words=words or None,
            answers=str(message.id),
        )

    async def press(self, interaction: discord.Interaction, code: str) -> None:
        """A button, or a choice that stands for one."""
        press = Press.read(code)
        action = self._limner.table.get(press.action) if press is not None else None
        if press is None or action is None:
            await self._guard(self._respond(interaction, says(STALE)), self._teller(interaction, None))
        elif press.form:
            await self._guard(self._open(interaction, press), self._teller(interaction, None))
        else:
            pressed = str(interaction.message.id) if interaction.message else None
            more = {"values": press.options, "target": press.target, "pressed": pressed}
            await self._answer(interaction, action, private=press.private, **more)

    async def submit(self, interaction: discord.Interaction) -> None:
        """A form that was sent."""
        filled = forms.submitted(interaction)
        if filled is None:
            return
        press, values, empty = filled
        action = self._limner.table.get(press.action)
        if action is None:
            await self._guard(self._respond(interaction, says(STALE)), self._teller(interaction, None))
        else:
            card = str(interaction.message.id) if interaction.message else None
            more = {"values": values, "empty": empty, "target": press.target, "opened_from": card}
            await self._answer(interaction, action, private=press.private, **more)

    async def complete(self, interaction: discord.Interaction, source: str, typed: str) -> tuple[str, ...]:
        """Names that complete what is typed; none when that goes wrong, for there is no way to say so."""
        here = channels_of(interaction, typed) if source == "places" else ()
        try:
            found = await self._limner.forms.complete(
                source, typed, person=person_of(interaction), place=place_of(interaction)
            )
            return (*here, *found)[:COMPLETIONS]
        except Trouble as trouble:
            log.info("discord_completion_failed", source=source, why=trouble.sentence)
            return ()

    async def stale(self, interaction: discord.Interaction, problem: discord.app_commands.AppCommandError) -> None:
        """A command that discord.py could not match with the tree: Discord's app still has an older one."""
        log.warning("discord_stale_command", why=type(problem).__name__)
        if interaction.type is not discord.InteractionType.autocomplete:
            await self._guard(self._respond(interaction, says(STALE_COMMAND)), self._teller(interaction, None))

    async def _answer(
        self, interaction: discord.Interaction, action: Action, *, private: bool = False, **more: Any
    ) -> None:
        private = private or action.reply is Reply.PRIVATE or _truthy(more.get("values", {}).get("private"))
        same = action.reply is Reply.SAME and interaction.message is not None
        ask = Ask(
            action=action.name,
            person=person_of(interaction),
            place=place_of(interaction),
            event=str(interaction.id),
            address=address_of(interaction, private=private, same=same),
            **more,
        )
        await self._guard(self._take(interaction, ask, private, same), self._teller(interaction, ask.address))

    async def _take(self, interaction: discord.Interaction, ask: Ask, private: bool, same: bool) -> None:
        refusal = self._limner.check(ask)
        if refusal is not None:
            await self._respond(interaction, refusal)
            return
        try:
            async with self._turnstile.first():
                await interaction.response.defer(ephemeral=private and not same, thinking=not same)
        except discord.HTTPException as problem:
            # Too late (10062), or another process was first (40060): either way it is not ours to answer.
            log.warning("discord_not_acknowledged", event_id=ask.event, code=problem.code)
            return
        await self._turnstile.then()
        await self._limner.take(ask)

    async def _open(self, interaction: discord.Interaction, press: Press, of: Pointed | None = None) -> None:
        try:
            async with asyncio.timeout(FORM_SECONDS):
                form = await self._limner.forms.of(
                    press.action,
                    person=person_of(interaction),
                    place=place_of(interaction),
                    target=press.target,
                    of=of,
                    pressed=str(interaction.message.id) if interaction.message else None,
                )
        except TimeoutError:
            await self._respond(interaction, says(SLOW))
            return
        await interaction.response.send_modal(forms.modal(form, press))

    async def _respond(self, interaction: discord.Interaction, card: Card) -> None:
        """Says something at once, to the member alone."""
        await interaction.response.send_message(
            view=render(card).view, ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
        )

    def _teller(self, interaction: discord.Interaction, address: Address | None) -> Callable[[Card], Awaitable[Any]]:
        async def tell(card: Card) -> None:
            if not interaction.response.is_done():
                await self._respond(interaction, card)
            elif address is not None:
                await self._courier.show(address, card)

        return tell

    # ── messages ────────────────────────────────────────────────────────────────────────────────────────────

    async def message(self, message: discord.Message, bot: discord.ClientUser) -> None:
        """A voice note, a mention of the bot, a reply to a picture of ours, words in the thread of one, or a direct
        message; everything else is not ours."""
        if message.author.bot:
            return
        pictures, sound = files_of(message)
        words = words_of(message, bot.id)
        if not (is_addressed(message, bot) or words or sound is not None):
            return
        address = reply_address(message)
        await self._guard(
            self._read(message, words, pictures, sound, address, bot),
            lambda card: self._courier.show(address, card),
        )

    async def _read(
        self,
        message: discord.Message,
        words: str,
        pictures: Any,
        sound: Any,
        address: Address,
        bot: discord.ClientUser,
    ) -> None:
        table = self._limner.table
        answers = replied_to(message)
        addressed = is_addressed(message, bot)
        if not addressed and sound is None and not await self._is_answer(message, answers, bot):
            return
        more: dict[str, Any] = {"pictures": pictures, "answers": answers}
        if not words and not pictures:
            sound = sound or video_of(message)
        if sound is not None and addressed:
            more |= {"action": "imagine", "values": {**read_words(table["imagine"], words), "voice": sound}}
        elif sound is not None:
            more |= {"action": "listen", "sound": sound, "words": words or None, "addressed": False}
        elif words or pictures:
            more |= {"action": "say", "values": read_words(table["say"], words)}
        else:
            more |= {"action": "help"}
        ask = Ask(person=person_of(message), place=place_of(message), event=str(message.id), address=address, **more)
        refusal = self._limner.check(ask)
        if refusal is not None:
            await self._courier.show(address, refusal.evolve(private=True))
            return
        await self._turnstile.then()
        await self._limner.take(ask)

    async def _is_answer(self, message: discord.Message, answers: str | None, bot: discord.ClientUser) -> bool:
        """Whether words that do not name us reply to a picture of ours, or are said in the thread that was started on
        one, and to nobody else."""
        place = place_of(message)
        if answers is not None:
            return replies_to(message, bot) and await self._limner.subjects.answerable(place, answers)
        if place.thread is None or names_others(message, bot):
            return False
        return await self._limner.subjects.answerable(place, place.thread)

    # ── the outer edge ──────────────────────────────────────────────────────────────────────────────────────

    async def _guard(self, work: Coroutine[Any, Any, None], tell: Callable[[Card], Awaitable[Any]]) -> None:
        """Does what an event asks for; whatever goes wrong, the member reads a sentence."""
        task = asyncio.current_task()
        assert task is not None
        self.running.add(task)
        try:
            await guarded(work, tell, about="Discord")
        finally:
            self.running.discard(task)


def _truthy(value: Any) -> bool:
    return value is True or str(value).lower() in {"true", "yes", "1"}
