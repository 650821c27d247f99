"""A front door of its own, for trying the page by itself: canned cards, and painting that goes on when told to."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image

from limner import actions
from limner.config import Settings, load
from limner.domain.ask import Ask
from limner.domain.card import Button, Card, Controls, Form, Line, Picture, Progress, Role, State
from limner.domain.courier import Courier
from limner.domain.place import Address, Person, Place
from limner.domain.text import alt_text
from limner.edge import refusal
from limner.errors import NotFound, Trouble
from limner.store.health import Health


def png(colour: str = "#c7512f", size: tuple[int, int] = (96, 64)) -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


class Peer:
    """As `limner.app.Limner`, without a studio behind it. `asks` are those that were taken."""

    def __init__(self, folder: Path, **web: Any) -> None:
        self.settings: Settings = load(data={"directory": folder}, web=web, openai={"api_key_env": ""})
        self.table = actions.table()
        self.spool = folder / "spool"
        self.spool.mkdir(parents=True)
        self.secret = b"a secret of the test's own"
        self.sketches, self.hears, self.shared = True, False, False
        self.health = Health(folder)
        self.asks: list[Ask] = []
        self.fetched: list[bytes] = []
        self.shown: dict[str, tuple[Address, Card]] = {}
        self.blobs = {"partial": png("#7d6d8c"), "picture": png()}
        self.deleted: set[str] = set()
        self.paint_on = asyncio.Event()
        self.finish = asyncio.Event()
        self.finish.set()
        self.paint_on.set()
        self.broken = False
        self.forms = self.pictures = self  # a door without rooms behind it
        self.reach: Courier
        self.reading = SimpleNamespace(library=None, line=None, spending=None)
        """What is read of a library: nothing here, which has none."""

    def check(self, ask: Ask) -> Card | None:
        try:
            self.table[ask.action].options.read(ask.values)
        except Trouble as trouble:
            return refusal(trouble)
        return None

    async def take(self, ask: Ask) -> Card | None:
        if any(each.event == ask.event for each in self.asks):
            return None
        self.asks.append(ask)
        if self.broken:
            raise RuntimeError("secret inside")
        sound = ask.sound or ask.values.get("voice")
        for each in (*ask.pictures, *([sound] if sound else [])):
            into = self.spool / "fetched"
            await self.reach.fetch(each, into, 50_000_000)
            self.fetched.append(into.read_bytes())
        if ask.action == "help":
            return await self._show(ask.address, Card(private=True, lines=(Line(text="Help is here."),)))
        if sound is not None:
            return await self._show(ask.address, Card(lines=(Line(role=Role.HEARD, text="a red fox"),)))
        return await self._paint(ask)

    async def _paint(self, ask: Ask) -> Card:
        prompt = str(ask.values.get("prompt") or "again")
        lines = (Line(role=Role.PROMPT, text=prompt),)
        card = Card(state=State.WAITING, lines=lines, progress=Progress(stage="Waiting"), job="a41f")
        at = await self._post(ask.address, card)
        await self.paint_on.wait()
        partial = self.picture("partial", prompt, asset=None)
        painting = Progress(stage="Painting", seconds=3)
        at = await self._post(at, card.evolve(state=State.PAINTING, progress=painting, partial=partial))
        await self.finish.wait()
        return await self._show(at, self.done(prompt))

    def done(self, prompt: str) -> Card:
        """A finished card."""
        buttons = (
            Button(label="Reroll", action="reroll", target="a41f", estimate=40_000),
            Button(label="Fix text", action="fix", target="n1", form=True),
            Button(label="Delete", action="delete", target="a41f", style="danger"),
        )
        return Card(
            state=State.DONE,
            lines=(Line(role=Role.PROMPT, text=prompt), Line(role=Role.FOOTER, text="Sketch · 96×64 · a41f")),
            pictures=(self.picture("picture", prompt),),
            controls=(Controls(buttons=buttons),),
            job="a41f",
        )

    def picture(self, blob: str, prompt: str, *, asset: str | None = "a41f") -> Picture:
        return Picture(
            blob=blob,
            name="limner-a41f.png",
            media_type="image/png",
            width=96,
            height=64,
            size=len(self.blobs[blob]),
            alt=alt_text(prompt),
            asset=asset,
        )

    async def _show(self, address: Address, card: Card) -> Card:
        await self._post(address, card)
        return card

    async def _post(self, address: Address, card: Card) -> Address:
        shown = await self.reach.show(address, card)
        if shown.message is not None and shown.reader is None:
            self.shown[shown.message] = (shown, card)
        return shown

    async def of(self, action: str, *, person: Person, place: Place, target: str | None = None) -> Form:
        declared = self.table[action]
        return Form(
            action=action,
            target=target,
            title="Mend it",
            submit="Paint",
            fields=declared.parameters,
            values={"prompt": "as heard", "quality": "fine"},
        )

    async def complete(self, source: str, typed: str, *, person: Person, place: Place) -> tuple[str, ...]:
        return tuple(each for each in ("storybook", "line art") if typed.lower() in each)

    async def read(self, picture: Picture) -> bytes:
        if picture.blob not in self.blobs:
            raise NotFound(what=picture.blob)
        return self.blobs[picture.blob]

    async def there(self, picture: Picture) -> bool:
        return picture.blob in self.blobs

    async def preview(self, picture: Picture, *, longest: int, **_: Any) -> tuple[bytes, str]:
        return await self.read(picture), picture.media_type

    async def thumb(self, picture: Picture, longest: int) -> tuple[bytes, str]:
        return await self.preview(picture, longest=longest)

    async def cards(self, place: Place, *, limit: int = 30) -> tuple[tuple[Address, Card], ...]:
        return tuple(each for each in self.shown.values() if each[0].place == place)[-limit:]

    async def newest(self, place: Place, *, person: Person, limit: int = 24) -> tuple[Picture, ...]:
        return (self.picture("picture", "the newest"),) if self.shown and "a41f" not in self.deleted else ()

    async def asset(self, id: str, *, place: Place, person: Person) -> Picture:
        if id != "a41f" or id in self.deleted:
            raise NotFound(what=id)
        return self.picture("picture", "a red fox")

    def courier(self, platform: str) -> Courier:
        return self.reach


class PeerHouse:
    """Opens a peer as a house opens a Limner."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened = 0

    @asynccontextmanager
    async def open(self, platforms: Any = (), **sections: Any) -> AsyncIterator[Peer]:
        self.opened += 1
        peer = Peer(self.folder / str(self.opened), **sections.get("web", {}))
        for platform in platforms:
            peer.reach = await platform.open(peer)
        yield peer
        await peer.reach.close()
