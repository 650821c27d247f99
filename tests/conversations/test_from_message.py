"""Imagine from this: any message's words, pictures or voice note, by Discord's message command and Slack's shortcut."""

from __future__ import annotations

import pytest

from limner.actions.from_message import FromMessage
from limner.domain.ask import Ask, Asked
from limner.domain.place import Address, Attachment
from limner.ears.samples import samples
from limner.errors import ClosedChannel
from tests.conversations.hostile import plain
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.stages import Seen, Stage
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage

NOTE = samples()[0].path.read_bytes()
pytestmark = pytest.mark.parametrize("stage", ["discord", "slack"], indirect=True)


async def imagined(
    stage: Stage, words: str = "", files: tuple[tuple[str, bytes], ...] = (), voice: bytes | None = None
) -> Seen:
    """Bob says something, and Ada imagines from it."""
    if isinstance(stage, DiscordStage):
        said = await stage.act("bob").say(words, files=files, voice=voice)
        if voice is not None:  # which is heard by itself already
            await stage.settled(stage.seen(await stage.fake.until(lambda: stage._reply(said, "bob"))))
        sent = await stage.act("ada").menu("Imagine from this", said)
        return await stage.settled(stage.seen(await stage.fake.until(lambda: sent.shown)))
    assert isinstance(stage, SlackStage)
    fake = stage.fake
    held = tuple(fake.workspace.new_file(name, data) for name, data in files)
    if voice is not None:
        before = stage._now("bob")
        await fake.voice(voice, shape="webm", user="bob", channel="general")
        await stage.settled(await stage._answered("bob", before))
        await fake.until(lambda: stage._door.answered == stage._door.begun)
    else:
        await fake.say(words, user="bob", channel="general", files=held)
    said_there = [each for each in fake.workspace.messages if not each.by_bot][-1]
    before = stage._now("ada")
    await fake.shortcut(said_there, user="ada")
    return await stage.settled(await stage._answered("ada", before))


async def test_words_and_pictures_become_pictures(stage: Stage, openai: FakeOpenAI) -> None:
    words = await imagined(stage, "a lighthouse @everyone at night")
    assert "a lighthouse" in words.text
    assert len(words.pictures) == 1

    edited = await imagined(stage, "the same in winter", files=(("fox.png", plain()),))
    assert len(edited.pictures) == 1
    (edit,) = [each for each in openai.requests if each.path == "/v1/images/edits"]
    assert [file.data for file in edit.files] == [plain()]
    assert paintings(openai) == 2


async def test_a_voice_note_is_heard(stage: Stage, openai: FakeOpenAI) -> None:
    asked = {"heard": "a red fox", "language": "en", "prompt": "a red fox", "quality": "draft"}
    openai.hears += [("imagine", asked), ("imagine", asked)]
    heard = await imagined(stage, voice=NOTE)

    assert "a red fox" in heard.text
    painted = await stage.settled(await stage.press(heard, "Generate"))
    assert len(painted.pictures) == 1
    assert paintings(openai) == 1


async def test_a_message_without_anything_gets_a_sentence(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await imagined(stage, files=(("notes.txt", b"some words"),))

    assert "the prompt was empty" in seen.text or "is not a picture" in seen.text
    assert paintings(openai) == 0


async def test_in_a_closed_channel_it_is_refused_in_private_and_no_message_is_read(
    stage: Stage, openai: FakeOpenAI
) -> None:
    await stage.command("rules", member="admin", channel=stage.elsewhere)

    refused = await imagined(stage, "a lighthouse")

    assert "I may not paint in this channel" in refused.text
    assert refused.private_to == "ada"
    assert [
        each for each in await stage.cards(member="bob") if "lighthouse" in each.text or "Reading" in each.text
    ] == []
    assert [each for each in openai.requests if each.method == "POST"] == []


async def test_a_voice_note_in_a_closed_channel_is_heard_by_no_way(stage: Stage, openai: FakeOpenAI) -> None:
    await stage.command("rules", member="admin", channel=stage.elsewhere)
    person = stage.person.evolve(admin=False)
    ask = Ask(
        action="from-message",
        person=person,
        place=stage.place,
        event="one",
        address=Address(place=stage.place),
        sound=Attachment(platform=stage.platform, name="note.ogg", url="http://127.0.0.1:9/note.ogg"),
    )
    asked = Asked(ask=ask, member=await stage.limner._store.people.member(stage.place, person), options=FromMessage())
    studio = stage.limner._studio

    for way in (studio.table["from-message"].run(asked, studio), studio.hearing.hear(asked)):
        with pytest.raises(ClosedChannel):
            await way
    assert [each for each in openai.requests if each.method == "POST"] == []
