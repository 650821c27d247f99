"""The web page as a stage: the real server on loopback, driven by HTTP, its cards read out of the HTML it sends."""

from __future__ import annotations

import asyncio
import random
import secrets
import socket
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, Protocol, Self

import aiohttp

from limner.domain.place import Place
from limner_web import platform
from limner_web.forms import FIELD
from limner_web.viewer import HERE, Viewer
from tests.patience import PATIENCE
from tests.stages import Seen

BUSY = {"waiting", "painting"}
STREAMED = 2.0
"""Seconds that a card which takes a pressed one's place is given after the press was answered."""
BLOCKS = {"p", "blockquote", "h1", "h2", "h3", "footer", "figcaption", "li", "button"}
EMPTY = {"img", "input", "meta", "link", "br", "use"}


def place_of(channel: str) -> Place:
    """A channel of this machine's own page."""
    return Viewer(person=HERE, session="").place(channel)


class Opens(Protocol):
    """A house, or whatever else opens a Limner for these platforms."""

    def open(self, platforms: Any = (), **sections: Any) -> Any: ...


class Element:
    """A node of the page."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None = None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element | str] = []

    def find(self, wanted: Callable[[Element], bool]) -> list[Element]:
        """Every element within that is wanted, in order."""
        found = [self] if wanted(self) else []
        for child in self.children:
            if isinstance(child, Element):
                found += child.find(wanted)
        return found

    def by(self, tag: str, **attributes: str) -> list[Element]:
        """Every element of this tag with these attributes."""
        said = {name.replace("_", "-"): value for name, value in attributes.items()}
        return self.find(lambda each: each.tag == tag and said.items() <= each.attributes.items())

    @property
    def text(self) -> str:
        """Its text, run together."""
        said = (each if isinstance(each, str) else each.text for each in self.children)
        return " ".join("".join(said).split())

    @property
    def lines(self) -> list[str]:
        """Its text, one line for each block."""
        blocks = self.find(lambda each: each.tag in BLOCKS and not each.find(lambda in_: in_ in _blocks_in(each)))
        return [each.text for each in blocks if each.text]


def _blocks_in(element: Element) -> list[Element]:
    found: list[Element] = []
    for child in element.children:
        if isinstance(child, Element):
            found += child.find(lambda each: each.tag in BLOCKS)
    return found


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._at = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._at)
        self._at.children.append(element)
        if tag not in EMPTY:
            self._at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._at.children.append(Element(tag, {name: value or "" for name, value in attrs}, self._at))

    def handle_endtag(self, tag: str) -> None:
        at: Element | None = self._at
        while at is not None and at.tag != tag:
            at = at.parent
        if at is not None and at.parent is not None:
            self._at = at.parent

    def handle_data(self, data: str) -> None:
        self._at.children.append(data)


def parse(html: str) -> Element:
    """The page as a tree."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    return tree.root


