"""Forgetting: what is deleted, old, or a member's who wishes it, is gone from the database, the index, the bytes, the
cards and the links; what others have to do with it is told.
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from limner.store.tables import metadata
from tests.conversations.reading import id_of
from tests.conversations.test_linking import code_on, linked
from tests.house import House
from tests.patience import PATIENCE
from tests.stages import Chat, Seen, Stage
from tests.stages.both import BothStages
from tests.stages.member import signed_in
from tests.stages.visitor import OpenHouse, link_on

WORDS = "a vermilion quokka juggling"
TABLES = [each for each in metadata.tables if each not in {"once", "forgotten"}]
"""`once` has no words: ids of events; `forgotten` is for a minute (`tests/store/test_forgetting.py`)."""
DOOMED = "SELECT * FROM doomed WHERE kind <> 'marks'"
"""What is to go; marks of teams that became one say nothing."""


def everywhere(house: House) -> str:
    """All that the database says, in one text."""
    return "\n".join(str(row) for table in TABLES for row in house.rows(f"SELECT * FROM {table}"))


async def painted(stage: Stage, prompt: str = WORDS, **values: Any) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft", **values))


async def until_gone(house: House, words: str, blobs: set[str]) -> None:
    """Until nothing says these words, and none of these bytes is there."""
    async with asyncio.timeout(PATIENCE):
        while words in everywhere(house) or blobs & house.blobs() or house.rows(DOOMED):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_what_is_deleted_is_gone_from_everywhere_and_what_others_have_of_it_is_told(
    stage: Stage, keyed_house: House
) -> None:
    other = "bob" if stage.platform != "web" else "ada"
    first = await painted(stage)
    theirs = await stage.settled(await stage.press(first, "Vary subtly", member=other))
    await stage.command("collection-add", picture=id_of(first), name="spring", member=other)
    await stage.press(first, "Save", member=other)
    listed = await stage.settled(await stage.command("gallery", words="vermilion"))
    assert id_of(first) in listed.text
    own = {row[0] for row in keyed_house.rows("SELECT blob FROM assets WHERE job = :job", job=id_of(first))}
    assert own <= keyed_house.blobs()

    gone = await stage.press(first, "Delete")
    assert "was deleted" in gone.text
    assert "It is out of 1 collection." in gone.text
    if other == "bob":
        assert "1 picture that others made of it stay theirs." in gone.text
        assert "Others had saved it 1 time." in gone.text
    assert f'"job":"{id_of(first)}"' not in str(keyed_house.rows("SELECT record FROM assets"))
    kept = {row[0] for row in keyed_house.rows("SELECT blob FROM uses")}
    async with asyncio.timeout(PATIENCE):
        while (own - kept) & keyed_house.blobs():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await stage.press(theirs, "Delete", member=other)
    await until_gone(keyed_house, "vermilion", own)
    assert "Nothing here matches" in (await stage.settled(await stage.command("gallery", words="vermilion"))).text


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)  # there is one person on the page
async def test_a_member_is_told_what_goes_and_then_forgotten(stage: Stage, keyed_house: House) -> None:
    first = await painted(stage)
    await stage.command("collection-add", picture=id_of(first), name="spring")
    others = await painted(stage, "a grey owl", member="bob")
    await stage.press(others, "Save")
    await painted(stage, "a tawny owl", member="admin")
    await stage.command("approval-request", picture=id_of(others))
    await stage.command("share", picture=id_of(others), place=stage.elsewhere, note="Look, an ocelot")
    await stage.command("share", picture=id_of(first), place=stage.elsewhere, member="bob")
    await stage.command("approval-approvers", who="ada" if stage.platform == "slack" else "Ada", member="admin")
    theirs, mine = await stage.cards(place=stage.elsewhere)
    assert "Look, an ocelot" in theirs.text
    own = {row[0] for row in keyed_house.rows("SELECT blob FROM assets WHERE job = :job", job=id_of(first))}
    spent = keyed_house.rows("SELECT SUM(amount) FROM ledger")

    asked = await stage.command("forget-me")
    assert asked.private_to == "ada"
    assert "1 request, 1 picture" in asked.text
    assert "1 picture that you have saved" in asked.text
    assert "1 card more that show your pictures, also where others shared them" in asked.text
    assert "1 collection and 0 styles that you made are the team's and stay" in asked.text
    assert "ledger, without your name" in asked.text
    done = await stage.press(asked, "Forget me")
    assert "You are forgotten" in done.text
    await until_gone(keyed_house, "vermilion", own)
    said = everywhere(keyed_house)
    assert not re.findall(r".*\bada\b.*", said, re.IGNORECASE)
    assert stage.person.id not in said
    assert "ocelot" not in said
    async with asyncio.timeout(PATIENCE):
        while re.search(r"\bada\b|ocelot", await told(stage), re.IGNORECASE):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    shared = {each.message: each for each in await stage.cards(place=stage.elsewhere)}
    assert "Shared by a former member, made by" in shared[theirs.message].text
    assert "was deleted" in shared[mine.message].text
    assert keyed_house.rows("SELECT * FROM saved") == []
    assert keyed_house.rows("SELECT SUM(amount) FROM ledger") == spent
    assert id_of(others) in (await stage.settled(await stage.command("gallery"))).text
    assert "1 picture" not in (await stage.command("forget-me")).text  # they have met anew


@pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)
async def test_a_card_on_its_way_while_its_member_is_forgotten_loses_their_name(
    stage: Chat, keyed_house: House
) -> None:
    await painted(stage, "a tawny owl", member="admin")
    others = await painted(stage, "a grey owl", member="bob")
    with stage.holding("admin"):
        asking = asyncio.create_task(stage.command("approval-request", picture=id_of(others)))
        async with asyncio.timeout(PATIENCE):
            while "approval, please" not in await told(stage):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        done = await stage.press(await stage.command("forget-me"), "Forget me")
        assert "You are forgotten" in done.text
        await until_gone(keyed_house, "vermilion", set())
        assert not keyed_house.rows("SELECT * FROM approvals WHERE CAST(record AS TEXT) LIKE '%Ada%'")
    await asking
    async with asyncio.timeout(PATIENCE):  # the card in the channel comes now, made with what was known before
        while (await told(stage)).count("A former member asks") < 2 or names_ada(await told(stage)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        while names_ada(everywhere(keyed_house)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def names_ada(said: str) -> bool:
    return re.search(r"\bada\b", said, re.IGNORECASE) is not None


async def told(stage: Stage) -> str:
    """All that the cards in both channels say, and in the admin's direct messages."""
    every = [*await stage.cards(), *await stage.cards(place=stage.elsewhere)]
    every += await cast(Chat, stage).direct(member="admin")
    return "\n".join(each.text for each in every)


