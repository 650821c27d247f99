"""What was spent, as a member sees it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.conversations.test_budgets import plain, set_budget
from tests.fakes.openai import FakeOpenAI
from tests.stages import Stage


async def test_usage_shows_what_was_spent_and_what_is_left_with_a_plot(stage: Stage) -> None:
    await set_budget(stage, amount="5", scope="everyone")
    await set_budget(stage, amount="50", scope="team", period="month")
    await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    seen = await stage.command("usage")

    text = plain(seen)
    assert "You: $0.0" in text
    assert "in 14 days" in text
    assert "Your daily budget: $0.0" in text
    assert "of $5.00, $4.9" in text
    assert "The team's monthly budget: $0.0" in text
    assert "Days begin at 0:00 (UTC)" in text
    assert seen.private_to == "ada" or stage.platform == "web"
    assert len(seen.pictures) >= 1
    assert Image.open(io.BytesIO(seen.pictures[-1])).size[0] > 600
    (alt,) = seen.alts
    assert alt.startswith("You: $0.0")
    assert ": $0.0" in alt.split("days.")[1]


async def test_who_has_spent_nothing_reads_so(stage: Stage) -> None:
    seen = await stage.command("usage")

    assert "You: $0.00 in 14 days" in plain(seen)
    assert "Nothing was spent in 14 days." in plain(seen)
    assert seen.pictures == ()


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_everyone_sees_their_own_and_the_teams_together(stage: Stage) -> None:
    await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    own = await stage.command("usage", member="bob")
    team = await stage.command("usage", member="bob", team=True)

    assert "You: $0.00" in plain(own)
    assert "The team: $0.0" in plain(team)
    assert "The team: $0.00 " not in plain(team)
    assert own.private_to == "bob"


async def test_what_a_broken_answer_may_have_cost_is_told(stage: Stage, openai: FakeOpenAI) -> None:
    openai.faults.append("reset_after")
    await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    text = plain(await stage.command("usage"))

    assert "of it is possibly charged" in text
    assert "Today $0.0" in text


async def test_the_days_to_look_back_on_are_ones_own_choice(stage: Stage) -> None:
    seen = await stage.command("usage", days=8)

    assert "in 8 days" in plain(seen)


async def test_days_that_make_no_sense_get_a_sentence(stage: Stage) -> None:
    if stage.platform == "discord":
        pytest.skip("Discord takes no number out of its range")
    for days in ("400", "-1", "many"):
        assert "it has to be a number from 7 to 30" in plain(await stage.command("usage", days=days))
