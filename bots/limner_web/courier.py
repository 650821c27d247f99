"""The courier to the browsers: what is shown goes to those that look at its channel, at once.

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
from limner.domain.place import LOCAL, Address, Attachment, Place
from limner.domain.record import Record
from limner.errors import ForeignHost, NotFetched, PictureFileTooLarge, Trouble, Undeliverable
from limner_web.cards import render
from limner_web.pictures import Links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limner.app import Limner

CHANNELS = {"studio": "Where you paint", "showcase": "What is worth showing"}
"""The page's channels, and what each is for."""
READER = "you"
"""The page's one person."""
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

    def __init__(self, channel: str, session: str) -> None:
        self.channel = channel
        self.session = session
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
        channel = address.place.channel
        if channel not in CHANNELS:
            raise Undeliverable(where=f"#{channel}")
        # A painting that is private is its member's own, and the page has one member: it stays in the list.
        alone = card.private and card.job is None
        replaced = address.message if address.reader == READER or not alone else None
        message = replaced or f"m{secrets.token_hex(6)}"
        session = address.extra.get("session") if alone else None
        self._publish(f"card {message}", "card", self.html(card, message, channel), channel=channel, session=session)
        if card.state in {State.DONE, State.GONE}:
            self._publish("library", "library")
        shown = address.evolve(message=message, reader=READER if alone else None)
        if card.state is State.PAINTING and self._limner.shared:
            await self._limner.note(shown, card)  # the browsers may be another process's
        return shown

    async def fetch(self, attachment: Attachment, into: Path, limit: int) -> None:
        """Copies an upload out of the spool; nothing outside of it is ever read."""
        path = self._in_spool(attachment)
        await asyncio.to_thread(_copy, path, into, limit, attachment.name)

    async def find(self, words: str, near: Place) -> tuple[Place, str]:
        """A channel by its name, with or without the `#`."""
        name = words.strip().lstrip("#").lower()
        if name not in CHANNELS or near.space != LOCAL:
            raise Undeliverable(where=f"#{name}"[:60])
        return near.evolve(channel=name, thread=None), f"#{name}"

    async def close(self) -> None:
        self.hang_up()

    # ── the browsers ────────────────────────────────────────────────────────────────────────────────────────

    def html(self, card: Card, message: str, channel: str) -> str:
        """The card as the page shows it."""
        return render(card, message=message, channel=channel, links=self.links)

    @contextmanager
    def looking(self, channel: str, session: str) -> Iterator[Subscriber]:
        """A browser that looks at a channel, for as long as this lasts."""
        subscriber = Subscriber(channel, session)
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
            looked = {each.channel for each in self._subscribers}
            self._found = {channel: found for channel, found in self._found.items() if channel in looked}
            for channel in sorted(looked):
                try:
                    await self._look(channel)
                except Trouble as trouble:  # the record is out of reach for now
                    log.info("the record could not be read", why=trouble.sentence)
            await asyncio.sleep(LOOK)

    async def _look(self, channel: str) -> None:
        place = Place(platform=self.platform, space=LOCAL, channel=channel)
        newest = {address.message: card for address, card in await self._limner.cards(place, limit=HISTORY)}
        found = {message: card for message, card in newest.items() if message}
        before = self._found.get(channel, {})
        self._found[channel] = found
        changed = {message: card for message, card in found.items() if before.get(message) != card}
        for message, card in changed.items():
            self._publish(f"card {message}", "card", self.html(card, message, channel), channel=channel)
        if any(card.state in {State.DONE, State.GONE} for card in changed.values()):
            self._publish("library", "library")

    def answered(self, session: str, event: str) -> None:
        """Tells a browser that its ask was answered, so that it may stop looking busy."""
        self._publish(f"answered {event}", "answered", event, session=session)

    def hang_up(self) -> None:
        """Ends every stream."""
        for subscriber in self._subscribers:
            subscriber.close()

    def _publish(
        self, key: str, name: str, data: str = "", *, channel: str | None = None, session: str | None = None
    ) -> None:
        event = Event(name=name, data=data, id=next(self._numbers))
        for subscriber in self._subscribers:
            if channel in {None, subscriber.channel} and session in {None, subscriber.session}:
                subscriber.put(key, event)

    def _in_spool(self, attachment: Attachment) -> Path:
        url = urlsplit(attachment.url)
        path = Path(unquote(url.path))
        if url.scheme != "file" or url.netloc or attachment.platform != self.platform:
            raise ForeignHost(name=attachment.name)
        if path.is_symlink() or not path.resolve().is_relative_to(self._spool):
            raise ForeignHost(name=attachment.name)
        return path.resolve()


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
