"""Limner's real processes on one configuration, before a person at the page."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.backends.sqlite import put_database
from tests.fakes.openai import FakeOpenAI
from tests.house import KEY, House
from tests.nursery import Child, nursery
from tests.patience import PATIENCE
from tests.stages.web import Browser, Element, free_port

LIMNER = Path(sys.executable).parent / "limner"
LIVING = "gpt-image-2.6-sunburst"
"""A model that needs no successor: a process that is slow to learn what is served calls for it all the same."""


class Process:
    """One of them."""

    def __init__(self, process: asyncio.subprocess.Process | Child) -> None:
        self._process = process
        self.said = ""

    async def says(self, words: str) -> None:
        """Returns when it has written this."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while words not in self.said:
                read = await self._process.stdout.read(4096)
                assert read, f"it ended, having said: {self.said}"
                self.said += read.decode()

    async def ends(self, sign: signal.Signals | None = None) -> int:
        """Its exit code, once it has ended; of this signal."""
        if sign is not None and self._process.returncode is None:
            self._process.send_signal(sign)
        async with asyncio.timeout(PATIENCE):
            said, _ = await self._process.communicate()
        self.said += said.decode()
        assert self._process.returncode is not None
        return self._process.returncode

    def send(self, sign: signal.Signals) -> None:
        """A signal, and no waiting."""
        self._process.send_signal(sign)


class Installation(House):
    """A configuration on the disk, and its processes; those that are left at the end are killed."""

    def __init__(self, folder: Path, openai: FakeOpenAI | None = None, **sections: Any) -> None:
        self.port = free_port()
        own = {"web": {"port": self.port}, "image": {"model": LIVING}}
        super().__init__(folder / "data", openai, **{**own, **sections})
        self.config = folder / "config.toml"
        self._processes: list[Process] = []

    async def __aenter__(self) -> Installation:
        self.write()
        if self.settings().data.database is None:
            put_database(self.folder)
        return self

    def write(self) -> None:
        """Writes the configuration as it is now."""
        given = self.settings().model_dump(mode="json", include={"openai", "data", "web", "image"}, exclude_none=True)
        lines = [
            line
            for section, values in given.items()
            for line in (f"[{section}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items()))
        ]
        self.config.write_text("\n".join(lines) + "\n")

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes:
            await process.ends(signal.SIGKILL)
            print(process.said)  # for whoever reads of a test that failed

    async def start(self, *arguments: str, ready: str | None = "(Ctrl-C", installed: bool = False) -> Process:
        """`limner run` with these arguments (`installed`: by the command that the package installs); returns when it is
        at work."""
        said = ("run", *arguments, "--config", str(self.config))
        env = {name: value for name, value in os.environ.items() if not name.startswith("LIMNER_")}
        if installed:
            pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
            nobody = asyncio.subprocess.DEVNULL
            process = Process(await asyncio.create_subprocess_exec(LIMNER, *said, env=env, stdin=nobody, **pipes))
        else:
            process = Process(await nursery().start("limner", *said, cwd=Path.cwd(), env=env))
        self._processes.append(process)
        if ready is not None:
            await process.says(ready)
        return process

    @asynccontextmanager
    async def person(self) -> AsyncIterator[Person]:
        """Somebody at the page."""
        url = f"http://127.0.0.1:{self.port}"
        async with aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            browser = Browser(client)
            await until_it(lambda: _answers(client))
            await browser.open()
            try:
                yield Person(browser)
            finally:
                await browser.close()


class Person:
    """Types, and looks."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.states: list[str] = []
        """The states of cards as the page was told of them."""

    async def asks(self, words: str) -> None:
        """Types this, and waits for the answer."""
        event = secrets.token_hex(12)
        status, text = await self.browser.post("/ask", {"words": words, "event": event, "channel": "studio"})
        assert status == 202, text
        await self.browser.until(lambda: event in self.browser.answered, PATIENCE)

    async def sees(self, true: Callable[[list[Element]], bool]) -> list[Element]:
        """The cards of the page, once they are so."""
        await self.browser.until(lambda: true(list(self.browser.cards.values())), PATIENCE)
        return list(self.browser.cards.values())

    async def sees_states(self, *states: str) -> list[Element]:
        """The cards, once their states are these."""
        return await self.sees(lambda cards: [state(each) for each in cards] == list(states))


def state(card: Element) -> str:
    """What a card tells of its job."""
    return card.attributes["data-state"]


async def ready(installation: Installation, port: int | None = None) -> tuple[int, dict[str, Any]]:
    """What `/readyz` answers."""
    url = f"http://127.0.0.1:{port or installation.port}/readyz"
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        return answer.status, await answer.json()


async def until_it(true: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Waits until something is so; `true` may be a coroutine function."""
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.05)


async def _answers(client: aiohttp.ClientSession) -> bool:
    try:
        async with client.get("/healthz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


__all__ = ["KEY", "Installation", "Person", "Process", "ready", "state", "until_it"]
