"""A short cut of the chaos: a few of the points, a few kills at random. `make chaos` makes all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.points import CONVERSING, POINTS, Point
from tests.chaos.rounds import Rounds

TOUR = ("after a job is accepted", "after its first card", "call sent", "after the journal", "after settling")


def named(name: str) -> Point:
    return next(each for each in POINTS if each.name == name)


@pytest.fixture
def rounds(tmp_path: Path) -> Rounds:
    return Rounds(tmp_path)


async def test_killed_at_one_point_after_the_other_nothing_is_lost_or_doubled(rounds: Rounds) -> None:
    told = await rounds.at(*map(named, TOUR))

    assert told.findings.violations == []
    assert told.kills == len(TOUR)
    assert told.findings.painted


async def test_killed_in_the_midst_of_conversations_what_goes_on_there_is_picked_up(tmp_path: Path) -> None:
    told = await Rounds(tmp_path, engine="responses").at(*CONVERSING)

    assert told.findings.violations == []
    assert told.kills == len(CONVERSING)
    assert told.findings.painted


async def test_killed_at_random_moments_under_load_nothing_is_lost_or_doubled(rounds: Rounds) -> None:
    told = await rounds.at_random(8, seed=20261122)

    assert told.findings.violations == []
    assert told.kills == 8
    assert told.findings.painted
