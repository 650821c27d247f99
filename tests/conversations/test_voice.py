"""A voice note becomes a picture; what was heard is shown first."""

from __future__ import annotations

import pytest

from limner.domain.ask import Ask
from limner.domain.place import Attachment
from limner.domain.request import Request
from limner.ears.samples import samples
from tests.conversations.hostile import plain
from tests.conversations.reading import paintings
from tests.fakes.openai import FakeOpenAI
from tests.house import House
from tests.jobs.channel import ADA, PLACE, Channel, ask
from tests.stages import Stage

FOX = {"prompt": "a red fox in snow", "shape": "wide", "count": 2, "quality": "draft"}
NOTE = samples()[0].path.read_bytes()


def says(openai: FakeOpenAI, words: str, action: str = "imagine", **values: object) -> None:
    openai.hears.append((action, {"heard": words, "language": "en", **values}))


async def test_a_note_shows_what_was_heard_and_then_paints_it(stage: Stage, openai: FakeOpenAI) -> None:
    says(openai, "um, a red fox in snow, wide, two of them, just a draft", **FOX)
    heard = await stage.settled(await stage.voice(NOTE))

    assert "um, a red fox in snow, wide, two of them" in heard.text
    assert "1536×1024" in heard.text
    assert [label.split(" ~")[0] for label in heard.buttons] == ["Generate", "Fix text", "Cancel"]
    filled = await stage.filled(heard, "Fix text")
    assert {name: filled[name] for name in FOX} == {name: str(value) for name, value in FOX.items()}
    assert paintings(openai) == 0

    painted = await stage.settled(await stage.press(heard, "Generate"))
    for said in ("um, a red fox in snow, wide, two of them", "Heard in English", "a red fox in snow"):
        assert said in painted.text
    assert len(painted.pictures) >= 1
    assert openai.requests[-1].parsed["n"] == 2
    assert paintings(openai) == 1


async def test_the_name_of_the_ear_that_people_know_keeps_working(stage: Stage, openai: FakeOpenAI) -> None:
    says(openai, "a red fox", **FOX)
    first = await stage.settled(await stage.voice(NOTE))
    says(openai, "a red fox", **FOX)
    second = await stage.settled(await stage.voice(NOTE))

    assert "GPT-4o Audio was shut down on 2026-05-07; GPT Audio 1.5 listens instead." in first.text
    assert "shut down" not in second.text
    heard = [each.parsed["model"] for each in openai.requests if each.path == "/v1/chat/completions"]
    assert heard == ["gpt-audio-1.5", "gpt-audio-1.5"]


async def test_a_note_goes_with_the_command_and_what_is_chosen_beside_it_stays(
    stage: Stage, openai: FakeOpenAI
) -> None:
    says(openai, "a red fox in snow, two of them, just a draft", prompt="a red fox in snow", count=2, quality="draft")
    heard = await stage.settled(
        await stage.command(
            "imagine", spoken=NOTE, files=(("fox.png", plain()),), prompt="as a woodcut", quality="fine"
        )
    )

    assert "a red fox in snow, two of them" in heard.text
    (asked,) = [each.parsed for each in openai.requests if each.path == "/v1/chat/completions"]
    texts = [part["text"] for part in asked["messages"][1]["content"] if part["type"] == "text"]
    names, *_ = [each for each in texts if each.startswith("Names of styles")]
    texts.remove(names)
    assert texts == ["Pictures attached to the note: 1", 'Text beside the note: "as a woodcut"']
    painted = await stage.settled(await stage.press(heard, "Generate"))
    assert len(painted.pictures) >= 1
    sent = openai.requests[-1]
    assert (sent.path, sent.parsed["n"], sent.parsed["quality"]) == ("/v1/images/edits", 2, "high")


async def test_without_words_and_without_a_note_nothing_is_painted(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.command("imagine", quality="draft")

    assert "the prompt was empty" in seen.text
    assert paintings(openai) == 0


async def test_pressing_generate_twice_paints_once(stage: Stage, openai: FakeOpenAI) -> None:
    says(openai, "a red fox", **FOX)
    heard = await stage.settled(await stage.voice(NOTE))
    painted = await stage.press(heard, "Generate")
    await stage.press(heard, "Generate")
    await stage.settled(painted)

    assert paintings(openai) == 1


async def test_cancel_leaves_it_unpainted(stage: Stage, openai: FakeOpenAI) -> None:
    says(openai, "a red fox", **FOX)
    heard = await stage.settled(await stage.voice(NOTE))
    cancelled = await stage.press(heard, "Cancel")

    assert "Nothing was painted" in cancelled.text
    assert paintings(openai) == 0


async def test_a_note_that_asks_for_nothing_says_so(stage: Stage, openai: FakeOpenAI) -> None:
    says(openai, "hello, is this thing on?", action="nothing", why="a greeting")
    heard = await stage.settled(await stage.voice(NOTE))

    assert "hello, is this thing on?" in heard.text
    assert "no request in it" in heard.text


async def test_what_is_no_sound_gets_a_sentence_and_costs_nothing(stage: Stage, openai: FakeOpenAI) -> None:
    seen = await stage.settled(await stage.voice(b"#EXTM3U\nhttp://127.0.0.1:9/secret.ts\n", name="voice.ogg"))

    assert "no sound I can hear" in seen.text
    assert [each for each in openai.requests if each.path == "/v1/chat/completions"] == []


async def test_without_a_key_a_sample_note_is_known_by_its_fingerprint(offline_stage: Stage) -> None:
    heard = await offline_stage.settled(await offline_stage.voice(NOTE))

    assert "fingerprint" in heard.text
    painted = await offline_stage.settled(await offline_stage.press(heard, "Generate"))
    assert len(painted.pictures) == 1


async def test_only_whoever_spoke_can_go_on_with_a_note(stage: Stage, openai: FakeOpenAI) -> None:
    if stage.platform == "web":
        pytest.skip("there is one person on the page")
    says(openai, "a red fox", **FOX)
    heard = await stage.settled(await stage.voice(NOTE))
    refused = await stage.press(heard, "Generate", member="bob")

    assert "Only whoever spoke this note" in refused.text
    assert refused.private_to == "bob"
    assert paintings(openai) == 0
    left = next(card for card in await stage.cards() if card.message == heard.message)
    assert left.buttons == heard.buttons


async def test_what_paints_on_an_earlier_asks_behalf_is_acknowledged_once_it_is_on_record(house: House) -> None:
    channel = Channel()
    shown: list[int] = []
    async with house.open(platforms=(channel,)) as limner:

        async def take(asked: Ask) -> None:
            before = len(channel.history)
            shown.clear()
            await limner.take(asked, lambda: shown.append(len(channel.history) - before))

        sound = Attachment(platform=channel.name, name="note.ogg", url=samples()[0].path.as_uri())
        await take(ask("listen").evolve(sound=sound))
        ((note,),) = house.rows("SELECT id FROM notes")
        await take(ask("generate", target=note))
        assert shown[0] == 0  # and not after its card

        member = await limner._store.people.member(PLACE, ADA)
        request = Request(prompt="a red fox")
        refused = await limner._store.refused.add(team=member.team, member=member.id, request=request)
        await take(ask("instead", target=refused.id, quality="draft"))
        assert shown[0] == 0
    assert len(house.rows("SELECT id FROM jobs")) == 2
