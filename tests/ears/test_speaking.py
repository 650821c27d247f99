"""Words are read aloud by one request, and an odd answer is a trouble with a sentence."""

from __future__ import annotations

import json
import wave
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest

from limner.ears.speaking import Mouth
from limner.errors import OutcomeUnknown, OutOfMoney, ProviderFailed, ProviderTrouble, RequestRefused
from limner.openai import connect
from limner.rules.prices import cost, speaking_estimate
from tests.fakes.openai import KEY, FakeOpenAI
from tests.fakes.openai.refusals import CATALOGUE

WORDS = "A red fox sits in deep snow and looks at you."


@pytest.fixture
async def mouth(openai: FakeOpenAI) -> AsyncIterator[Mouth]:
    client = connect(api_key=KEY, base_url=openai.base_url)
    yield Mouth(client, model=lambda: "gpt-audio-1.5")
    await client.close()


async def test_words_are_read_and_counted(mouth: Mouth, openai: FakeOpenAI) -> None:
    said = await mouth.say(WORDS, voice="alloy", member="a1b2")

    with wave.open(BytesIO(said.data)) as sound:
        assert sound.getnframes() > 24_000
    assert said.usage is not None
    assert said.usage.audio_out == 60
    model = CATALOGUE.get("gpt-audio-1.5")
    assert model is not None
    assert openai.billed == cost(model, said.usage) <= speaking_estimate(model, WORDS)
    assert openai.requests[-1].parsed["messages"][1]["content"] == WORDS
    assert openai.requests[-1].parsed["safety_identifier"] == "a1b2"


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ("server_error", ProviderFailed),
        ("half_json", OutcomeUnknown),
        ("reset_after", OutcomeUnknown),
        ("empty", ProviderFailed),
        ("insufficient_quota", OutOfMoney),
    ],
)
async def test_what_goes_wrong_is_told_and_never_tried_again(
    mouth: Mouth, openai: FakeOpenAI, fault: str, trouble: type[ProviderTrouble]
) -> None:
    openai.faults.append(fault)
    with pytest.raises(trouble):
        await mouth.say(WORDS, voice="alloy", member="a1b2")
    assert len(openai.requests) == 1


async def test_a_voice_that_there_is_not_is_refused(mouth: Mouth) -> None:
    with pytest.raises(RequestRefused):
        await mouth.say(WORDS, voice="nobody", member="a1b2")


async def test_an_answer_that_is_no_base64_is_a_fault(mouth: Mouth, openai: FakeOpenAI, monkeypatch: Any) -> None:
    from tests.fakes.openai import hearing

    whole = hearing.spoken

    def broken(asked: Any, number: int) -> Any:
        told, usage = whole(asked, number)
        told["choices"][0]["message"]["audio"]["data"] = "*" + json.dumps(WORDS)
        return told, usage

    monkeypatch.setattr(hearing, "spoken", broken)
    with pytest.raises(ProviderFailed):
        await mouth.say(WORDS, voice="alloy", member="a1b2")
