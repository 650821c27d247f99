"""Delivers cards to Slack by the Web API alone, so that any process can.

A card is posted at once and edited from then on. Its originals are shared into the card's own thread, which makes them
surely visible to everyone there, and the card then shows them by their file ids. An edit can be repeated and an upload
cannot: file ids are kept in the address before anything else is done, and a process that does not know a card's files
looks for them in its thread first. How far a painting is, is told by one try that never waits. Where the channel is
gone or closed meanwhile, what came of the job goes to its asker as a direct message.

Private cards are ephemeral messages. Those vanish on reload and nobody can edit them, so progress is not told there and
their pictures are kept in the member's direct messages with the app.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from limner.config import Slack
from limner.domain.card import Card, Line, Progress, Role, State
from limner.domain.place import Address, Attachment, Person, Place
from limner.errors import ConfigError, PlatformTrouble, Undeliverable
from limner_slack import people, places
from limner_slack.calls import BROKEN, SECONDS, asked_to_wait, connect, patiently, reason, retry_handlers
from limner_slack.cards import Message, render
from limner_slack.files import Files, on_card, wanted
from limner_slack.posts import FORMING, Posts

if TYPE_CHECKING:
    from limner.app import Limner

log = structlog.get_logger(__name__)

PACE = 3.0
"""Seconds between two edits: `chat.update` allows about 50 a minute in all (tier 3)."""
EDITS_A_MINUTE = 30
"""Edits that tell progress, of all cards together; the rest of those fifty is for results."""
URL_USES = 5
"""A `response_url` takes five posts in thirty minutes."""
TOO_EARLY = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait when a file that says it is ready is not shown yet (`invalid_blocks`)."""
REMEMBERED = 5_000
LEFT = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "message_not_editable"})
"""The card is no longer there to be edited."""
MOVED = "moved"
"""In an address's `extra`: the card is in direct messages because its channel is closed to us."""
ANSWERS, COMMAND, BUTTON = "answers", "command", "button"
"""In an address's `extra`: what its `response_url` belongs to. A command's replaces the message that it posted before,
a button's the message that was pressed; another one replaces nothing that we know of."""
EXPLAINED = "I could not post in that channel any more, so here it is."


