"""A note that could not be heard is not lost; what hearing costs is told; sounds go when nobody needs them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from limner.ears.samples import samples
from limner.store.database import now
from tests.conversations.reading import paintings
from tests.conversations.test_listening import FOX, NOTE, hearings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage

KEY = samples()[0].sha256


def blobs(stage: Any) -> set[str]:
    """Everything that is kept, by its hash."""
    return {path.replace("/", "")[-64:] for path in stage._house._paths()}


async def unheard(stage: Stage, openai: FakeOpenAI, fault: str) -> Seen:
    openai.faults.append(fault)
    return await stage.settled(await stage.voice(NOTE))


@pytest.mark.parametrize(
    ("fault", "sentence", "spent"),
    [
        ("server_error", "OpenAI had a fault of its own", True),
        ("reset_before", "The answer was cut off", True),
        ("rate_limit", "OpenAI is busy", False),
    ],
)
async def test_a_note_that_was_not_heard_can_be_heard_again(
    stage: Stage, openai: FakeOpenAI, fault: str, sentence: str, spent: bool
) -> None:
    failed = await unheard(stage, openai, fault)

    assert sentence in failed.text
    assert "Your note is kept for a day" in failed.text
    assert [re.sub(r" ~.*", "", each) for each in failed.buttons] == ["Try again", "Type it"]
    assert "~$0.0" in failed.buttons[0]
    assert hearings(openai) == 1
    assert KEY in blobs(stage)
    assert len(stage._house.rows("SELECT 1 FROM attempts WHERE outcome = 'unknown'")) == spent  # type: ignore[attr-defined]

    openai.hears.append(("imagine", FOX))
    heard = await stage.settled(await stage.press(failed, "Try again"))
    assert "a red fox in snow" in heard.text
    assert hearings(openai) == 2
    assert KEY not in blobs(stage)
    painted = await stage.settled(await stage.press(heard, "Generate"))
    assert len(painted.pictures) == 1


async def test_trying_again_twice_hears_once_and_a_second_failure_can_be_tried_again(
    stage: Stage, openai: FakeOpenAI
) -> None:
    failed = await unheard(stage, openai, "server_error")
    openai.faults.append("server_error")
    again = await stage.settled(await stage.press(failed, "Try again"))
    assert "OpenAI had a fault of its own" in again.text

    await stage.press(failed, "Try again")  # as it was before their eyes
    assert hearings(openai) == 2
    openai.hears.append(("imagine", FOX))
    heard = await stage.settled(await stage.press(again, "Try again"))
    assert "a red fox in snow" in heard.text
    assert hearings(openai) == 3


async def test_a_note_that_was_not_heard_can_be_typed(stage: Stage, openai: FakeOpenAI) -> None:
    failed = await unheard(stage, openai, "server_error")
    painted = await stage.settled(await stage.fill(failed, "Type it", prompt="a blue fox", quality="draft"))

    assert "a blue fox" in painted.text
    assert len(painted.pictures) == 1
    assert "heard" not in painted.text
    assert KEY not in blobs(stage)
    assert paintings(openai) == 1


async def test_only_whoever_spoke_can_have_it_heard_again(keyed_house: House, openai: FakeOpenAI) -> None:
    async with DiscordStage(keyed_house) as stage:
        failed = await unheard(stage, openai, "server_error")
        for label in ("Try again", "Type it"):
            refused = await stage.press(failed, label, member="bob")
            assert "Only whoever spoke this note" in refused.text
            assert refused.private_to == "bob"
        assert hearings(openai) == 1


async def test_what_hearing_costs_is_shown_with_what_the_picture_costs(stage: Stage, openai: FakeOpenAI) -> None:
    openai.hears.append(("imagine", FOX))
    heard = await stage.settled(await stage.voice(NOTE))
    cost = re.search(r"heard for (\$0\.\d+)", heard.text)
    assert cost

    painted = await stage.settled(await stage.press(heard, "Generate"))
    assert f"+ {cost[1]} heard" in painted.text
    rerolled = await stage.settled(await stage.press(painted, "Reroll"))
    assert "heard" not in rerolled.text
    assert openai.billed == sum(
        row.cost
        for row in stage._house.rows("SELECT cost FROM attempts")  # type: ignore[attr-defined]
    )


async def test_the_sound_is_kept_only_where_the_team_wants_it_and_goes_in_its_time(
    stage: Stage, openai: FakeOpenAI
) -> None:
    openai.hears.append(("imagine", FOX))
    await stage.settled(await stage.press(await stage.settled(await stage.voice(NOTE)), "Generate"))
    assert KEY not in blobs(stage)
    assert "only the words are" in (await stage.command("voice-show")).text

    assert "kept for 30 days" in (await stage.command("voice-set", member="admin", keep=30)).text
    openai.hears.append(("imagine", FOX))
    painted = await stage.settled(await stage.press(await stage.settled(await stage.voice(NOTE)), "Generate"))
    assert KEY in blobs(stage)
    store = stage.limner._store
    await store.notes.forget_old()
    assert stage._house.rows("SELECT 1 FROM uses WHERE blob = :key", key=KEY)  # type: ignore[attr-defined]

    stage._house.rows("UPDATE notes SET until = :then", then=str(now() - timedelta(days=1)))  # type: ignore[attr-defined]
    await store.notes.forget_old()
    assert not stage._house.rows("SELECT 1 FROM uses WHERE blob = :key", key=KEY)  # type: ignore[attr-defined]
    assert painted.pictures


async def test_a_kept_sound_comes_with_the_originals_and_goes_with_them(stage: Stage, openai: FakeOpenAI) -> None:
    await stage.command("voice-set", member="admin", keep=30)
    openai.hears.append(("imagine", FOX))
    painted = await stage.settled(await stage.press(await stage.settled(await stage.voice(NOTE)), "Generate"))
    originals = await stage.press(painted, "Download")
    assert NOTE in originals.pictures

    await stage.press(painted, "Delete")
    assert KEY not in blobs(stage)
