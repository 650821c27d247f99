"""The pages in a real browser: a person's ways through them, by keyboard, wide and narrow, light and dark."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Browser, Page, expect

from limner.reading.library import SCREEN
from limner_web.viewer import HERE
from tests.conversations.reading import id_of
from tests.house import House
from tests.stages.web import place_of
from tests.store.making import a_ready
from tests.web.browsing import BROWSER, violations, windows_on
from tests.web.hung import hung

pytestmark = BROWSER
PHONE: dict[str, Any] = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


async def test_the_gallery_is_walked_through_by_keyboard_and_never_ends(house: House, chromium: Browser) -> None:
    async with windows_on(house, chromium) as windows:
        ids = await hung(windows.stage.limner, SCREEN + 20)
        page = await windows.open("/gallery", width=900)
        tiles = page.locator("#grid > li:not(.older)")
        await expect(tiles).to_have_count(SCREEN)
        await page.mouse.wheel(0, 20_000)
        await expect(tiles).to_have_count(SCREEN + 20)
        await expect(page.locator("#grid .older")).to_have_count(0)
        await page.evaluate("scrollTo(0, 0)")

        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowRight")
        await expect(tiles.nth(1).locator("a")).to_be_focused()
        await page.keyboard.press("ArrowDown")
        assert await page.evaluate("[...grid.children].indexOf(document.activeElement.closest('li'))") > 2
        await page.keyboard.press("ArrowUp")
        await expect(tiles.nth(1).locator("a")).to_be_focused()
        await page.keyboard.press("s")
        await expect(tiles.nth(1).locator(".star")).to_have_attribute("aria-pressed", "true")
        await page.keyboard.press("/")
        await expect(page.get_by_role("searchbox")).to_be_focused()
        await page.keyboard.type("fox s/")
        await page.keyboard.press("Escape")
        await expect(tiles.nth(0).locator("a")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(re.compile(f"/asset/{ids[0]}$"))

        await windows.go(page, "/gallery")
        await page.get_by_text("Filters").click()
        await page.get_by_label("Shape").select_option("wide")
        await page.get_by_role("button", name="Find").click()
        await expect(page).to_have_url(re.compile(r"/gallery\?shape=wide$"))
        await page.get_by_role("link", name="Leave out shape").click()
        await expect(page).to_have_url(re.compile("/gallery$"))
        await windows.sound(page, "/gallery?words=fox&saved=true")
        await windows.sound(page, "/gallery?words=owl")


async def test_a_pictures_page_compares_keeps_and_collects_by_keyboard_and_touch(
    house: House, chromium: Browser
) -> None:
    async with windows_on(house, chromium) as windows:
        stage = windows.stage
        first = await stage.settled(await stage.command("imagine", prompt="a red fox in snow", quality="draft"))
        second = await stage.settled(await stage.reply(first, "make it night"))
        page = await windows.open(f"/asset/{id_of(second)}")
        slider = page.get_by_role("slider")
        await slider.focus()
        for _ in range(10):
            await page.keyboard.press("ArrowLeft")
        await expect(slider).to_have_value("40")
        assert await page.evaluate("document.querySelector('.compare').style.getPropertyValue('--at')") == "40%"
        box = await slider.bounding_box()
        assert box is not None
        await slider.click(position={"x": box["width"] * 0.9, "y": box["height"] / 2})
        assert int(await slider.input_value()) > 80
        await compared_by_touch(await windows.open(f"/asset/{id_of(second)}", **PHONE))

        await page.locator("h1").click()
        await page.keyboard.press("s")
        await expect(page.locator(".name .star")).to_have_attribute("aria-pressed", "true")
        await page.get_by_label("To a collection").fill("spring <i>launch</i>")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="spring <i>launch</i>")).to_be_visible()
        await page.get_by_label("A tag").fill("\u202egnp, hero")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="hero")).to_be_visible()
        await page.get_by_role("button", name="Take off hero").press("Enter")
        await expect(page.get_by_role("link", name="hero")).to_have_count(0)
        await windows.sound(page, f"/asset/{id_of(second)}")


async def compared_by_touch(page: Page) -> None:
    """A finger moves the slider from side to side; one that goes up scrolls the page on, and the slider stays."""
    slider = page.get_by_role("slider")
    await slider.scroll_into_view_if_needed()
    box = await slider.bounding_box()
    assert box is not None
    touch = await page.context.new_cdp_session(page)

    async def swiped(*points: tuple[float, float]) -> None:
        for kind, (across, down) in zip(("touchStart", *["touchMove"] * len(points)), points, strict=False):
            at = {"x": box["x"] + across * box["width"], "y": box["y"] + down * box["height"]}
            await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
        await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    for begin, end in ((0.5, 0.8), (0.8, 0.25)):
        await swiped(*((begin + (end - begin) * part / 8, 0.5) for part in range(9)))
        value = int(await slider.input_value())
        assert abs(value - 100 * end) < 8, (end, value)
        assert await page.evaluate("document.querySelector('.compare').style.getPropertyValue('--at')") == f"{value}%"
    before = await page.evaluate("scrollY")
    await swiped(*((0.25, 0.9 - part / 10) for part in range(9)))
    await page.wait_for_function(f"scrollY > {before}")
    assert abs(int(await slider.input_value()) - 25) < 8
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_the_reading_rooms_are_sound(house: House, chromium: Browser) -> None:
    async with windows_on(house, chromium) as windows:
        stage = windows.stage
        ids = await hung(stage.limner, 3)
        await stage.command("collection-add", picture=ids[0], name="<b>launch</b> \u202egnp")
        await stage.command("tag", picture=ids[0], tags="<i>hero</i>")
        await a_ready(stage.limner._store, place=place_of("studio"), person=HERE, engine="openai", lane="nobody")
        page = await windows.open("/collections")
        await page.get_by_role("link", name="<b>launch</b>").click()
        await expect(page.get_by_role("heading", name="<b>launch</b>")).to_be_visible()
        collection = page.url.removeprefix(stage.url)
        for path in ("/collections", collection, "/spending?days=30", "/queue", "/"):
            await windows.sound(page, path)
        await windows.go(page, "/queue")
        await page.get_by_role("button", name="Cancel").click()
        await expect(page.locator("#line .empty")).to_have_text("Nothing waits here.")


async def test_what_links_lead_to_is_sound_too(house: House, chromium: Browser) -> None:
    async with windows_on(house, chromium) as windows:
        (id,) = await hung(windows.stage.limner, 1)
        told = await windows.stage.command("publish", picture=id)
        links = [each.attributes["href"] for each in told.raw["card"].by("a")]
        public = next(f"/p/{link.partition('/p/')[2]}" for link in links if "/p/" in link)
        page = await windows.open("/gallery")
        for scheme, width in (("light", 1280), ("dark", 360)):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.set_viewport_size({"width": width, "height": 800})
            for path in (public, "/archive", "/area", "/enter/nothing"):
                await page.goto(f"{windows.stage.url}{path}")
                await page.wait_for_load_state("networkidle")
                assert (found := await violations(page)) == [], (path, scheme, found)
        # The browser's own word for a link that opens nothing.
        told = "error: Failed to load resource: the server responded with a status of 4"
        windows.complaints[:] = [each for each in windows.complaints if not each.startswith(told)]
