"""What is said aloud is a voice message of Discord's own, once, and gone with its card."""

from __future__ import annotations

import pytest

from limner.domain.card import Card, Sound, State, says
from limner.domain.place import Address
from tests.discord.addresses import deferred, late, place
from tests.discord.front import FrontDoor
from tests.fakes.discord import FakeDiscord

SOUND = Sound(
    blob="b" * 64,
    name="limner-a41f-aloud.ogg",
    media_type="audio/ogg",
    size=9,
    alt="Your picture a41f is done.",
    seconds=2.5,
    waveform="AP8A",
)
SAID: Card = says("Done").evolve(sound=SOUND)


@pytest.fixture(autouse=True)
def _sound(desk: FrontDoor) -> None:
    desk.bytes[SOUND.blob] = b"OggS said"


def voices(discord: FakeDiscord, channel: str | None = None) -> list[tuple[bytes, ...]]:
    return [each.pictures for each in discord.seen_by("ada", channel) if each.spoken]


async def test_it_answers_its_card_and_comes_once_however_often_that_is_shown(
    discord: FakeDiscord, desk: FrontDoor
) -> None:
    shown = await desk.courier.show(Address(place=place(discord)), SAID)
    again = await desk.courier.show(shown, SAID)
    card, voice = discord.seen_by("bob")

    assert again == shown
    assert voice.spoken
    assert (voice.reference or {})["message_id"] == card.id
    assert voice.files[0].extra == {"duration_secs": 2.5, "waveform": "AP8A"}
    assert voice.pictures == (b"OggS said",)
    await desk.courier.show(shown.evolve(extra={}), SAID)  # a process died before it could note that
    assert len(voices(discord)) == 1

    await desk.courier.show(shown, says("a41f was deleted.").evolve(state=State.GONE))
    assert voices(discord) == []


async def test_what_one_reader_sees_is_heard_by_that_one_alone(discord: FakeDiscord, desk: FrontDoor) -> None:
    _, address = deferred(discord, private=True)
    shown = await desk.courier.show(address, SAID.evolve(private=True))
    assert voices(discord) == [(b"OggS said",)]
    assert [each for each in discord.seen_by("bob") if each.spoken] == []

    await desk.courier.show(late(shown).evolve(extra={}), SAID.evolve(private=True))
    assert voices(discord) == [(b"OggS said",)]  # nothing where all could hear it


async def test_a_broken_connection_makes_no_second_one(discord: FakeDiscord, desk: FrontDoor) -> None:
    shown = await desk.courier.show(Address(place=place(discord)), says("Done"))
    discord.cut("POST", r"/channels/\d+/messages", done=True)
    await desk.courier.show(shown, SAID)

    assert voices(discord) == [(b"OggS said",)]


async def test_where_no_voice_messages_are_allowed_it_is_a_file(discord: FakeDiscord, desk: FrontDoor) -> None:
    discord.voiceless.add(discord.channel)
    await desk.courier.show(Address(place=place(discord)), SAID)
    _, file = discord.seen_by("bob")

    assert not file.spoken
    assert file.pictures == (b"OggS said",)
    assert file.files[0].description == SOUND.alt


async def test_the_card_stands_whatever_becomes_of_the_voice(discord: FakeDiscord, desk: FrontDoor) -> None:
    shown = await desk.courier.show(Address(place=place(discord)), says("Waiting"))
    discord.arrange("POST", r"/channels/\d+/messages", 403, {"code": 50001, "message": "Missing Access"}, times=9)
    await desk.courier.show(shown, SAID)

    assert [each.text for each in discord.seen_by("bob")] == ["Done"]
