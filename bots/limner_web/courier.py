"""The courier to the browsers: what is shown goes to those that look at its channel and may see it, at once.

It keeps nothing but who is looking: what a page missed is read from Limner's own record when it comes back. Where
several processes share the record, the one with the browsers finds there what the others show.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import structlog

from limner.domain.card import Card, State
from limner.domain.place import Address, Attachment, Person, Place
from limner.domain.record import Record
from limner.errors import ForeignHost, NotFetched, PictureFileTooLarge, PlatformTrouble, Trouble, Undeliverable
from limner_web.cards import render
from limner_web.pictures import Links
from limner_web.viewer import CHANNELS, HERE, Viewer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limner.app import Limner

WAITING_LIMIT = 200
"""Events that wait for a slow browser; past that it gets the whole list anew."""
CHUNK = 1 << 20
HISTORY = 50
"""Cards of a channel that a page shows, and that a browser which comes back is told of."""
LOOK = 0.4
"""Seconds between two looks for what other processes show."""

log = structlog.get_logger(__name__)


class Event(Record):
    """What a browser is told."""

    name: str
    """`card`, `answered`, `library`, or `resync`: read the list again."""
    data: str = ""
    id: int = 0


class Subscriber:
    """A browser's open stream. Of several cards for one message only the latest waits."""

    def __init__(self, viewer: Viewer, channel: str) -> None:
        self.viewer = viewer
        self.place = viewer.place(channel)
        self._waiting: OrderedDict[str, Event] = OrderedDict()
        self._news = asyncio.Event()
        self._closed = False

    def put(self, key: str, event: Event) -> None:
        """Queues an event in place of an older one of the same key."""
        self._waiting.pop(key, None)
        self._waiting[key] = event
        if len(self._waiting) > WAITING_LIMIT:
            self._waiting.clear()
            self._waiting["resync"] = Event(name="resync", id=event.id)
        self._news.set()

    async def answered(self, event: str, seconds: float) -> dict[str, str]:
        """The cards, by message, that were shown until an ask was answered, or for so long."""
        shown: dict[str, str] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while f"answered {event}" not in self._waiting and not self._closed:
                    self._news.clear()
                    await self._news.wait()
        for key, each in self._waiting.items():
            if each.name == "card":
                shown[key.removeprefix("card ")] = each.data
        return shown

    def close(self) -> None:
        """Ends the stream."""
        self._closed = True
        self._news.set()

    def __len__(self) -> int:
        return len(self._waiting)

    async def events(self) -> AsyncIterator[Event]:
        """What is to be told, as it comes, until closed."""
        while not self._closed:
            while self._waiting:
                yield self._waiting.popitem(last=False)[1]
            self._news.clear()
            if not self._closed:
                await self._news.wait()


