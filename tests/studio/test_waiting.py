"""What a waiting card says: short, coarse, and never less the further back one stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.store.places import Place
from limner.studio.waiting import WAITING, ordinal, spell_wait, waits

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def place(**fields: Any) -> Place:
    usual: dict[str, Any] = {"lane": "openai", "jobs": 0, "running": 0, "concurrency": 8, "asked": NOW}
    return Place(**{**usual, "until": None, "why": None, **fields})


@pytest.mark.parametrize(
    ("fields", "pace", "said"),
    [
        ({}, 20.0, WAITING),
        ({"jobs": 7}, 20.0, WAITING),
        ({"running": 8}, 32.0, "Next in line, about 5 s"),
        ({"running": 1, "concurrency": 1}, 20.0, "Next in line, about 20 s"),
        ({"jobs": 1, "running": 1, "concurrency": 1}, 20.0, "2nd in line, about 40 s"),
        ({"jobs": 1, "running": 1, "concurrency": 1}, None, "2nd in line"),
        ({"jobs": 2, "asked": NOW + timedelta(seconds=90)}, None, "3rd in line, about 2 min"),
        (
            {"until": NOW + timedelta(seconds=18), "why": "OpenAI is busy for us"},
            20.0,
            "OpenAI is busy for us; it goes on in about 20 s",
        ),
    ],
)
def test_a_place_is_said_in_a_few_words(fields: dict[str, Any], pace: float | None, said: str) -> None:
    assert waits(place(**fields), pace=pace, now=NOW) == said


@given(st.integers(0, 5000), st.integers(0, 100), st.integers(1, 100), st.floats(0.1, 300), st.integers(0, 86_400))
def test_it_fits_on_every_card(jobs: int, running: int, concurrency: int, pace: float, seconds: int) -> None:
    until = NOW + timedelta(seconds=seconds) if seconds % 2 else None
    standing = place(jobs=jobs, running=running, concurrency=concurrency, until=until, why="OpenAI cannot be reached")
    assert 0 < len(waits(standing, pace=pace, now=NOW)) <= 60


@given(st.floats(0, 100_000), st.floats(0, 100_000))
def test_a_longer_wait_never_sounds_shorter(one: float, other: float) -> None:
    assert length(spell_wait(min(one, other))) <= length(spell_wait(max(one, other)))
    assert length(spell_wait(one)) >= min(one, 5)


def length(said: str) -> float:
    number, unit = said.split()
    return float(number) * {"s": 1, "min": 60, "h": 3600}[unit]


def test_ordinals() -> None:
    assert [ordinal(each) for each in (1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "103rd", "111th")
    ]
