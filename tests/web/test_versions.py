"""The page of a picture."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conversations.reading import id_of
from tests.house import House
from tests.stages import Seen
from tests.stages.web import WebStage, parse


@pytest.fixture
async def stage(house: House) -> AsyncIterator[WebStage]:
    async with WebStage(house) as stage:
        yield stage


async def painted(stage: WebStage, prompt: str = "a red fox in snow") -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt))


async def test_the_page_of_a_picture_tells_all_and_links_its_relatives(stage: WebStage) -> None:
    first = await painted(stage)
    second = await stage.settled(await stage.reply(first, "make <b>it</b> night"))
    async with stage.browser.client.get(f"/asset/{id_of(second)}") as answer:
        assert answer.status == 200
        page = parse(await answer.text())

    assert "a red fox in snow → make <b>it</b> night" in page.text
    assert f"Version 2 of {id_of(first)}" in page.text
    links = [each.attributes["href"] for each in page.by("a") if each.attributes["href"].startswith("/asset/")]
    assert links == [f"/asset/{id_of(first)}", f"/asset/{id_of(second)}"]
    for image in page.by("img")[1:]:
        assert await stage.bytes_of(image.attributes["src"])


async def test_what_is_not_there_has_no_page(stage: WebStage) -> None:
    first = await painted(stage)
    await stage.press(first, "Delete")
    for id in (id_of(first), "zz99", "..%2f..", "%3Cscript%3E"):
        async with stage.browser.client.get(f"/asset/{id}") as answer:
            assert answer.status == 404, id
            assert answer.content_type == "text/plain"  # whatever was asked for, it does nothing
