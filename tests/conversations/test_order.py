"""Collections, tags and approval: pictures put in order, and agreed to."""

from __future__ import annotations

from tests.conversations.reading import id_of
from tests.stages import Seen, Stage


async def painted(stage: Stage, prompt: str) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft"))


async def test_pictures_are_collected_shown_and_let_go_again(stage: Stage) -> None:
    fox, owl = await painted(stage, "a red fox"), await painted(stage, "a snow owl")
    menu = await stage.settled(await stage.press(fox, "Library"))
    added = await stage.settled(await stage.fill(menu, "Collect", name="Spring <b>launch</b>"))
    assert f"{id_of(fox)} is now in the collection" in added.text
    again = await stage.settled(
        await stage.command("collection-add", picture=id_of(fox), name="spring <b>LAUNCH</b>", member="bob")
    )
    assert "was already in" in again.text

    shown = await stage.settled(await stage.press(added, "Show it"))
    assert id_of(fox) in shown.text
    assert id_of(owl) not in shown.text
    found = await stage.settled(await stage.command("gallery", words="red", collection="spring <b>launch</b>"))
    assert id_of(fox) in found.text
    listed = await stage.settled(await stage.command("collection-list"))
    assert "1 picture" in listed.text
    await stage.restart()

    await stage.settled(await stage.press(shown, "Delete the collection"))
    gone = await stage.settled(await stage.press(added, "Show it"))
    assert "That collection was deleted meanwhile" in gone.text
    unknown = await stage.settled(await stage.command("gallery", collection="autumn"))
    assert "there is no such collection" in unknown.text
    assert id_of(fox) in (await stage.settled(await stage.command("gallery"))).text


async def test_tags_are_put_on_found_and_taken_off(stage: Stage) -> None:
    fox, owl = await painted(stage, "a red fox"), await painted(stage, "a snow owl")
    menu = await stage.settled(await stage.press(fox, "Library"))
    tagged = await stage.settled(await stage.fill(menu, "Tags", tags="Hero picture, launch <3"))
    assert "is tagged Hero picture" in tagged.text
    assert await stage.filled(menu, "Tags") == {"tags": "Hero picture, launch <3"}

    found = await stage.settled(await stage.command("gallery", tag="hero picture"))
    assert id_of(fox) in found.text
    assert id_of(owl) not in found.text
    await stage.command("tag", picture=id_of(fox), tags="hero picture", remove=True)
    assert "Nothing here" in (await stage.settled(await stage.command("gallery", tag="hero picture"))).text
    empty = await stage.settled(await stage.command("tag", picture=id_of(fox), tags=" , "))
    assert "write one or several" in empty.text


async def test_an_approval_is_asked_decided_once_and_told_on_every_card(stage: Stage) -> None:
    fox = await painted(stage, "a red fox")
    menu = await stage.settled(await stage.press(fox, "Library"))
    asked = await stage.settled(await stage.press(menu, "Request approval"))
    assert "approval, please" in asked.text
    twice = await stage.settled(await stage.command("approval-request", picture=id_of(fox), member="bob"))
    assert "asked for by" in twice.text
    if stage.platform != "web":  # where whoever is at this machine is an admin
        refused = await stage.settled(await stage.press(asked, "Approve", member="bob"))
        assert "Approving is for admins" in refused.text
    await stage.restart()

    await stage.press(asked, "Approve", member="admin")
    late = await stage.settled(
        await stage.command("approval-change", picture=id_of(fox), prompt="greener", member="admin")
    )
    assert "the first decision stands" in late.text
    cards = {card.message: card for card in await stage.cards()}
    assert "approved by" in cards[fox.message].text
    assert "approved by" in cards[asked.message].text
    assert not [label for label in cards[asked.message].buttons if label.startswith(("Approve", "Ask for"))]
    assert "approved by" in (await stage.settled(await stage.command("show", picture=id_of(fox)))).text
    assert id_of(fox) in (await stage.settled(await stage.command("gallery", approved=True))).text


async def test_a_change_that_is_asked_for_becomes_the_next_version(stage: Stage) -> None:
    fox = await painted(stage, "a red fox")
    asked = await stage.settled(await stage.command("approval-request", picture=id_of(fox)))
    change = await stage.settled(await stage.fill(asked, "Ask for a change", prompt="make it green", member="admin"))
    assert "make it green" in change.text
    second = await stage.settled(await stage.press(change, "Make the change"))
    assert f"v2 of {id_of(fox)}" in second.text
    assert "Nothing here" in (await stage.settled(await stage.command("gallery", approved=True))).text
    again = await stage.settled(await stage.command("approval-request", picture=id_of(fox)))
    assert "approval, please" in again.text


async def test_whoever_is_named_approves_and_nobody_else(stage: Stage) -> None:
    fox = await painted(stage, "a red fox")
    named = await stage.settled(await stage.command("approval-approvers", who="me", member="admin"))
    assert "I know nobody of that name" in named.text
    if stage.platform == "web":  # one member alone
        return
    await stage.command("gallery", member="bob")
    named = await stage.settled(await stage.command("approval-approvers", who="bob", member="admin"))
    assert "Who approves pictures here: bob" in named.text.replace("Bob", "bob")
    asked = await stage.settled(await stage.command("approval-request", picture=id_of(fox)))
    refused = await stage.settled(await stage.press(asked, "Approve", member="admin"))
    assert "Approving is for those" in refused.text
    await stage.press(asked, "Approve", member="bob")
    assert id_of(fox) in (await stage.settled(await stage.command("gallery", approved=True))).text
