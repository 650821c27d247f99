"""A recording is drawn as at most 256 values, the loudest of each stretch."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from limner.media.waveform import POINTS, drawn, waveform
from tests.media.recordings import speech


@given(st.lists(st.integers(0, 32_768), max_size=2_000))
def test_any_loudness_at_all_is_drawn_within_limits(peaks: list[int]) -> None:
    shown = drawn(peaks)

    assert 1 <= len(shown) <= POINTS
    assert max(shown) == min(255, max(peaks, default=0) * 256 // 32_768)
    if 0 < len(peaks) <= POINTS:
        assert len(shown) == len(peaks)


async def test_speech_is_drawn_a_tenth_of_a_second_at_a_time(tmp_path: Path) -> None:
    note = speech("ogg", tmp_path / "note.ogg")
    shown = b64decode(await waveform(note, "ogg", max_seconds=10), validate=True)

    assert 20 < len(shown) < 60
    assert max(shown) > 50
    assert min(shown) < 10
