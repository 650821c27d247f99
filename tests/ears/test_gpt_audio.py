"""The ear asks GPT audio once, with the actions as functions, and makes sense of whatever comes back."""

from __future__ import annotations

import base64
import json
import wave
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.actions.edit import edit
from limner.actions.imagine import imagine
from limner.ears import Context, Heard
from limner.ears.gpt_audio import DECLINED, GPTAudio, _arguments, tool
from limner.ears.samples import samples
from limner.errors import ModelGone, OutOfMoney, ProviderFailed, RateLimited
from limner.media.sound import Sound, listenable
from limner.models import Usage
from limner.openai import connect
from tests.ears.conftest import Oracle

FUNCTIONS = (imagine.function, edit.function)
FOX = {"heard": "a red fox in snow, wide", "language": "en", "prompt": "a red fox in snow", "shape": "wide"}


@pytest.fixture
async def sound(tmp_path: Path) -> Sound:
    return await listenable(samples()[0].path, tmp_path, name="note", max_seconds=10)


@pytest.fixture
async def ear(oracle: Oracle) -> AsyncIterator[GPTAudio]:
    client = connect(api_key="sk-not-a-key", base_url=oracle.base_url)
    yield GPTAudio(client, model=lambda: "gpt-audio-1.5")
    await client.close()


async def test_a_spoken_request_becomes_an_action_with_its_options(ear: GPTAudio, oracle: Oracle, sound: Sound) -> None:
    oracle.calls(("imagine", FOX))

    heard = await ear.hear(sound, Context(), FUNCTIONS)

    assert heard == Heard(
        words="a red fox in snow, wide",
        language="en",
        action="imagine",
        values={"prompt": "a red fox in snow", "shape": "wide"},
        request_id="req_ear",
    )


async def test_the_model_gets_the_note_itself_as_wav_and_must_call_a_function(
    ear: GPTAudio, oracle: Oracle, sound: Sound
) -> None:
    oracle.calls(("imagine", FOX))

    await ear.hear(sound, Context(member="a1b2c3"), FUNCTIONS)

    (request,) = oracle.requests
    (part,) = request["messages"][1]["content"]
    assert part["type"] == "input_audio"
    assert part["input_audio"]["format"] == "wav"
    with wave.open(BytesIO(base64.b64decode(part["input_audio"]["data"], validate=True))) as note:
        assert note.getnframes() / note.getframerate() == sound.seconds
    assert request["model"] == "gpt-audio-1.5"
    assert request["modalities"] == ["text"]
    assert request["tool_choice"] == "required"
    assert request["safety_identifier"] == "a1b2c3"
    assert [each["function"]["name"] for each in request["tools"]] == ["imagine", "edit", "nothing"]


def test_every_function_asks_first_for_the_words_and_their_language() -> None:
    asked = tool(imagine.function)["function"]["parameters"]

    assert list(asked["properties"])[:3] == ["heard", "language", "prompt"]
    assert asked["required"] == ["heard", "language", "prompt"]
    assert "heard" not in imagine.function["parameters"]["properties"]


async def test_text_pictures_and_the_picture_answered_go_with_the_note(
    ear: GPTAudio, oracle: Oracle, sound: Sound
) -> None:
    oracle.calls(("edit", {"heard": "make it darker", "language": "en", "prompt": "make it darker"}))
    beside = Context(words='as "night"\n\u202eplease', pictures=2, replies_to="a red fox")

    heard = await ear.hear(sound, beside, FUNCTIONS)

    *texts, note = oracle.requests[0]["messages"][1]["content"]
    assert [each["text"] for each in texts] == [
        'The note answers a picture that was made from: "a red fox"',
        "Pictures attached to the note: 2",
        'Text beside the note: "as \\"night\\"\\nplease"',
    ]
    assert note["type"] == "input_audio"
    assert (heard.action, heard.values) == ("edit", {"prompt": "make it darker"})


async def test_nothing_asked_for_is_no_action(ear: GPTAudio, oracle: Oracle, sound: Sound) -> None:
    oracle.calls(("nothing", {"heard": "see you at lunch", "language": "en-GB", "why": "talk to others"}))

    heard = await ear.hear(sound, Context(), FUNCTIONS)

    assert heard == Heard(words="see you at lunch", language="en-GB", action=None, request_id="req_ear")


