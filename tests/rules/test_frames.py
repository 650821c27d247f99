"""Frames of moving pictures: whatever is asked for, the sheet of all of them is one that the model paints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.rules.frames import Sheet, frame_size
from tests.rules.test_abilities import SHAPES, allowed


@given(SHAPES, st.integers(2, 16))
def test_the_sheet_of_all_frames_can_be_painted(shape: str, frames: int) -> None:
    width, height, notes = frame_size(shape, frames)
    sheet = Sheet.of(frames)

    assert width % 16 == height % 16 == 0
    assert max(width, height) <= 960
    assert sheet.cells >= frames
    assert allowed(width * sheet.columns, height * sheet.rows)
    assert len(notes) <= 1


@pytest.mark.parametrize(("frames", "side"), [(2, 960), (9, 960), (12, 816), (16, 720)])
def test_squares_are_as_large_as_was_measured(frames: int, side: int) -> None:
    assert frame_size("square", frames) == (side, side, ())


def test_a_size_that_fits_is_used_as_it_is() -> None:
    assert frame_size("768x512", 9) == (768, 512, ())
    width, height, (note,) = frame_size("1536x1024", 9)
    assert (width, height) == (960, 640)
    assert note == "1536×1024 is not to be had for 9 frames: 960×640 used."
