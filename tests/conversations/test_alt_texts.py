"""Alternative texts by a model that looks, where the host wants them: once for each picture, and never in the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest

from limner.studio import alts
from tests.conversations.conftest import STAGES
from tests.conversations.reading import id_of, paintings
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai.looking import Declines
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Seen, Stage

LOOKING = "/v1/chat/completions"
FOX = {"description": "A red fox sits in the snow."}


@pytest.fixture(params=STAGES)
async def stage(request: pytest.FixtureRequest, keyed_house: House) -> AsyncIterator[Stage]:
    """One platform after the other, whose host wants pictures described."""
    keyed_house.sections["image"] = {"alt_text": "described"}
    module = import_module(f"tests.stages.{request.param}")
    async with getattr(module, STAGES[request.param])(keyed_house) as stage:
        yield stage


@pytest.fixture(autouse=True)
def _in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, what comes is in time."""
    monkeypatch.setattr(alts, "SECONDS", PATIENCE)


def looks(openai: FakeOpenAI) -> int:
    return sum(each.path == LOOKING for each in openai.requests)


async def painted(stage: Stage, prompt: str = "a red fox", **more: object) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft", **more))


async def test_a_finished_picture_is_described_once_and_its_card_says_what_that_cost(
    stage: Stage, openai: FakeOpenAI, keyed_house: House
) -> None:
    openai.sees.append(FOX)
    first = await painted(stage)

    assert first.alts == ("AI-generated: A red fox sits in the snow.",)
    assert "a red fox" in first.text
    assert " described" in first.text
    assert looks(openai) == 1
    asked = openai.requests[-1].parsed
    assert "prompts" not in asked["response_format"]["json_schema"]["schema"]["properties"]
    assert '"a red fox"' in str(asked["messages"])
    rows = keyed_house.rows("SELECT purpose, outcome, cost FROM attempts ORDER BY id")
    assert [(row[0], row[1]) for row in rows] == [("paint", "paid"), ("describe", "paid")]
    assert sum(row[2] for row in rows) == openai.billed

    await stage.restart()
    again = await stage.settled(await stage.command("show", picture=id_of(first), member="bob"))
    assert again.alts == first.alts
    assert looks(openai) == 1
    several = await painted(stage, "paper boats", count=3)
    assert looks(openai) == 4
    assert "This is a 1024 by 1024 picture of the colour" in " ".join(several.alts)


@pytest.mark.parametrize("what", ["declined", "fault", "budget"])
async def test_where_nothing_comes_of_it_the_prompt_stands_there(
    stage: Stage, openai: FakeOpenAI, keyed_house: House, what: str
) -> None:
    if what == "declined":
        openai.sees.append(Declines("I would rather not."))
    elif what == "fault":
        keyed_house.sections["describe"] = {"model": "gpt-4o-gone"}
        await stage.restart()
        openai.lists = False
    else:
        admin = "ada" if stage.platform == "web" else "admin"
        await stage.command("budget", member=admin, amount="$0.0122", scope="everyone")
    first = await painted(stage)

    assert len(first.pictures) == 1
    assert first.alts == ("AI-generated: a red fox",)
    assert (" described" in first.text) is (what == "declined")  # that was paid for
    assert paintings(openai) == 1
    paid = keyed_house.rows("SELECT sum(cost) FROM attempts WHERE outcome = 'paid'")[0][0]
    assert paid == openai.billed


async def test_a_card_does_not_wait_for_what_is_late_and_nobody_looks_twice_after_a_crash(
    stage: Stage, openai: FakeOpenAI, keyed_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, look = asyncio.Event(), openai._look

    async def slowly(asked: dict[str, Any]) -> Any:
        await held.wait()
        return await look(asked)

    monkeypatch.setattr(openai, "_look", slowly)
    monkeypatch.setattr(alts, "SECONDS", 0.05)
    first = await painted(stage)
    assert first.alts == ("AI-generated: a red fox",)
    held.set()
    async with asyncio.timeout(PATIENCE):
        # It is paid first, and then on record with its job.
        while not any('"described":200' in record for (record,) in keyed_house.rows("SELECT record FROM jobs")):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    shown = await stage.settled(await stage.command("show", picture=id_of(first)))
    assert "picture of the colour" in shown.alts[0]
    assert " described" in shown.text

    held.clear()
    second = await painted(stage, "a snow owl")
    async with asyncio.timeout(PATIENCE):
        while looks(openai) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await stage.restart()
    held.set()
    shown = await stage.settled(await stage.command("show", picture=id_of(second)))
    assert shown.alts == ("AI-generated: a snow owl",)
    assert looks(openai) == 2
    outcomes = keyed_house.rows("SELECT outcome FROM attempts WHERE purpose = 'describe' ORDER BY id")
    assert [row[0] for row in outcomes] == ["paid", "unknown"]