@pytest.mark.parametrize(
    ("calls", "words", "action", "values"),
    [
        # several: the first
        ([("imagine", FOX), ("edit", FOX)], FOX["heard"], "imagine", {"prompt": FOX["prompt"], "shape": "wide"}),
        # one that there is not
        ([("format_disk", {"heard": "hello", "language": "en"})], "hello", None, {}),
        # options that it does not have, or that voice cannot set, or that are empty
        (
            [("imagine", {**FOX, "picture": "a41f", "model": "x", "references": ["x"], "count": None})],
            FOX["heard"],
            "imagine",
            {"prompt": FOX["prompt"], "shape": "wide"},
        ),
        # the words left out
        ([("imagine", {"prompt": "a fox"})], "a fox", "imagine", {"prompt": "a fox"}),
        ([("imagine", {"heard": 7, "language": ["en"], "prompt": "a fox"})], "a fox", "imagine", {"prompt": "a fox"}),
        # broken JSON: the words can be saved, the request cannot
        ([("imagine", '{"heard": "a red fox", "language": "en", "prompt": "a r')], "a red fox", None, {}),
        ([("imagine", '{"heard": "a red f')], "a red f", None, {}),
        ([("imagine", "[1, 2]")], "", None, {}),
        ([("imagine", "")], "", None, {}),
    ],
)
async def test_odd_calls_are_made_sense_of(
    ear: GPTAudio,
    oracle: Oracle,
    sound: Sound,
    calls: list[tuple[str, Any]],
    words: str,
    action: str | None,
    values: dict[str, Any],
) -> None:
    oracle.calls(*calls)

    heard = await ear.hear(sound, Context(), FUNCTIONS)

    assert (heard.words, heard.action, heard.values) == (words, action, values)


async def test_an_answer_in_plain_words_is_taken_for_what_was_heard(
    ear: GPTAudio, oracle: Oracle, sound: Sound
) -> None:
    oracle.message, oracle.finish_reason = {"content": "a red fox\u202e in snow"}, "stop"

    heard = await ear.hear(sound, Context(), FUNCTIONS)

    assert (heard.words, heard.language, heard.action) == ("a red fox in snow", "und", None)


@pytest.mark.parametrize(
    ("message", "reason"), [({"refusal": "I cannot help with that."}, "stop"), ({"content": ""}, "content_filter")]
)
async def test_a_refusal_is_told_as_one_and_its_cost_is_kept(
    ear: GPTAudio, oracle: Oracle, sound: Sound, message: dict[str, Any], reason: str
) -> None:
    oracle.message, oracle.finish_reason = message, reason
    oracle.usage = {"prompt_tokens": 40, "completion_tokens": 3, "total_tokens": 43}

    heard = await ear.hear(sound, Context(), FUNCTIONS)

    assert (heard.words, heard.action, heard.label) == ("", None, DECLINED)
    assert heard.usage == Usage(text_in=40, text_out=3)


async def test_the_tokens_are_counted_by_kind(ear: GPTAudio, oracle: Oracle, sound: Sound) -> None:
    oracle.calls(("imagine", FOX))
    oracle.usage = {
        "prompt_tokens": 700,
        "completion_tokens": 50,
        "total_tokens": 750,
        "prompt_tokens_details": {"audio_tokens": 27, "cached_tokens": 512},
        "completion_tokens_details": {"audio_tokens": 0},
    }

    heard = await ear.hear(sound, Context(), FUNCTIONS)

    assert heard.usage == Usage(text_in=161, text_cached=512, audio_in=27, text_out=50)


@pytest.mark.parametrize("answer", ["<html>Sign in</html>", {"choices": []}, {"object": "list", "data": []}])
async def test_an_answer_that_is_none_is_the_providers_fault(
    ear: GPTAudio, oracle: Oracle, sound: Sound, answer: dict[str, Any] | str
) -> None:
    oracle.answer = answer

    with pytest.raises(ProviderFailed):
        await ear.hear(sound, Context(), FUNCTIONS)


@pytest.mark.parametrize(
    ("status", "code", "type", "trouble"),
    [
        (404, "model_not_found", "invalid_request_error", ModelGone),
        (429, "rate_limit_exceeded", "requests", RateLimited),
        (429, "credit_balance_exhausted", "insufficient_quota", OutOfMoney),
        (500, None, "server_error", ProviderFailed),
    ],
)
async def test_the_providers_errors_are_our_sentences_after_one_request(
    ear: GPTAudio, oracle: Oracle, sound: Sound, status: int, code: str | None, type: str, trouble: type[Exception]
) -> None:
    oracle.status, oracle.answer = status, {"error": {"message": "no", "type": type, "code": code, "param": None}}

    with pytest.raises(trouble):
        await ear.hear(sound, Context(), FUNCTIONS)

    assert len(oracle.requests) == 1


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=20) | st.integers() | st.none(), max_size=4), st.data())
def test_arguments_cut_anywhere_are_read_or_given_up(said: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(said)
    cut = data.draw(st.integers(0, len(text)))

    read, whole = _arguments(text[:cut])

    assert whole == (cut == len(text))
    assert isinstance(read, dict)
    if whole:
        assert read == said