class SlackCourier:
    """As the port `Courier` says."""

    platform = "slack"
    pace = PACE
    plays: str | None = "mp3"
    listens = "a clip in any channel that I am in, in its threads, or in a direct message"

    def __init__(self, settings: Slack, limner: Limner) -> None:
        token = settings.bot_token
        if token is None:
            raise ConfigError(
                where="slack.bot_token_env", why=f"the environment variable {settings.bot_token_env} is not set"
            )
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS))
        self.client = connect(settings, self._session, token.get_secret_value())
        self._hasty = connect(settings, self._session, token.get_secret_value(), hasty=True)
        self.posts = Posts(self.client)
        self._told: deque[float] = deque()
        """When progress was told in the last minute."""
        self._quiet = 0.0
        """Until when no progress is told, since Slack asked us to wait."""
        self._files = Files(self.client, self._session, limner, settings.api_base)
        self._held: OrderedDict[str, dict[str, str]] = OrderedDict()
        """What this process knows of the files of cards: by message, their ids by key."""

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        """As the port says; the token goes to Slack's own hosts only."""
        await self._files.fetch(attachment, into, limit)

    async def close(self) -> None:
        await self._session.close()

    async def show(self, address: Address, card: Card) -> Address:
        """As the port says: posts the card, or puts it in place of the one at the address."""
        reader = address.reader or (address.extra.get("member") if card.private else None)
        try:
            if reader is None:
                return await self._show_openly(address, card)
            if address.place.channel.startswith("D"):
                # A direct message is private as it is, and can be edited. What is private to one member never replaces
                # a card that others made.
                own = address.reader or not card.private or (card.job and card.state is not State.REFUSED)
                there = address if own else address.evolve(message=None)
                return await self._show(there.evolve(reader=None, token=None), card)
            return await self._show_privately(address.evolve(reader=reader), card, fresh=address.reader is None)
        except SlackApiError as problem:
            log.error("slack refused a card", why=reason(problem), needed=problem.response.get("needed"))
            raise Undeliverable(where="that channel") from problem
        except BROKEN as problem:
            log.warning("slack is out of reach", why=type(problem).__name__)
            raise PlatformTrouble(platform="Slack") from problem

    # ── for everyone ────────────────────────────────────────────────────────────────────────────────────────

    async def _show_openly(self, address: Address, card: Card) -> Address:
        """Where it belongs; where that is closed, what is no progress goes to its asker directly."""
        if MOVED in address.extra:
            return await self._show(address, _explained(card))
        try:
            return await self._show(address, card)
        except Undeliverable:
            member, direct = address.extra.get("member"), address.place.channel.startswith("D")
            # A first answer is refused where it was asked for, while its member still looks there.
            fresh = address.message is None and not self.posts.is_repeated(address)
            if member is None or direct or fresh or not address.elsewhere or card.state in FORMING | {State.GONE}:
                raise
        place = address.place.evolve(channel=await self._direct(member), thread=None)
        extra = {key: value for key, value in address.extra.items() if not key.startswith("file:")}
        moved = Address(place=place, extra={**extra, MOVED: "yes"})
        return await self._show(moved, _explained(card))

    async def _show(self, address: Address, card: Card) -> Address:
        forming = card.state in FORMING
        if card.state is State.PAINTING and address.message is None:
            return address  # progress makes no message of its own, which nobody would keep the address of
        uploads = () if forming else wanted(card)
        if card.state is State.GONE and address.message:
            await self._take_away(address, card)
        if address.message is None:
            address = await self._post(address, card)
            if not uploads:
                return address
        if forming:
            await self._progress(address, card)
            return address
        if uploads:
            try:
                address = await self._share(address, card)
            except SlackApiError as problem:
                if reason(problem) != "thread_not_found" or address.place.thread:
                    await self._tell_without(address, card)
                    raise
                # Somebody deleted the card meanwhile: it is posted anew, and its files with it.
                address = await self._post(address.evolve(message=None), card, replaces=address.message)
                address = await self._share(address, card)
            except Undeliverable:
                await self._tell_without(address, card)
                raise
        shown = await self._update(address, card)
        return await self._tidied(shown, card) if uploads else shown

    async def _tell_without(self, address: Address, card: Card) -> None:
        """The card must not wait forever for pictures that do not come."""
        told = _without(card, "Slack did not take them; /gallery has them.")
        with suppress(SlackApiError, *BROKEN):
            await self.posts.edit(self.client, address, render(told, {}))

    async def _post(self, address: Address, card: Card, *, replaces: str | None = None) -> Address:
        pending = card.state not in FORMING and wanted(card)
        message = render(_on_its_way(card) if pending else card, {})
        address = await self.posts.post(address, card, message, replaces=replaces)
        if replaces is not None or not self.posts.is_repeated(address):
            self._remember(address, {})  # it is new: nothing of it is at Slack yet
        return address

    async def _progress(self, address: Address, card: Card) -> None:
        """Tells how far it is, when that costs nobody's result an edit; the next step tells more than this one."""
        now = time.monotonic()
        while self._told and now - self._told[0] > 60:
            self._told.popleft()
        if len(self._told) >= EDITS_A_MINUTE or now < self._quiet:
            return
        self._told.append(now)
        try:
            await self.posts.edit(self._hasty, address, render(card, {}))
        except (SlackApiError, *BROKEN) as problem:
            if isinstance(problem, SlackApiError) and reason(problem) == "ratelimited":
                self._quiet = now + asked_to_wait(problem.response.headers)
            why = reason(problem) if isinstance(problem, SlackApiError) else type(problem).__name__
            log.info("progress was not told", why=why)

    async def _share(self, address: Address, card: Card) -> Address:
        """The card's files in its own thread, each there once; their ids in the address."""
        place, message = address.place, address.message or ""
        thread = place.thread or message
        uploads = wanted(card)
        kept = {key.removeprefix("file:"): id for key, id in address.extra.items() if key.startswith("file:")}
        held = {**kept, **self._held.get(_key(address), {})}
        missing = [each for each in uploads if each.key not in held]
        if missing and _key(address) not in self._held:
            held |= await self._files.found(missing, channel=place.channel, thread=thread, since=message)
            missing = [each for each in uploads if each.key not in held]
        if missing:
            held |= await self._files.share(missing, channel=place.channel, thread=thread)
        self._remember(address, held)
        return address.evolve(
            files=tuple(held[each.key] for each in uploads),
            extra={**address.extra, **{f"file:{each.key}": held[each.key] for each in uploads}},
        )

    async def _tidied(self, address: Address, card: Card) -> Address:
        """What stood on the card before and does not any longer is deleted at Slack too."""
        keys = {each.key for each in wanted(card)}
        held = self._held.get(_key(address), {})
        if gone := {key: id for key, id in held.items() if key not in keys}:
            await self._files.delete(gone.values())
            self._remember(address, {key: id for key, id in held.items() if key in keys})
        extra = {key: id for key, id in address.extra.items() if key.removeprefix("file:") not in gone}
        return address.evolve(extra=extra)

    async def _take_away(self, address: Address, card: Card) -> None:
        """What was deleted is deleted at Slack too: the originals in the thread."""
        ids = {*address.files, *self._held.pop(_key(address), {}).values()}
        if not ids and card.job:
            place, message = address.place, address.message or ""
            named = f"limner-{card.job}"
            thread = place.thread or message
            ids = set(await self._files.named(named, channel=place.channel, thread=thread, since=message))
        await self._files.delete(ids)

    async def _update(self, address: Address, card: Card) -> Address:
        """Edits the message; one that was taken away meanwhile is posted anew."""
        files = on_card(card, self._held.get(_key(address), {}))
        if files:
            await self._files.ready(files.values())
        for wait in (*TOO_EARLY, None):
            message = render(card, files)
            try:
                await patiently(
                    lambda message=message: self.posts.edit(self.client, address, message),  # type: ignore[misc]
                    where="that channel",
                )
            except SlackApiError as problem:
                if reason(problem) in LEFT:
                    return await self._repost(address, card, message)
                if reason(problem) != "invalid_blocks" or not files:
                    raise
                if wait is None:
                    # The originals are in the thread: better a card that says so than none.
                    await self.posts.edit(self.client, address, render(_without(card), {}))
                    return address
                await asyncio.sleep(wait)
            else:
                return address
        return address

    async def _repost(self, address: Address, card: Card, message: Message) -> Address:
        if card.state is State.GONE:
            return address
        return await self.posts.post(address.evolve(message=None), card, message, replaces=address.message)

    def _remember(self, address: Address, held: dict[str, str]) -> None:
        self._held[_key(address)] = held
        self._held.move_to_end(_key(address))
        while len(self._held) > REMEMBERED:
            self._held.popitem(last=False)

    # ── for one reader ──────────────────────────────────────────────────────────────────────────────────────

    async def _show_privately(self, address: Address, card: Card, *, fresh: bool) -> Address:
        """An ephemeral message, by the `response_url` while it lives. `fresh`: the card at the address, if any, is not
        this reader's own and stays."""
        told = address.extra.get("told")
        if card.state is State.PAINTING or (card.state is State.WAITING and told):
            return address
        if fresh or (card.state is State.REFUSED and not told):  # why not stands beside the card that was pressed
            address = address.evolve(message=None)
        follows = card.state is State.WAITING and not _replaceable(address)
        files: dict[str, str] = {}
        if card.state is State.GONE and card.job:
            await self._take_away_directly(address, card.job)
        if card.state not in FORMING and wanted(card):
            address, files = await self._share_directly(address, card)
        for wait in (*TOO_EARLY, None):
            try:
                there = bool(told or address.message or self.posts.is_repeated(address))
                replace = there and _replaceable(address)
                return await self._tell(address, card, render(card, files, follows=follows), replace=replace)
            except SlackApiError as problem:
                if reason(problem) != "invalid_blocks" or not files:
                    raise
                if wait is None:
                    card, files = _without(card, "They are in our direct messages."), {}
                else:
                    await asyncio.sleep(wait)
        return await self._tell(address, card, render(card, {}), replace=False)

    async def _share_directly(self, address: Address, card: Card) -> tuple[Address, dict[str, str]]:
        """The card's files in the reader's direct messages with us: an ephemeral message may not hold the only copy."""
        direct = await self._direct(address.reader or "")
        kept = {key.removeprefix("file:"): id for key, id in address.extra.items() if key.startswith("file:")}
        missing = [each for each in wanted(card) if each.key not in kept]
        if missing:
            kept |= await self._files.share(missing, channel=direct, thread=None)
        files = on_card(card, kept)
        await self._files.ready(files.values())
        extra = {**address.extra, **{f"file:{key}": id for key, id in kept.items()}}
        return address.evolve(files=tuple(kept.values()), extra=extra), files

    async def _take_away_directly(self, address: Address, job: str) -> None:
        """What was deleted is deleted in its reader's direct messages too."""
        direct = await self._direct(address.reader or "")
        await self._files.delete(await self._files.named(f"limner-{job}", channel=direct, thread=None, since="0"))

    async def _direct(self, member: str) -> str:
        """The channel of a member's direct messages with us."""
        answer = await patiently(lambda: self.client.conversations_open(users=member), where="our direct messages")
        return str(answer["channel"]["id"])

    async def _tell(self, address: Address, card: Card, message: Message, *, replace: bool) -> Address:
        uses = int(address.extra.get("uses", "0"))
        told = {**address.extra, "told": "yes"}
        usable = _usable(address)
        if usable and await self._respond(usable, message, replace=replace):
            return address.evolve(extra={**told, "uses": str(uses + 1)})
        place = address.place
        try:
            answer = await patiently(
                lambda: self.posts.joining(place.channel, lambda: self._whisper(address, message)),
                where="that channel",
            )
        except (Undeliverable, SlackApiError) as problem:
            if isinstance(problem, SlackApiError) and reason(problem) != "thread_not_found":
                raise
            direct = await self._direct(address.reader or "")
            moved = address.evolve(place=place.evolve(channel=direct, thread=None), message=None, extra=told)
            return await self.posts.post(moved.evolve(token=None, expires=None), card, message)
        # Whatever the `response_url` would replace, it is not this message.
        return address.evolve(message=str(answer["message_ts"]), token=None, expires=None, extra=told)

    async def _whisper(self, address: Address, message: Message) -> Any:
        return await self.client.chat_postEphemeral(
            channel=address.place.channel,
            user=address.reader or "",
            thread_ts=address.place.thread,
            text=message.text,
            blocks=message.blocks,
        )

    async def _respond(self, url: str, message: Message, *, replace: bool) -> bool:
        """Answers by a `response_url`; False when it is used up, has expired, or is out of reach."""
        hook = AsyncWebhookClient(
            url, session=self._session, retry_handlers=retry_handlers(), logger=self.client.logger
        )
        try:
            answer = await hook.send(
                text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=replace
            )
        except BROKEN:
            return False
        if "invalid_blocks" in answer.body:
            raise SlackApiError("invalid_blocks", {"ok": False, "error": "invalid_blocks"})  # type: ignore[no-untyped-call]
        return answer.status_code == 200

    async def find(self, words: str, near: Place, *, by: str | None = None) -> tuple[Place, str]:
        """As the port says: `#marketing`, `<#C0123|marketing>` or an id, of this workspace."""
        return await places.find(self.client, words, near, by=by)

    async def direct(self, person: str, space: str) -> Place:
        return Place(platform=self.platform, space=space, channel=await self._direct(person))

    async def stands(self, person: str, space: str) -> Person | None:
        return await people.stands(self.client, person)

    async def channels(self, space: str) -> tuple[str, ...]:
        return await places.channels(self.client)


