"""Whoever asks once to be answered aloud hears what was understood, what stands in the way, and that it is done."""

from __future__ import annotations

import asyncio
import re

from limner.media.sound import sniff
from tests.conversations.reading import paintings, sounds
from tests.conversations.test_aloud import outcomes, rows, spoken
from tests.conversations.test_listening import FOX, NOTE
from tests.fakes.openai import FakeOpenAI
from tests.patience import PATIENCE
from tests.stages import Seen, Stage


async def said(stage: Stage, seen: Seen, before: bytes) -> Seen:
    """The card, once it tells what it has said aloud, which is not what was said before."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for card in await stage.cards():
                own = card.message == seen.message and "said aloud" in card.text
                if own and {*await stage.sounds(card)} - {before}:
                    return card
            await asyncio.sleep(0.05)


async def test_answers_are_said_aloud_to_whoever_asked_for_that(stage: Stage, openai: FakeOpenAI) -> None:
    openai.hears.append(("imagine", FOX))
    silent = await stage.settled(await stage.voice(NOTE))
    assert await stage.sounds(silent) == ()
    assert spoken(openai) == []

    told = await stage.command("voice-me", listen="aloud")
    assert "I answer you aloud from now on" in told.text
    openai.hears.append(("imagine", FOX))
    heard = await stage.settled(await stage.voice(NOTE))
    assert re.search(r"heard for \$0\.\d+", heard.text)
    assert re.search(r"said aloud for \$0\.\d+", heard.text)
    (words,) = spoken(openai)
    assert words.startswith("Heard in English, understood as: a new picture. a red fox in snow.")
    assert "It waits for your word: Generate, about $0." in words
    (answer,) = await sounds(stage, heard)

    done = await said(stage, await stage.settled(await stage.press(heard, "Generate")), answer)
    assert paintings(openai) == 1
    assert re.search(r"\+ \$0\.\d+ heard \+ \$0\.\d+ said aloud", done.text)
    assert re.fullmatch(r"Your picture \w+ is done: a red fox in snow", spoken(openai)[-1])
    last = (await sounds(stage, done))[-1]
    assert sniff(last) == ("ogg" if stage.platform == "discord" else "mp3")
    assert last != answer
    await stage.press(done, "Delete")
    assert await stage.sounds(done) == ()
    assert rows(stage, "SELECT * FROM spoken") == []

    openai.hears.append(("nothing", {"heard": "hello?", "language": "en", "why": "talk"}))
    await stage.settled(await stage.voice(NOTE))
    assert spoken(openai)[-1].startswith("I heard no request in it. Say what you see")

    assert outcomes(stage) == ["paid"] * 3
    assert sum(each.cost for each in rows(stage, "SELECT cost FROM attempts WHERE cost IS NOT NULL")) == openai.billed

    await stage.command("voice-me", listen="silent")
    openai.hears.append(("imagine", FOX))
    assert await stage.sounds(await stage.settled(await stage.voice(NOTE))) == ()
    assert len(spoken(openai)) == 3


async def test_refusals_are_said_too_and_what_cannot_be_said_stays_written(stage: Stage, openai: FakeOpenAI) -> None:
    await stage.command("voice-me", listen="aloud")
    refused = await stage.settled(await stage.voice(b"#EXTM3U\nhttp://127.0.0.1:9/secret.ts\n", name="voice.ogg"))
    assert "no sound I can hear" in refused.text
    assert "no sound I can hear" in spoken(openai)[0]

    openai.faults += [None, "reset_after"]
    openai.hears.append(("imagine", FOX))
    heard = await stage.settled(await stage.voice(NOTE))
    assert "It could not be read aloud: The answer was cut off on its way" in heard.text
    assert [label.split(" ~")[0] for label in heard.buttons] == ["Generate", "Fix text", "Cancel"]
    assert outcomes(stage) == ["paid", "unknown"]  # and is not asked for again
    assert len(spoken(openai)) == 2

    spent = sum(each.cost for each in rows(stage, "SELECT cost FROM attempts"))
    room = f"${(spent + 20_000) / 1_000_000}"  # for another note, and not for what there is to say of it
    await stage.command("budget", member="admin", amount=room, scope="everyone")
    openai.hears.append(("imagine", FOX))
    heard = await stage.settled(await stage.voice(NOTE))
    assert "It could not be read aloud: " in heard.text
    assert heard.buttons[0].startswith("Generate")
    assert outcomes(stage) == ["paid", "unknown"]
    assert len(spoken(openai)) == 2
