"""The page in a real browser, as its one person uses it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.house import House
from tests.web.browsing import BROWSER, Windows, windows_on
from tests.web.peer import PeerHouse, png
from tests.web.test_asking import HOSTILE

pytestmark = BROWSER


@pytest_asyncio.fixture(loop_scope="session")
async def windows(tmp_path: Path, chromium: Browser) -> AsyncIterator[Windows]:
    async with windows_on(PeerHouse(tmp_path), chromium) as windows:
        yield windows


async def test_a_prompt_is_typed_and_a_sketch_of_it_appears(house: House, chromium: Browser) -> None:
    async with windows_on(house, chromium) as windows:
        page = await windows.open()
        await page.get_by_label("Your prompt").fill("a red fox in snow --wide --draft")
        await page.keyboard.press("Enter")
        picture = page.get_by_role("img", name="AI-generated: a red fox in snow")

        await expect(picture.first).to_be_visible()
        await expect(page.locator(".state-done footer")).to_contain_text("1536×1024")
        await expect(page.get_by_role("button", name="Reroll")).to_be_enabled()
        await expect(page.locator("#library img")).to_have_count(1)
        await picture.first.evaluate("each => each.decode()")
        assert await picture.first.evaluate("each => each.naturalWidth > 0")


async def test_progress_is_seen_before_the_picture_and_in_every_window(windows: Windows) -> None:
    peer = windows.stage.limner
    peer.paint_on.clear()
    peer.finish.clear()
    page, other = await windows.open(), await windows.open()
    await page.get_by_role("button", name="A red fox in snow").click()
    for each in (page, other):
        await expect(each.locator(".state-waiting .stage")).to_have_text("Waiting…")
    peer.paint_on.set()
    for each in (page, other):
        await expect(each.locator(".state-painting .partial")).to_be_visible()
        await expect(each.locator(".elapsed")).to_have_text(re.compile(r"\d+ s"))
    peer.finish.set()
    for each in (page, other):
        await expect(each.locator(".state-done .pictures img")).to_be_visible()
        await expect(each.locator("article")).to_have_count(1)
    await expect(page.locator("#announce")).to_have_text(re.compile("^Done: a red fox"))


async def test_pictures_are_dropped_seen_removed_and_sent(windows: Windows) -> None:
    page = await windows.open()
    bytes_of = list(png("teal"))
    transfer = await page.evaluate_handle(
        """bytes => { const all = new DataTransfer();
        for (const name of ["one.png", "two.png"]) all.items.add(new File([new Uint8Array(bytes)], name, {type: "image/png"}));
        return all; }""",  # noqa: E501
        bytes_of,
    )
    await page.dispatch_event("#messages", "drop", {"dataTransfer": transfer})
    await expect(page.locator("#previews img")).to_have_count(2)
    await page.get_by_role("button", name="Remove one.png").click()
    await expect(page.locator("#previews img")).to_have_count(1)
    await page.get_by_label("Your prompt").fill("like this")
    await page.keyboard.press("Enter")
    await expect(page.locator(".state-done")).to_have_count(1)

    await expect(page.locator("#previews img")).to_have_count(0)
    assert [each.name for each in windows.stage.limner.asks[0].pictures] == ["two.png"]
    assert windows.stage.limner.fetched == [png("teal")]


async def test_everything_is_done_by_keyboard_alone(windows: Windows) -> None:
    page = await windows.open()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the prompt")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.type("/im")
    await expect(page.locator("#suggestions li")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Your prompt")).to_have_value("/imagine ")
    await page.keyboard.type("a red fox")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("in snow")
    await page.keyboard.press("Enter")
    reroll = page.get_by_role("button", name="Reroll ~$0.04")
    await expect(reroll).to_be_visible()
    assert windows.stage.limner.asks[0].values["prompt"] == "a red fox\nin snow"

    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await reroll.evaluate("each => each === document.activeElement"):
            break
    await expect(reroll).to_be_focused()
    assert await reroll.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
    await page.keyboard.press("Enter")
    await expect(page.locator(".state-done")).to_have_count(2)
    assert windows.stage.limner.asks[1].action == "reroll"


async def test_a_form_opens_over_the_page_and_is_sent(windows: Windows) -> None:
    page = await windows.open()
    await page.get_by_role("button", name="A red fox in snow").click()
    await page.get_by_role("button", name="Fix text").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await dialog.get_by_label("Prompt").fill("a blue fox")
    await dialog.get_by_role("button", name="Paint").click()

    await expect(dialog).to_be_hidden()
    await expect(page.locator(".prompt")).to_have_text("a blue fox")


async def test_delete_asks_once_more(windows: Windows) -> None:
    page = await windows.open()
    await page.get_by_role("button", name="A red fox in snow").click()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("button", name="Sure? Delete")).to_be_visible()
    assert len(windows.stage.limner.asks) == 1
    await page.get_by_role("button", name="Sure? Delete").click()
    await expect(page.locator(".state-done")).to_have_count(1)
    await windows.stage.browser.until(lambda: len(windows.stage.limner.asks) == 2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_narrow_window_needs_no_sideways_scrolling(windows: Windows, scheme: Any) -> None:
    page = await windows.open(width=360, height=740, color_scheme=scheme)
    wide = "document.documentElement.scrollWidth <= window.innerWidth"
    assert await page.evaluate(wide)
    await page.get_by_label("Your prompt").fill("w" * 500)
    await page.keyboard.press("Enter")
    await expect(page.locator(".state-done")).to_have_count(1)
    await page.locator("details.options summary").click()
    await expect(page.get_by_label("Quality")).to_be_visible()

    assert await page.evaluate(wide)
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    lightness = sum(int(each) for each in re.findall(r"\d+", ground)[:3]) / 3
    assert (lightness < 60) is (scheme == "dark")


async def test_a_note_is_recorded_and_sent(windows: Windows) -> None:
    page = await windows.open(permissions=["microphone"])
    microphone = page.get_by_role("button", name="Record a voice note")
    await microphone.click()
    await expect(page.locator("#recording")).to_contain_text("Recording 1 s")
    await microphone.click()
    await expect(page.locator(".heard")).to_contain_text("a red fox")

    ask = windows.stage.limner.asks[0]
    assert ask.action == "imagine"
    assert ask.values["voice"].name == "voice-note.webm"
    assert windows.stage.limner.fetched[0].startswith(b"\x1a\x45\xdf\xa3")  # EBML: WebM


async def test_a_microphone_that_is_refused_gets_a_kind_sentence(windows: Windows) -> None:
    page = await windows.open()
    await page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') } }"
    )
    await page.get_by_role("button", name="Record a voice note").click()

    await expect(page.get_by_role("alert")).to_contain_text("I may not use the microphone")


async def test_hostile_prompts_are_text(windows: Windows) -> None:
    page = await windows.open()
    await page.evaluate("() => { window.alert = () => { window.ran = true } }")
    for number, prompt in enumerate(HOSTILE, start=1):
        await page.get_by_label("Your prompt").fill(prompt)
        await page.keyboard.press("Enter")
        await expect(page.locator(".state-done")).to_have_count(number)
        said = windows.stage.limner.asks[-1].values["prompt"]
        await expect(page.locator(".prompt").last).to_have_text(said)

    assert await page.evaluate("window.ran === undefined")
    await expect(page.locator("article h1, article script")).to_have_count(0)


async def test_a_refused_prompt_stays_to_be_mended(windows: Windows) -> None:
    page = await windows.open()
    await page.get_by_label("Your prompt").fill("a fox --sape wide")
    await page.keyboard.press("Enter")

    await expect(page.locator(".state-refused")).to_contain_text("Did you mean --shape?")
    await expect(page.get_by_label("Your prompt")).to_have_value("a fox --sape wide")


async def test_it_can_be_read_and_asked_without_scripts(windows: Windows) -> None:
    await windows.stage.settled(await windows.stage.command("imagine", prompt="a red fox"))
    context = await windows._browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(windows.stage.url)
    await expect(page.locator(".pictures img")).to_be_visible()
    await page.locator("#words").fill("a blue fox")
    await page.get_by_role("button", name="Send").click()
    await windows.stage.browser.until(lambda: len(windows.stage.browser.cards) == 2)
    await page.reload()

    await expect(page.locator("article")).to_have_count(2)


async def test_a_picture_is_answered_with_words_and_its_tree_is_a_click_away(house: House, chromium: Browser) -> None:
    async with windows_on(house, chromium) as windows:
        page = await windows.open()
        await page.fill("#words", "a red fox in snow")
        await page.press("#words", "Enter")
        await page.locator("article.state-done").first.locator("[data-answer]").click()
        await expect(page.locator("#answering")).to_contain_text("Changing")
        await page.keyboard.type("make it night")
        await page.keyboard.press("Enter")

        second = page.locator("article.state-done").nth(1)
        await expect(second).to_contain_text("v2 of")
        await expect(second.locator("img.strip")).to_be_visible()
        await expect(page.locator("#answering")).to_be_hidden()
        await second.get_by_role("link", name="All about").click()
        await expect(page.locator(".lineage a")).to_have_count(2)
        await page.go_back()
        await page.wait_for_selector("html[data-ready]")
        await page.locator("article.state-done").nth(1).get_by_role("button", name="Back to v1").click()
        await expect(page.locator("article.state-done")).to_have_count(3)


async def test_the_page_of_a_picture_answers_its_buttons_where_they_are_pressed(
    house: House, chromium: Browser
) -> None:
    async with windows_on(house, chromium) as windows:
        page = await windows.open()
        await page.get_by_label("Your prompt").fill("a red fox in snow --draft")
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name="All about").click()
        await expect(page.get_by_role("heading", name="Everything known")).to_be_visible()
        await expect(page.locator("html")).to_have_attribute("data-ready", "true")
        await expect(page.locator("article")).to_have_count(0)

        await page.get_by_role("button", name="Details").click()
        await expect(page.locator("article .alone")).to_be_visible()
        await page.get_by_role("button", name="Reroll").first.click()
        await expect(page.locator("article.state-done img").first).to_be_visible()
        await page.get_by_role("button", name="Edit…").first.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
