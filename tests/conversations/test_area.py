"""Edit area: a link from the card, a mask from the page, and the next version in the chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from limner.studio.permits import LIFE
from tests.backends.fixtures import on_postgresql
from tests.conversations.conftest import STAGES
from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Seen, Stage
from tests.stages.visitor import OpenHouse, SplitHouse, Visitor, link_on, mask_of

HOLE = (100, 200, 300, 500)


@pytest.fixture(params=STAGES)
async def open_stage(request: pytest.FixtureRequest, keyed_house: House) -> AsyncIterator[Stage]:
    """One platform after the other, with the web page beside it."""
    module = import_module(f"tests.stages.{request.param}")
    async with getattr(module, STAGES[request.param])(OpenHouse(keyed_house)) as stage:
        yield stage


async def painted(stage: Stage) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))


async def pressed(stage: Any, seen: Seen, *, member: str = "ada") -> Visitor:
    """A browser with the link that the button gives."""
    answer = await stage.press(seen, "Edit area", member=member)
    base = f"http://127.0.0.1:{stage.port}" if stage.platform == "web" else ""
    return Visitor(link_on(answer), base)


async def second_version(stage: Stage) -> Seen:
    """The card that came of it, at its end."""
    async with asyncio.timeout(PATIENCE):
        while True:
            cards = [each for each in await stage.cards() if each.private_to is None and "Cancel" in each.buttons]
            cards += [each for each in await stage.cards() if "v2" in " ".join(each.alts)]
            if cards:
                return await stage.settled(cards[0])
            await asyncio.sleep(0.05)


def mask_sent(openai: FakeOpenAI) -> Image.Image:
    files = {each.field: each for each in openai.requests[-1].files}
    assert {"image", "mask"} <= {name.removesuffix("[]") for name in files}
    return Image.open(BytesIO(files["mask"].data))


async def test_the_link_is_for_the_presser_alone_and_the_next_version_comes_for_all(
    open_stage: Stage, openai: FakeOpenAI
) -> None:
    first = await painted(open_stage)
    answer = await open_stage.press(first, "Edit area")
    assert "The link is yours alone" in answer.text
    if open_stage.platform != "web":  # there is one person on the page
        assert answer.private_to == "ada"
    async with await pressed(open_stage, first) as visitor:
        told = await visitor.open()
        assert told["asset"] == id_of(first)
        assert told["estimate"].startswith("$")
        size = (told["width"], told["height"])
        assert (await visitor.submit(mask_of(size, HOLE), "a yellow moon"))[0] == 202

    second = await second_version(open_stage)
    assert "a yellow moon" in second.text
    assert "v2" in " ".join(second.alts)
    assert openai.requests[-1].path == "/v1/images/edits"
    assert openai.requests[-1].parsed["prompt"] == "a yellow moon"
    wanted = Image.open(BytesIO(mask_of(size, HOLE)))
    assert mask_sent(openai).tobytes() == wanted.tobytes()
    asset = await open_stage.limner._store.library.get(id_of(second), await team_of(open_stage))
    assert (asset.version_of, asset.version) == (id_of(first), 2)


async def team_of(stage: Stage) -> str:
    return str((await stage.limner._store.people.member(stage.place, stage.person)).team)


async def test_it_is_made_once_however_often_it_is_sent(open_stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(open_stage)
    async with await pressed(open_stage, first) as visitor:
        told = await visitor.open()
        mask = mask_of((told["width"], told["height"]), HOLE)
        assert (await visitor.submit(mask))[0] == 202
        second = await second_version(open_stage)
        status, sentence = await visitor.submit(mask, "another one")
        state = await visitor.open()

    assert status == 409
    assert "was used already" in sentence
    assert state["outcome"]["job"] == id_of(second)
    assert paintings(openai) == 2


async def test_a_link_is_no_good_to_another_member_nor_when_its_time_is_over(
    open_stage: Stage, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await painted(open_stage)
    async with await pressed(open_stage, first) as own, Visitor(f"{own.base}/area#{own.token}") as another:
        told = await own.open()
        mask = mask_of((told["width"], told["height"]), HOLE)
        async with another.client.post("/area/open", headers={"Authorization": f"Bearer {own.token}"}) as answer:
            assert answer.status >= 400
            assert "opened in another browser" in await answer.text()
        status, sentence = await another.submit(mask)
        assert (status >= 400, "Press Edit area" in sentence) == (True, True), sentence
        monkeypatch.setattr(open_stage.limner._studio.permits, "_now", lambda: datetime.now(UTC) + LIFE)
        status, sentence = await own.submit(mask)
        assert (status >= 400, "time of this link is over" in sentence) == (True, True), sentence
    assert paintings(openai) == 1
    assert len([each for each in await open_stage.cards() if each.private_to is None]) == 1


async def test_what_is_refused_costs_nothing_and_the_link_stays_good(open_stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(open_stage)
    async with await pressed(open_stage, first) as visitor:
        told = await visitor.open()
        size = (told["width"], told["height"])
        for mask, prompt, why in (
            (None, "a moon", "did not come along"),
            (mask_of((64, 64), (0, 0, 9, 9)), "a moon", "64×64 pixels"),
            (mask_of(size, (0, 0, 0, 0)), "a moon", "nowhere transparent"),
            (mask_of(size, (0, 0, *size)), "a moon", "transparent everywhere"),
            (b"\x89PNG\r\n\x1a\nnothing of it", "a moon", "damaged"),
            (b"GIF89a", "a moon", "damaged"),
            (b"<svg/>", "a moon", "not a picture"),
            (mask_of(size, HOLE), "  ", "the prompt was empty"),
            (mask_of(size, HOLE), "a moon" * 6000, "characters"),
        ):
            status, sentence = await visitor.submit(mask, prompt)
            assert (status, why in sentence) == (400, True), sentence
        assert paintings(openai) == 1
        assert len([each for each in await open_stage.cards() if each.private_to is None]) == 1
        assert (await visitor.submit(mask_of(size, HOLE)))[0] == 202

    await second_version(open_stage)
    assert paintings(openai) == 2


async def test_what_is_private_stays_so(open_stage: Stage) -> None:
    if open_stage.platform == "web":
        pytest.skip("there is one person on the page")
    command = open_stage.command("imagine", prompt="a red fox", quality="draft", private=True)
    async with await pressed(open_stage, await open_stage.settled(await command)) as visitor:
        told = await visitor.open()
        assert (await visitor.submit(mask_of((told["width"], told["height"]), HOLE)))[0] == 202
        await ended(visitor)

    assert await open_stage.cards(member="bob") == ()
    direct = await open_stage.direct() if open_stage.platform == "discord" else await open_stage.cards()
    assert "a moon" in direct[-1].text
    assert direct[-1].private_to == "ada"


async def ended(visitor: Visitor) -> dict[str, Any]:
    """What came of it, in the end."""
    async with asyncio.timeout(PATIENCE):
        while True:
            outcome: dict[str, Any] = (await visitor.open())["outcome"]
            if not outcome["busy"]:
                return outcome
            await asyncio.sleep(0.05)


async def test_what_the_model_declines_is_told_on_the_page_and_in_the_chat(
    open_stage: Stage, openai: FakeOpenAI
) -> None:
    async with await pressed(open_stage, await painted(open_stage)) as visitor:
        told = await visitor.open()
        openai.faults.append("moderation_blocked")
        assert (await visitor.submit(mask_of((told["width"], told["height"]), HOLE)))[0] == 202
        outcome = await ended(visitor)

    assert outcome["state"] == "failed"
    assert "safety rules declined" in outcome["said"][0]
    async with asyncio.timeout(PATIENCE):  # the page may tell of it before the chat's card does
        while not any("safety rules declined" in each.text for each in await open_stage.cards()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_what_the_budget_has_no_room_for_is_told_on_the_page_alone(open_stage: Stage, openai: FakeOpenAI) -> None:
    async with await pressed(open_stage, await painted(open_stage)) as visitor:
        told = await visitor.open()
        admin = "ada" if open_stage.platform == "web" else "admin"
        await open_stage.command("budget", member=admin, amount="$0.02", scope="everyone")
        before = len(await open_stage.cards())
        status, sentence = await visitor.submit(mask_of((told["width"], told["height"]), HOLE))

    assert status == 400
    assert "is left of your daily budget" in sentence
    assert len(await open_stage.cards()) == before
    assert paintings(openai) == 1


async def test_it_works_after_a_restart(open_stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(open_stage)
    async with await pressed(open_stage, first) as visitor:
        told = await visitor.open()
        await open_stage.restart()
        assert (await visitor.submit(mask_of((told["width"], told["height"]), HOLE)))[0] == 202

    assert "a moon" in (await second_version(open_stage)).text


@on_postgresql
@pytest.mark.parametrize("platform", ["discord", "slack"])
async def test_another_process_than_the_chats_has_the_page(
    platform: str, keyed_house: House, openai: FakeOpenAI
) -> None:
    module = import_module(f"tests.stages.{platform}")
    async with getattr(module, STAGES[platform])(SplitHouse(keyed_house)) as stage:
        first = await painted(stage)
        async with await pressed(stage, first) as visitor:
            told = await visitor.open()
            mask = mask_of((told["width"], told["height"]), HOLE)
            answers = await asyncio.gather(*(visitor.submit(mask) for _ in range(3)))
            assert sorted(status for status, _ in answers) == [202, 409, 409]
            second = await second_version(stage)
            assert (await visitor.open())["outcome"]["job"] == id_of(second)

    assert paintings(openai) == 2
    assert mask_sent(openai).getchannel("A").histogram()[0] == 200 * 300


async def test_without_a_page_there_is_no_button(stage: Stage) -> None:
    first = await painted(stage)

    assert ("Edit area" in first.buttons) is (stage.platform == "web")


async def attached(stage: Any, first: Seen, mask: bytes) -> Seen:
    """Edits with a mask of one's own: by the command's option on Discord, whose forms have no room for it, else by the
    form."""
    file = ("mask.png", mask)
    if stage.platform == "discord":
        return await stage.settled(await stage.command("edit", prompt="a moon", picture=id_of(first), mask=file))
    return await stage.settled(await stage.fill(first, "Edit…", prompt="a moon", mask=file))


async def test_a_mask_that_is_attached_does_the_same(stage: Stage, openai: FakeOpenAI) -> None:
    second = await attached(stage, await painted(stage), mask_of((1024, 1024), HOLE))

    assert "a moon" in second.text
    assert mask_sent(openai).getchannel("A").histogram()[0] == 200 * 300


async def test_a_mask_that_does_not_fit_says_why_in_private_and_costs_nothing(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    for mask, why in (
        (mask_of((512, 512), HOLE), "512×512 pixels, and the picture is 1024×1024"),
        (mask_of((1024, 1024), (0, 0, 0, 0)), "nowhere transparent"),
        (mask_of((1024, 1024), (0, 0, 1024, 1024)), "transparent everywhere"),
        (b"no picture at all", "is not a picture"),
    ):
        refused = await attached(stage, first, mask)
        assert why in refused.text
        assert stage.platform == "web" or refused.private_to == "ada"
    assert paintings(openai) == 1
