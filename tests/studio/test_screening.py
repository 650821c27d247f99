"""Screening: no request can make itself impossible to screen, nor let all others pass."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from limner.app import Limner
from limner.domain.request import Reference, Request
from limner.studio.screening import FAILURES, IN_WORDS, OVERLAP, PIECE, SCREENED, Screenings, _pieces
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai.refusals import refuse
from tests.house import House

FOX = Request(prompt="a red fox")
MOST = 10_000
"""Characters that this endpoint takes."""


@pytest.fixture
async def limner(keyed_house: House) -> AsyncIterator[Limner]:
    async with keyed_house.open() as limner:
        yield limner


@pytest.fixture
def screenings(limner: Limner) -> Screenings:
    return limner._studio.warden._screenings


async def brought(limner: Limner) -> tuple[Reference, ...]:
    """A member's own picture."""
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    key = await limner._store.blobs.put(out.getvalue())
    return (Reference(blob=key, media_type="image/jpeg", width=8, height=8, name="one.jpg"),)


def picky(words: str) -> bool:
    """Flags blood, and does not take what is long."""
    if len(words) > MOST:
        raise refuse("input", "This is too long.", "string_above_max_length")
    return "blood" in words


async def test_words_that_are_too_long_as_a_whole_are_screened_in_pieces(
    screenings: Screenings, openai: FakeOpenAI
) -> None:
    openai.flags = picky
    clean = await screenings.of(Request(prompt="a red fox. " * 2_500))
    hidden = await screenings.of(Request(prompt="a red fox. " * 1_500 + "rivers of blood " + "a red fox. " * 1_000))

    assert clean.whole
    assert clean.screening is not None
    assert not clean.screening.flagged
    assert hidden.screening is not None
    assert hidden.screening.flagged


async def test_a_picture_that_is_not_taken_leaves_the_words_to_be_screened_and_is_told(
    limner: Limner, screenings: Screenings, openai: FakeOpenAI
) -> None:
    openai.flags = lambda words: "blood" in words
    for prompt, flagged in (("a red fox", False), ("blood", True)):
        openai.screening_faults += ["not_acceptable"]
        answer = await screenings.of(Request(prompt=prompt, references=await brought(limner)))
        assert answer.screening is not None
        assert answer.screening.flagged is flagged
        assert (answer.how == IN_WORDS) is not flagged

    # It counts as no verdict where one is required, and is not remembered as one.
    again = await screenings.of(Request(prompt="a red fox", references=await brought(limner)))
    assert again.how == SCREENED


async def test_long_words_do_not_keep_a_picture_from_being_screened(
    limner: Limner, screenings: Screenings, openai: FakeOpenAI
) -> None:
    openai.flags = picky
    answer = await screenings.of(Request(prompt="a red fox. " * 2_500, references=await brought(limner)))

    assert answer.whole
    assert any(isinstance(each.parsed["input"], list) for each in openai.screened[1:])


async def test_what_is_refused_in_every_way_has_no_verdict_and_stops_nobody_else(
    screenings: Screenings, openai: FakeOpenAI
) -> None:
    openai.screening_faults += ["not_acceptable"] * (FAILURES + 1)
    for number in range(FAILURES + 1):
        answer = await screenings.of(Request(prompt=f"something odd {number}"))
        assert answer.screening is None
        assert answer.how == "not screened: moderation gave no verdict (RequestRefused)"

    assert (await screenings.of(FOX)).whole


async def test_nobody_asks_after_several_failures_in_a_row_and_one_is_not_several(
    screenings: Screenings, openai: FakeOpenAI
) -> None:
    openai.screening_faults += ["server_error"]
    assert not (await screenings.of(FOX)).whole
    assert (await screenings.of(FOX)).whole

    openai.screening_faults += ["server_error"] * FAILURES
    for number in range(FAILURES):
        await screenings.of(Request(prompt=f"a red fox {number}"))
    asked = len(openai.screened)
    paused = await screenings.of(Request(prompt="a blue fox"))
    assert paused.how == "not screened: moderation has given no verdicts of late"
    assert len(openai.screened) == asked


@given(st.integers(0, 5 * PIECE))
def test_pieces_leave_nothing_out_and_overlap(length: int) -> None:
    words = "".join(chr(0x4E00 + number) for number in range(length))
    pieces = _pieces(words)
    assert pieces[0] + "".join(each[OVERLAP:] for each in pieces[1:]) == words
    assert all(len(each) <= PIECE for each in pieces)
