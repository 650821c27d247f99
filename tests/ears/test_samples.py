"""Without a key the bundled notes are recognised, and so labelled; nothing else is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from limner.actions.imagine import Imagine
from limner.ears import Context
from limner.ears.samples import LABEL, Sample, SampleEar, samples
from limner.errors import HearingNeedsKey
from limner.media.sound import listenable
from tests.ears.make_samples import NOTES

every = pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)


@every
async def test_a_bundled_note_is_recognised_with_its_options(sample: Sample, tmp_path: Path) -> None:
    ear = SampleEar()
    sound = await listenable(sample.path, tmp_path, name="note.ogg", max_seconds=10)

    heard = await ear.hear(sound, Context(), ())

    assert (heard.words, heard.language, heard.action) == (sample.words, sample.language, "imagine")
    assert heard.values == sample.values
    assert heard.label == LABEL
    assert heard.usage is None
    await ear.close()


@every
async def test_a_copy_with_one_byte_changed_needs_a_key(sample: Sample, tmp_path: Path) -> None:
    note = tmp_path / "note"
    content = bytearray(sample.path.read_bytes())
    content[-1] ^= 1
    note.write_bytes(content)
    sound = await listenable(note, tmp_path, name="note.ogg", max_seconds=10)

    with pytest.raises(HearingNeedsKey, match="OPENAI_API_KEY"):
        await SampleEar().hear(sound, Context(), ())


@every
def test_a_bundled_note_is_small_and_as_it_was_made(sample: Sample) -> None:
    title, words, language, _, values = NOTES[sample.name]

    assert sample.path.stat().st_size <= 40_000
    assert hashlib.sha256(sample.path.read_bytes()).hexdigest() == sample.sha256
    assert (sample.title, sample.words, sample.language, sample.values) == (title, words, language, values)


@every
def test_what_a_bundled_note_asks_for_can_be_painted(sample: Sample) -> None:
    assert Imagine.read(sample.values).prompt in sample.words
