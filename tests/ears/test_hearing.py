"""A note of any container is heard by the provider's fake, which looks at the sound that reaches it."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.actions.imagine import imagine
from limner.ears import Context
from limner.ears.gpt_audio import GPTAudio
from limner.media.sound import listenable
from limner.openai import connect
from tests.fakes.openai import KEY, FakeOpenAI
from tests.media.recordings import KINDS, speech


@pytest.mark.parametrize("kind", KINDS)
async def test_a_note_of_any_container_is_heard(openai: FakeOpenAI, tmp_path: Path, kind: str) -> None:
    openai.hears.append(("imagine", {"heard": "a red fox", "language": "en", "prompt": "a red fox", "count": 3}))
    sound = await listenable(speech(kind, tmp_path / "note"), tmp_path, name="note", max_seconds=10)

    async with connect(api_key=KEY, base_url=openai.base_url) as client:
        ear = GPTAudio(client, model=lambda: "gpt-audio-1.5")
        heard = await ear.hear(sound, Context(), (imagine.function,))

    assert (heard.words, heard.action, heard.values) == ("a red fox", "imagine", {"prompt": "a red fox", "count": 3})
    assert heard.usage is not None
    assert heard.usage.audio_in > 0
