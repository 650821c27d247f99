"""Collections, spending and the queue, as they are read over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from limner.domain.money import Micros
from limner_web.viewer import HERE
from tests.conversations.reading import id_of
from tests.house import House
from tests.stages.web import WebStage, place_of
from tests.store.making import a_ready
from tests.web.hung import hung
from tests.web.test_asking import HOSTILE
from tests.web.test_gallery import opened, shown

ODD = "<b>launch</b> \u202egnp"


@pytest.fixture
async def stage(house: House) -> AsyncIterator[WebStage]:
    async with WebStage(house) as stage:
        yield stage


async def test_collections_are_listed_opened_and_gone_when_deleted(stage: WebStage) -> None:
    assert "There are no collections yet" in (await opened(stage, "/collections")).text
    ids = await hung(stage.limner, 3)
    for id in ids[:2]:
        await stage.command("collection-add", picture=id, name=ODD)
    await stage.command("tag", picture=ids[2], tags=HOSTILE[0][:38])

    page = await opened(stage, "/collections")
    assert "<b>launch</b>" in page.text
    assert "2 pictures, by you" in page.text
    assert HOSTILE[0][:38] in page.text
    (address,) = {link for each in page.by("a") if (link := each.attributes["href"]).startswith("/collections/")}
    one = await opened(stage, address)
    assert shown(one) == ids[:2]
    codes = {each.text: each.attributes["value"] for each in one.by("button", name="code")}
    assert "Download all" in codes
    code = codes["Delete the collection"]
    await stage.browser.post("/press", {"code": code, "message": "", "channel": "studio", "event": "e" * 12})
    await stage.browser.until(lambda: "e" * 12 in stage.browser.answered)
    async with stage.browser.client.get(address) as answer:
        assert answer.status == 404
    async with stage.browser.client.get("/collections/c00") as answer:
        assert answer.status == 404


async def test_the_dashboard_tells_what_was_spent_and_what_came_of_it(stage: WebStage) -> None:
    seen = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft", count=2))
    await stage.browser.post(f"/asset/{id_of(seen)}/save", {})
    now = datetime.now(UTC)
    owed = {"place": place_of("showcase"), "person": HERE, "created": now}
    await a_ready(stage.limner._store, estimate=Micros(250_000), lane="nobody", **owed)

    page = await opened(stage, "/spending?days=30")
    assert page.by("h1")[0].text == "What the team spent"
    figures = dict(zip([each.text for each in page.by("dt")], [each.text for each in page.by("dd")], strict=True))
    assert (figures["In 30 days"], figures["Pictures"], figures["Accepted"]) == ("$0.25", "2", "50 %")
    assert figures["Median painting"].endswith(" s")
    assert figures["For each accepted"] == "$0.25"
    days, members, channels, models = page.by("tbody")
    assert len(days.by("tr")) == 30
    assert [each.text for each in members.by("th")] == ["you"]
    assert [each.text for each in channels.by("th")] == ["#showcase on the page"]
    assert "Offline sketch" in models.text
    assert "$0.25 is reserved" in page.text
    assert "What you spent" in (await opened(stage, "/spending?whose=me&days=x")).text


async def test_the_queue_tells_who_waits_for_what_and_lets_one_leave(stage: WebStage) -> None:
    assert "Nothing waits here." in (await opened(stage, "/queue")).text
    job = await a_ready(stage.limner._store, place=place_of("studio"), person=HERE, engine="openai", lane="nobody")

    page = await opened(stage, "/queue")
    assert "“a red fox in snow”" in page.text
    (cancel,) = [each for each in page.by("button", name="code") if each.text.startswith("Cancel")]
    await stage.browser.post("/press", {"code": cancel.attributes["value"], "channel": "studio", "event": "e" * 12})
    await stage.browser.until(lambda: "e" * 12 in stage.browser.answered)
    assert job.id not in (await opened(stage, "/queue")).text
