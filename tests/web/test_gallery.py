"""The gallery: the team's pictures as a grid, by address, a screen at a time."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from limner.reading.library import SCREEN
from tests.house import House
from tests.stages.web import Element, WebStage, parse
from tests.web.hung import hung
from tests.web.test_asking import HOSTILE

FIRST_PAINT = 150_000
"""Bytes of the gallery's page with its styles, scripts and icons, before any picture."""


@pytest.fixture
async def stage(house: House) -> AsyncIterator[WebStage]:
    async with WebStage(house) as stage:
        yield stage


async def opened(stage: WebStage, path: str, status: int = 200) -> Element:
    async with stage.browser.client.get(path) as answer:
        assert answer.status == status, (path, answer.status)
        return parse(await answer.text())


def shown(page: Element) -> list[str]:
    """The ids of the pictures in the grid."""
    links = [each.attributes.get("href", "") for each in page.by("a")]
    return [link.removeprefix("/asset/") for link in links if link.startswith("/asset/")]


async def test_its_address_says_what_is_found_a_screen_at_a_time(stage: WebStage) -> None:
    ids = await hung(stage.limner, SCREEN + 3)
    page = await opened(stage, "/gallery")

    assert shown(page) == ids[:SCREEN]
    (older,) = [each for each in page.by("a") if each.text == "Older"]
    assert shown(await opened(stage, older.attributes["href"])) == ids[SCREEN:]
    assert shown(await opened(stage, "/gallery?words=fox&shape=tall&utm=x")) == ids[::3]
    assert shown(await opened(stage, "/gallery?saved=true")) == []
    assert (await stage.browser.post(f"/asset/{ids[4]}/save", {}))[1].count('aria-pressed="true"') == 1
    assert shown(await opened(stage, "/gallery?saved=true&words=")) == [ids[4]]
    await stage.command("collection-add", picture=ids[7], name="launch")
    await stage.command("tag", picture=ids[8], tags="hero picture")
    assert shown(await opened(stage, "/gallery?collection=launch")) == [ids[7]]
    assert shown(await opened(stage, "/gallery?tag=hero+picture&by=me&model=sketch&channel=%23studio")) == [ids[8]]
    for image in page.by("img")[1:4]:
        assert {"width", "height", "alt", "loading"} <= image.attributes.keys()


async def test_what_cannot_be_looked_for_is_said_on_the_page(stage: WebStage) -> None:
    for address, said in (
        ("since=soon", "say a day"),
        ("shape=round", "choose square"),
        ("collection=none", "no such collection"),
        ("like=zz99", "zz99"),
        ("words=%22fox+AND", "Nothing here matches"),
        ("before=zz99", "zz99"),
    ):
        status = 200 if "words" in address else 404 if "zz99" in address else 400
        assert said in (await opened(stage, f"/gallery?{address}", status)).text, address


async def test_hostile_words_names_and_tags_are_text_there(stage: WebStage) -> None:
    for words in HOSTILE:
        (id,) = await hung(stage.limner, 1, words=words)
        await stage.command("collection-add", picture=id, name=words[:50])
        await stage.command("tag", picture=id, tags=words[:30])
    async with stage.browser.client.get("/gallery", params={"words": HOSTILE[0], "tag": HOSTILE[3]}) as answer:
        text = await answer.text()

    for page in (parse(text), await opened(stage, "/gallery")):
        assert len(page.by("h1")) == 1
        assert all("src" in each.attributes for each in page.by("script"))
        assert not [each for each in page.by("img") if "onerror" in each.attributes]
    assert "<script>alert" not in text


async def test_its_first_paint_is_light(stage: WebStage) -> None:
    await hung(stage.limner, SCREEN + 1, words="a red fox in deep snow, wide angle, golden hour, " * 4)
    async with stage.browser.client.get("/gallery") as answer:
        html = await answer.text()
    page = parse(html)
    needed = {each.attributes["href"] for each in page.by("link")} | {
        each.attributes["src"] for each in page.by("script")
    }
    needed |= {use.split("#")[0] for use in re.findall(r'href="(/static/[^"]+)"', html)}
    size = len(html.encode()) + sum([len(await stage.bytes_of(each)) for each in needed])

    assert len(needed) >= 5
    assert size < FIRST_PAINT
