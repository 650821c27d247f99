"""Messages that are posted once, whatever happens meanwhile, and edited from then on.

Slack does not refuse a second post of the same message. So each message carries a mark (in its first `block_id`) that
follows from what it answers; where a post may have been made already, since its answer was lost or since an earlier
process was asked for it, the channel is searched for that mark first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5
from weakref import WeakValueDictionary

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from limner.domain.card import Card, State
from limner.domain.place import Address, Place
from limner.errors import Undeliverable
from limner_slack.calls import BROKEN, passes, patiently, reason
from limner_slack.cards import Block, Message

EVENT, ASKED, TAKER, MARK = "event", "asked", "taker", "mark"
"""What an address's `extra` holds: the id of the event that is answered, when it came by our own clock, which process
took it, and the mark of the message that answers it."""

LOST_SECONDS = 30
"""After so long, an answer that is still to be posted is looked for first."""
SKEW_SECONDS = 60
PAGE, PAGES = 200, 5
FORMING = frozenset({State.WAITING, State.PAINTING})


class Posts:
    """Posts and edits of one workspace."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._opened = time.time()
        self._name = uuid4().hex[:8]
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def asked(self, event: str) -> dict[str, str]:
        """What an address's `extra` has to hold for an event that has just come."""
        return {EVENT: event, ASKED: f"{time.time():.3f}", TAKER: self._name}

    def is_repeated(self, address: Address) -> bool:
        """Whether an earlier try, of this process or of another, may have answered this event already."""
        if address.extra.get(TAKER, self._name) != self._name:
            return True
        asked = float(address.extra.get(ASKED) or "inf")
        return asked < self._opened or time.time() - asked > LOST_SECONDS

    async def post(self, address: Address, card: Card, message: Message, *, replaces: str | None = None) -> Address:
        """Posts the message in the address's place, or finds it there; gives the address with it. `replaces`: the ts
        of one that was taken away.

        Raises:
            Undeliverable: The place is closed to us.
            PlatformTrouble: Slack stays out of reach.
            SlackApiError: Another refusal.
        """
        place = address.place
        mark = str(_mark(address, card, replaces))
        address = address.evolve(extra={**address.extra, MARK: mark})
        blocks = _marked(message.blocks, mark)
        doubtful, found = replaces is None and self.is_repeated(address), False

        async def once() -> Any:
            nonlocal doubtful, found
            if doubtful and (there := await self._found(place, mark, address)) is not None:
                found = True
                return {"channel": place.channel, "ts": there}
            try:
                return await self.joining(place.channel, lambda: self._say(place, message.text, blocks, mark))
            except (SlackApiError, *BROKEN) as problem:
                doubtful = doubtful or (passes(problem) and not _is_limited(problem))
                raise

        # Held up by a rate limit, cards still appear in the order in which they came.
        lane = self._lanes.setdefault(place.channel, asyncio.Lock())
        async with lane:
            try:
                answer = await patiently(once, where="that channel")
            except SlackApiError as problem:
                if reason(problem) != "thread_not_found":
                    raise
                raise Undeliverable(where="that thread") from problem
        posted = address.evolve(place=place.evolve(channel=str(answer["channel"])), message=str(answer["ts"]))
        if found:  # what stands there may be an earlier state of it
            await patiently(lambda: self.edit(self._client, posted, message), where="that channel")
        return posted

    async def edit(self, client: AsyncWebClient, address: Address, message: Message) -> None:
        """Puts the message in place of the one at the address, in one try."""
        channel, mark = address.place.channel, address.extra.get(MARK)
        blocks = _marked(message.blocks, mark) if mark else message.blocks
        await self.joining(
            channel,
            lambda: client.chat_update(channel=channel, ts=address.message or "", text=message.text, blocks=blocks),
        )

    async def joining(self, channel: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """The call's answer. A public channel is open to us: it is joined when it is first used."""
        try:
            return await call()
        except SlackApiError as problem:
            if reason(problem) != "not_in_channel":
                raise
            try:
                await self._client.conversations_join(channel=channel)
            except SlackApiError:
                raise problem from None
            return await call()

    async def _say(self, place: Place, text: str, blocks: list[Block], mark: str) -> Any:
        return await self._client.chat_postMessage(
            channel=place.channel,
            thread_ts=place.thread,
            text=text,
            blocks=blocks,
            unfurl_links=False,
            unfurl_media=False,
            client_msg_id=mark,
        )

    async def _found(self, place: Place, mark: str, address: Address) -> str | None:
        """The ts of the message with this mark, when it is there after all; None also where we may not look."""
        asked = float(address.extra.get(ASKED) or time.time() - LOST_SECONDS)
        oldest, cursor = f"{asked - SKEW_SECONDS:.6f}", ""
        for _ in range(PAGES):
            try:
                answer = await self._page(place, oldest, cursor)
            except SlackApiError as problem:
                if passes(problem):
                    raise
                return None
            for message in answer["messages"]:
                if any(str(block.get("block_id", "")).endswith(mark) for block in message.get("blocks") or ()):
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None
        return None

    async def _page(self, place: Place, oldest: str, cursor: str) -> Any:
        channel, thread, onward = place.channel, place.thread, cursor or None
        if thread:
            return await self._client.conversations_replies(
                channel=channel, ts=thread, oldest=oldest, limit=PAGE, cursor=onward
            )
        return await self._client.conversations_history(channel=channel, oldest=oldest, limit=PAGE, cursor=onward)


def _marked(blocks: list[Block], mark: str) -> list[Block]:
    first, *rest = blocks
    return [{**first, "block_id": f"{first.get('block_id', 'limner')}-{mark}"}, *rest]


def _mark(address: Address, card: Card, replaces: str | None) -> UUID:
    """The same for a second try to answer an event, to show a job's first card, or to replace a message.

    As `client_msg_id` it lets Slack itself refuse a second one; that is not documented well enough to rely on alone.
    """
    event = address.extra.get(EVENT)
    if event is None and replaces is None:
        event = f"job/{card.job}" if card.job and card.state in FORMING else None
    if event is None and replaces is None:
        return uuid4()
    kind = "refused" if card.state is State.REFUSED else "card"
    return uuid5(NAMESPACE_URL, f"limner:{address.place.channel}/{event}/{replaces}/{kind}")


def _is_limited(problem: Exception) -> bool:
    return isinstance(problem, SlackApiError) and reason(problem) in {"ratelimited", "rate_limited"}
