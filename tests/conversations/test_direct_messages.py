"""Approving where the approvers are: the card in their direct messages decides for the team that sent it, and for no
other.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from limner.studio import standings
from tests.conversations.reading import id_of, paintings
from tests.fakes.discord import Acting
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.stages import Chat, Seen
from tests.stages.discord import DiscordStage

chats = pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)


async def painted(stage: Any, prompt: str = "a red fox", **values: Any) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft", **values))  # type: ignore[no-any-return]


async def asked(stage: Any, prompt: str = "a red fox") -> tuple[str, Seen, Seen]:
    """A picture whose approval Ada asks for: its id, the card in the channel, and the one that the admin has got."""
    first = await painted(stage, prompt)
    card = await stage.settled(await stage.command("approval-request", picture=id_of(first)))
    return id_of(first), card, (await stage.direct(member="admin"))[-1]


async def now(stage: Any, seen: Seen, **more: str) -> Seen:
    """A card as it stands now."""
    there = (*await stage.cards(**more), *await stage.direct(member="admin"))
    return next(each for each in there if each.message == seen.message)


async def demoted(stage: Any, name: str) -> None:
    """Whoever was an admin in the chat is none any longer, and has not said a word since."""
    if stage.platform == "discord":
        stage.fake.admins.discard(name)
    else:
        await stage.fake.changed(name, is_admin=False)


async def left(stage: Any, name: str) -> None:
    """Somebody leaves the chat."""
    if stage.platform == "discord":
        stage.fake.left.add(name)
    else:
        await stage.fake.changed(name, deleted=True)


@chats
async def test_approvers_decide_where_they_are_and_every_copy_follows(stage: Chat) -> None:
    await painted(stage, "an owl", member="admin")
    fox, fox_card, fox_there = await asked(stage)
    cat, cat_card, cat_there = await asked(stage, "a blue cat")
    assert "approval, please" in fox_there.text
    assert fox_there.buttons == ("Approve", "Ask for a change…")
    await stage.restart()

    await stage.press(fox_there, "Approve", member="admin")
    for card in (fox_card, fox_there):
        stands = await now(stage, card)
        assert f"Approval of {fox}: approved by" in stands.text.replace("*", "")
        assert not any(each.startswith(("Approve", "Ask for")) for each in stands.buttons)
    assert fox in (await stage.settled(await stage.command("gallery", approved=True))).text

    change = await stage.settled(
        await stage.fill(cat_there, "Ask for a change", member="admin", prompt="make it green")
    )
    assert "make it green" in change.text
    assert change.private_to == "admin"
    for card in (cat_card, cat_there):
        stands = await now(stage, card)
        assert "asks for a change: “make it green”" in stands.text
        assert not any(each.startswith(("Approve", "Ask for")) for each in stands.buttons)
    second = await stage.settled(await stage.press(await now(stage, cat_card), "Make the change"))
    assert f"v2 of {cat}" in second.text
    assert second.private_to is None


@chats
async def test_an_approver_who_is_none_any_longer_decides_nothing(stage: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = standings.FRESH
    monkeypatch.setattr(standings, "FRESH", fresh * 0)
    await painted(stage, "an owl", member="admin")
    fox, card, there = await asked(stage)
    await demoted(stage, "admin")
    refused = await stage.settled(await stage.press(there, "Approve", member="admin"))
    assert "Approving is for admins" in refused.text
    refused = await stage.settled(await stage.fill(there, "Ask for a change", member="admin", prompt="greener"))
    assert "Approving is for admins" in refused.text
    await left(stage, "admin")
    monkeypatch.setattr(standings, "FRESH", fresh)
    for _ in range(2 if stage.platform == "discord" else 0):  # Slack lets nobody press who has left
        gone = await stage.settled(await stage.press(there, "Approve", member="admin"))
        assert f"There is no “{fox}” here" in gone.text
    assert "asked for by" in (await now(stage, card)).text


@pytest.mark.parametrize("stage", ["discord"], indirect=True)  # whose direct messages are of no team
async def test_a_button_in_direct_messages_is_of_the_team_that_sent_it_and_no_other(
    stage: DiscordStage, keyed_house: House, openai: FakeOpenAI
) -> None:
    fake = stage.fake
    await painted(stage, "an owl", member="admin")
    fox, card, there = await asked(stage)
    await fake.invited("elsewhere")
    (channel,) = (id for id, each in fake.channels.items() if each["name"] == "elsewhere")
    fake.admins.add("eve")
    for name in ("eve", "bob"):
        sent = await Acting(fake, name, channel=channel).slash("imagine", prompt="a grey owl", quality="draft")
        own = await stage.settled(await stage._answered(sent))
    sent = await Acting(fake, "bob", channel=channel).slash("approval request", picture=id_of(own))
    await stage._answered(sent)
    (eves,) = await stage.direct(member="eve")
    before, made = approvals(keyed_house), paintings(openai)

    told = await stage.press(forged(eves, id_of(own), fox), "Approve", member="eve")
    assert f"There is no “{fox}” here" in told.text
    opened = await stage.press(eves, "Ask for a change", member="eve")
    assert stage._opened is not None, opened.text
    stage._opened.data["custom_id"] = str(stage._opened.data["custom_id"]).replace(id_of(own), fox)
    assert f"There is no “{fox}” here" in (await stage.submit(member="eve", prompt="mine")).text
    for action in ("open", "reroll", "delete", "details", "form.edit", "form.share"):
        told = await stage.press(
            forged(eves, f"approval-approve:{id_of(own)}", f"{action}:{fox}"), "Approve", member="eve"
        )
        assert f"There is no “{fox}” here" in told.text, action

    # A message of which nothing is on record is nobody's, whatever its buttons say.
    keyed_house.rows("DELETE FROM cards WHERE message = :message", message=eves.message)
    for target in (fox, id_of(own)):
        told = await stage.press(forged(eves, id_of(own), target), "Approve", member="eve")
        assert f"There is no “{target}” here" in told.text
    assert approvals(keyed_house) == before
    assert paintings(openai) == made
    await stage.press(there, "Approve", member="admin")
    assert "approved by" in (await now(stage, card)).text


def approvals(house: House) -> list[Any]:
    return list(house.rows("SELECT * FROM approvals ORDER BY asset"))


def forged(seen: Seen, own: str, other: str) -> Seen:
    """A card as seen, with another code on its buttons."""
    raw = json.dumps(seen.raw)
    assert own in raw
    return replace(seen, raw=json.loads(raw.replace(own, other)))
