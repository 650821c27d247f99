"""Delivers cards to Slack by the Web API alone, so that any process can.

A card is posted at once (`posts.py`) and edited from then on. Its originals are shared into the card's own thread
(`originals.py`), which makes them surely visible to everyone there, and the card then shows them by their file ids. How
far a painting is, is told by one try that never waits. Where the channel is gone or closed meanwhile, what came of the
job goes to its asker as a direct message. Private cards are ephemeral messages (`ephemeral.py`).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from limner.config import Slack
from limner.domain.card import Card, Line, Progress, Role, State
from limner.domain.place import Address, Attachment, Person, Place
from limner.errors import ConfigError, PlatformTrouble, Undeliverable
from limner_slack import people, places
from limner_slack.calls import BROKEN, SECONDS, asked_to_wait, connect, patiently, reason
from limner_slack.cards import Message, render
from limner_slack.ephemeral import Ephemeral
from limner_slack.files import Files
from limner_slack.originals import Originals, without_files
from limner_slack.posts import FORMING, Posts
from limner_slack.unready import insist, without
from limner_slack.uploads import Uploads, wanted

if TYPE_CHECKING:
    from limner.app import Limner

log = structlog.get_logger(__name__)

PACE = 3.0
"""Seconds between two edits: `chat.update` allows about 50 a minute in all (tier 3)."""
EDITS_A_MINUTE = 30
"""Edits that tell progress, of all cards together; the rest of those fifty is for results."""
LEFT = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "message_not_editable"})
"""The card is no longer there to be edited."""
MOVED = "moved"
"""In an address's `extra`: the card is in direct messages because its channel is closed to us."""
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
        self._files = Files(self.client, self._session, settings.api_base)
        uploads = Uploads(self.client, self._session, limner)
        self._originals = Originals(uploads)
        self._ephemeral = Ephemeral(self.client, self._session, self.posts, uploads)
        self._told: deque[float] = deque()
        """When progress was told in the last minute."""
        self._quiet = 0.0
        """Until when no progress is told, since Slack asked us to wait."""

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
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
            return await self._ephemeral.show(address.evolve(reader=reader), card, fresh=address.reader is None)
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
        place = address.place.evolve(channel=await places.direct(self.client, member), thread=None)
        moved = Address(place=place, extra={**without_files(address).extra, MOVED: "yes"})
        return await self._show(moved, _explained(card))

    async def _show(self, address: Address, card: Card) -> Address:
        forming = card.state in FORMING
        if card.state is State.PAINTING and address.message is None:
            return address  # progress makes no message of its own, which nobody would keep the address of
        uploads = () if forming else wanted(card)
        if card.state is State.GONE and address.message:
            await self._originals.take_away(address, card)
        if address.message is None:
            address = await self._post(address, card)
            if not uploads:
                return address
        if forming:
            await self._progress(address, card)
            return address
        if uploads:
            try:
                address = await self._originals.share(address, card)
            except SlackApiError as problem:
                if reason(problem) != "thread_not_found" or address.place.thread:
                    await self._tell_without(address, card)
                    raise
                # Somebody deleted the card meanwhile: it is posted anew, and its files with it.
                address = await self._post(address.evolve(message=None), card, replaces=address.message)
                address = await self._originals.share(address, card)
            except Undeliverable:
                await self._tell_without(address, card)
                raise
        shown = await self._update(address, card)
        return await self._originals.tidy(shown, card) if uploads else shown

    async def _tell_without(self, address: Address, card: Card) -> None:
        """The card must not wait forever for pictures that do not come."""
        told = without(card, "Slack did not take them; /gallery has them.")
        with suppress(SlackApiError, *BROKEN):
            await self.posts.edit(self.client, address, render(told, {}))

    async def _post(self, address: Address, card: Card, *, replaces: str | None = None) -> Address:
        pending = card.state not in FORMING and wanted(card)
        message = render(_on_its_way(card) if pending else card, {})
        address = await self.posts.post(address, card, message, replaces=replaces)
        if replaces is not None or not self.posts.is_repeated(address):
            self._originals.none(address)
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

    async def _update(self, address: Address, card: Card) -> Address:
        """Edits the message; one that was taken away meanwhile is posted anew."""

        async def edit(card: Card, files: Mapping[str, str]) -> Address:
            message = render(card, files)
            try:
                await patiently(lambda: self.posts.edit(self.client, address, message), where="that channel")
            except SlackApiError as problem:
                if reason(problem) not in LEFT:
                    raise
                return await self._repost(address, card, message)
            return address

        files = await self._originals.ready(address, card)
        return await insist(edit, card, files, where="They are in the thread of this message.")

    async def _repost(self, address: Address, card: Card, message: Message) -> Address:
        if card.state is State.GONE:
            return address
        return await self.posts.post(address.evolve(message=None), card, message, replaces=address.message)

    # ── places and people ───────────────────────────────────────────────────────────────────────────────────

    async def find(self, words: str, near: Place, *, by: str | None = None) -> tuple[Place, str]:
        """As the port says: `#marketing`, `<#C0123|marketing>` or an id, of this workspace."""
        return await places.find(self.client, words, near, by=by)

    async def direct(self, person: str, space: str) -> Place:
        try:
            channel = await places.direct(self.client, person)
        except SlackApiError as problem:
            raise Undeliverable(where="our direct messages") from problem
        return Place(platform=self.platform, space=space, channel=channel)

    async def stands(self, person: str, space: str) -> Person | None:
        return await people.stands(self.client, person)

    async def channels(self, space: str) -> tuple[str, ...]:
        return await places.channels(self.client)


def _explained(card: Card) -> Card:
    """The card with a word on why it is in direct messages."""
    if card.state is State.GONE:
        return card
    return card.evolve(lines=(*card.lines, Line(role=Role.NOTE, text=EXPLAINED)))


def _on_its_way(card: Card) -> Card:
    """The card while its files go to Slack: no buttons yet, and it says what it waits for."""
    return card.evolve(state=State.WAITING, progress=Progress(stage="Bringing the pictures"), controls=())
