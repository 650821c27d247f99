"""Slack's events, read as asks and handed over. Nothing is decided here.

A listener reads its payload, starts a task of its own for the rest, and acknowledges as soon as what was asked is on
record, a few milliseconds later. Bolt hands on what Slack delivers again, so every ask carries a key that is the same
each time: a message's own place and time (a mention arrives both as `app_mention` and as `message`), else the
`trigger_id`.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from slack_sdk.errors import SlackApiError

from limner.domain.action import Reply
from limner.domain.ask import Ask, Pointed
from limner.domain.card import Press
from limner.domain.place import Address, Attachment, Person, Place
from limner.errors import Refusal
from limner_slack import commands, forms, manifest
from limner_slack.calls import BROKEN, reason
from limner_slack.courier import SlackCourier
from limner_slack.edge import Edge, Work
from limner_slack.ephemeral import COMMAND
from limner_slack.manifest import MAIN, SHORTCUT_ID
from limner_slack.people import People
from limner_slack.reading import Me, address_of, person_of, pressed_at, team_of

if TYPE_CHECKING:
    from limner.app import Limner

log = structlog.get_logger(__name__)

SPOKEN = frozenset({None, "file_share", "thread_broadcast", "slack_audio"})
"""Subtypes of messages that a member has written; the others tell of edits, joins and the like."""
MESSAGE_SECONDS = 2.5
"""How long to wait for what a message asks to be on record before it is acknowledged: its member sees nothing of that.
Slack itself waits for three seconds."""
REMEMBERED = 2_000
_OTHERS = re.compile(r"<(?:@|!subteam\^)[A-Z0-9]")
"""A mention of somebody: what names others is said to them."""
GONE_FILES = frozenset({"tombstone", "hidden_by_limit"})


class Inbox:
    """Turns events into asks."""

    def __init__(self, limner: Limner, courier: SlackCourier, me: Me) -> None:
        self._limner = limner
        self._courier = courier
        self._me = me
        self._people = People(courier.client)
        self._slash = commands_of(limner)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._under_way: dict[str, Work] = {}
        """What is being done for messages, commands and presses, by their events."""
        self._edge = Edge(courier, self._people, me)

    async def close(self) -> None:
        """Lets what was acknowledged be handed over, for a few seconds."""
        await self._edge.close()

    # ── what arrives ────────────────────────────────────────────────────────────────────────────────────────

    async def on_command(self, ack: Any, body: dict[str, Any]) -> None:
        """A slash command."""
        if not self._is_new(event := f"command:{body['trigger_id']}"):
            await self._acknowledged_again(event, ack)
            return
        place = self._me.place(body["channel_id"])
        person = Person(id=body["user_id"], name=body.get("user_name") or body["user_id"])
        address = address_of(place, person, url=body.get("response_url"), answers=COMMAND)
        before = self._slash.get(body["command"], MAIN)
        text = str(body.get("text") or "")
        team = body.get("team_id")
        if self._me.enterprise is not None and body.get("enterprise_id") == self._me.enterprise:
            team = self._me.enterprise  # a command tells both of its member
        if before == MAIN and commands.is_bare(text):
            await ack()
            self._edge.start(self._open(MAIN, None, address, person, body["trigger_id"]), address, person, team)
        else:
            noted = asyncio.Event()
            work = self._typed(text, address, person, event, before=before, noted=noted.set)
            await self._begun(event, self._edge.start(work, address, person, team, noted=noted)).acknowledged(ack)

    async def on_message(self, body: dict[str, Any]) -> None:
        """A message: a direct one, a mention, one in the thread of a picture of ours, or one with a voice note.
        Everything else that is said is let pass."""
        said = body["event"]
        if said.get("subtype") not in SPOKEN or said.get("bot_id") or said.get("hidden") or not said.get("user"):
            return
        team = said.get("user_team") or said.get("team")
        if said["user"] == self._me.user or self._me.is_foreign(team):
            return
        text = str(said.get("text") or "")
        direct = said.get("channel_type") == "im" or str(said["channel"]).startswith("D")
        mentioned = said["type"] == "app_mention" or f"<@{self._me.user}" in text
        addressed = direct or mentioned
        if not (addressed or said.get("files") or said.get("thread_ts")):
            return
        if not self._is_new(event := f"message:{said['channel']}:{said['ts']}"):
            # Told of once more, or as a mention too: that it is taken is as true as of the first time.
            if (earlier := self._under_way.get(event)) is not None:
                await earlier.noted(MESSAGE_SECONDS)
            return
        person = Person(id=said["user"], name=said["user"])
        address = address_of(self._me.place(said["channel"], said.get("thread_ts")), person)
        noted = asyncio.Event()
        work = self._said(said, address, person, event, addressed=addressed, noted=noted.set)
        # Bolt acknowledges when this returns; what is not acknowledged Slack delivers again.
        begun = self._begun(event, self._edge.start(work, address, person, team, noted=noted, silently=True))
        await begun.noted(MESSAGE_SECONDS)

    async def on_joined(self, body: dict[str, Any]) -> None:
        """Somebody came into a channel; where it is Limner itself, it says what it does there."""
        said = body["event"]
        if said.get("user") == self._me.user and not self._me.is_foreign(said.get("team")):
            await self._limner.greet(self._me.place(said["channel"], None))

    async def on_changed(self, body: dict[str, Any]) -> None:
        """Something about somebody has changed; it may be their rights."""
        user = body["event"]["user"]
        if not self._me.is_foreign(user.get("team_id")):
            self._people.forget(str(user["id"]))
            await self._limner.askers.changed(self._me.place(""), str(user["id"]))

    async def on_shortcut(self, ack: Any, body: dict[str, Any]) -> None:
        """A shortcut on a message."""
        await ack()
        if not self._is_new(event := f"shortcut:{body['trigger_id']}"):
            return
        message = body["message"]
        person = person_of(body)
        place = self._me.place(body["channel"]["id"], message.get("thread_ts"))
        address = address_of(place, person, url=body.get("response_url"))
        name = str(body["callback_id"]).removeprefix(SHORTCUT_ID)
        action = self._limner.table.get(name)
        if action is not None and action.form:
            work = self._open_on(name, message, address, person, body["trigger_id"])
        else:
            work = self._from_message(name, message, address, person, event)
        self._edge.start(work, address, person, team_of(body))

    async def on_press(self, ack: Any, body: dict[str, Any]) -> None:
        """A button."""
        pressed = body["actions"][0]
        press = Press.read(str(pressed.get("value") or ""))
        if press is None:
            await ack()
            return  # a link: Slack itself opens it
        if not self._is_new(event := f"press:{body['trigger_id']}"):
            await self._acknowledged_again(event, ack)
            return
        person = person_of(body)
        action = self._limner.table.get(press.action)
        address = pressed_at(body, person, self._me, action.reply if action else Reply.PRIVATE)
        team = team_of(body)
        if press.form:
            await ack()
            work = self._open(press.action, press.target, address, person, body["trigger_id"])
            self._edge.start(work, address, person, team)
        else:
            ask = Ask(
                action=press.action,
                values=press.options,
                person=person,
                place=address.place,
                event=event,
                address=address,
                target=press.target,
                pressed=(body.get("container") or {}).get("message_ts") or (body.get("message") or {}).get("ts"),
            )
            noted = asyncio.Event()
            work = self._take(ask, noted.set)
            await self._begun(event, self._edge.start(work, address, person, team, noted=noted)).acknowledged(ack)

    async def on_form(self, ack: Any, body: dict[str, Any]) -> None:
        """A form that was sent off. What cannot be is said in the form itself, which stays open."""
        view = body["view"]
        more = forms.remembered(view)
        person = person_of(body)
        place = self._me.place(more["channel"], more.get("thread"))
        address = address_of(place, person).evolve(message=more.get("message"), reader=more.get("reader"))
        ask = Ask(
            action=more["action"],
            values=forms.values(view),
            empty=forms.empty(view),
            person=person,
            place=place,
            event=f"form:{view['id']}",
            address=address,
            target=more.get("target"),
        )
        refusal = self._limner.check(ask)
        if refusal is not None:
            sentence = " ".join(line.text for line in refusal.lines)
            await ack(response_action="errors", errors=forms.refused(view, sentence))
            return
        await ack()
        if self._is_new(ask.event):
            self._edge.start(self._take(ask), address, person, team_of(body))

    # ── what is made of it ──────────────────────────────────────────────────────────────────────────────────

    async def _typed(
        self,
        text: str,
        address: Address,
        person: Person,
        event: str,
        *,
        before: str = MAIN,
        spoken_to: bool = False,
        pictures: tuple[Attachment, ...] = (),
        sound: Attachment | None = None,
        noted: Callable[[], None] = lambda: None,
    ) -> None:
        if sound is None:
            typed = commands.read(self._limner.table, text, before=before, spoken_to=spoken_to)
        else:
            typed = commands.beside_note(self._limner.table, text, sound)
        ask = Ask(
            action=typed.action,
            values=typed.values,
            person=person,
            place=address.place,
            event=event,
            address=address,
            pictures=pictures,
        )
        refusal = self._limner.check(ask)
        if refusal is not None:
            await self._courier.show(address, refusal)
            return
        await self._take(ask, noted)

    async def _said(
        self,
        said: dict[str, Any],
        address: Address,
        person: Person,
        event: str,
        *,
        addressed: bool,
        noted: Callable[[], None],
    ) -> None:
        files = await self._files(said)
        words = commands.without_mention(str(said.get("text") or ""), self._me.user)
        words = commands.unmarked(words)
        sound = next((each for each, claims in files if claims), None)
        pictures = tuple(each for each, claims in files if not claims)
        if sound is not None and addressed:
            await self._typed(words, address, person, event, noted=noted, pictures=pictures, sound=sound)
        elif sound is not None:
            ask = Ask(
                action="listen",
                addressed=False,
                person=person,
                place=address.place,
                event=event,
                address=address,
                pictures=pictures,
                sound=sound,
                words=words or None,
            )
            await self._take(ask, noted)
        elif not (addressed or (words and await self._is_answer(said, address.place))):
            return
        elif not words and not pictures:
            await self._typed("help", address, person, event, noted=noted)
        else:
            await self._typed(words, address, person, event, noted=noted, spoken_to=True, pictures=pictures)

    async def _is_answer(self, said: Mapping[str, Any], place: Place) -> bool:
        """Whether words that do not name us are said in the thread of a picture of ours, and to nobody else."""
        begun_by = said.get("parent_user_id", self._me.user)
        if place.thread is None or begun_by != self._me.user or _OTHERS.search(str(said.get("text") or "")):
            return False
        return await self._limner.subjects.answerable(place, place.thread)

    async def _from_message(
        self, action: str, message: dict[str, Any], address: Address, person: Person, event: str
    ) -> None:
        files = await self._files(message)
        ask = Ask(
            action=action,
            person=person,
            place=address.place,
            event=event,
            address=address,
            answers=str(message["ts"]),
            words=commands.unmarked(commands.without_mention(str(message.get("text") or ""), self._me.user)) or None,
            sound=next((each for each, claims in files if claims), None),
            speaker=message.get("user"),
            pictures=tuple(each for each, claims in files if not claims),
        )
        await self._take(ask)

    async def _open_on(
        self, action: str, message: dict[str, Any], address: Address, person: Person, trigger: str
    ) -> None:
        """Opens a form about a message."""
        pictures = tuple(each for each, claims in await self._files(message) if not claims)
        await self._open(action, None, address, person, trigger, of=Pointed(message=message["ts"], pictures=pictures))

    async def _open(
        self,
        action: str,
        target: str | None,
        address: Address,
        person: Person,
        trigger: str,
        of: Pointed | None = None,
    ) -> None:
        """Opens a form; a `trigger_id` lives for three seconds, so nothing is looked up before that need not be."""
        form = await self._limner.forms.of(action, person=person, place=address.place, target=target, of=of)
        remember = {
            "channel": address.place.channel,
            **({"thread": address.place.thread} if address.place.thread else {}),
            **({"message": address.message} if address.message else {}),
            **({"reader": address.reader} if address.reader else {}),
        }
        try:
            await self._courier.client.views_open(trigger_id=trigger, view=forms.view(form, remember))
        except SlackApiError as problem:
            if "trigger" not in reason(problem):
                raise
            raise Refusal(why="Slack was too slow to open the form. Please try once more.") from problem

    async def _take(self, ask: Ask, noted: Callable[[], None] = lambda: None) -> None:
        # By these the courier tells whether an answer may have been posted already.
        extra = {**ask.address.extra, **self._courier.posts.asked(ask.event)}
        person = await self._people.person(ask.person.id, ask.person.name)
        await self._limner.take(ask.evolve(person=person, address=ask.address.evolve(extra=extra)), noted)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _files(self, message: Mapping[str, Any]) -> list[tuple[Attachment, bool]]:
        """The files of a message, each with whether it is a voice note by what it says of itself."""
        found: list[tuple[Attachment, bool]] = []
        for file in message.get("files") or ():
            if file.get("mode") in GONE_FILES:
                continue
            if file.get("file_access") == "check_file_info":
                file = await self._info(file)
            attachment = forms.attachment(file)
            found.append((attachment, file.get("subtype") == "slack_audio" or attachment.claims_sound))
        return found

    async def _info(self, file: Mapping[str, Any]) -> Mapping[str, Any]:
        """A file that was announced by its id alone; what stays unknown is told when it is fetched."""
        try:
            return dict((await self._courier.client.files_info(file=str(file["id"])))["file"])
        except (SlackApiError, *BROKEN):
            return file

    def _begun(self, event: str, work: Work) -> Work:
        """Remembers what is being done for an event until it is over."""
        self._under_way[event] = work
        work.when_over(lambda: self._under_way.pop(event, None))
        return work

    async def _acknowledged_again(self, event: str, ack: Any) -> None:
        """Acknowledges what Slack tells of once more: no sooner than the first time."""
        earlier = self._under_way.get(event)
        await (earlier.acknowledged(ack) if earlier is not None else ack())

    def _is_new(self, event: str) -> bool:
        """Whether this was not seen in this process yet; the core knows for good."""
        if event in self._seen:
            return False
        self._seen[event] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True


def commands_of(limner: Limner) -> dict[str, str]:
    """The slash commands that lead here, with what each stands for."""
    slack = limner.settings.slack
    return manifest.commands(limner.table, slack.command if slack else "/imagine")
