"""A short cut of the chaos: a few of the points, a few kills at random. `make chaos` makes all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backends.fixtures import BACKENDS
from tests.chaos.points import CONVERSING, POINTS, Point
from tests.chaos.rounds import Rounds
from tests.nursery import nursery

KILLS = 4
TOUR = ("after a job is accepted", "after its first card", "call sent", "after the journal", "after settling")


def named(name: str) -> Point:
    return next(each for each in POINTS if each.name == name)


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rounds(tmp_path: Path, backend: str, storage: dict[str, str]) -> Rounds:
    """On SQLite one process; on PostgreSQL fronts and two workers."""
    return Rounds(tmp_path, data=lambda: storage, split=backend == "postgresql", nursery=nursery())


async def test_killed_at_one_point_after_the_other_nothing_is_lost_or_doubled(rounds: Rounds) -> None:
    told = await rounds.at(*map(named, TOUR))

    assert told.findings.violations == []
    assert told.kills == len(TOUR)
    assert told.findings.painted


async def test_killed_in_the_midst_of_conversations_what_goes_on_there_is_picked_up(tmp_path: Path) -> None:
    told = await Rounds(tmp_path, engine="responses", nursery=nursery()).at(*CONVERSING)

    assert told.findings.violations == []
    assert told.kills == len(CONVERSING)
    assert told.findings.painted


async def test_killed_at_random_moments_under_load_nothing_is_lost_or_doubled(rounds: Rounds) -> None:
    told = await rounds.at_random(KILLS, seed=20261122)

    assert told.findings.violations == []
    assert told.kills == KILLS
    assert told.findings.painted
