"""The page with the brush in a real browser: what is painted is what OpenAI is asked to change, to the pixel."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image, ImageChops, ImageDraw
from playwright.async_api import Browser, Page, expect

from tests.fakes.openai import FakeOpenAI, conforming
from tests.house import House
from tests.web.browsing import BROWSER, Windows, violations, windows_on

Point = tuple[float, float]


pytestmark = BROWSER


@pytest_asyncio.fixture(loop_scope="session")
async def openai() -> AsyncIterator[FakeOpenAI]:
    """As everywhere, where the browser is."""
    async with conforming() as fake:
        yield fake


class Brush:
    """A member before the page with the brush, who thinks in pixels of the picture."""

    def __init__(self, page: Page, size: tuple[int, int]) -> None:
        self.page, self.size = page, size

    async def at(self, point: Point) -> Point:
        """Where a point of the picture is in the window, while all of it is seen."""
        box = await self.page.locator("#view").bounding_box()
        assert box is not None
        scale = min((box["width"] - 16) / self.size[0], (box["height"] - 16) / self.size[1])
        left = box["x"] + (box["width"] - self.size[0] * scale) / 2
        top = box["y"] + (box["height"] - self.size[1] * scale) / 2
        return left + point[0] * scale, top + point[1] * scale

    async def drag(self, *points: Point) -> None:
        first, *rest = [await self.at(each) for each in points]
        await self.page.mouse.move(*first)
        await self.page.mouse.down()
        for each in rest:
            await self.page.mouse.move(*each, steps=6)
        await self.page.mouse.up()

    async def tool(self, name: str) -> None:
        await self.page.locator(".choice", has_text=name).click()

    async def width(self, setting: int) -> int:
        """Sets the size; gives it in pixels of the picture."""
        await self.page.get_by_label("Size").fill(str(setting))
        return int((await self.page.locator("#pixels").inner_text()).removesuffix(" px"))

    async def send(self, prompt: str = "a yellow moon") -> None:
        await self.page.get_by_label("What shall be there?").fill(prompt)
        await self.page.get_by_role("button", name="Paint", exact=True).click()
        await expect(self.page.locator("#outcome[data-state=done]")).to_be_visible(timeout=20_000)


@asynccontextmanager
async def before_the_brush(
    house: House, chromium: Browser, *, shape: str = "square", **more: Any
) -> AsyncIterator[tuple[Windows, Brush]]:
    """A picture is painted in the chat, and its Edit area pressed."""
    async with windows_on(house, chromium) as windows:
        page = await windows.open(**more)
        await page.get_by_label("Your prompt").fill(f"a red fox --draft --shape {shape}")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Edit area").click(timeout=20_000)
        await page.wait_for_url("**/area")
        await page.wait_for_selector("html[data-ready]")
        await expect(page.locator("#editor")).to_be_visible()
        asset = (await page.locator("#whose").inner_text()).rpartition(" ")[2]
        stage = windows.stage
        picture = await stage.limner.asset(asset, place=stage.place, person=stage.person)
        yield windows, Brush(page, (picture.width, picture.height))


def mask_sent(openai: FakeOpenAI) -> Image.Image:
    """What of the picture OpenAI was asked to change, as 255; what was to stay as 0."""
    request = openai.requests[-1]
    assert request.path == "/v1/images/edits"
    (mask,) = [each for each in request.files if each.field == "mask"]
    (image,) = [each for each in request.files if each.field in {"image", "image[]"}]
    sent = Image.open(BytesIO(mask.data))
    assert (sent.format, sent.mode, sent.size) == ("PNG", "RGBA", Image.open(BytesIO(image.data)).size)
    alpha = sent.getchannel("A")
    assert {value for _, value in alpha.getcolors() or ()} == {0, 255}
    return ImageChops.invert(alpha)


def strokes(size: tuple[int, int], width: float, *lines: tuple[Point, ...]) -> Image.Image:
    """What round brushes of this width cover."""
    drawn = Image.new("L", size)
    draw = ImageDraw.Draw(drawn)
    for line in lines:
        for x, y in line:
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
        for (x, y), (u, v) in pairwise(line):
            turn = math.atan2(v - y, u - x) + math.pi / 2
            side = (math.cos(turn) * width / 2, math.sin(turn) * width / 2)
            corners = [(x + side[0], y + side[1]), (u + side[0], v + side[1])]
            corners += [(u - side[0], v - side[1]), (x - side[0], y - side[1])]
            draw.polygon(corners, fill=255)
    return drawn


def nearly(found: Image.Image, least: Image.Image, most: Image.Image) -> None:
    """All of `least` is in it, and nothing that is not in `most`."""
    assert ImageChops.subtract(least, found).getbbox() is None
    assert ImageChops.subtract(found, most).getbbox() is None


async def test_what_is_painted_with_a_mouse_is_what_may_change(
    keyed_house: House, chromium: Browser, openai: FakeOpenAI
) -> None:
    async with before_the_brush(keyed_house, chromium) as (_, brush):
        page = brush.page
        width = await brush.width(60)
        line = ((200.0, 240.0), (420.0, 330.0), (600.0, 250.0))
        await brush.drag(*line)
        await brush.drag((100, 900), (900, 900))  # a slip
        await page.get_by_role("button", name="Undo").click()
        await brush.tool("Rectangle")
        await brush.drag((100, 500), (700, 800))
        await brush.tool("Eraser")
        thin = await brush.width(30)
        cut = ((50.0, 650.0), (750.0, 650.0))
        await brush.drag(*cut)
        await page.get_by_role("button", name="Undo").click()
        await page.get_by_role("button", name="Redo").click()
        await expect(page.locator("#share")).to_have_text("19 % of the picture may change.")
        await brush.send()
        await expect(page.get_by_role("img", name=re.compile("^AI-generated: .*a yellow moon$"))).to_be_visible()

        found = mask_sent(openai)
        size = brush.size
        least, most = strokes(size, width - 3, line), strokes(size, width + 3, line)
        # The mouse moves in whole pixels of the window, which are a little more of the picture's.
        ImageDraw.Draw(least).rectangle((102, 502, 697, 797), fill=255)
        ImageDraw.Draw(most).rectangle((98, 498, 701, 801), fill=255)
        least = ImageChops.subtract(least, strokes(size, thin + 3, cut))
        most = ImageChops.subtract(most, strokes(size, thin - 3, cut))
        nearly(found, least, most)
        assert openai.requests[-1].parsed["prompt"] == "a yellow moon"

        await page.get_by_role("link", name="Back to the studio").click()
        await expect(page.locator(".state-done .prompt").last).to_have_text("a yellow moon")


async def test_a_part_is_chosen_by_keys_alone_and_exact(
    keyed_house: House, chromium: Browser, openai: FakeOpenAI
) -> None:
    async with before_the_brush(keyed_house, chromium, shape="wide") as (_, brush):
        page, (width, height) = brush.page, brush.size
        for _ in range(30):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.tagName") == "SUMMARY":
                break
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await expect(page.get_by_label("A part of the picture")).to_be_focused()
        await page.keyboard.type("Left half")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.type("By numbers")
        for value in ("10", "20", "300", "40"):
            await page.keyboard.press("Tab")
            await page.keyboard.press("Control+A")
            await page.keyboard.type(value)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Leave it as it is")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.type("a yellow moon")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("#outcome[data-state=done]")).to_be_visible(timeout=20_000)

    wanted = Image.new("L", (width, height))
    ImageDraw.Draw(wanted).rectangle((0, 0, width // 2 - 1, height - 1), fill=255)
    ImageDraw.Draw(wanted).rectangle((10, 20, 309, 59), fill=0)
    assert mask_sent(openai).tobytes() == wanted.tobytes()


async def test_the_brush_moves_by_keys_and_what_is_marked_turns_over(
    keyed_house: House, chromium: Browser, openai: FakeOpenAI
) -> None:
    async with before_the_brush(keyed_house, chromium) as (_, brush):
        page, (width, height) = brush.page, brush.size
        size = await brush.width(50)
        await page.locator("#view").focus()
        far = round(size / 2)
        await page.keyboard.press("Space")
        for _ in range(4):
            await page.keyboard.press("ArrowUp")
        for _ in range(6):
            await page.keyboard.press("Shift+ArrowRight")
        await page.keyboard.press("r")
        await page.keyboard.press("Space")
        for _ in range(5):
            await page.keyboard.press("ArrowDown")
            await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Space")
        await page.get_by_role("button", name="Invert").click()
        await brush.send()

    middle = (width / 2, height / 2)
    turn, end = (middle[0], middle[1] - 4 * far), (middle[0] + 6 * far, middle[1] - 4 * far)
    step = round(width / 100)
    lines = ((middle,), (turn, end))
    least, most = strokes(brush.size, size - 3, *lines), strokes(brush.size, size + 3, *lines)
    for drawn in (least, most):
        ImageDraw.Draw(drawn).rectangle((*end, end[0] + 5 * step - 1, end[1] + 5 * step - 1), fill=255)
    nearly(ImageChops.invert(mask_sent(openai)), least, most)


async def test_a_finger_paints_and_two_look_closer(keyed_house: House, chromium: Browser, openai: FakeOpenAI) -> None:
    phone = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    async with before_the_brush(keyed_house, chromium, **phone) as (_, brush):
        page = brush.page
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        await page.locator("#view").scroll_into_view_if_needed()
        touch = await page.context.new_cdp_session(page)

        async def fingers(kind: str, *points: Point) -> None:
            said = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
            await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": said})

        width = await brush.width(70)
        line = ((200.0, 300.0), (800.0, 600.0))
        begin, end = [await brush.at(each) for each in line]
        await fingers("touchStart", begin)
        for part in range(1, 9):
            await fingers("touchMove", tuple(a + (b - a) * part / 8 for a, b in zip(begin, end, strict=True)))
        await fingers("touchEnd")
        before = await page.locator("#share").inner_text()
        one, other = await brush.at((400, 500)), await brush.at((600, 500))
        await fingers("touchStart", one)
        await fingers("touchStart", one, other)
        for part in range(1, 6):
            await fingers("touchMove", (one[0] - 8 * part, one[1]), (other[0] + 8 * part, other[1]))
        await fingers("touchEnd")
        assert await page.locator("#share").inner_text() == before
        await brush.send()

    found = mask_sent(openai)
    nearly(found, strokes(brush.size, width - 8, line), strokes(brush.size, width + 8, line))


async def test_what_cannot_be_sent_is_said_and_nothing_is_lost(
    keyed_house: House, chromium: Browser, openai: FakeOpenAI
) -> None:
    async with before_the_brush(keyed_house, chromium) as (windows, brush):
        page = brush.page
        await page.get_by_label("What shall be there?").fill("a moon")
        send = page.get_by_role("button", name="Paint", exact=True)
        await send.click()
        await expect(page.locator("#trouble")).to_contain_text("Nothing is marked yet")
        await page.get_by_role("button", name="Invert").click()
        await send.click()
        await expect(page.locator("#trouble")).to_contain_text("Everything is marked")
        await page.get_by_role("button", name="Clear").click()
        await brush.drag((100, 100), (300, 300))
        await page.context.set_offline(True)
        await send.click()
        await expect(page.locator("#trouble")).to_contain_text("What you painted is still here")
        await page.context.set_offline(False)
        await brush.send()
        windows.complaints.clear()  # the browser itself notes that it was offline

    assert len([each for each in openai.requests if each.path == "/v1/images/edits"]) == 1


async def test_a_link_leaves_no_trace_and_after_its_use_tells_what_came_of_it(
    keyed_house: House, chromium: Browser
) -> None:
    async with before_the_brush(keyed_house, chromium) as (windows, brush):
        page = brush.page
        assert page.url.endswith("/area")
        await page.reload()
        await expect(page.locator("#editor")).to_be_visible()
        await brush.drag((100, 100), (300, 300))
        await brush.send()
        await page.reload()
        await expect(page.locator("#outcome[data-state=done]")).to_be_visible()
        await expect(page.locator("#editor")).to_be_hidden()

        nobody = await windows.open()
        await nobody.goto(f"{windows.stage.url}/area")
        await expect(nobody.get_by_role("alert")).to_contain_text("This link leads nowhere")
        await expect(nobody.locator("#editor")).to_be_hidden()
        windows.complaints.clear()  # the browser itself notes that there was nothing


async def test_a_mask_is_as_large_as_the_picture_however_small_that_is_shown(
    keyed_house: House, chromium: Browser, openai: FakeOpenAI
) -> None:
    async with before_the_brush(keyed_house, chromium, shape="3840x2160") as (_, brush):
        assert brush.size == (3840, 2160)
        await brush.page.locator(".parts summary").click()
        await brush.page.get_by_label("A part of the picture").select_option(label="Middle")
        await brush.page.get_by_role("button", name="Mark it").click()
        await brush.send()

    wanted = Image.new("L", (3840, 2160))
    wanted.paste(255, (960, 540, 2880, 1620))
    assert mask_sent(openai).tobytes() == wanted.tobytes()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_narrow_window_needs_no_sideways_scrolling(house: House, chromium: Browser, scheme: Any) -> None:
    async with before_the_brush(house, chromium, width=360, height=740, color_scheme=scheme) as (_, brush):
        page = brush.page
        await page.locator(".parts summary").click()
        await page.get_by_label("A part of the picture").select_option(label="By numbers")
        await page.get_by_label("What shall be there?").fill("w" * 500)

        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert await violations(page) == []
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(int(each) for each in ground[4:-1].split(",")) < 180) is (scheme == "dark")
