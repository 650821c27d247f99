"""Cards for one reader: ephemeral messages, each in place of the one before where a `response_url` allows that.

They vanish on reload and nobody can edit them, so progress is not told there, and their pictures are kept in the
reader's direct messages with us.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from limner.domain.card import Card, State
from limner.domain.place import Address
from limner.errors import Undeliverable
from limner_slack import places
from limner_slack.calls import BROKEN, patiently, reason, retry_handlers
from limner_slack.cards import Message, render
from limner_slack.originals import note, noted
from limner_slack.posts import FORMING, Posts
from limner_slack.unready import insist
from limner_slack.uploads import Uploads, on_card, wanted

URL_USES = 5
"""A `response_url` takes five posts in thirty minutes."""
ANSWERS, COMMAND, BUTTON = "answers", "command", "button"
"""In an address's `extra`: what its `response_url` belongs to. A command's replaces the message that it posted before,
a button's the message that was pressed; another one replaces nothing that we know of."""
TOLD, USES = "told", "uses"
"""The same: whether its reader was told something, and how often by its `response_url`."""


class Ephemeral:
    """Tells one reader."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, posts: Posts, uploads: Uploads) -> None:
        self._client = client
        self._session = session
        self._posts = posts
        self._uploads = uploads

    async def show(self, address: Address, card: Card, *, fresh: bool) -> Address:
        """Tells the address's reader. `fresh`: the card at the address, if any, is not this reader's own and stays.

        Raises:
            Undeliverable: The place is closed to us.
            PlatformTrouble: Slack stays out of reach.
            SlackApiError: Another refusal.
        """
        told = address.extra.get(TOLD)
        if card.state is State.PAINTING or (card.state is State.WAITING and told):
            return address
        if fresh or (card.state is State.REFUSED and not told):  # why not stands beside the card that was pressed
            address = address.evolve(message=None)
        follows = card.state is State.WAITING and not _replaceable(address)
        files: dict[str, str] = {}
        if card.state is State.GONE and card.job:
            await self._take_away(address, card.job)
        if card.state not in FORMING and wanted(card):
            address, files = await self._share(address, card)

        async def tell(card: Card, files: Mapping[str, str]) -> Address:
            there = bool(told or address.message or self._posts.is_repeated(address))
            message = render(card, files, follows=follows)
            return await self._tell(address, card, message, replace=there and _replaceable(address))

        return await insist(tell, card, files, where="They are in our direct messages.")

    async def _share(self, address: Address, card: Card) -> tuple[Address, dict[str, str]]:
        """The card's files in the reader's direct messages with us: an ephemeral message may not hold the only copy."""
        direct = await places.direct(self._client, address.reader or "")
        kept = noted(address)
        missing = [each for each in wanted(card) if each.key not in kept]
        if missing:
            kept |= await self._uploads.share(missing, channel=direct, thread=None)
        files = on_card(card, kept)
        await self._uploads.ready(files.values())
        return note(address, kept), files

    async def _take_away(self, address: Address, job: str) -> None:
        """What was deleted is deleted in its reader's direct messages too."""
        direct = await places.direct(self._client, address.reader or "")
        await self._uploads.delete(await self._uploads.named(f"limner-{job}", channel=direct, thread=None, since="0"))

    async def _tell(self, address: Address, card: Card, message: Message, *, replace: bool) -> Address:
        uses = int(address.extra.get(USES, "0"))
        told = {**address.extra, TOLD: "yes"}
        usable = _usable(address)
        if usable and await self._respond(usable, message, replace=replace):
            return address.evolve(extra={**told, USES: str(uses + 1)})
        place = address.place
        try:
            answer = await patiently(
                lambda: self._posts.joining(place.channel, lambda: self._whisper(address, message)),
                where="that channel",
            )
        except (Undeliverable, SlackApiError) as problem:
            if isinstance(problem, SlackApiError) and reason(problem) != "thread_not_found":
                raise
            direct = await places.direct(self._client, address.reader or "")
            moved = address.evolve(place=place.evolve(channel=direct, thread=None), message=None, extra=told)
            return await self._posts.post(moved.evolve(token=None, expires=None), card, message)
        # Whatever the `response_url` would replace, it is not this message.
        return address.evolve(message=str(answer["message_ts"]), token=None, expires=None, extra=told)

    async def _whisper(self, address: Address, message: Message) -> Any:
        return await self._client.chat_postEphemeral(
            channel=address.place.channel,
            user=address.reader or "",
            thread_ts=address.place.thread,
            text=message.text,
            blocks=message.blocks,
        )

    async def _respond(self, url: str, message: Message, *, replace: bool) -> bool:
        """Answers by a `response_url`; False when it is used up, has expired, or is out of reach."""
        hook = AsyncWebhookClient(
            url, session=self._session, retry_handlers=retry_handlers(), logger=self._client.logger
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


def _usable(address: Address) -> str | None:
    """The `response_url`, while it lives."""
    alive = address.expires is None or address.expires > datetime.now(UTC)
    return address.token if alive and int(address.extra.get(USES, "0")) < URL_USES else None


def _replaceable(address: Address) -> bool:
    """Whether what stands at the address can be replaced by its `response_url`: nobody can edit what one reader alone
    sees."""
    if _usable(address) is None:
        return False
    if address.extra.get(ANSWERS) == BUTTON:
        return address.message is not None
    return address.extra.get(ANSWERS) == COMMAND
