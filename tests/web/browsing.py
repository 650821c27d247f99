"""Windows of a real browser on the page, and what is asked of each page in them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.patience import PATIENCE
from tests.stages.web import WebStage

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
REQUIRED = "browser" in os.environ.get("TESTS_REQUIRE", "")
FLAGS = (
    *("--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
)
SCREENSHOTS = os.environ.get("SCREENSHOTS")
"""A folder for pictures of the pages that are tried; without it none are taken."""

expect.set_options(timeout=1000 * PATIENCE)

BROWSER = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),  # the browser's
    pytest.mark.skipif(not CHROMIUM.exists() and not REQUIRED, reason=f"there is no Chromium at {CHROMIUM}"),
]


class Windows:
    """Opens windows on a stage, and notes what they complain of."""

    def __init__(self, browser: Browser, stage: WebStage) -> None:
        self._browser, self.stage = browser, stage
        self.complaints: list[str] = []

    async def open(self, path: str = "/", *, width: int = 1280, height: int = 800, **more: Any) -> Page:
        context = await self._browser.new_context(viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(1000 * PATIENCE)
        page: Page = await context.new_page()
        page.on("console", lambda said: self._note(said.type, said.text) if said.type != "log" else None)
        page.on("pageerror", lambda problem: self._note("error", str(problem)))
        page.on("request", lambda asked: self._own(asked.url))
        await self.go(page, path)
        return page

    async def go(self, page: Page, path: str) -> None:
        """Opens another page in the window."""
        await page.goto(f"{self.stage.url}{path}")
        if await page.evaluate("document.scripts.length > 0"):
            await page.wait_for_selector("html[data-ready]")

    async def sound(self, page: Page, path: str) -> None:
        """Opens a page and looks it over, light and dark, wide and narrow: nothing hinders those who cannot see or
        point, nothing needs scrolling sideways."""
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            for width in (1280, 360):
                await page.set_viewport_size({"width": width, "height": 800})
                await self.go(page, path)
                assert (found := await violations(page)) == [], (path, scheme, width, found)
                assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
                if SCREENSHOTS:
                    name = path.split("?")[0].strip("/").replace("/", "-") or "studio"
                    await page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
        await page.set_viewport_size({"width": 1280, "height": 800})

    def _own(self, url: str) -> None:
        if not url.startswith((self.stage.url, "blob:")):
            self._note("foreign request", url)

    def _note(self, kind: str, text: str) -> None:
        self.complaints.append(f"{kind}: {text}")


async def violations(page: Page) -> list[str]:
    """What axe-core finds against a page as it stands."""
    from axe_playwright_python.async_playwright import Axe

    found = (await Axe().run(page)).response["violations"]
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]]


@asynccontextmanager
async def windows_on(house: Any, chromium: Browser) -> AsyncIterator[Windows]:
    """A browser on a house's page, which remembers nothing of other tests; at the end nothing may have been complained
    of."""
    async with WebStage(house) as stage:
        windows = Windows(chromium, stage)
        try:
            yield windows
        finally:
            for context in chromium.contexts:
                await context.close()
    assert windows.complaints == []


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        await browser.close()
