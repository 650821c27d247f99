"""The originals of a card, in the card's own thread: each is there once, and gone with the card.

An upload cannot be repeated: file ids are kept in the address before anything else is done, and a process that does not
know a card's files looks for them in its thread first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from limner.domain.card import Card
from limner.domain.place import Address
from limner_slack.uploads import Uploads, on_card, wanted

REMEMBERED = 5_000
"""Cards whose files a process knows, the latest."""
_FILE = "file:"
"""How keys of an address's `extra` begin that hold the id of a file."""


class Originals:
    """Shares them, and takes them away."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._held: OrderedDict[str, dict[str, str]] = OrderedDict()
        """What this process knows of the files of cards: by message, their ids by key."""

    def none(self, address: Address) -> None:
        """The card at this address is new: nothing of it is at Slack yet."""
        self._remember(address, {})

    async def share(self, address: Address, card: Card) -> Address:
        """Brings what the card wants and is not there yet; gives the address with all their ids.

        Raises:
            Undeliverable: The place is closed to us.
            PlatformTrouble: Slack stays out of reach.
            SlackApiError: Another refusal; `thread_not_found`: somebody deleted the card.
        """
        place, message = address.place, address.message or ""
        thread = place.thread or message
        uploads = wanted(card)
        held = {**noted(address), **self._held.get(_key(address), {})}
        missing = [each for each in uploads if each.key not in held]
        if missing and _key(address) not in self._held:
            held |= await self._uploads.found(missing, channel=place.channel, thread=thread, since=message)
            missing = [each for each in uploads if each.key not in held]
        if missing:
            held |= await self._uploads.share(missing, channel=place.channel, thread=thread)
        self._remember(address, held)
        return note(address, {each.key: held[each.key] for each in uploads})

    async def ready(self, address: Address, card: Card) -> dict[str, str]:
        """For each picture that stands on the card, by its blob, the file that shows it, once Slack has it ready."""
        files = on_card(card, self._held.get(_key(address), {}))
        if files:
            await self._uploads.ready(files.values())
        return files

    async def tidy(self, address: Address, card: Card) -> Address:
        """Deletes at Slack what stood on the card before and does not any longer; gives the address without that."""
        keys = {each.key for each in wanted(card)}
        held = self._held.get(_key(address), {})
        if gone := {key: id for key, id in held.items() if key not in keys}:
            await self._uploads.delete(gone.values())
            self._remember(address, {key: id for key, id in held.items() if key in keys})
        extra = {key: id for key, id in address.extra.items() if key.removeprefix(_FILE) not in gone}
        return address.evolve(extra=extra)

    async def take_away(self, address: Address, card: Card) -> None:
        """What was deleted is deleted at Slack too."""
        found = {*address.files, *self._held.pop(_key(address), {}).values()}
        if not found and card.job:
            place, message = address.place, address.message or ""
            named = f"limner-{card.job}"
            thread = place.thread or message
            found = set(await self._uploads.named(named, channel=place.channel, thread=thread, since=message))
        await self._uploads.delete(found)

    def _remember(self, address: Address, held: dict[str, str]) -> None:
        self._held[_key(address)] = held
        self._held.move_to_end(_key(address))
        while len(self._held) > REMEMBERED:
            self._held.popitem(last=False)


def noted(address: Address) -> dict[str, str]:
    """The ids of files that the address holds, by their keys."""
    return {key.removeprefix(_FILE): id for key, id in address.extra.items() if key.startswith(_FILE)}


def note(address: Address, files: Mapping[str, str]) -> Address:
    """The address with these as its card's files."""
    extra = {**address.extra, **{f"{_FILE}{key}": id for key, id in files.items()}}
    return address.evolve(files=tuple(files.values()), extra=extra)


def without_files(address: Address) -> Address:
    """The address of a card of which nothing is at Slack."""
    return address.evolve(extra={key: value for key, value in address.extra.items() if not key.startswith(_FILE)})


def _key(address: Address) -> str:
    return f"{address.place.channel}/{address.message}"
