"""Voice notes, mentions and direct messages."""

from pathlib import Path

import pytest

from limner.domain.card import State, says
from tests.discord.front import FrontDoor, listening
from tests.fakes.discord import Acting, FakeDiscord

NOTE = b"OggS a note"


async def test_a_voice_message_in_a_channel_is_heard_and_answered_in_reply(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    said = await ada.say(voice=NOTE, seconds=4.25)
    await discord.until(lambda: front.addresses)

    (ask,) = front.asks
    assert ask.action == "listen"
    assert ask.event == said.id
    assert not ask.addressed
    assert ask.sound is not None
    assert (ask.sound.seconds, ask.sound.media_type) == (4.25, "audio/ogg")
    (answer,) = ada.sees()
    assert answer.reference is not None
    assert answer.reference["message_id"] == said.id
    assert front.addresses[0].message == answer.id


async def test_words_and_pictures_beside_a_sound_go_with_it(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    await ada.say("in watercolour", files=(("note.mp3", b"ID3"), ("fox.png", b"x")))
    await discord.until(ada.sees)

    (ask,) = front.asks
    assert (ask.words, [each.name for each in ask.pictures]) == ("in watercolour", ["fox.png"])


async def test_a_note_in_reply_to_a_card_says_which(front: FrontDoor, discord: FakeDiscord, ada: Acting) -> None:
    sent = await ada.slash("imagine", prompt="a fox")
    card = await discord.until(lambda: sent.shown)
    await ada.say(voice=NOTE, reply_to=card)
    await discord.until(lambda: len(front.asks) == 2)

    assert front.asks[1].answers == card.id


async def test_a_reply_to_a_picture_is_said_to_us_though_it_names_nobody(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting
) -> None:
    sent = await ada.slash("imagine", prompt="a fox")
    card = await discord.until(lambda: sent.shown)
    other = await bob.say("look at that")
    front.answerables.add(card.id)
    await ada.say("make it blue", reply_to=other)
    await ada.say("", files=(("fox.png", b"bytes"),), reply_to=card, ping=False)
    await ada.say("make it blue --wide", reply_to=card, ping=False)
    await discord.until(lambda: len(front.asks) == 2)

    said = front.asks[1]
    assert (said.action, said.values, said.answers) == ("say", {"prompt": "make it blue", "shape": "wide"}, card.id)


async def test_a_forwarded_voice_message_is_heard(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, bob: Acting
) -> None:
    note = await Acting(discord, "bob", direct=True).say(voice=NOTE)
    await ada.say(forwards=note)
    await discord.until(lambda: len(front.asks) == 2)

    assert front.asks[1].sound is not None
    assert front.asks[1].sound.name == "voice-message.ogg"
    assert not front.asks[1].addressed
    assert front.asks[1].answers is None


async def test_without_the_message_content_intent_notes_are_heard_in_direct_messages_and_pinging_replies(
    discord: FakeDiscord, tmp_path: Path, ada: Acting
) -> None:
    async with listening(discord, tmp_path, message_content=False) as front:
        sent = await ada.slash("imagine", prompt="a fox")
        card = await discord.until(lambda: sent.shown)
        await ada.say(voice=NOTE)
        await ada.say(voice=NOTE, reply_to=card)
        await discord.until(lambda: len(front.asks) == 2)
        direct = Acting(discord, "ada", direct=True)
        await direct.say(voice=NOTE)
        await discord.until(lambda: len(front.asks) == 3)

    assert [each.values["voice"].name for each in front.asks[1:]] == ["voice-message.ogg"] * 2
    assert all(each.addressed for each in front.asks)
    assert front.asks[1].answers == card.id
    assert front.asks[2].place.space == f"dm-{ada.user['id']}"


async def test_a_mention_with_words_and_flags_asks_for_a_picture(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    await ada.say("a red fox --wide -n 3", mention=True, files=(("fox.png", b"x"),))
    await discord.until(ada.sees)

    (ask,) = front.asks
    assert ask.action == "say"
    assert ask.values["prompt"] == "a red fox"
    assert ask.values["count"] == "3"
    assert [each.name for each in ask.pictures] == ["fox.png"]


async def test_a_mention_alone_asks_for_help_and_other_talk_is_left_alone(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    await ada.say("shall we have lunch?")
    await ada.say("", mention=True)
    await discord.until(lambda: front.asks)

    assert [each.action for each in front.asks] == ["help"]


async def test_a_refusal_of_a_message_goes_to_its_author_alone(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    direct = Acting(discord, "ada", direct=True)
    await ada.say("a red fox --wibble", mention=True)
    await discord.until(direct.sees)

    assert "--wibble" in direct.sees()[0].text.replace("\\", "")
    assert ada.sees() == []


async def test_a_refused_note_is_answered_in_the_channel_when_direct_messages_are_closed(
    front: FrontDoor, discord: FakeDiscord, ada: Acting
) -> None:
    async def refuse(ask: object) -> object:
        return says("Only silence.").evolve(state=State.REFUSED, private=True)

    front.answer = refuse  # type: ignore[assignment]
    discord.closed_to_dms.add(ada.user["id"])
    await ada.say(voice=NOTE)
    await discord.until(ada.sees)

    assert [each.text for each in ada.sees()] == ["Only silence."]


@pytest.mark.parametrize("words", ["@everyone look", "<@&123456789012345678> <#123456789012345678>"])
async def test_nothing_that_is_sent_may_mention_anyone(
    front: FrontDoor, discord: FakeDiscord, ada: Acting, words: str
) -> None:
    async def echo(ask: object) -> object:
        return says(words)

    front.answer = echo  # type: ignore[assignment]
    sent = await ada.slash("imagine", prompt=words)
    await discord.until(lambda: sent.shown)

    bodies = [each.body for each in discord.calls if isinstance(each.body, dict) and "components" in each.body]
    assert bodies
    assert all(each["allowed_mentions"] == {"parse": []} for each in bodies)