async def test_pictures_go_when_they_are_old_unless_somebody_keeps_them(stage: Stage, keyed_house: House) -> None:
    first, kept = await painted(stage), await painted(stage, "a grey owl")
    await stage.press(kept, "Save")
    assert "until somebody deletes them" in (await stage.command("retention")).text
    if stage.platform != "web":
        assert "choose how long pictures are kept" in (await stage.command("retention", days=30)).text
    admin = "admin" if stage.platform != "web" else "ada"
    asked = await stage.command("retention", days=30, member=admin)
    assert "no picture within a minute" in asked.text
    studio = stage.limner._studio
    studio.forgetting._now = lambda: datetime.now(UTC) + timedelta(days=31)
    asked = await stage.command("retention", days=30, member=admin)
    assert "1 picture within a minute" in asked.text
    told = await stage.press(asked, "Yes, do so", member=admin)
    assert "go by themselves 30 days after" in told.text
    await until_gone(keyed_house, "vermilion", set())
    every = await stage.settled(await stage.command("gallery"))
    assert id_of(kept) in every.text
    assert id_of(first) not in every.text
    studio.forgetting._now = lambda: datetime.now(UTC)
    assert "until somebody deletes" in (await stage.command("retention", keep="forever", member=admin)).text


async def test_a_member_of_two_chats_is_forgotten_in_both(keyed_house: House) -> None:
    async with BothStages(OpenHouse(keyed_house)) as both:
        discord, slack = both.discord, both.slack
        fox, owl = await painted(discord), await painted(slack)
        await linked(both)
        given = code_on(await discord.command("link-me"))
        assert "You are one member" in (await slack.command("link-me", code=given)).text
        theirs = await painted(discord, "a grey owl", member="bob")
        await slack.command("approval-request", picture=id_of(theirs))
        links = [link_on(await each.command("publish", picture=id_of(fox)), "/p/") for each in (discord, slack)]
        async with (
            signed_in(both.limner, both.base, discord.place, discord.person) as page,
            signed_in(both.limner, both.base, slack.place, slack.person) as other,
        ):
            for name in (id_of(fox), id_of(owl)):
                async with page.get(f"/asset/{name}") as answer:
                    html = await answer.text()
                    assert answer.status == 200
                for thumb in set(re.findall(r'src="(/thumb[^"]+)"', html)):
                    async with page.get(thumb) as answer:
                        assert answer.status == 200
            own = {row[0] for row in keyed_house.rows("SELECT blob FROM assets WHERE prompt LIKE '%vermilion%'")}
            assert own <= keyed_house.blobs()

            asked = await slack.command("forget-me")
            assert "2 requests, 2 pictures" in asked.text
            assert "You are forgotten" in (await slack.press(asked, "Forget me")).text
            await until_gone(keyed_house, "vermilion", own)
            for each in (page, other):
                async with each.get("/") as answer:
                    assert answer.status == 401
            for link in links:
                async with other.get(link) as answer:
                    assert answer.status == 404
        said = everywhere(keyed_house)
        assert not re.findall(r".*\bada\b.*", said, re.IGNORECASE)
        assert discord.person.id not in said
        assert slack.person.id not in said
        made = [path.name for path in keyed_house.folder.rglob("previews/*/*")]
        assert not [name for name in made for key in own if key[2:] in name]
        for stage in (discord, slack):
            assert id_of(theirs) in (await stage.command("gallery")).text
            assert "There is no" in (await stage.command("show", picture=id_of(owl))).text
            found = await stage.settled(await stage.command("gallery", words="vermilion"))
            assert "Nothing here matches" in found.text
