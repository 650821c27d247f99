"""Versions: what words that answer a picture make of it, and the way back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.conversations.hostile import plain
from tests.conversations.reading import id_of, paintings, whole_words
from tests.fakes.discord import Acting
from tests.fakes.openai import FakeOpenAI
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.web import WebStage


async def painted(stage: Stage, prompt: str = "a red fox", **values: object) -> Seen:
    return await stage.settled(await stage.command("imagine", prompt=prompt, quality="draft", **values))


async def changed(stage: Stage, seen: Seen, words: str = "make the sky orange", **more: object) -> Seen:
    next_one = await stage.settled(await stage.reply(seen, words, **more))
    for _ in range(500):  # a card is on record a moment after it is seen
        if not stage.limner._answers._flow.busy:
            break
        await asyncio.sleep(0.01)
    return next_one


async def original(stage: Stage, seen: Seen) -> bytes:
    """The bytes of a card's picture as they were made."""
    picture = await stage.limner.asset(id_of(seen), place=stage.place, person=stage.person)
    data: bytes = await stage.limner.pictures.read(picture)
    return data


async def test_words_that_answer_a_picture_make_its_next_version(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    second = await changed(stage, first)

    assert "make the sky orange" in second.text
    assert f"v2 of {id_of(first)}" in second.text
    assert id_of(second) != id_of(first)
    assert "draft" in second.text  # as the picture was made
    assert "$" in second.text
    assert any("v1 and v2 side by side" in alt for alt in second.alts)
    assert "AI-generated: a red fox → make the sky orange" in second.alts
    assert len(second.pictures) == 2
    edit = openai.requests[-1]
    assert edit.path == "/v1/images/edits"
    assert edit.parsed["prompt"] == "make the sky orange"
    assert [file.data for file in edit.files] == [await original(stage, first)]
    assert paintings(openai) == 2


async def test_versions_follow_each_other_and_lead_back(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    second = await changed(stage, first)
    third = await changed(stage, second, "and a green hat", member="bob")

    assert f"v3 of {id_of(first)}" in third.text
    assert any("v1, v2 and v3" in alt for alt in third.alts)
    back = await stage.settled(await stage.press(third, "Back to v2"))
    assert id_of(back) == id_of(second)
    assert "make the sky orange" in back.text
    again = await stage.settled(await stage.press(back, "Back to v1", member="bob"))
    assert id_of(again) == id_of(first)
    assert not any(label.startswith("Back") for label in again.buttons)
    rerolled = await stage.settled(await stage.press(again, "Reroll"))
    assert "a red fox" in rerolled.text
    assert paintings(openai) == 4


async def test_anyone_may_branch_and_nothing_is_overwritten(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    orange = await changed(stage, first)
    await stage.restart()
    # In a thread the newest picture is meant; another card of the first one is a place to branch from.
    copy = await stage.settled(await stage.command("show", picture=id_of(first), member="bob"))
    green = await changed(stage, copy, "make the sky green", member="bob")

    assert f"v2 of {id_of(first)}" in green.text
    assert len({id_of(first), id_of(orange), id_of(green)}) == 3
    assert [file.data for file in openai.requests[-1].files] == [await original(stage, first)]
    kept = await stage.settled(await stage.command("show", picture=id_of(orange)))
    assert kept.pictures[0] == orange.pictures[0]


async def test_pictures_beside_the_words_go_along(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    scarf = plain(size=(300, 200))
    await changed(stage, first, "give it this scarf", files=(("scarf.png", scarf),), mention=True)

    assert [file.data for file in openai.requests[-1].files] == [await original(stage, first), scarf]


async def test_flags_say_how_the_next_version_is_made(stage: Stage) -> None:
    first = await painted(stage, shape="wide")
    assert "1536×1024" in (await changed(stage, first)).text
    assert "1024×1536" in (await changed(stage, first, "the same --tall --fine")).text


async def test_of_several_pictures_words_mean_the_first_unless_they_begin_with_a_number(
    stage: Stage, openai: FakeOpenAI
) -> None:
    several = await painted(stage, "paper boats", count=3)
    job = id_of(several)
    first = await changed(stage, several, "make it blue")
    assert f"v2 of {job}.1" in first.text
    assert "the first of 3" in first.text
    third = await changed(stage, several, "3: make it blue")
    assert f"v2 of {job}.3" in third.text  # though on Slack the thread's newest picture is the changed first one
    assert "picture 3 of 3" in third.text
    assert openai.requests[-1].parsed["prompt"] == "make it blue"


async def test_a_number_that_no_picture_has_is_told_in_private(stage: Stage, openai: FakeOpenAI) -> None:
    several = await painted(stage, "paper boats", count=3)
    told = await stage.reply(several, "7: make it blue")

    assert "has 3 of them" in told.text
    assert told.private_to == "ada" or stage.platform == "web"
    assert paintings(openai) == 1


async def test_one_of_several_brought_up_alone_is_what_words_change(stage: Stage) -> None:
    several = await painted(stage, "paper boats", count=3)
    second = await stage.settled(await stage.press(several, "2 …"))
    assert len(second.pictures) == 1
    assert [label for label in second.buttons if label.startswith("Vary")]
    changed_second = await changed(stage, second, "make it blue", member="bob")

    assert f"v2 of {id_of(several)}.2" in changed_second.text
    shown = await stage.settled(await stage.command("show", picture=f"{id_of(several)}.2"))
    assert shown.buttons == second.buttons
    assert shown.pictures[0] == second.pictures[0]


async def test_a_picture_that_was_deleted_meanwhile_is_not_found(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    await stage.press(first, "Delete")
    told = await stage.reply(first, "make the sky orange", mention=True)  # as one whose card still shows it

    assert f"There is no “{id_of(first)}” here" in told.text
    assert told.private_to == "ada" or stage.platform == "web"
    assert paintings(openai) == 1


async def test_seventeen_pictures_are_too_many_with_the_one_that_is_answered(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    hats = tuple((f"hat-{number}.png", plain(size=(64 + number, 64))) for number in range(16))
    told = await stage.settled(await stage.reply(first, "give it these hats", files=hats))

    assert "That is 17 pictures, and 16 is the most" in told.text
    assert told.private_to == "ada" or stage.platform == "web"
    assert paintings(openai) == 1
    await changed(stage, first, "give it these hats", files=hats[:15])
    assert len(openai.requests[-1].files) == 16


async def test_what_was_deleted_leaves_the_strips_of_later_versions(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    second = await changed(stage, first)
    assert len(second.pictures) == 2
    await stage.restart()
    await stage.press(first, "Delete")

    async def without() -> Seen | None:
        now = next(each for each in await stage.cards() if each.message == second.message)
        return now if len(now.pictures) == 1 else None

    left = await without()
    assert left is not None
    assert left.pictures[0] == second.pictures[0]
    back = await stage.press(second, "Back to v1")
    assert f"There is no “{id_of(first)}” here" in back.text
    third = await changed(stage, second, "and a green hat")
    assert any("v2 and v3 side by side" in alt for alt in third.alts)


async def test_words_for_a_picture_that_is_still_forming_are_told_to_wait(stage: Stage, openai: FakeOpenAI) -> None:
    openai.hold = asyncio.Event()
    forming = await stage.command("imagine", prompt="a red fox", quality="draft")
    try:
        await openai.arrived(2)
        if stage.platform == "web":  # there is nothing to answer yet
            return
        told = await stage.reply(forming, "make the sky orange")
        assert "still being painted" in told.text
        assert told.private_to == "ada"
    finally:
        openai.hold.set()
    await stage.settled(forming)
    assert paintings(openai) == 1


@pytest.mark.parametrize("stage", ["discord"], indirect=True)
async def test_a_reply_to_an_ordinary_message_is_left_alone_or_told_kindly(stage: Stage, openai: FakeOpenAI) -> None:
    assert isinstance(stage, DiscordStage)
    ordinary = await stage.act("bob").say("my holiday", files=(("beach.png", plain()),))
    quiet = await stage.act("ada").say("make the sky orange", reply_to=ordinary)
    asked = await stage.act("ada").say("make the sky orange", reply_to=ordinary, mention=True)
    told = stage.seen(await stage.fake.until(lambda: stage._reply(asked, "ada")))

    assert "no picture of mine on that message" in told.text
    assert told.private_to == "ada"
    assert stage._reply(quiet, "ada") is None or int(stage._reply(quiet, "ada").id) > int(asked.id)  # type: ignore[union-attr]
    assert paintings(openai) == 0


@pytest.mark.parametrize("stage", ["discord"], indirect=True)
async def test_words_in_a_thread_that_was_started_on_a_card_change_its_newest_picture(
    stage: Stage, openai: FakeOpenAI
) -> None:
    assert isinstance(stage, DiscordStage)
    first = await painted(stage)
    card = stage.fake.messages[first.message]
    thread = await stage.fake.add_thread("foxes", stage.fake.channel, on=card)
    here = [Acting(stage.fake, name, channel=thread) for name in ("ada", "bob")]

    async def answered(acting: Acting, words: str, **more: Any) -> Seen:
        said = await acting.say(words, **more)
        return await stage.settled(stage.seen(await stage.fake.until(lambda: stage._reply(said, acting.name))))

    second = await answered(here[0], "make the sky orange")
    assert f"v2 of {id_of(first)}" in second.text
    assert stage.fake.messages[second.message].channel == thread
    await stage.restart()
    third = await answered(here[1], "and a green hat --draft")
    assert f"v3 of {id_of(first)}" in third.text
    mentioned = await answered(here[1], "make it night", mention=True)
    assert f"v4 of {id_of(first)}" in mentioned.text
    pressed = await here[0].press(stage.fake.messages[third.message], "Reroll")
    again = await stage.settled(stage.seen(await stage.fake.until(lambda: pressed.shown)))
    assert stage.fake.messages[again.message].channel == thread

    before = paintings(openai)
    other = await stage.fake.add_thread("lunch", stage.fake.channel)
    quiet = await Acting(stage.fake, "ada", channel=other).say("shall we have lunch?")
    said = await here[0].say(f"<@{stage.fake.person('bob')['id']}> what do you think?", names=("bob",))
    anew = await answered(Acting(stage.fake, "ada", channel=other), "a snow owl", mention=True)
    assert "v2" not in whole_words(anew)
    assert openai.requests[-1].path == "/v1/images/generations"
    assert [stage._reply(each, "ada") for each in (quiet, said)] == [None, None]
    assert paintings(openai) == before + 1


@pytest.mark.parametrize("stage", ["slack"], indirect=True)
async def test_what_a_quick_member_sees_in_a_thread_is_meant_before_it_is_on_record(
    stage: Stage, openai: FakeOpenAI
) -> None:
    assert isinstance(stage, SlackStage)
    openai.partials = 0
    first = await painted(stage)
    openai.hold = asyncio.Event()
    forming = await stage.reply(first, "make the sky orange")
    await openai.arrived(3)
    stage.fake.stumble("chat.update", 503, times=1, done=True)  # it is there, and Limner does not know yet
    openai.hold.set()
    second = await stage.settled(forming)
    third = await stage.settled(await stage.reply(first, "and a green hat"))

    assert f"v2 of {id_of(first)}" in second.text
    assert f"v3 of {id_of(first)}" in third.text


@pytest.mark.parametrize("stage", ["slack"], indirect=True)
async def test_words_in_the_thread_of_an_ordinary_message_are_left_alone(stage: Stage, openai: FakeOpenAI) -> None:
    assert isinstance(stage, SlackStage)
    file = stage.fake.workspace.new_file("beach.png", plain())
    (ordinary, *_) = await stage.fake.say("my holiday", user="bob", files=(file,))
    await stage.fake.say("make the sky orange", thread=ordinary["event"]["ts"])
    helped = await stage.command("help")

    assert "/imagine" in helped.text
    assert [each for each in await stage.cards() if each.message != helped.message] == []
    assert paintings(openai) == 0


@pytest.mark.parametrize("stage", ["web"], indirect=True)
async def test_words_that_answer_no_card_of_the_page_are_told_so(stage: Stage, openai: FakeOpenAI) -> None:
    assert isinstance(stage, WebStage)
    form = stage._form()
    form.add_field("words", "make the sky orange")
    form.add_field("answers", "m0123456789ab")
    told = await stage._posted("/ask", form)

    assert "no picture of mine on that message" in told.text
    assert paintings(openai) == 0


@pytest.mark.parametrize("stage", ["slack"], indirect=True)
async def test_in_a_thread_its_newest_picture_is_meant(stage: Stage, openai: FakeOpenAI) -> None:
    first = await painted(stage)
    await changed(stage, first)
    third = await changed(stage, first, "and a green hat")  # said in the same thread

    assert f"v3 of {id_of(first)}" in third.text
    anew = await changed(stage, first, "imagine a snow owl", mention=True)
    assert "snow owl" in anew.text
    assert "v4" not in whole_words(anew)
    assert openai.requests[-1].path == "/v1/images/generations"