class Browser:
    """A window on a channel: what it was sent, and what it posts."""

    def __init__(self, client: aiohttp.ClientSession, channel: str = "studio") -> None:
        self.client, self.channel = client, channel
        self.csrf = ""
        self.cards: OrderedDict[str, Element] = OrderedDict()
        self.answered: set[str] = set()
        self.news = asyncio.Condition()
        self._stream: asyncio.Task[None] | None = None

    async def open(self) -> Element:
        """Loads the page and follows its stream."""
        async with self.client.get(f"/c/{self.channel}") as answer:
            assert answer.status == 200, await answer.text()
            page = parse(await answer.text())
        self.csrf = page.by("input", name="csrf")[0].attributes["value"]
        for card in page.by("article"):
            self.cards[card.attributes["id"]] = card
        opened = asyncio.Event()
        self._stream = asyncio.create_task(self._follow(opened))
        await opened.wait()
        return page

    async def close(self) -> None:
        if self._stream is not None:
            self._stream.cancel()
            with suppress(asyncio.CancelledError, aiohttp.ClientError):
                await self._stream

    async def _follow(self, opened: asyncio.Event) -> None:
        async with self.client.get(
            f"/events/{self.channel}",
            timeout=aiohttp.ClientTimeout(total=None),
            headers={"Accept": "text/event-stream"},
        ) as answer:
            assert answer.status == 200
            async for name, data in events(answer):
                async with self.news:
                    if name == "card":
                        card = parse(data).by("article")[0]
                        self.cards[card.attributes["id"]] = card
                    elif name == "answered":
                        self.answered.add(data)
                    elif name == "library":
                        opened.set()  # comes once the list was told
                    self.news.notify_all()

    async def until(self, true: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Waits until something is so."""
        async with self.news, asyncio.timeout(seconds):
            await self.news.wait_for(true)

    async def post(self, path: str, data: aiohttp.FormData | dict[str, str]) -> tuple[int, str]:
        """Posts as the page's script does; gives the answer."""
        headers = {"HX-Request": "true", "X-CSRF": self.csrf}
        async with self.client.post(path, data=data, headers=headers) as answer:
            return answer.status, await answer.text()


async def events(answer: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, str]]:
    """The events of a stream: name and data."""
    name, data = "message", []
    async for raw in answer.content:
        line = raw.decode().rstrip("\r\n")
        if not line:
            if data:
                yield name, "\n".join(data)
            name, data = "message", []
        elif line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))


