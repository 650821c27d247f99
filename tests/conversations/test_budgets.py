"""What may be spent: set by admins, kept before anything is painted, and refused with what still fits."""

from __future__ import annotations

import pytest

from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.stages import Seen, Stage


def plain(seen: Seen) -> str:
    """The text without the platform's way to write it."""
    return seen.text.replace("\\", "").replace("&amp;", "&")


async def admin(stage: Stage) -> str:
    """Somebody who may set budgets."""
    return "ada" if stage.platform == "web" else "admin"


async def set_budget(stage: Stage, **values: str) -> Seen:
    return await stage.command("budget", member=await admin(stage), **values)


async def test_a_refusal_says_what_is_left_and_its_button_paints_what_still_fits(
    stage: Stage, openai: FakeOpenAI
) -> None:
    await set_budget(stage, amount="$0.015", scope="everyone")

    refused = await stage.command("imagine", prompt="a red fox", quality="standard")

    assert "$0.015 is left of your daily budget of $0.015" in plain(refused)
    assert "It starts anew tomorrow at 0:00 (UTC)" in plain(refused)
    assert "/budget" in plain(refused)
    assert refused.private_to == "ada" or stage.platform == "web"
    assert paintings(openai) == 0
    (offer,) = [label for label in refused.buttons if label.startswith("Use draft quality")]
    assert "~$0.012" in offer

    painted = await stage.settled(await stage.press(refused, "Use draft quality"))

    assert len(painted.pictures) == 1
    assert "draft" in plain(painted)
    assert "of $0.015 today" in plain(painted)
    assert openai.requests[-1].parsed["prompt"] == "a red fox"
    assert openai.requests[-1].parsed["quality"] == "low"
    assert paintings(openai) == 1


async def test_fewer_pictures_are_offered_too(stage: Stage, openai: FakeOpenAI) -> None:
    await set_budget(stage, amount="0.03", scope="everyone")

    refused = await stage.command("imagine", prompt="paper boats", quality="draft", count=10)

    (offer,) = [label for label in refused.buttons if label.startswith("Paint ")]
    count = int(offer.split()[1])
    painted = await stage.settled(await stage.press(refused, "Paint "))
    assert 1 < count < 10
    assert openai.requests[-1].parsed["n"] == count
    assert len(painted.pictures) >= 1


async def test_all_budgets_are_shown_with_what_is_spent(stage: Stage) -> None:
    nothing = await stage.command("budget", member=await admin(stage))
    assert "no limit" in plain(nothing)

    told = await set_budget(stage, amount="5", scope="team")
    assert "The team's daily budget is $5.00 now. $0.00 of it is spent today." in plain(told)
    await set_budget(stage, amount="$50", scope="team", period="month")
    await set_budget(stage, amount="1.50", scope="channel", who="here")
    await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    shown = plain(await stage.command("budget", member=await admin(stage)))
    assert "The team's daily budget: $0.0" in shown
    assert "of $5.00 spent today" in shown
    assert "of $50.00 spent this month" in shown
    assert "of $1.50 spent today" in shown

    gone = await set_budget(stage, amount="none", scope="team")
    assert "The team's daily budget is gone." in plain(gone)
    again = await set_budget(stage, amount="none", scope="team")
    assert "nothing to remove" in plain(again)


async def test_a_budget_below_what_is_spent_is_set_and_said(stage: Stage, openai: FakeOpenAI) -> None:
    await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    told = await set_budget(stage, amount="0.001", scope="team")

    assert "is spent today already: nothing more until tomorrow at 0:00 (UTC)" in plain(told)
    refused = await stage.command("imagine", prompt="a red fox", quality="draft")
    assert "nothing is left of the team's daily budget of $0.001" in plain(refused)
    assert refused.buttons == ()
    assert paintings(openai) == 1


async def test_nothing_at_all_may_be_allowed(stage: Stage, openai: FakeOpenAI) -> None:
    told = await set_budget(stage, amount="0", scope="channel")

    assert "Nothing that costs may be painted" in plain(told)
    refused = await stage.command("imagine", prompt="a red fox", quality="draft")
    assert "nothing is left of this channel's daily budget of $0.00. It allows nothing." in plain(refused)
    assert paintings(openai) == 0


async def test_a_budget_of_another_channel_does_not_count_here(stage: Stage) -> None:
    await set_budget(stage, amount="0", scope="channel", who=stage.elsewhere)

    painted = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    assert len(painted.pictures) == 1


async def test_a_member_has_a_budget_of_their_own_in_place_of_everyones(stage: Stage) -> None:
    await stage.command("usage")  # whom nobody has heard of has no name yet
    await set_budget(stage, amount="0", scope="everyone")
    told = await set_budget(stage, amount="$5", scope="member", who=stage.person.name)
    assert f"{stage.person.name}'s daily budget is $5.00 now" in plain(told)

    painted = await stage.settled(await stage.command("imagine", prompt="a red fox", quality="draft"))

    assert len(painted.pictures) == 1
    assert "of $5.00 today" in plain(painted)


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_who_is_mentioned_need_not_have_asked_before(stage: Stage) -> None:
    told = await set_budget(stage, amount="0", who=f"<@{stage.person.id}>")
    assert "daily budget is $0.00 now" in plain(told)

    refused = await stage.command("imagine", prompt="a red fox", quality="draft")

    assert "nothing is left of your daily budget" in plain(refused)
    others = await stage.settled(await stage.command("imagine", prompt="a fox", quality="draft", member="bob"))
    assert len(others.pictures) == 1


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_who_is_no_admin_is_told_kindly_and_changes_nothing(stage: Stage) -> None:
    refused = await stage.command("budget", amount="1000", scope="team", member="bob")

    assert "Only an admin can see and set budgets" in plain(refused)
    assert refused.private_to == "bob"
    assert "no limit" in plain(await stage.command("budget", member="admin"))


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("-5", "cannot be less than nothing"),
        ("NaN", "write dollars, such as 5 or $5.50"),
        ("1e99", "write dollars"),
        ("99999999999", "the most is $1,000,000"),
        ("5 €", "amounts are in US dollars"),
        ("5,50", "write it with a point"),
        ("0.0000001", "a millionth of a dollar is the smallest part"),
        ("five", "write dollars"),
    ],
)
@pytest.mark.parametrize("stage", ["web"], indirect=True)
async def test_amounts_that_make_no_sense_get_a_sentence(stage: Stage, amount: str, sentence: str) -> None:
    seen = await set_budget(stage, amount=amount, scope="team")

    assert sentence in plain(seen)
    assert "no limit" in plain(await stage.command("budget"))


async def test_whom_a_budget_is_for_has_to_be_known(stage: Stage) -> None:
    sentences = {
        ("member", "nobody-by-this-name"): "I know nobody of that name",
        ("channel", "#no-such-channel"): "I know no such channel",
        ("role", "painters"): "I know no role of that name",
        ("team", "somebody"): "leave it out",
        ("member", "#general"): "that is a channel, and the scope says member",
    }
    for (scope, who), sentence in sentences.items():
        assert sentence in plain(await set_budget(stage, amount="5", scope=scope, who=who)), (scope, who)
    assert "no limit" in plain(await stage.command("budget", member=await admin(stage)))
