"""The settings of a team: what the chats' own actions tell and set, on one page for admins."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from limner_web.pages.settings import SETTINGS
from tests.house import House
from tests.stages.web import Element, WebStage, parse
from tests.web.browsing import BROWSER, violations, windows_on
from tests.web.test_gallery import opened


@pytest.fixture
async def stage(house: House) -> AsyncIterator[WebStage]:
    async with WebStage(house) as stage:
        yield stage


async def chosen(stage: WebStage, action: str, **said: str) -> Element:
    """Sends a form of the page as a browser without scripts does; its section then."""
    form = {f"set-{name}": value for name, value in said.items() if name != "channel_in"}
    form |= {"csrf": stage.browser.csrf, **({"in-channel": said["channel_in"]} if "channel_in" in said else {})}
    async with stage.browser.client.post(f"/settings/{action}", data=form, headers={"Origin": stage.url}) as answer:
        assert answer.status == 200, await answer.text()
        (section,) = parse(await answer.text()).by("section", id=action)
        return section


async def test_forms_are_the_actions_own_and_set_what_the_chats_set(stage: WebStage) -> None:
    page = await opened(stage, "/settings")
    for each in SETTINGS:
        (section,) = page.by("section", id=each.action)
        found = section.find(lambda field: field.tag in {"input", "select"})
        names = {field.attributes["name"] for field in found}
        declared = {f"set-{option.name}" for option in stage.limner.table[each.action].parameters}
        assert declared <= names, each.action

    assert "(Europe/Paris)" in (await chosen(stage, "rules", zone="paris", banned="<b>spiders</b>")).text
    assert "“<b>spiders</b>”" in (await opened(stage, "/settings")).text
    assert "The team's daily budget is $5.00" in (await chosen(stage, "budget", amount="5", scope="team")).text
    refused = await chosen(stage, "budget", amount="a lot", scope="team")
    assert refused.by("div", role="alert")
    assert refused.by("input", name="set-amount")[0].attributes["value"] == "a lot"
    worn = await chosen(stage, "style-use", name="storybook", channel_in="showcase")
    stands = [each.text for each in worn.by("div", **{"class": "stands"})]
    assert stands[0].endswith("wears no style.")
    assert "wears the style storybook" in stands[1]
    sure = await chosen(stage, "retention", days="30")
    assert [each.text for each in sure.by("button", name="code")] == ["Yes, do so"]
    for action in ("delete", "imagine", "nothing"):
        assert (await stage.browser.post(f"/settings/{action}", {}))[0] == 404


@BROWSER[0]
@BROWSER[1]
@BROWSER[2]
async def test_they_are_sound_with_all_forms_open(house: House, chromium: Browser) -> None:
    async with windows_on(house, chromium) as windows:
        page = await windows.open("/settings")
        await windows.sound(page, "/settings")
        await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        assert await violations(page) == []
        await page.get_by_label("Amount").fill("5")
        await page.get_by_label("Amount").press("Enter")
        await expect(page.locator("#budget .answered")).to_contain_text("budget is $5.00")
