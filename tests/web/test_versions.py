"""The page of a picture."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conversations.reading import id_of
from tests.house import House
from tests.stages import Seen
from tests.stages.web import Element, WebStage, parse


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
    assert "The file carries no content credentials" in page.text
    assert [each.text for each in page.by("dt")][:2] == ["Asked for", "As the model put it"]
    for image in page.by("img")[1:]:
        assert await stage.bytes_of(image.attributes["src"])
    third = await stage.settled(await stage.reply(first, "in autumn"))
    for other, beside in ((second, second), (first, first), (None, first)):
        said = f"?with={id_of(other)}" if other else "?with=zz99"
        (compared,) = (await opened(stage, f"{id_of(third)}{said}")).by("div", **{"class": "compare"})
        assert [each.text for each in compared.by("figcaption")] == [_label(beside), id_of(third)]


def _label(seen: Seen) -> str:
    return f"{id_of(seen)} v2" if "v2" in seen.text else id_of(seen)


async def opened(stage: WebStage, id: str) -> Element:
    """The page of a picture."""
    async with stage.browser.client.get(f"/asset/{id}") as answer:
        assert answer.status == 200
        return parse(await answer.text())


async def pressed(stage: WebStage, page: Element, label: str, **more: str) -> tuple[str, Element]:
    """Presses a button as a browser without scripts does; where that leads, and what is there."""
    button = next(each for each in page.by("button") if each.text.startswith(label))
    form = button.parent
    while form is not None and form.tag != "form":
        form = form.parent
    assert form is not None
    said = {each.attributes["name"]: each.attributes.get("value", "") for each in form.by("input", type="hidden")}
    said |= {each.attributes["name"]: each.text for each in form.by("textarea")}
    if "name" in button.attributes:
        said[button.attributes["name"]] = button.attributes["value"]
    headers = {"Origin": stage.url}
    async with stage.browser.client.post(form.attributes["action"], data={**said, **more}, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return answer.url.path, parse(await answer.text())


async def test_the_page_of_a_picture_has_its_cards_buttons(stage: WebStage) -> None:
    first = await painted(stage)
    page = await opened(stage, id_of(first))

    codes = [each.attributes["value"] for each in page.by("button", name="code")]
    on_card = [each.attributes["value"] for each in first.raw["card"].by("button", name="code")]
    assert codes == [*on_card, f"limner:approval-request:{id_of(first)}:", f"limner:form.publish:{id_of(first)}:"]
    assert all(each.attributes["hx-post"] == "/press" for each in page.by("button", name="code"))
    several = await stage.settled(await stage.command("imagine", prompt="paper boats", count=3))
    second = await opened(stage, f"{id_of(several)}.2")
    assert second.by("button", name="code")[0].text.startswith("Vary")
    posted = {"code": codes[0], "message": f"asset-{id_of(first)}", "channel": "studio"}
    assert (await stage.browser.post("/press", posted))[0] == 202
    await stage.browser.until(lambda: any("A subtle variation" in each.text for each in stage.browser.cards.values()))


async def test_its_buttons_work_without_scripts_too(stage: WebStage) -> None:
    first = await painted(stage)
    page = await opened(stage, id_of(first))

    where, channel = await pressed(stage, page, "Reroll")
    assert where == "/c/studio"
    assert len(channel.by("article")) == 2
    _, told = await pressed(stage, page, "Details")
    (alone,) = [each for each in told.by("article") if each.by("p", **{"class": "alone"})]
    assert f"Details of {id_of(first)}" in alone.text
    _, handed = await pressed(stage, page, "Download")
    assert handed.by("a", download=f"limner-{id_of(first)}.png")
    _, form = await pressed(stage, page, "Share…")
    _, done = await pressed(stage, form, "Go", **{"field-place": "#showcase"})
    assert "#showcase" in [each for each in done.by("article") if each.by("p", **{"class": "alone"})][-1].text
    (there,) = await stage.cards(place="#showcase")
    assert "Shared by" in there.text
    _, sure = await pressed(stage, page, "Delete")
    assert "cannot be undone" in sure.text
    assert await opened(stage, id_of(first))
    await pressed(stage, sure, "Yes")
    async with stage.browser.client.get(f"/asset/{id_of(first)}") as answer:
        assert answer.status == 404


async def test_what_is_not_there_has_no_page(stage: WebStage) -> None:
    first = await painted(stage)
    await stage.press(first, "Delete")
    for id in (id_of(first), "zz99", "..%2f..", "%3Cscript%3E"):
        async with stage.browser.client.get(f"/asset/{id}") as answer:
            assert answer.status == 404, id
            assert answer.content_type == "text/plain"  # whatever was asked for, it does nothing


async def test_it_is_put_in_order_on_its_page(stage: WebStage) -> None:
    first = await painted(stage)
    path = f"/asset/{id_of(first)}"

    async def order(what: str, **said: str) -> Element:
        status, html = await stage.browser.post(f"{path}/order/{what}", said)
        assert status == 200, html
        return parse(html)

    assert "is now in the collection" in (await order("collect", name="<b>launch</b>")).text
    kept = await order("tag", tags="hero picture, <script>alert(1)</script>")
    assert [each.text for each in kept.by("bdi")] == ["<b>launch</b>", "<script>alert(1)</script>", "hero picture"]
    assert not kept.by("script")
    assert "hero picture" not in [each.text for each in (await order("untag", tags="hero picture")).by("bdi")]
    assert "write a name" in (await order("collect", name=" ")).text
    assert "no such collection" in (await order("drop", name="none")).text

    page = await opened(stage, id_of(first))  # and without scripts
    (form,) = page.by("form", action=f"{path}/order/drop")
    said = {each.attributes["name"]: each.attributes["value"] for each in form.by("input")}
    async with stage.browser.client.post(form.attributes["action"], data=said, headers={"Origin": stage.url}) as answer:
        assert answer.status == 200
        assert answer.url.path == path
        assert "<b>launch</b>" not in [each.text for each in parse(await answer.text()).by("bdi")]
    for where in ("zz99", "..%2f"):
        assert (await stage.browser.post(f"/asset/{where}/order/tag", {"tags": "x"}))[0] == 404
