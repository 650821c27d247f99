"""A house with the web page beside its chat, and somebody who opens a signed link there, by HTTP alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from typing import Any, Self

import aiohttp
from PIL import Image

from limner.app import Limner
from limner.domain.courier import Platform
from limner.opening import open_limner
from limner_web import platform as web_platform
from tests.house import House
from tests.stages import Seen
from tests.stages.web import Element, free_port, serving

Box = tuple[int, int, int, int]


class OpenHouse:
    """A house whose web page is there too, for members of chats: at a public address, behind no proxy."""

    def __init__(self, house: House, **web: Any) -> None:
        self.house = house
        self.folder = house.folder
        self.port = free_port()
        self.web = {"port": self.port, "public_url": f"http://localhost:{self.port}", **web}

    @asynccontextmanager
    async def open(self, platforms: Iterable[Platform] = (), **sections: Mapping[str, Any]) -> AsyncIterator[Limner]:
        if any(each.name == "web" for each in platforms):
            async with self.house.open(platforms=platforms, **sections) as limner:
                yield limner
            return
        async with (
            self.house.open(platforms=(*platforms, web_platform), **{"web": self.web, **sections}) as limner,
            serving(limner),
        ):
            yield limner


class SplitHouse(OpenHouse):
    """The same with a process for the web page and one for the chat: two Limners that share nothing but the store."""

    @asynccontextmanager
    async def open(self, platforms: Iterable[Platform] = (), **sections: Mapping[str, Any]) -> AsyncIterator[Limner]:
        shared = {"web": self.web, **sections}
        chat = tuple(platforms)
        async with (
            self.house.open(platforms=chat, **shared) as limner,
            open_limner(
                self.house.settings(**shared),
                platforms=(*chat, web_platform),
                worker="web",
                role="web",
                paints=False,
                grace=1,
            ) as page,
            serving(page),
        ):
            yield limner


class Visitor:
    """A browser that has a link."""

    def __init__(self, link: str, base: str = "") -> None:
        address, _, self.token = (link if "://" in link else base + link).partition("#")
        self.base = address.rpartition("/")[0]
        self._stack = AsyncExitStack()
        self.client: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        jar = aiohttp.CookieJar(unsafe=True)
        self.client = await self._stack.enter_async_context(aiohttp.ClientSession(self.base, cookie_jar=jar))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def ask(self, what: str, method: str = "GET", **more: Any) -> tuple[int, bytes]:
        """The answer to a request with the link's token."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        async with self.client.request(method, f"/area/{what}", headers=headers, **more) as answer:
            return answer.status, await answer.read()

    async def open(self) -> dict[str, Any]:
        """What the link is for."""
        async with self.client.post("/area/open", headers={"Authorization": f"Bearer {self.token}"}) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def submit(self, mask: bytes | None, prompt: str = "a moon") -> tuple[int, str]:
        """Sends a mask and words; gives the answer."""
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("prompt", prompt)
        if mask is not None:
            form.add_field("mask", BytesIO(mask), filename="mask.png", content_type="image/png")
        status, body = await self.ask("submit", "POST", data=form)
        return status, body.decode()


def mask_of(size: tuple[int, int], box: Box) -> bytes:
    """A mask that is transparent in a box."""
    image = Image.new("RGBA", size, (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), box)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def link_on(seen: Seen, leading: str = "/area#") -> str:
    """The link of a kind that a card's button has."""
    found = {each for each in _texts(seen.raw) if re.fullmatch(rf"(https?://[^/\s]+)?{leading}\S+", each)}
    assert len(found) == 1, (found, seen.text)
    return found.pop()


def _texts(raw: Any) -> list[str]:
    if isinstance(raw, str):
        return [raw] if re.match(r"(https?:/)?/", raw) else []
    if isinstance(raw, Element):
        return [each.attributes["href"] for each in raw.by("a")]
    parts = raw.values() if isinstance(raw, Mapping) else raw if isinstance(raw, list | tuple) else ()
    return [text for part in parts for text in _texts(part)]