def _usable(address: Address) -> str | None:
    """The `response_url`, while it lives."""
    alive = address.expires is None or address.expires > datetime.now(UTC)
    return address.token if alive and int(address.extra.get("uses", "0")) < URL_USES else None


def _replaceable(address: Address) -> bool:
    """Whether what stands at the address can be replaced by its `response_url`: nobody can edit what one reader alone
    sees."""
    if _usable(address) is None:
        return False
    if address.extra.get(ANSWERS) == BUTTON:
        return address.message is not None
    return address.extra.get(ANSWERS) == COMMAND


def _key(address: Address) -> str:
    return f"{address.place.channel}/{address.message}"


def _explained(card: Card) -> Card:
    """The card with a word on why it is in direct messages."""
    if card.state is State.GONE:
        return card
    return card.evolve(lines=(*card.lines, Line(role=Role.NOTE, text=EXPLAINED)))


def _on_its_way(card: Card) -> Card:
    """The card while its files go to Slack: no buttons yet, and it says what it waits for."""
    return card.evolve(state=State.WAITING, progress=Progress(stage="Bringing the pictures"), controls=())


def _without(card: Card, where: str = "They are in the thread of this message.") -> Card:
    note = Line(role=Role.NOTE, text=f"Slack does not show the pictures here yet. {where}")
    return card.evolve(lines=(*card.lines, note))