class WebCourier:
    """Publishes to browsers."""

    platform = "web"
    pace = 0.5
    plays: str | None = "mp3"
    listens = "the microphone beside the prompt"

    def __init__(self, limner: Limner) -> None:
        self._limner = limner
        self.links = Links(limner.secret)
        self._spool = limner.spool.resolve()
        self._subscribers: set[Subscriber] = set()
        self._numbers = itertools.count(1)
        self._found: dict[str, dict[str, Card]] = {}
        """What the record last had of each channel that somebody looks at, by message."""

    # ── the port ────────────────────────────────────────────────────────────────────────────────────────────

    async def show(self, address: Address, card: Card) -> Address:
        """Publishes the card. What is for the asking browser alone never stands in place of what all see."""
        place = address.place
        if place.channel not in CHANNELS:
            raise Undeliverable(where=f"#{place.channel}")
        # A painting that is private is its member's own, and stays in their list, whichever browser they look with.
        alone = card.private and card.job is None
        replaced = address.message if address.reader is not None or not alone else None
        message = replaced or f"m{secrets.token_hex(6)}"
        self._tell(message, card, address, window=address.extra.get("window") if alone else None)
        if card.state in {State.DONE, State.GONE}:
            self._publish("library", "library", space=place.space)
        shown = address.evolve(message=message, reader=owner(address) if alone else None)
        if card.state is State.PAINTING and self._limner.shared:
            await self._limner.note(shown, card)  # the browsers may be another process's
        return shown

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        """Copies an upload out of the spool; nothing outside of it is ever read."""
        path = self._in_spool(attachment)
        await asyncio.to_thread(_copy, path, into, limit, attachment.name)

    async def find(self, words: str, near: Place, *, by: str | None = None) -> tuple[Place, str]:
        """A channel by its name, with or without the `#`."""
        name = words.strip().lstrip("#").lower()
        if name not in CHANNELS or near.platform != self.platform:
            raise Undeliverable(where=f"#{name}"[:60])
        return near.evolve(channel=name, thread=None), f"#{name}"

    async def direct(self, person: str, space: str) -> Place:
        """There are none."""
        raise Undeliverable(where=person)

    async def stands(self, person: str, space: str) -> Person | None:
        """Nobody is known by the page alone."""
        raise PlatformTrouble(platform=self.platform)

    async def channels(self, space: str) -> tuple[str, ...]:
        """None to choose from."""
        return ()

    async def close(self) -> None:
        self.hang_up()

    # ── the browsers ────────────────────────────────────────────────────────────────────────────────────────

    def html(self, card: Card, message: str, place: Place) -> str:
        """The card as the page shows it."""
        return render(card, message=message, channel=place.channel, links=self.links.within(place.space))

    @contextmanager
    def looking(self, viewer: Viewer, channel: str) -> Iterator[Subscriber]:
        """A browser that looks at a channel, for as long as this lasts."""
        subscriber = Subscriber(viewer, channel)
        self._subscribers.add(subscriber)
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)

    @property
    def audience(self) -> int:
        """How many browsers look."""
        return len(self._subscribers)

    async def follow(self) -> None:
        """Shows the browsers what other processes show, until cancelled."""
        while self._limner.shared:
            looked = {each.place.key: each.place for each in self._subscribers}
            self._found = {key: found for key, found in self._found.items() if key in looked}
            for place in looked.values():
                try:
                    await self._look(place)
                except Trouble as trouble:  # the record is out of reach for now
                    log.info("the record could not be read", why=trouble.sentence)
            await asyncio.sleep(LOOK)

    async def _look(self, place: Place) -> None:
        newest = await self._limner.cards(place, limit=HISTORY)
        found = {address.message: (address, card) for address, card in newest if address.message}
        before = self._found.get(place.key, {})
        self._found[place.key] = {message: card for message, (_, card) in found.items()}
        changed = {message: told for message, told in found.items() if before.get(message) != told[1]}
        for message, (address, card) in changed.items():
            self._tell(message, card, address)
        if any(card.state in {State.DONE, State.GONE} for _, card in changed.values()):
            self._publish("library", "library", space=place.space)

    def answered(self, viewer: Viewer, event: str) -> None:
        """Tells a browser that its ask was answered, so that it may stop looking busy."""
        self._publish(f"answered {event}", "answered", event, space=viewer.space, window=viewer.window)

    def hang_up(self) -> None:
        """Ends every stream."""
        for subscriber in self._subscribers:
            subscriber.close()

    def _tell(self, message: str, card: Card, address: Address, *, window: str | None = None) -> None:
        """Shows a card to whoever looks at its place and may see it, or to one window alone."""
        event = Event(name="card", data=self.html(card, message, address.place), id=next(self._numbers))
        for subscriber in self._subscribers:
            if subscriber.place != address.place or not seen_by(subscriber.viewer, address, card):
                continue
            if window in {None, subscriber.viewer.window}:
                subscriber.put(f"card {message}", event)

    def _publish(self, key: str, name: str, data: str = "", *, space: str, window: str | None = None) -> None:
        event = Event(name=name, data=data, id=next(self._numbers))
        for subscriber in self._subscribers:
            if subscriber.place.space == space and window in {None, subscriber.viewer.window}:
                subscriber.put(key, event)

    def _in_spool(self, attachment: Attachment) -> Path:
        url = urlsplit(attachment.url)
        path = Path(unquote(url.path))
        if url.scheme != "file" or url.netloc or attachment.platform != self.platform:
            raise ForeignHost(name=attachment.name)
        if path.is_symlink() or not path.resolve().is_relative_to(self._spool):
            raise ForeignHost(name=attachment.name)
        return path.resolve()


def owner(address: Address) -> str:
    """Who alone sees what is private at an address."""
    return address.reader or address.extra.get("person") or HERE.id


def seen_by(viewer: Viewer, address: Address, card: Card) -> bool:
    """Whether a viewer of its place may see a card."""
    return not card.private or owner(address) == viewer.person.id


def _copy(source: Path, into: Path, limit: int, name: str) -> None:
    try:
        with source.open("rb") as reading, into.open("wb") as writing:
            left = limit
            while chunk := reading.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise PictureFileTooLarge(name=name, limit_mb=limit // 1_000_000)
                writing.write(chunk)
    except OSError as problem:
        raise NotFetched(name=name, platform="the page") from problem