class WebStage:
    """The page, and whoever sits before it; there is only one person."""

    platform = "web"
    elsewhere = "#showcase"
    place = place_of("studio")
    person = HERE

    def __init__(self, house: Opens) -> None:
        self._house = house
        self._stack = AsyncExitStack()
        self.limner: Any = None
        self.port = 0
        self.browser: Browser

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self.port = free_port()
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        stack = AsyncExitStack()
        self.limner = await stack.enter_async_context(self._house.open((platform,), web={"port": self.port}))
        await stack.enter_async_context(serving(self.limner))
        client = await stack.enter_async_context(
            aiohttp.ClientSession(self.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        )
        self.browser = Browser(client)
        stack.push_async_callback(lambda: self.browser.close())
        await self.browser.open()
        self._stack = stack

    def age(self) -> None:
        """The page is lent nothing."""

    async def restart(self) -> None:
        await self._stack.aclose()
        await self._start()

    # ── acting ──────────────────────────────────────────────────────────────────────────────────────────────

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
        form = self._form()
        for file, data in files:
            form.add_field("pictures", BytesIO(data), filename=file, content_type="image/png")
        if spoken is None:
            form.add_field("words", typed(self.limner.table[name], values))
            return await self._posted("/ask", form)
        form.add_field("words", str(values.pop("prompt", "")))
        for option, value in values.items():
            form.add_field(f"option-{option}", str(value).lower())
        form.add_field("note", BytesIO(spoken), filename="voice-note.webm", content_type="audio/webm")
        return await self._posted("/voice", form)

    async def press(self, seen: Seen, label: str, *, member: str = "ada") -> Seen:
        buttons = seen.raw["card"].by("button", name="code")  # as this member saw it, whatever stands there by now
        button = next(each for each in buttons if each.text.startswith(label))
        return await self._press(seen, button.attributes["value"])

    async def _press(self, seen: Seen, code: str) -> Seen:
        form = self._form()
        form.add_field("code", code)
        form.add_field("message", seen.message.removeprefix("card-"))
        return await self._posted("/press", form, pressed=seen)

    async def reply(
        self,
        seen: Seen,
        words: str,
        *,
        member: str = "ada",
        files: tuple[tuple[str, bytes], ...] = (),
        mention: bool = False,
    ) -> Seen:
        form = self._form()
        form.add_field("words", words)
        form.add_field("answers", _answer(seen))
        for file, data in files:
            form.add_field("pictures", BytesIO(data), filename=file, content_type="image/png")
        return await self._posted("/ask", form)

    async def fill(
        self,
        seen: Seen,
        label: str,
        *,
        member: str = "ada",
        files: tuple[tuple[str, bytes], ...] = (),
        **values: Any,
    ) -> Seen:
        opened = await self._opened(seen, label)
        form = self._form()
        own = {name: values.pop(name) for name in tuple(values) if isinstance(values[name], tuple)}
        said = {**_filled(opened), **{f"{FIELD}{name}": str(value) for name, value in values.items()}}
        kept = {each.attributes["name"]: each.attributes["value"] for each in opened.by("input", type="hidden")}
        kept = {name: kept[name] for name in ("code", "message")}
        for name, value in {**kept, **said}.items():
            form.add_field(name, value)
        slots = [each.attributes["name"] for each in opened.by("input", type="file")]
        for file, data in files:
            form.add_field(slots[0], BytesIO(data), filename=file, content_type="image/png")
        for name, (file, data) in own.items():
            form.add_field(f"{FIELD}{name}", BytesIO(data), filename=file, content_type="image/png")
        return await self._posted("/form", form, pressed=seen)

    async def filled(self, seen: Seen, label: str, *, member: str = "ada") -> dict[str, str]:
        found = _filled(await self._opened(seen, label))
        return {name.removeprefix(FIELD): value for name, value in found.items() if value}

    async def _opened(self, seen: Seen, label: str) -> Element:
        """The form that a button opens."""
        buttons = seen.raw["card"].by("button", name="code")
        code = next(each for each in buttons if each.text.startswith(label)).attributes["value"]
        posted = {"code": code, "message": seen.message.removeprefix("card-"), "channel": self.browser.channel}
        status, text = await self.browser.post("/press", posted)
        assert status == 200, (status, text)
        forms = parse(text).by("form")
        assert forms, f"{label} opens no form: {text}"
        return forms[0]

    async def voice(
        self,
        sound: bytes,
        *,
        name: str = "voice-message.ogg",
        words: str = "",
        member: str = "ada",
        answering: Seen | None = None,
    ) -> Seen:
        form = self._form()
        form.add_field("words", words)
        if answering:
            form.add_field("answers", _answer(answering))
        form.add_field("note", BytesIO(sound), filename=name, content_type="audio/ogg")
        return await self._posted("/voice", form)

    def _form(self) -> aiohttp.FormData:
        form = aiohttp.FormData(default_to_multipart=True)
        self._event = secrets.token_hex(12)
        form.add_field("event", self._event)
        form.add_field("channel", self.browser.channel)
        return form

    async def _posted(self, path: str, form: aiohttp.FormData, *, pressed: Seen | None = None) -> Seen:
        before = dict(self.browser.cards)
        event = self._event
        status, text = await self.browser.post(path, form)
        if status == 200:
            return await self._seen(parse(text).by("article")[0])
        assert status == 202, (status, text)
        await self.browser.until(lambda: event in self.browser.answered)
        cards = self.browser.cards
        if pressed is not None and pressed.message in before:
            old = before[pressed.message]
            with suppress(TimeoutError):  # it may stay as it is; what takes its place comes by a way of its own
                await self.browser.until(
                    lambda: len(cards) > len(before) or _codes(cards[pressed.message]) != _codes(old), STREAMED
                )
        new = [id for id in cards if id not in before]
        # The page is told of a card again when another process may have shown it: that alone is no answer.
        changed = [id for id in cards if id in before and _said(cards[id]) != _said(before[id])]
        if pressed is not None and pressed.message in changed:
            changed.insert(0, pressed.message)
        answer = (new or changed or [pressed.message if pressed else ""])[0]
        return await self._seen(cards[answer])

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────────────────

    async def settled(self, seen: Seen, *, seconds: float = PATIENCE) -> Seen:
        cards = self.browser.cards
        if seen.message in cards:
            await self.browser.until(lambda: cards[seen.message].attributes["data-state"] not in BUSY, seconds)
            # "Listening…" gives way to what was heard once the ask is answered, which `command` waits for.
            return await self._seen(cards[seen.message])
        return seen

    async def cards(self, *, member: str = "ada", place: str | None = None) -> tuple[Seen, ...]:
        channel = (place or "#studio").lstrip("#")
        async with self.browser.client.get(f"/c/{channel}") as answer:
            page = parse(await answer.text())
        return tuple([await self._seen(card) for card in page.by("article")])

    async def sounds(self, seen: Seen, *, member: str = "ada") -> tuple[bytes, ...]:
        card = self.browser.cards.get(seen.message, seen.raw["card"])
        return tuple([await self.bytes_of(each.attributes["src"]) for each in card.by("audio")])

    async def _seen(self, card: Element) -> Seen:
        images = card.by("img")
        sources = [each.attributes["src"] for each in images]
        sources += [each.attributes["href"] for each in card.by("a") if "download" in each.attributes]
        passing = {each.attributes["src"] for each in images if "partial" in each.attributes.get("class", "")}
        pictures = [await self._fetched(each, may_be_gone=each in passing) for each in sources]
        alone = [each for each in card.by("p") if "alone" in each.attributes.get("class", "")]
        return Seen(
            message=card.attributes["id"],
            text="\n".join(card.lines),
            buttons=tuple(each.text for each in card.by("button", name="code")),
            alts=tuple(each.attributes["alt"] for each in images),
            pictures=tuple(each for each in pictures if each is not None),
            private_to="ada" if alone else None,
            raw={"card": card, "state": card.attributes["data-state"]},
        )

    async def bytes_of(self, path: str) -> bytes:
        """A picture, as the page gets it."""
        found = await self._fetched(path)
        assert found is not None
        return found

    async def _fetched(self, path: str, *, may_be_gone: bool = False) -> bytes | None:
        """A file of the page; none of what was only passing and has given way since its card was told."""
        async with self.browser.client.get(path) as answer:
            if answer.status == 404 and may_be_gone:
                return None
            assert answer.status == 200, (path, answer.status)
            return await answer.read()


def _codes(card: Element) -> list[str]:
    return [each.attributes["value"] for each in card.by("button", name="code")]


def _answer(seen: Seen) -> str:
    """What “Say what should change” on a card puts into the form."""
    (button,) = [each for each in seen.raw["card"].by("button") if "data-answer" in each.attributes]
    return button.attributes["data-answer"]


def _said(card: Element) -> tuple[str, str, list[str]]:
    return card.attributes["data-state"], card.text, _codes(card)


@asynccontextmanager
async def serving(limner: Any) -> AsyncIterator[None]:
    """The page, listening."""
    task = asyncio.create_task(platform.serve(limner, limner.courier("web")))
    port = limner.settings.web.port
    try:
        await answering(port, task)
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def answering(port: int, task: asyncio.Task[Any]) -> None:
    """Waits until the page answers."""
    async with asyncio.timeout(PATIENCE):
        while not task.done():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                await writer.wait_closed()
                return
    task.result()


def _filled(form: Element) -> dict[str, str]:
    """What the fields of a form say before anybody touches them."""
    said = {each.attributes["name"]: each.text for each in form.by("textarea")}
    for each in form.by("select"):
        chosen = [option.text for option in each.by("option") if "selected" in option.attributes]
        said[each.attributes["name"]] = chosen[0] if chosen else ""
    for each in form.by("input"):
        name, kind = each.attributes.get("name", ""), each.attributes.get("type", "text")
        if kind == "checkbox":
            said[name] = "true" if "checked" in each.attributes else ""
        elif kind in {"text", "number"}:
            said[name] = each.attributes.get("value", "")
    return {name: value for name, value in said.items() if name.startswith(FIELD)}


def free_port() -> int:
    """A port that nobody listens on, of those that no connection takes by itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def typed(action: Any, values: dict[str, Any]) -> str:
    """A command as one types it: the main words first, the rest as flags."""
    words, flags = [], []
    for place, parameter in enumerate(action.parameters):
        if parameter.name not in values:
            continue
        value = values[parameter.name]
        if place == 0:
            words.append(str(value))
        elif value is True:
            flags.append(f"--{parameter.name}")
        else:
            flags.append(f'--{parameter.name} "{value}"')
    return " ".join([f"/{action.typed}", *words, *flags])


__all__ = ["HERE", "Browser", "Element", "WebStage", "free_port", "parse", "place_of", "serving", "typed"]
