"""The cheaper ear asks once for a transcription, sends what is smallest, and makes sense of whatever comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from limner.actions.imagine import imagine
from limner.ears import Context
from limner.ears.samples import samples
from limner.ears.transcriber import LABEL, Transcriber, _read
from limner.errors import ModelGone, OutcomeUnknown, OutOfMoney, ProviderFailed, RateLimited
from limner.media.sound import OGG, Sound, listenable
from limner.models import Usage
from limner.openai import connect
from tests.fakes.openai import KEY, FakeOpenAI

FUNCTIONS = (imagine.function,)


@pytest.fixture
async def sound(tmp_path: Path) -> Sound:
    return await listenable(samples()[0].path, tmp_path, name="note", max_seconds=10, takes=OGG)


@pytest.fixture
async def ear(openai: FakeOpenAI) -> AsyncIterator[Transcriber]:
    client = connect(api_key=KEY, base_url=openai.base_url)
    yield Transcriber(client, model=lambda: "gpt-transcribe")
    await client.close()


async def test_what_was_written_down_becomes_a_request(ear: Transcriber, openai: FakeOpenAI, sound: Sound) -> None:
    openai.says.append("Um, a red fox in snow, wide.")

    heard = await ear.hear(sound, Context(styles=("storybook", "logo")), FUNCTIONS)

    assert (heard.words, heard.language) == ("Um, a red fox in snow, wide.", "en")
    assert (heard.action, heard.values) == ("imagine", {"prompt": "a red fox in snow", "shape": "wide"})
    assert heard.label == LABEL
    assert heard.usage is not None
    assert heard.usage.audio_seconds == pytest.approx(sound.seconds, abs=0.1)
    (request,) = [each for each in openai.requests if each.path.endswith("/transcriptions")]
    assert request.files[0].filename == "note.ogg"
    assert len(request.body) < 12_000
    assert openai.heard == [pytest.approx(sound.seconds, abs=0.1)]


async def test_silence_is_no_request(ear: Transcriber, sound: Sound) -> None:
    heard = await ear.hear(sound, Context(), FUNCTIONS)
    assert (heard.words, heard.action, heard.values) == ("", None, {})


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ("model_not_found", ModelGone),
        ("rate_limit", RateLimited),
        ("insufficient_quota", OutOfMoney),
        ("server_error", ProviderFailed),
        ("reset_after", OutcomeUnknown),
        ("half_json", OutcomeUnknown),
        ("html", ProviderFailed),
    ],
)
async def test_the_providers_troubles_are_our_sentences_after_one_request(
    ear: Transcriber, openai: FakeOpenAI, sound: Sound, fault: str, trouble: type[Exception]
) -> None:
    openai.faults.append(fault)
    with pytest.raises(trouble):
        await ear.hear(sound, Context(), FUNCTIONS)
    assert len(openai.requests) == 1


@pytest.mark.parametrize(
    ("answer", "usage"),
    [
        (SimpleNamespace(text="a fox"), Usage(audio_seconds=2.5)),
        (SimpleNamespace(text="a fox", usage=SimpleNamespace(seconds=3)), Usage(audio_seconds=3)),
        (
            SimpleNamespace(
                text="a fox",
                usage=SimpleNamespace(
                    output_tokens=5, input_token_details=SimpleNamespace(audio_tokens=25, text_tokens=None)
                ),
            ),
            Usage(audio_seconds=2.5, audio_in=25, text_out=5),
        ),
        ("a fox", Usage(audio_seconds=2.5)),
    ],
)
def test_what_compatible_servers_leave_out_is_counted_by_the_sounds_length(answer: Any, usage: Usage) -> None:
    sound = Sound(path=Path("x"), format="ogg", seconds=2.5, origin="audio/ogg", origin_hash="")
    heard = _read(answer, sound, Context(), FUNCTIONS)
    assert (heard.words, heard.language, heard.usage) == ("a fox", "und", usage)


@pytest.mark.parametrize("answer", [SimpleNamespace(), SimpleNamespace(text=7), "<html>Sign in</html>", None])
def test_what_is_no_transcription_is_the_servers_fault(answer: Any) -> None:
    sound = Sound(path=Path("x"), format="ogg", seconds=2.5, origin="audio/ogg", origin_hash="")
    with pytest.raises(ProviderFailed):
        _read(answer, sound, Context(), FUNCTIONS)
